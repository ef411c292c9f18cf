#include "check/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "check/stored_streams.hpp"
#include "codec/event_json.hpp"
#include "codec/lake.hpp"
#include "codec/line_reader.hpp"
#include "store/pg_binary.hpp"
#include "store/tables.hpp"

namespace md::check {
namespace {

using Days = std::map<std::int64_t, ComparedDay>;
// By table and day: the archives that have it.
using RetiredDays = std::map<std::pair<store::Table, std::int64_t>, std::vector<std::string>>;

template <typename Stream>
auto place(const Stream& stream) {
  return std::tie(stream.type, stream.exchange, stream.symbol);
}

// An event as a database would give it back.
class RoundTrip {
 public:
  explicit RoundTrip(store::Numbers numbers) : numbers_(numbers) {}

  void change(Event& event) {
    if (numbers_ == store::Numbers::exact) return;
    row_.clear();
    store::RowWriter writer{row_, numbers_};
    store::append_row(writer, event, {});
    std::string_view rest = row_.view();
    store::RowReader reader{rest, numbers_};
    // What no row can hold stays as it is, and is in no database to be equal to.
    Event back = event;
    if (decoder_.next(reader, event.type(), back)) event = back;
  }

 private:
  store::Numbers numbers_;
  Buffer row_;
  store::RowDecoder decoder_;
};

class Comparer {
 public:
  Comparer(const ComparisonOptions& options, FrozenDatabase& database, ComparisonReport& report)
      : options_(options), database_(database), report_(report), round_trip_(database.numbers()) {}

  Result<void> run() {
    MD_CHECK(read_retired());
    MD_TRY(const auto lake, lake_streams());
    MD_TRY(const auto stored, stored_streams(database_, options_.range));
    auto a = lake.begin();
    auto b = stored.begin();
    while (a != lake.end() || b != stored.end()) {
      const bool in_lake = a != lake.end() && (b == stored.end() || place(*a) <= place(*b));
      const bool in_database = b != stored.end() && (a == lake.end() || place(*b) <= place(*a));
      Days days;
      if (in_lake) MD_CHECK(read_lake(*a, days));
      if (in_database) MD_CHECK(read_database(*b, days));
      if (in_lake) {
        tell(place(*a), days);
      } else {
        tell(place(*b), days);
      }
      a += in_lake ? 1 : 0;
      b += in_database ? 1 : 0;
    }
    for (const auto& [key, retired] : retired_events_) report_.add(retired);
    return {};
  }

 private:
  Result<void> read_retired() {
    MD_TRY(const store::Rows there,
           database_.query("SELECT to_regclass('md.retired') IS NOT NULL"));
    if (!there.boolean(0, 0)) return {};
    MD_TRY(const store::Rows rows,
           database_.query("SELECT table_name, day::text, archive FROM md.retired"
                           " ORDER BY archive"));
    for (int row = 0; row < rows.size(); ++row) {
      const auto day = parse_date(rows.text(row, 1));
      const auto table =
          std::find_if(store::kAllTables.begin(), store::kAllTables.end(),
                       [&](store::Table t) { return store::name(t) == rows.text(row, 0); });
      if (day && table != store::kAllTables.end())
        retired_[{*table, *day}].emplace_back(rows.text(row, 2));
    }
    return {};
  }

  // Those with files near the range, in the order of the database's.
  Result<std::vector<codec::LakeStream>> lake_streams() const {
    MD_TRY(auto all, codec::lake_streams(options_.lake));
    std::vector<codec::LakeStream> streams;
    for (codec::LakeStream& stream : all) {
      MD_TRY(const auto files, files_of(stream));
      if (!files.empty()) streams.push_back(std::move(stream));
    }
    std::sort(streams.begin(), streams.end(),
              [](const auto& x, const auto& y) { return place(x) < place(y); });
    return streams;
  }

  // A day more on either side: an event filed under a neighbour's day is not lost.
  Result<codec::LakeDays> files_of(const codec::LakeStream& stream) const {
    return codec::lake_days(stream.directory, day_of(options_.range.from) - 1,
                            day_of(options_.range.to - 1) + 2);
  }

  Result<void> read_lake(const codec::LakeStream& stream, Days& days) {
    MD_TRY(const auto files, files_of(stream));
    for (const auto& [day, path] : files) MD_CHECK(read_file(stream, day, path, days));
    return {};
  }

  Result<void> read_file(const codec::LakeStream& stream, std::int64_t day, const std::string& path,
                         Days& days) {
    MD_TRY(codec::LineReader lines, codec::LineReader::open(path));
    std::string_view line;
    Event event;
    while (true) {
      const auto got = lines.next(line);
      if (got == codec::LineReader::Read::end) return {};
      if (got == codec::LineReader::Read::damage) {
        if (lines.damage().code == Errc::io) return lines.damage();
        MD_CHECK(options_.reject(lines.damage(), {}));
        continue;
      }
      if (!events_.read(line, event)) {
        if (!line.empty()) MD_CHECK(reject(events_.error(), lines, line));
        continue;
      }
      if (place(stream) != std::forward_as_tuple(event.type(), event.exchange, event.symbol)) {
        MD_CHECK(reject({Errc::malformed, "not of the type, exchange and symbol of its directory"},
                        lines, line));
        continue;
      }
      MD_CHECK(read_one());
      if (!options_.range.holds(event.timestamp)) continue;
      if (day_of(event.timestamp) != day) ++days[day].misfiled;
      round_trip_.change(event);
      digester_.add(days[day_of(event.timestamp)].lake, event);
    }
  }

  Result<void> reject(Error error, const codec::LineReader& lines, std::string_view line) const {
    error.file = lines.path();
    error.line = lines.line_number();
    return options_.reject(error, line);
  }

  Result<void> read_database(const StoredStream& stream, Days& days) {
    StoredStreamReader reader{database_, stream};
    Event event;
    while (true) {
      MD_TRY(const bool more, reader.next(event));
      if (!more) return {};
      MD_CHECK(read_one());
      digester_.add(days[day_of(event.timestamp)].database, event);
    }
  }

  Result<void> read_one() const {
    options_.on_event();
    if (options_.stop) return Error{Errc::temporary, "interrupted"};
    return {};
  }

  void tell(const std::tuple<const Type&, const std::string&, const std::string&>& stream,
            const Days& days) {
    const auto& [type, exchange, symbol] = stream;
    if (!days.empty()) report_.add_stream();
    for (const auto& [day, compared] : days) {
      const auto retired = retired_.find({store::table_of(type), day});
      const bool gone = compared.lake.events != 0 && compared.database.events == 0;
      if (retired == retired_.end() || !gone) {
        report_.add(type, exchange, symbol, day, compared);
        continue;
      }
      RetiredDay& all = retired_events_[{type, day}];
      all = {type, day, retired->second, all.streams + 1, all.events + compared.lake.events};
    }
  }

  const ComparisonOptions& options_;
  FrozenDatabase& database_;
  ComparisonReport& report_;
  RoundTrip round_trip_;
  RetiredDays retired_;
  std::map<std::pair<Type, std::int64_t>, RetiredDay> retired_events_;
  codec::EventReader events_;
  codec::EventDigester digester_;
};

}  // namespace

Result<void> compare(const ComparisonOptions& options, FrozenDatabase& database,
                     ComparisonReport& report) {
  return Comparer{options, database, report}.run();
}

}  // namespace md::check
