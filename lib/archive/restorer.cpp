#include "archive/restorer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "archive/lacking.hpp"
#include "archive/stored_days.hpp"
#include "store/loader.hpp"
#include "store/schema.hpp"
#include "store/stored_form.hpp"

namespace md::archive {
namespace {

// Events of a day in the database that are compared at once: 80 MiB.
constexpr std::size_t kCompareAtOnce = std::size_t{4} << 20;

// Creates the schema where there is none; one that is there must be of our version.
Result<store::Schema> prepare(store::Database& database, const Restorer::Options& options) {
  MD_TRY(const store::Rows rows, database.query("SELECT to_regnamespace('md') IS NULL"));
  if (!rows.boolean(0, 0)) return store::require_schema(database);
  return store::migrate(database, std::nullopt, options.tool_version);
}

std::string where(const ArchiveFile& file, const Member& member) {
  return fmt::format("{}: {}", file.path(), member.name());
}

Error changed_digest() { return Error{Errc::malformed, "SHA-256 differs", {}, 0, 0}; }

Result<void> check_digest(RowReader& rows, const Member& member) {
  MD_TRY(const store::Sha256 digest, rows.digest());
  if (digest != member.sha256) return changed_digest();
  return {};
}

const Day* find_day(const std::vector<Day>& days, std::int64_t day) {
  const auto found = std::lower_bound(days.begin(), days.end(), day,
                                      [](const Day& d, std::int64_t at) { return d.day < at; });
  return found == days.end() || found->day != day ? nullptr : &*found;
}

// What is to be done with the days of a member; both sorted.
struct Plan {
  std::vector<std::int64_t> load;   // the database has nothing of them
  std::vector<std::int64_t> merge;  // it has other events than the archive
  std::uint64_t stored = 0;         // events it has of the latter
  bool empty() const { return load.empty() && merge.empty(); }
};

Plan compare(const std::vector<Day>& archived, const std::vector<Day>& stored) {
  Plan plan;
  for (const Day& day : archived) {
    const Day* const there = find_day(stored, day.day);
    if (there == nullptr) {
      plan.load.push_back(day.day);
    } else if (there->digest != day.digest) {
      plan.merge.push_back(day.day);
      plan.stored += there->digest.events;
    }
  }
  return plan;
}

struct Added {
  std::uint64_t events = 0;
  std::uint64_t rejected = 0;  // that the database cannot hold
};

bool has(const std::vector<std::int64_t>& days, Micros timestamp) {
  return std::binary_search(days.begin(), days.end(), day_of(timestamp));
}

}  // namespace

struct Restorer::State {
  State(Options given, store::Database connected, store::Loader opened, store::Numbers numbers)
      : options(std::move(given)),
        database(std::move(connected)),
        loader(std::move(opened)),
        form(numbers) {}

  std::vector<Type> types_wanted(Table table) const;
  const Event& as_stored(const Event& event) {
    // What cannot be stored has no form; add_rows() tells of it.
    return form.changes() && store::check_storable(event) ? form.of(event) : event;
  }
  Result<void> each_wanted(const ArchiveFile& file, const Member& member,
                           const std::function<Result<void>(const Event&, std::uint64_t)>& take);
  Result<std::vector<Day>> archived_days(const ArchiveFile& file, const Member& member);
  Result<std::string> next_name(const Stream& stream);
  Result<void> begin(const Member& member);
  Result<std::vector<bool>> missing_rows(const ArchiveFile& file, const Member& member,
                                         const Plan& plan);
  Result<Added> add_rows(const ArchiveFile& file, const Member& member, const Plan& plan);
  Result<void> restore_member(const ArchiveFile& file, const Member& member, Restored& done);

  Options options;
  store::Database database;  // looks at what is there
  store::Loader loader;
  store::StoredForm form;
};

std::vector<Type> Restorer::State::types_wanted(Table table) const {
  std::vector<Type> types;
  const std::vector<Type>& only = options.choice.types;
  for (const Type type : types_of(table)) {
    if (only.empty() || std::find(only.begin(), only.end(), type) != only.end())
      types.push_back(type);
  }
  return types;
}

// Calls `take` with each event that is wanted and its place in the member, and checks all that was
// read.
Result<void> Restorer::State::each_wanted(
    const ArchiveFile& file, const Member& member,
    const std::function<Result<void>(const Event&, std::uint64_t)>& take) {
  const std::vector<Type> types = types_wanted(member.stream.table);
  RowReader rows = file.rows(member);
  Event event;
  while (true) {
    const std::atomic<bool>* const stop = options.connect.stop;
    if (stop != nullptr && stop->load(std::memory_order_relaxed))
      return Error{Errc::temporary, "interrupted", {}, 0, 0};
    auto more = rows.next(event);
    if (!more) {
      // What the hash says of the whole member explains more than the row at which it showed.
      if (more.error().code == Errc::malformed) MD_CHECK(check_digest(rows, member));
      return std::move(more).error();
    }
    if (!*more) break;
    if (options.on_event) options.on_event();
    if (event.timestamp < options.choice.from || event.timestamp >= options.choice.to) continue;
    if (std::find(types.begin(), types.end(), event.type()) == types.end()) continue;
    MD_CHECK(take(event, rows.totals().events));
  }
  MD_CHECK(check_digest(rows, member));
  if (rows.totals() != member.totals) {
    return Error{Errc::malformed, "rows or time range are not what the manifest says", {}, 0, 0};
  }
  return {};
}

// The days of what is wanted, as the database would have them. Known from the manifest, if that is
// of the very same events.
Result<std::vector<Day>> Restorer::State::archived_days(const ArchiveFile& file,
                                                        const Member& member) {
  const bool all_types =
      types_wanted(member.stream.table).size() == types_of(member.stream.table).size();
  const bool all_times =
      *member.totals.first >= options.choice.from && *member.totals.last < options.choice.to;
  if (all_types && all_times && !form.changes() && !member.days.empty()) return member.days;
  DayDigests days;
  MD_CHECK(each_wanted(file, member, [&](const Event& event, std::uint64_t) -> Result<void> {
    days.add(as_stored(event));
    return {};
  }));
  return days.days();
}

Result<std::string> Restorer::State::next_name(const Stream& stream) {
  std::string base = "archive/" + stream_name(stream) + "#";
  const store::Parameter parameters[] = {base};
  MD_TRY(const store::Rows rows,
         database.query("SELECT name FROM md.load WHERE name ^@ $1 AND replaced_by IS NULL AND name"
                        " <> '-' ORDER BY length(name) DESC, name DESC LIMIT 1",
                        parameters));
  std::uint64_t number = 0;
  if (rows.size() != 0) {
    const std::string_view last = rows.text(0, 0).substr(base.size());
    std::from_chars(last.data(), last.data() + last.size(), number);
  }
  return base + std::to_string(number + 1);
}

// Begins a load that is the only restore of its stream, once others have ended.
Result<void> Restorer::State::begin(const Member& member) {
  while (true) {
    MD_TRY(const std::string name, next_name(member.stream));
    store::Sha256Hasher hash;
    hash.update(name);
    hash.update(store::to_hex(member.sha256));
    auto begun = loader.begin({name, hash.finish(), false});
    if (begun && *begun == store::Loader::Begin::open) return {};
    // Another took the name meanwhile.
    if (!begun && begun.error().code != Errc::exists) return std::move(begun).error();
  }
}

// Of the events wanted on days to be merged, in their order, which the database lacks.
Result<std::vector<bool>> Restorer::State::missing_rows(const ArchiveFile& file,
                                                        const Member& member, const Plan& plan) {
  using Take = std::function<Result<void>(const Event&)>;
  const Choice& choice = options.choice;
  const auto wanted = [&](const Take& take) {
    return each_wanted(file, member, [&](const Event& event, std::uint64_t) -> Result<void> {
      if (!has(plan.merge, event.timestamp)) return {};
      return take(as_stored(event));
    });
  };
  const std::vector<Type> types = types_wanted(member.stream.table);
  const auto present = [&](const Take& take) -> Result<void> {
    for (const std::int64_t day : plan.merge) {
      MD_CHECK(each_stored(database, member.stream, types, std::max(day * kDay, choice.from),
                           std::min((day + 1) * kDay, choice.to), take));
    }
    return {};
  };
  return lacking(wanted, present, plan.stored, kCompareAtOnce);
}

// Adds what the database lacks to the open load.
Result<Added> Restorer::State::add_rows(const ArchiveFile& file, const Member& member,
                                        const Plan& plan) {
  std::vector<bool> missing;
  if (!plan.merge.empty()) {
    MD_TRY(missing, missing_rows(file, member, plan));
  }
  Added done;
  std::size_t merged = 0;
  MD_CHECK(each_wanted(file, member, [&](const Event& event, std::uint64_t number) -> Result<void> {
    const bool wanted = has(plan.merge, event.timestamp) ? bool{missing[merged++]}
                                                         : has(plan.load, event.timestamp);
    if (!wanted) return {};
    auto added = loader.add(event, number);
    if (added) ++done.events;
    if (added || added.error().code != Errc::malformed) return added;
    ++done.rejected;
    options.report({Errc::malformed, fmt::format("event {}: {}", number, added.error().message),
                    where(file, member), 0, 0});
    return {};
  }));
  return done;
}

Result<void> Restorer::State::restore_member(const ArchiveFile& file, const Member& member,
                                             Restored& done) {
  const Period& period = file.manifest().period;
  const std::vector<Type> types = types_wanted(member.stream.table);
  const Micros from = std::max(period.from, options.choice.from);
  const Micros to = std::min(period.to, options.choice.to);
  if (types.empty() || from >= to) return {};
  MD_TRY(const std::vector<Day> archived, archived_days(file, member));
  if (archived.empty()) return {};
  MD_CHECK(begin(member));
  MD_TRY(const std::vector<Day> stored, stored_days(database, member.stream, types, from, to));
  const Plan plan = compare(archived, stored);
  if (plan.empty()) {
    loader.abort();
    ++done.already_there;
    return {};
  }
  MD_TRY(const Added added, add_rows(file, member, plan));
  done.rejected_events += added.rejected;
  if (added.events == 0) {
    loader.abort();
    ++done.already_there;
    return {};
  }
  MD_CHECK(loader.commit(std::nullopt, added.rejected));
  ++done.members;
  done.events += added.events;
  return {};
}

Restorer::Restorer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Restorer::Restorer(Restorer&&) noexcept = default;
Restorer& Restorer::operator=(Restorer&&) noexcept = default;
Restorer::~Restorer() = default;

Result<Restorer> Restorer::open(Options options) {
  MD_TRY(store::Database database, store::Database::connect(options.connect));
  MD_TRY(const store::Schema schema, prepare(database, options));
  MD_TRY(store::Loader loader, store::Loader::open(options.connect, options.tool_version));
  return Restorer{std::make_unique<State>(std::move(options), std::move(database),
                                          std::move(loader), schema.numbers)};
}

Result<Restored> Restorer::restore(const ArchiveFile& file) {
  Restored done;
  for (const Member& member : file.manifest().members) {
    if (!state_->options.choice.streams.takes(member.stream)) continue;
    auto restored = state_->restore_member(file, member, done);
    if (restored) continue;
    state_->loader.abort();
    Error error = std::move(restored).error();
    if (error.code != Errc::malformed) return error;
    ++done.damaged;
    error.file = where(file, member);
    state_->options.report(error);
  }
  return done;
}

}  // namespace md::archive
