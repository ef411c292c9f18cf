#include "archive/database_source.hpp"

#include <fmt/format.h>

#include "store/reader.hpp"
#include "store/schema.hpp"

namespace md::archive {
namespace {

Result<store::Database> connect(const store::ConnectOptions& options) {
  MD_TRY(store::Database database, store::Database::connect(options));
  MD_CHECK(store::require_schema(database));
  MD_CHECK(database.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  return database;
}

// Each load that brought, or took out, events of the period changes this text: xmin tells of a row
// that was updated.
Result<std::string> ledger_state(store::Database& database, const Period& period) {
  const store::Parameter parameters[] = {to_iso(period.from), to_iso(period.to)};
  MD_TRY(const store::Rows rows,
         database.query(
             "SELECT (SELECT oid FROM pg_database WHERE datname = current_database()), count(*),"
             " md5(string_agg(concat_ws(' ', id, xmin, encode(sha256, 'hex'), rows, loaded_at),"
             " E'\\n' ORDER BY id))"
             " FROM md.load WHERE last_timestamp >= $1 AND first_timestamp < $2",
             parameters));
  return fmt::format("database {} {} {}", rows.text(0, 0), rows.text(0, 1), rows.text(0, 2));
}

}  // namespace

Result<std::unique_ptr<Source>> DatabaseSource::open(const store::ConnectOptions& options) {
  MD_TRY(store::Database database, connect(options));
  return std::unique_ptr<Source>{new DatabaseSource{std::move(database), options}};
}

Result<std::unique_ptr<Source>> DatabaseSource::another() {
  MD_TRY(const store::Rows exported, database_.query("SELECT pg_export_snapshot()"));
  const std::string id{exported.text(0, 0)};
  // It stands in the statement's text, where no parameter may.
  if (id.find_first_not_of("0123456789ABCDEFabcdef-") != std::string::npos)
    return Error{Errc::protocol, "database: a snapshot's name is not what it should be", {}, 0, 0};
  MD_TRY(store::Database database, connect(options_));
  MD_CHECK(database.execute(fmt::format("SET TRANSACTION SNAPSHOT '{}'", id)));
  auto source = std::unique_ptr<DatabaseSource>{new DatabaseSource{std::move(database), options_}};
  source->known_ = known_;
  return std::unique_ptr<Source>{std::move(source)};
}

Result<std::vector<Stream>> DatabaseSource::streams(const Period& period) {
  auto known = std::make_shared<Known>();
  MD_TRY(known->ledger, ledger_state(database_, period));
  MD_TRY(const auto stored, store::list_streams(database_, period.from, period.to));
  for (const store::Stream& s : stored)
    known->events[{table_of(s.type), s.exchange, s.symbol}] += s.rows;
  known_ = known;
  std::vector<Stream> streams;
  for (const auto& [stream, events] : known->events) streams.push_back(stream);
  return streams;
}

Result<std::string> DatabaseSource::fingerprint(const Stream& stream, const Period& /*period*/) {
  const auto events = known_->events.find(stream);
  return fmt::format("{}\n{}\n", known_->ledger,
                     events == known_->events.end() ? 0 : events->second);
}

Result<Oddities> DatabaseSource::read(const Stream& stream, const Period& period,
                                      const TakeEvent& take) {
  for (const Type type : types_of(stream.table)) {
    MD_TRY(store::Reader reader,
           store::Reader::open(database_,
                               {type, stream.exchange, stream.symbol, period.from, period.to}));
    Event event;
    while (true) {
      MD_TRY(const bool more, reader.next(event));
      if (!more) break;
      MD_CHECK(take(event));
    }
  }
  return Oddities{};
}

}  // namespace md::archive
