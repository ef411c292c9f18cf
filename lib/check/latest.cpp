#include "check/latest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/buffer.hpp"
#include "check/columns.hpp"
#include "check/json_record.hpp"
#include "check/words.hpp"
#include "codec/last_lines.hpp"
#include "dedupe/stream_table.hpp"

namespace md::check {
namespace {

void keep_newest(Latest& latest, Micros timestamp, Micros local_timestamp) {
  if (std::tie(timestamp, local_timestamp) <= std::tie(latest.timestamp, latest.local_timestamp))
    return;
  latest.timestamp = timestamp;
  latest.local_timestamp = local_timestamp;
}

// The newest of each stream of one recording.
class Newest {
 public:
  Newest(std::string recorder, const dedupe::Reject& reject)
      : recorder_(std::move(recorder)), reject_(reject) {}

  Result<void> read(codec::LineReader lines) {
    std::string_view line;
    dedupe::LineKey key;
    while (true) {
      const auto got = lines.next(line);
      if (got == codec::LineReader::Read::end) return {};
      if (got == codec::LineReader::Read::damage) {
        if (lines.damage().code == Errc::io) return lines.damage();
        MD_CHECK(reject_(lines.damage(), {}));
        continue;
      }
      if (keys_.read(line, key)) {
        add(key);
      } else if (!line.empty()) {
        Error error = keys_.error();
        error.file = lines.path();
        error.line = lines.line_number();
        MD_CHECK(reject_(error, line));
      }
    }
  }

  void move_to(std::vector<Latest>& out) {
    std::move(streams_.begin(), streams_.end(), std::back_inserter(out));
    streams_.clear();
  }

 private:
  void add(const dedupe::LineKey& key) {
    if (key.type >= Type::connect) return;
    const dedupe::Stream& stream = table_.find(key);
    const auto [at, fresh] = places_.try_emplace(stream.id, streams_.size());
    if (fresh) {
      streams_.push_back({recorder_, stream.exchange, stream.symbol, stream.type, key.timestamp,
                          key.local_timestamp});
    }
    keep_newest(streams_[at->second], key.timestamp, key.local_timestamp);
  }

  std::string recorder_;
  const dedupe::Reject& reject_;
  dedupe::KeyReader keys_;
  dedupe::StreamTable table_;
  std::map<dedupe::StreamId, std::size_t> places_;
  std::vector<Latest> streams_;
};

// The file of a lake has one stream, so its end says all; that of a spool has many, and a quiet one
// may have spoken at its beginning.
bool in_lake(const std::string& path) {
  return path.find("/type=") != std::string::npos && path.find("/symbol=") != std::string::npos;
}

void sort(std::vector<Latest>& streams) {
  const auto place = [](const Latest& stream) {
    return std::tuple<const std::string&, const std::string&, const std::string&, int>(
        stream.recorder, stream.exchange, stream.symbol, dedupe::rank(stream.type));
  };
  std::sort(streams.begin(), streams.end(),
            [&](const Latest& a, const Latest& b) { return place(a) < place(b); });
}

// The newest row of each instrument that is not in $1, by the index on (instrument_id, timestamp).
std::string newest_query(store::Table table, const Range& range) {
  constexpr std::string_view kMicros = "(extract(epoch FROM {}) * 1000000)::bigint";
  return fmt::format(
      "SELECT i.id, i.exchange, i.symbol, {}, {} FROM md.instrument i CROSS JOIN LATERAL"
      " (SELECT \"timestamp\", local_timestamp FROM md.{} WHERE instrument_id = i.id AND {}"
      " ORDER BY \"timestamp\" DESC, local_timestamp DESC LIMIT 1) f WHERE i.id <> ALL ($1::int[])",
      fmt::format(fmt::runtime(kMicros), "f.\"timestamp\""),
      fmt::format(fmt::runtime(kMicros), "f.local_timestamp"), store::name(table),
      store::sql_range(range.from, range.to));
}

Result<void> add_newest(FrozenDatabase& database, store::Table table, std::vector<Latest>& out) {
  MD_TRY(auto parts, database.occupied(table, kAllTimes));
  std::string known;
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    const store::Parameter parameters[] = {"{" + known + "}"};
    MD_TRY(const store::Rows rows, database.query(newest_query(table, *part), parameters));
    for (int row = 0; row < rows.size(); ++row) {
      known += fmt::format("{}{}", known.empty() ? "" : ",", rows.integer(row, 0));
      out.push_back({{},
                     std::string(rows.text(row, 1)),
                     std::string(rows.text(row, 2)),
                     static_cast<Type>(table),
                     rows.integer(row, 3),
                     rows.integer(row, 4)});
    }
  }
  return {};
}

}  // namespace

Result<std::vector<Latest>> latest_in(const std::vector<Recording>& recordings,
                                      const dedupe::Reject& reject) {
  std::vector<Latest> out;
  for (const Recording& recording : recordings) {
    Newest newest{recording.name, reject};
    for (const dedupe::Reel& reel : recording.reels) {
      const std::string& path = reel.files.back();
      MD_TRY(codec::LineReader lines,
             in_lake(path) ? codec::open_last_lines(path) : codec::LineReader::open(path));
      MD_CHECK(newest.read(std::move(lines)));
    }
    newest.move_to(out);
  }
  sort(out);
  return out;
}

Result<std::vector<Latest>> latest_in(FrozenDatabase& database) {
  std::vector<Latest> out;
  for (const store::Table table : store::kAllTables) {
    if (store::has_instrument(table)) MD_CHECK(add_newest(database, table, out));
  }
  sort(out);
  return out;
}

std::size_t count_stale(const std::vector<Latest>& streams, Micros now, Micros stale) {
  return static_cast<std::size_t>(
      std::count_if(streams.begin(), streams.end(),
                    [&](const Latest& stream) { return now - stream.local_timestamp > stale; }));
}

std::string latest_text(const std::vector<Latest>& streams, Micros now) {
  Buffer out;
  Columns table;
  table.add({"STREAM", "TIMESTAMP", "LOCALTIMESTAMP", ">AGE (s)"});
  for (const Latest& stream : streams) {
    table.add({stream_name(stream.recorder, stream.exchange, stream.symbol, to_text(stream.type)),
               to_iso(stream.timestamp), to_iso(stream.local_timestamp),
               fmt::format("{:.0f}", static_cast<double>(now - stream.local_timestamp) / kSecond)});
  }
  table.write(out);
  return std::string(out.view());
}

std::string latest_json(const std::vector<Latest>& streams, Micros now) {
  Buffer out;
  for (const Latest& stream : streams) {
    JsonRecord record{"latest"};
    record.stream(stream.recorder, stream.exchange, stream.symbol, to_text(stream.type));
    record.time("timestamp", stream.timestamp);
    record.time("localTimestamp", stream.local_timestamp);
    record.number("ageMicros", now - stream.local_timestamp);
    record.end(out);
  }
  return std::string(out.view());
}

}  // namespace md::check
