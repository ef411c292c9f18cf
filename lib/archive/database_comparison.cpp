#include "archive/database_comparison.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "archive/stored_days.hpp"
#include "archive/stream_filter.hpp"
#include "base/words.hpp"
#include "store/reader.hpp"
#include "store/schema.hpp"
#include "store/stored_form.hpp"

namespace md::archive {
namespace {

// "2026-11-03: 5 events, in the database 4; 2026-11-04: ...", empty if there is no difference.
std::string difference(const std::vector<Day>& archived, const std::vector<Day>& stored) {
  std::map<std::int64_t, std::pair<codec::EventDigest, codec::EventDigest>> days;
  for (const Day& day : archived) days[day.day].first = day.digest;
  for (const Day& day : stored) days[day.day].second = day.digest;
  std::string text;
  for (const auto& [day, sides] : days) {
    const auto& [here, there] = sides;
    if (here == there) continue;
    if (!text.empty()) text += "; ";
    text += fmt::format("{}: {}, ", date_text(day), counted(here.events, "event"));
    text += here.events == there.events ? "other ones in the database"
                                        : fmt::format("in the database {}", there.events);
  }
  return text;
}

}  // namespace

struct DatabaseComparison::State {
  State(store::Database connected, store::Numbers numbers, const std::atomic<bool>* to_stop,
        std::function<void()> call)
      : database(std::move(connected)), form(numbers), stop(to_stop), on_event(std::move(call)) {}

  Result<void> count() const {
    if (stop != nullptr && stop->load(std::memory_order_relaxed))
      return Error{Errc::temporary, "interrupted", {}, 0, 0};
    if (on_event) on_event();
    return {};
  }

  // As the database would have them. malformed if the member cannot be read.
  Result<std::vector<Day>> archived_days(const ArchiveFile& file, const Member& member) {
    if (!member.days.empty() && !form.changes()) return member.days;
    DayDigests days;
    RowReader rows = file.rows(member);
    Event event;
    while (true) {
      MD_TRY(const bool more, rows.next(event));
      if (!more) return days.days();
      MD_CHECK(count());
      days.add(form.changes() && store::check_storable(event) ? form.of(event) : event);
    }
  }

  Result<std::vector<Day>> days_in_database(const Stream& stream, const Period& period) {
    DayDigests days;
    const auto add = [&](const Event& event) {
      days.add(event);
      return count();
    };
    MD_CHECK(each_stored(database, stream, types_of(stream.table), period.from, period.to, add));
    return days.days();
  }

  store::Database database;
  store::StoredForm form;
  const std::atomic<bool>* stop;
  std::function<void()> on_event;
};

DatabaseComparison::DatabaseComparison(std::unique_ptr<State> state) : state_(std::move(state)) {}
DatabaseComparison::DatabaseComparison(DatabaseComparison&&) noexcept = default;
DatabaseComparison& DatabaseComparison::operator=(DatabaseComparison&&) noexcept = default;
DatabaseComparison::~DatabaseComparison() = default;

Result<DatabaseComparison> DatabaseComparison::open(const store::ConnectOptions& options,
                                                    std::function<void()> on_event) {
  MD_TRY(store::Database database, store::Database::connect(options));
  MD_TRY(const store::Schema schema, store::require_schema(database));
  MD_CHECK(database.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  return DatabaseComparison{std::make_unique<State>(std::move(database), schema.numbers,
                                                    options.stop, std::move(on_event))};
}

Result<void> DatabaseComparison::compare(const ArchiveFile& file, std::vector<Fault>& faults) {
  const Manifest& manifest = file.manifest();
  // What is on either side.
  std::map<Stream, const Member*> streams;
  for (const Member& member : manifest.members) streams[member.stream] = &member;
  const StreamFilter filter = filter_from(manifest.origin.arguments);
  MD_TRY(const auto stored,
         store::list_streams(state_->database, manifest.period.from, manifest.period.to));
  for (const store::Stream& s : stored) {
    const Stream stream{table_of(s.type), s.exchange, s.symbol};
    if (filter.takes(stream)) streams.emplace(stream, nullptr);
  }
  for (const auto& [stream, member] : streams) {
    std::vector<Day> archived;
    if (member != nullptr) {
      auto days = state_->archived_days(file, *member);
      if (!days && days.error().code == Errc::malformed) {
        faults.push_back({member->name(), days.error().message});
        continue;
      }
      if (!days) return std::move(days).error();
      archived = *std::move(days);
    }
    MD_TRY(const auto there, state_->days_in_database(stream, manifest.period));
    if (std::string text = difference(archived, there); !text.empty())
      faults.push_back({member != nullptr ? member->name() : stream_name(stream), std::move(text)});
  }
  return {};
}

}  // namespace md::archive
