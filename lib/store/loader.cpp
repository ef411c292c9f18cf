#include "store/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/buffer.hpp"
#include "base/hash.hpp"
#include "store/catalog.hpp"
#include "store/copy_sender.hpp"
#include "store/day_tables.hpp"
#include "store/pg_binary.hpp"
#include "store/schema.hpp"
#include "store/tables.hpp"

namespace md::store {
namespace {

// Rows are collected by day, since each day is a COPY of its own: a file's days may alternate line
// by line around midnight. Four days of a table at once. A chunk ends the COPY of another table:
// small ones make many COPYs.
constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr std::size_t kLanes = 4;
constexpr std::int64_t kNoDay = std::numeric_limits<std::int64_t>::min();

// Advisory locks of names and of contents. Every loader takes a name's first and a content's last,
// so no two can wait for each other.
constexpr int kNameLock = 28005;
constexpr int kContentLock = 28006;

// What the ledger says of a name.
struct Earlier {
  int id = 0;
  std::string content;  // hexadecimal
  std::string loaded_at;
  Parameter first;
  Parameter last;
  std::int64_t first_day = 0;
  std::int64_t last_day = 0;
};

// Rows of one day on their way to a table.
struct Lane {
  DayTable day;
  std::string copy;  // the statement
  Buffer rows;
  std::uint64_t used = 0;  // when, as a count of events
};

std::string ledger_name_of(const std::string& source) { return "source:" + source; }

// Two sources may have the same text, and contents are unique in the ledger.
Sha256 ledger_digest_of(const std::string& source, const Sha256& text) {
  Sha256Hasher hasher;
  hasher.update(ledger_name_of(source));
  hasher.update("\n");
  hasher.update(to_hex(text));
  return hasher.finish();
}

}  // namespace

struct Loader::State {
  State(Database connected, const ConnectOptions& options, Schema in, std::string version,
        Attach who)
      : database(std::move(connected)),
        catalog(options, in),
        schema(in),
        tool_version(std::move(version)),
        attach(who) {}

  Result<void> lock(int kind, std::string_view what) {
    const Parameter parameters[] = {std::to_string(kind),
                                    std::to_string(static_cast<std::int32_t>(hash64(what)))};
    MD_CHECK(database.query("SELECT pg_advisory_xact_lock($1, $2)", parameters));
    return {};
  }

  bool named() const { return source.name != "-"; }

  Result<std::optional<Earlier>> earlier_of_name() {
    if (!named()) return std::optional<Earlier>{};
    const Parameter parameters[] = {source.name};
    MD_TRY(const Rows rows,
           database.query(
               "SELECT id, encode(sha256, 'hex'), date_trunc('second', loaded_at), first_timestamp,"
               " last_timestamp, floor(extract(epoch FROM first_timestamp) / 86400)::bigint,"
               " floor(extract(epoch FROM last_timestamp) / 86400)::bigint FROM md.load WHERE name "
               "= $1 AND replaced_by IS NULL",
               parameters));
    if (rows.size() == 0) return std::optional<Earlier>{};
    Earlier earlier{static_cast<int>(rows.integer(0, 0)),
                    std::string(rows.text(0, 1)),
                    std::string(rows.text(0, 2)),
                    std::nullopt,
                    std::nullopt,
                    rows.integer(0, 5),
                    rows.integer(0, 6)};
    if (!rows.is_null(0, 3)) {
      earlier.first = std::string(rows.text(0, 3));
      earlier.last = std::string(rows.text(0, 4));
    }
    return std::optional{std::move(earlier)};
  }

  // From days that are not attached: no DELETE of the whole table reaches them. One that is being
  // attached is waited for, and may be named all the same.
  Result<void> remove_from_fresh_days(const Earlier& earlier) {
    MD_TRY(const std::vector<DayTable> days, store::fresh_days(database));
    const Parameter parameters[] = {std::to_string(earlier.id)};
    for (const DayTable& day : days) {
      if (day.day < earlier.first_day || day.day > earlier.last_day) continue;
      MD_TRY(const Rows rows,
             database.query(fmt::format("DELETE FROM {} WHERE load_id = $1", day_table_name(day)),
                            parameters));
      load.removed += rows.affected();
    }
    return {};
  }

  Result<void> remove(const Earlier& earlier, int replaced_by) {
    if (earlier.first) {
      MD_CHECK(remove_from_fresh_days(earlier));
      const Parameter parameters[] = {std::to_string(earlier.id), earlier.first, earlier.last};
      for (const Table table : kAllTables) {
        // The times are there to name the partitions.
        MD_TRY(const Rows rows,
               database.query(fmt::format("DELETE FROM md.{} WHERE load_id = $1 AND \"timestamp\""
                                          " BETWEEN $2 AND $3",
                                          name(table)),
                              parameters));
        load.removed += rows.affected();
      }
    }
    const Parameter parameters[] = {std::to_string(earlier.id), std::to_string(replaced_by)};
    MD_CHECK(database.query("UPDATE md.load SET replaced_by = $2 WHERE id = $1", parameters));
    return {};
  }

  // Asks the ledger what to do with `content`, and makes room for it. True: it is to be stored.
  Result<bool> claim(const Sha256& content) {
    const std::string digest = to_hex(content);
    MD_CHECK(lock(kContentLock, digest));
    const Parameter parameters[] = {digest};
    MD_TRY(const Rows same,
           database.query("SELECT id FROM md.load WHERE sha256 = decode($1, 'hex') AND replaced_by"
                          " IS NULL",
                          parameters));
    const bool stored = same.size() != 0;
    const int id = stored ? static_cast<int>(same.integer(0, 0)) : load.id;
    MD_TRY(const std::optional<Earlier> earlier, earlier_of_name());
    if (earlier && earlier->id != id) {
      if (!source.replace) {
        return Error{
            Errc::exists,
            fmt::format("'{}' was loaded with other content at {} (load {}); --replace takes that"
                        " out and this in",
                        source.name, earlier->loaded_at, earlier->id)};
      }
      MD_CHECK(remove(*earlier, id));
    }
    return !stored;
  }

  void start_over() {
    load = Load{};
    events = 0;
    first = last = std::nullopt;
    catalog.forget_days();
    for (auto& of_table : lanes) of_table.clear();
  }

  Result<void> new_id() {
    MD_TRY(const Rows rows,
           database.query("SELECT nextval(pg_get_serial_sequence('md.load', 'id'))"));
    load.id = static_cast<int>(rows.integer(0, 0));
    return {};
  }

  Result<void> open_transaction() {
    MD_CHECK(database.begin());
    if (named()) MD_CHECK(lock(kNameLock, source.name));
    return new_id();
  }

  Result<Begin> begin() {
    start_over();
    MD_CHECK(open_transaction());
    if (!source.content) return Begin::open;
    MD_TRY(const bool wanted, claim(*source.content));
    if (wanted) return Begin::open;
    MD_CHECK(database.execute("COMMIT"));
    return Begin::already_loaded;
  }

  Result<void> send(Lane& lane) {
    if (lane.rows.empty()) return {};
    if (!sender) sender.emplace(database);
    return sender->send(lane.copy, lane.rows);
  }

  Result<void> send_all() {
    for (auto& of_table : lanes) {
      for (Lane& lane : of_table) MD_CHECK(send(lane));
    }
    std::uint64_t stored = 0;
    if (sender) {
      MD_TRY(stored, sender->finish());
      sender.reset();
    }
    if (stored == load.rows) return {};
    return Error{Errc::internal,
                 fmt::format("{} events were sent and {} stored", load.rows, stored)};
  }

  // The lane of a day; with all in use, the one longest unused is sent and given away.
  Result<Lane*> lane_of(const DayTable& day) {
    auto& of_table = lanes[static_cast<std::size_t>(day.table)];
    for (Lane& lane : of_table) {
      if (lane.day == day) return &lane;
    }
    MD_TRY(const std::string target, catalog.copy_target(day, source.content.has_value()));
    if (of_table.size() < kLanes) of_table.emplace_back();
    Lane& lane =
        *std::min_element(of_table.begin(), of_table.end(),
                          [](const Lane& one, const Lane& other) { return one.used < other.used; });
    MD_CHECK(send(lane));
    lane.day = day;
    lane.copy = fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", target, columns(day.table));
    return &lane;
  }

  Result<void> store(const Event& event, std::uint64_t line) {
    const Table table = table_of(event.type());
    Origin origin{0, load.id, static_cast<std::int64_t>(line)};
    DayTable day{table, day_of(event.timestamp)};
    if (!has_day_table(day)) day.day = kNoDay;
    if (has_instrument(table)) {
      MD_TRY(origin.instrument, catalog.instrument(event.exchange, event.symbol));
    }
    MD_TRY(Lane* const lane, lane_of(day));
    lane->used = ++events;
    RowWriter row(lane->rows, schema.numbers);
    append_row(row, event, origin);
    ++load.rows;
    first = std::min(first.value_or(event.timestamp), event.timestamp);
    last = std::max(last.value_or(event.timestamp), event.timestamp);
    return lane->rows.size() < kChunk ? Result<void>{} : send(*lane);
  }

  static Parameter time(const std::optional<Micros>& micros) {
    return micros ? Parameter(to_iso(*micros)) : Parameter();
  }

  Result<void> write_ledger(const Sha256& content, std::uint64_t rejected) {
    const Parameter parameters[] = {
        std::to_string(load.id),  source.name, to_hex(content), std::to_string(load.rows),
        std::to_string(rejected), time(first), time(last),      tool_version};
    MD_CHECK(database.query(
        "INSERT INTO md.load (id, name, sha256, rows, rejected, first_timestamp, last_timestamp,"
        " tool_version) VALUES ($1, $2, decode($3, 'hex'), $4, $5, $6, $7, $8)",
        parameters));
    return {};
  }

  Result<Load> commit(const std::optional<Sha256>& content, std::uint64_t rejected) {
    MD_CHECK(send_all());
    if (!source.content) {
      if (!content) return Error{Errc::internal, "a load needs the SHA-256 of its content"};
      MD_TRY(const bool wanted, claim(*content));
      if (!wanted) {
        // Known by now what it is: as if it had been known from the start, which takes the rows out
        // again.
        abort();
        source.content = content;
        MD_CHECK(begin());
        return Load{0, true, 0, load.removed};
      }
    }
    MD_CHECK(write_ledger(source.content ? *source.content : *content, rejected));
    MD_CHECK(database.execute("COMMIT"));
    if (attach == Attach::at_commit) {
      for (const DayTable& day : catalog.take_fresh_days()) MD_CHECK(catalog.finish_day(day));
    }
    return load;
  }

  // ---- Sources that grow

  Result<Position> position(const std::string& of) {
    const Parameter parameters[] = {of};
    MD_TRY(const Rows rows,
           database.query("SELECT lines, encode(sha256, 'hex'), load_id FROM md.source"
                          " WHERE name = $1",
                          parameters));
    if (rows.size() == 0) return Position{};
    MD_TRY(const Sha256 digest, sha256_from_hex(rows.text(0, 1)));
    load.id = static_cast<int>(rows.integer(0, 2));
    return Position{static_cast<std::uint64_t>(rows.integer(0, 0)), digest};
  }

  Result<void> begin_batch(const std::string& of, const Position& from) {
    start_over();
    source = Source{of, std::nullopt, false};
    batch_from = from;
    MD_CHECK(database.begin());
    MD_CHECK(lock(kNameLock, ledger_name_of(of)));
    MD_TRY(const Position now, position(of));
    if (now != from && (now.lines != 0 || from.lines != 0)) {
      return Error{Errc::temporary,
                   fmt::format("source '{}' has {} lines in the database where {} were expected:"
                               " another mdload goes on with it",
                               of, now.lines, from.lines)};
    }
    return load.id == 0 ? new_id() : Result<void>{};
  }

  Result<void> commit_batch(const Position& to, std::uint64_t rejected) {
    MD_CHECK(send_all());
    const Sha256 digest = ledger_digest_of(source.name, to.digest);
    const std::string id = std::to_string(load.id);
    if (batch_from.lines == 0) {
      const std::string of = std::exchange(source.name, ledger_name_of(source.name));
      MD_CHECK(write_ledger(digest, rejected));
      source.name = of;
      const Parameter parameters[] = {id, of, std::to_string(to.lines), to_hex(to.digest)};
      MD_CHECK(
          database.query("INSERT INTO md.source (load_id, name, lines, sha256) VALUES ($1, $2, $3,"
                         " decode($4, 'hex'))",
                         parameters));
    } else {
      const Parameter ledger[] = {id,
                                  to_hex(digest),
                                  std::to_string(load.rows),
                                  std::to_string(rejected),
                                  time(first),
                                  time(last),
                                  tool_version};
      MD_CHECK(database.query(
          "UPDATE md.load SET sha256 = decode($2, 'hex'), rows = rows + $3::bigint,"
          " rejected = rejected + $4::bigint,"
          " first_timestamp = least(first_timestamp, $5::timestamptz),"
          " last_timestamp = greatest(last_timestamp, $6::timestamptz), tool_version = $7,"
          " loaded_at = clock_timestamp() WHERE id = $1",
          ledger));
      const Parameter parameters[] = {id, std::to_string(to.lines), to_hex(to.digest)};
      MD_CHECK(
          database.query("UPDATE md.source SET lines = $2, sha256 = decode($3, 'hex'),"
                         " updated_at = clock_timestamp() WHERE load_id = $1",
                         parameters));
    }
    return database.execute("COMMIT");
  }

  void abort() {
    sender.reset();
    for (auto& of_table : lanes) of_table.clear();
    database.abandon();
  }

  // What failed leaves nothing behind.
  template <typename T>
  Result<T> or_abort(Result<T> result) {
    if (!result) abort();
    return result;
  }

  Database database;
  Catalog catalog;
  Schema schema;
  std::string tool_version;
  Attach attach;
  std::array<std::vector<Lane>, kTables> lanes;
  std::optional<CopySender> sender;  // has the connection while there is one

  // Of the load that is open.
  Source source;
  Load load;
  Position batch_from;       // of a source that grows
  std::uint64_t events = 0;  // given to lanes
  std::optional<Micros> first;
  std::optional<Micros> last;
};

Result<Loader> Loader::open(const ConnectOptions& options, const std::string& tool_version,
                            Attach attach) {
  for (int attempt = 0;; ++attempt) {
    MD_TRY(Database database, Database::connect(options));
    auto schema = require_schema(database);
    Result<void> ready;
    if (!schema) {
      ready = schema.error();
    } else if (attach == Attach::at_commit) {
      ready = store::finish_leftovers(database);
    }
    if (ready) {
      return Loader(
          std::make_unique<State>(std::move(database), options, *schema, tool_version, attach));
    }
    // A server that has just come back may go again.
    if (ready.error().code != Errc::unavailable || attempt >= options.retries)
      return std::move(ready).error();
  }
}

Loader::Loader(std::unique_ptr<State> state) : state_(std::move(state)) {}
Loader::Loader(Loader&&) noexcept = default;
Loader& Loader::operator=(Loader&&) noexcept = default;
Loader::~Loader() {
  if (state_) abort();
}

Result<Loader::Begin> Loader::begin(const Source& source) {
  state_->source = source;
  state_->source.name = storable_text(source.name);
  return state_->or_abort(state_->begin());
}

Result<void> Loader::add(const Event& event, std::uint64_t line) {
  MD_CHECK(check_storable(event));
  return state_->or_abort(state_->store(event, line));
}

Result<Load> Loader::commit(const std::optional<Sha256>& content, std::uint64_t rejected) {
  return state_->or_abort(state_->commit(content, rejected));
}

void Loader::abort() { state_->abort(); }

Result<Position> Loader::position(const std::string& source) { return state_->position(source); }

Result<void> Loader::begin_batch(const std::string& source, const Position& from) {
  return state_->or_abort(state_->begin_batch(source, from));
}

Result<void> Loader::commit_batch(const Position& to, std::uint64_t rejected) {
  return state_->or_abort(state_->commit_batch(to, rejected));
}

std::vector<DayTable> Loader::take_fresh_days() { return state_->catalog.take_fresh_days(); }

Result<void> Loader::finish_day(const DayTable& day) { return state_->catalog.finish_day(day); }

Result<void> Loader::finish_leftovers() { return state_->catalog.finish_leftovers(); }

}  // namespace md::store
