#include "archive/restorer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "store/loader.hpp"
#include "store/reader.hpp"
#include "store/schema.hpp"

namespace md::archive {
namespace {

// Creates the schema where there is none; one that is there must be of our version.
Result<void> prepare(const Restorer::Options& options) {
  MD_TRY(store::Database database, store::Database::connect(options.connect));
  MD_TRY(const store::Rows rows, database.query("SELECT to_regnamespace('md') IS NULL"));
  if (!rows.boolean(0, 0)) {
    MD_CHECK(store::require_schema(database));
    return {};
  }
  MD_CHECK(store::migrate(database, std::nullopt, options.tool_version));
  return {};
}

// Streams that have rows in the month.
Result<std::vector<Stream>> stored_streams(const Restorer::Options& options, const Period& period) {
  MD_TRY(store::Database database, store::Database::connect(options.connect));
  MD_TRY(const auto stored, store::list_streams(database, period.from, period.to));
  std::vector<Stream> streams;
  for (const store::Stream& s : stored) streams.push_back({table_of(s.type), s.exchange, s.symbol});
  std::sort(streams.begin(), streams.end());
  return streams;
}

std::string where(const ArchiveFile& file, const Member& member) {
  return fmt::format("{}: {}", file.path(), member.name());
}

Result<void> check_digest(RowReader& rows, const Member& member) {
  MD_TRY(const store::Sha256 digest, rows.digest());
  if (digest != member.sha256) return Error{Errc::malformed, "SHA-256 differs", {}, 0, 0};
  return {};
}

}  // namespace

struct Restorer::State {
  State(Options given, store::Loader opened)
      : options(std::move(given)), loader(std::move(opened)) {}

  Result<void> restore_member(const ArchiveFile& file, const Member& member, bool occupied,
                              Restored& done);
  Result<std::uint64_t> add_rows(const ArchiveFile& file, const Member& member);

  Options options;
  store::Loader loader;
};

// Adds all rows to the open load, and checks what was read. Gives the number of events the database
// cannot hold.
Result<std::uint64_t> Restorer::State::add_rows(const ArchiveFile& file, const Member& member) {
  RowReader rows = file.rows(member);
  std::uint64_t rejected = 0;
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
    const std::uint64_t number = rows.totals().events;
    if (auto added = loader.add(event, number); !added) {
      if (added.error().code != Errc::malformed) return std::move(added).error();
      ++rejected;
      options.report({Errc::malformed, fmt::format("event {}: {}", number, added.error().message),
                      where(file, member), 0, 0});
    }
    if (options.on_event) options.on_event();
  }
  MD_CHECK(check_digest(rows, member));
  if (rows.totals() != member.totals) {
    return Error{Errc::malformed, "rows or time range are not what the manifest says", {}, 0, 0};
  }
  return rejected;
}

Result<void> Restorer::State::restore_member(const ArchiveFile& file, const Member& member,
                                             bool occupied, Restored& done) {
  const std::string name = fmt::format("{}.tar/{}", file.manifest().period.name, member.name());
  MD_TRY(const auto begun, loader.begin({name, member.sha256, false}));
  if (begun == store::Loader::Begin::already_loaded) {
    ++done.already_there;
    return {};
  }
  if (occupied) {
    return Error{
        Errc::exists, "the database has rows of it in this month from elsewhere", {}, 0, 0};
  }
  MD_TRY(const std::uint64_t rejected, add_rows(file, member));
  MD_TRY(const store::Load load, loader.commit(std::nullopt, rejected));
  ++done.members;
  done.events += load.rows;
  done.rejected_events += rejected;
  return {};
}

Restorer::Restorer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Restorer::Restorer(Restorer&&) noexcept = default;
Restorer& Restorer::operator=(Restorer&&) noexcept = default;
Restorer::~Restorer() = default;

Result<Restorer> Restorer::open(Options options) {
  MD_CHECK(prepare(options));
  MD_TRY(store::Loader loader, store::Loader::open(options.connect, options.tool_version));
  return Restorer{std::make_unique<State>(std::move(options), std::move(loader))};
}

Result<Restored> Restorer::restore(const ArchiveFile& file) {
  const Period& period = file.manifest().period;
  MD_TRY(const auto stored, stored_streams(state_->options, period));
  Restored done;
  for (const Member& member : file.manifest().members) {
    const bool occupied = std::binary_search(stored.begin(), stored.end(), member.stream);
    auto restored = state_->restore_member(file, member, occupied, done);
    if (restored) continue;
    state_->loader.abort();
    Error error = std::move(restored).error();
    if (error.code != Errc::malformed && error.code != Errc::exists) return error;
    ++(error.code == Errc::exists ? done.refused : done.damaged);
    error.file = where(file, member);
    state_->options.report(error);
  }
  return done;
}

}  // namespace md::archive
