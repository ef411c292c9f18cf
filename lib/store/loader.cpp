#include "store/loader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/buffer.hpp"
#include "base/hash.hpp"
#include "store/catalog.hpp"
#include "store/pg_binary.hpp"
#include "store/schema.hpp"
#include "store/tables.hpp"

namespace md::store {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

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
};

}  // namespace

struct Loader::State {
  State(Database connected, const ConnectOptions& options, Schema in, std::string version)
      : database(std::move(connected)),
        catalog(options, in.days),
        schema(in),
        tool_version(std::move(version)) {}

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
               " last_timestamp FROM md.load WHERE name = $1 AND replaced_by IS NULL",
               parameters));
    if (rows.size() == 0) return std::optional<Earlier>{};
    Earlier earlier{static_cast<int>(rows.integer(0, 0)), std::string(rows.text(0, 1)),
                    std::string(rows.text(0, 2)), std::nullopt, std::nullopt};
    if (!rows.is_null(0, 3)) {
      earlier.first = std::string(rows.text(0, 3));
      earlier.last = std::string(rows.text(0, 4));
    }
    return std::optional{std::move(earlier)};
  }

  Result<void> remove(const Earlier& earlier, int replaced_by) {
    if (earlier.first) {
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

  Result<void> open_transaction() {
    MD_CHECK(database.execute("BEGIN ISOLATION LEVEL READ COMMITTED"));
    if (named()) MD_CHECK(lock(kNameLock, source.name));
    MD_TRY(const Rows rows,
           database.query("SELECT nextval(pg_get_serial_sequence('md.load', 'id'))"));
    load.id = static_cast<int>(rows.integer(0, 0));
    return {};
  }

  Result<Begin> begin() {
    load = Load{};
    copied = 0;
    first = last = std::nullopt;
    MD_CHECK(open_transaction());
    if (!source.content) return Begin::open;
    MD_TRY(const bool wanted, claim(*source.content));
    if (wanted) return Begin::open;
    MD_CHECK(database.execute("COMMIT"));
    return Begin::already_loaded;
  }

  Result<void> end_copy() {
    if (!copying) return {};
    copying.reset();
    MD_CHECK(database.copy_in_write(copy_trailer()));
    MD_TRY(const std::uint64_t rows, database.copy_in_end());
    copied += rows;
    return {};
  }

  Result<void> send(Table table) {
    Buffer& buffer = buffers[static_cast<std::size_t>(table)];
    if (buffer.empty()) return {};
    if (copying != table) {
      MD_CHECK(end_copy());
      MD_CHECK(database.copy_in(
          fmt::format("COPY md.{} ({}) FROM STDIN (FORMAT binary)", name(table), columns(table))));
      copying = table;
      MD_CHECK(database.copy_in_write(copy_header()));
    }
    MD_CHECK(database.copy_in_write(buffer.view()));
    buffer.clear();
    return {};
  }

  Result<void> store(const Event& event, std::uint64_t line) {
    const Table table = table_of(event.type());
    Origin origin{0, load.id, static_cast<std::int64_t>(line)};
    if (has_instrument(table)) {
      MD_TRY(origin.instrument, catalog.instrument(event.exchange, event.symbol));
      MD_TRY(const bool new_day, catalog.ensure_day(table, day_of(event.timestamp)));
      if (new_day && copying == table) MD_CHECK(end_copy());
    }
    Buffer& buffer = buffers[static_cast<std::size_t>(table)];
    RowWriter row(buffer, schema.numbers);
    append_row(row, event, origin);
    ++load.rows;
    first = std::min(first.value_or(event.timestamp), event.timestamp);
    last = std::max(last.value_or(event.timestamp), event.timestamp);
    return buffer.size() < kChunk ? Result<void>{} : send(table);
  }

  Result<void> write_ledger(const Sha256& content, std::uint64_t rejected) {
    const auto time = [](const std::optional<Micros>& micros) {
      return micros ? Parameter(to_iso(*micros)) : Parameter();
    };
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
    for (const Table table : kAllTables) MD_CHECK(send(table));
    MD_CHECK(end_copy());
    if (copied != load.rows) {
      return Error{Errc::internal,
                   fmt::format("{} events were sent and {} stored", load.rows, copied)};
    }
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
    return load;
  }

  void abort() {
    copying.reset();
    for (Buffer& buffer : buffers) buffer.clear();
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
  std::array<Buffer, kTables> buffers;
  std::optional<Table> copying;  // the table that a COPY is open for

  // Of the load that is open.
  Source source;
  Load load;
  std::uint64_t copied = 0;  // rows the server says it has
  std::optional<Micros> first;
  std::optional<Micros> last;
};

Result<Loader> Loader::open(const ConnectOptions& options, const std::string& tool_version) {
  MD_TRY(Database database, Database::connect(options));
  MD_TRY(const Schema schema, require_schema(database));
  return Loader(std::make_unique<State>(std::move(database), options, schema, tool_version));
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

}  // namespace md::store
