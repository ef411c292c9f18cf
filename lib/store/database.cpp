#include "store/database.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

namespace md::store {
namespace {

constexpr int kPollMs = 100;  // how soon a wish to stop is seen

template <typename Integer>
Integer to_integer(std::string_view text) {
  Integer value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// libpq explains itself over several lines; the first says what happened.
std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

Error interrupted() { return Error{Errc::temporary, "interrupted"}; }

// PostgreSQL documentation, appendix A. The first two characters are the class.
Errc code_for(std::string_view state) {
  const std::string_view category = state.substr(0, 2);
  if (state == "25006" || state == "42501" || category == "28") return Errc::permission;
  if (category == "08" || state == "57P01" || state == "57P02" || state == "57P03")
    return Errc::unavailable;
  if (state == "53100") return Errc::io;  // disk full
  if (category == "40" || category == "53" || category == "55" || category == "57")
    return Errc::temporary;
  return Errc::io;
}

bool pause(int seconds, const std::atomic<bool>* stop) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < end) {
    if (stop != nullptr && stop->load()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
  }
  return true;
}

}  // namespace

// ---- Rows
// -------------------------------------------------------------------------------------------------------

void Rows::Free::operator()(pg_result* result) const { PQclear(result); }

int Rows::size() const { return result_ ? PQntuples(result_.get()) : 0; }

bool Rows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view Rows::text(int row, int column) const {
  return {PQgetvalue(result_.get(), row, column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::int64_t Rows::integer(int row, int column) const {
  return to_integer<std::int64_t>(text(row, column));
}

bool Rows::boolean(int row, int column) const { return text(row, column) == "t"; }

std::uint64_t Rows::affected() const {
  return result_ ? to_integer<std::uint64_t>(PQcmdTuples(result_.get())) : 0;
}

// ---- Connecting
// -------------------------------------------------------------------------------------------------

void Database::Close::operator()(pg_conn* connection) const { PQfinish(connection); }
void Database::FreeMemory::operator()(char* memory) const { PQfreemem(memory); }

Result<void> Database::prepare() {
  PGconn* const connection = connection_.get();
  if (PQstatus(connection) != CONNECTION_OK) {
    return Error{Errc::unavailable,
                 "cannot reach the database: " + first_line(PQerrorMessage(connection))};
  }
  // libpq prints notices to stderr if it is left to itself.
  PQsetNoticeReceiver(
      connection, [](void*, const PGresult*) {}, nullptr);
  PQsetnonblocking(connection, 1);
  const char* const encoding = PQparameterStatus(connection, "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
    return Error{Errc::config, fmt::format("database '{}' has encoding {}, and symbols need UTF8",
                                           PQdb(connection), encoding == nullptr ? "?" : encoding)};
  }
  // Dates as text, where there are any, must mean the same in both directions. These two PgBouncer
  // keeps for each client; what else begin() needs it does not.
  return execute("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'");
}

Result<Database> Database::connect(const ConnectOptions& options) {
  // What stands before dbname, where the connection string is expanded, is a default that it may
  // change. Without them a silent network is noticed after minutes (connecting) or hours (loading).
  constexpr const char* kKeywords[] = {
      "connect_timeout",           "keepalives_idle", "keepalives_interval", "tcp_user_timeout",
      "fallback_application_name", "dbname",          "client_encoding",     nullptr};
  const char* const timeout = std::getenv("PGCONNECT_TIMEOUT") == nullptr ? "10" : nullptr;
  const char* const values[] = {timeout, "30",   "10", "60000", "mdtools", options.dsn.c_str(),
                                "UTF8",  nullptr};
  const std::atomic<bool>* const stop = options.finish_statements ? nullptr : options.stop;
  bool refused_before = false;
  for (int attempt = 0;; ++attempt) {
    if (stop != nullptr && stop->load()) return interrupted();
    Database database{PQconnectdbParams(kKeywords, values, 1), stop};
    const bool connected = PQstatus(database.connection_.get()) == CONNECTION_OK;
    auto ready = database.prepare();
    if (ready) return database;
    if (ready.error().code != Errc::unavailable) return std::move(ready).error();

    const PGPing ping = PQpingParams(kKeywords, values, 1);
    // libpq quotes the string that it cannot read, and a password may be in it.
    if (ping == PQPING_NO_ATTEMPT) {
      return Error{Errc::config, "cannot read the connection string of the database"};
    }
    // Unless it has come back between the two: that shows when it is asked again at once.
    const bool refused = !connected && ping == PQPING_OK;
    if (refused && !refused_before) {
      refused_before = true;
      --attempt;
      continue;
    }
    if (refused || attempt >= options.retries) return std::move(ready).error();
    if (!pause(1 << std::min(attempt, 6), options.stop)) return interrupted();
  }
}

void Database::cancel() {
  PGcancel* const request = PQgetCancel(connection_.get());
  if (request == nullptr) return;
  char message[256];
  PQcancel(request, message, sizeof message);
  PQfreeCancel(request);
}

void Database::close() {
  piece_.reset();
  connection_.reset();
  copy_ = Copy::none;
}

Error Database::failure(const pg_result* result) const {
  if (!connection_) return Error{Errc::unavailable, "connection to the database is closed"};
  const char* const state =
      result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* const message =
      result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  if (state != nullptr && message != nullptr)
    return Error{code_for(state), fmt::format("database: {}", message)};
  const std::string text = first_line(PQerrorMessage(connection_.get()));
  if (PQstatus(connection_.get()) == CONNECTION_BAD || text.empty()) {
    return Error{Errc::unavailable,
                 "connection to the database is lost" + (text.empty() ? "" : ": " + text)};
  }
  return Error{Errc::io, "database: " + text};
}

// ---- Waiting
// ----------------------------------------------------------------------------------------------------

Result<void> Database::wait(short events) {
  while (true) {
    if (stopped()) {
      // The server may be waiting for a lock, where it would not notice that we left.
      cancel();
      close();
      return interrupted();
    }
    pollfd socket{PQsocket(connection_.get()), events, 0};
    const int ready = ::poll(&socket, 1, kPollMs);
    if (ready < 0 && errno != EINTR)
      return system_error(Errc::unavailable, "cannot wait for the database", errno);
    if (ready <= 0) continue;
    if (PQconsumeInput(connection_.get()) == 0) return failure(nullptr);
    return {};
  }
}

Result<void> Database::flush() {
  while (true) {
    const int left = PQflush(connection_.get());
    if (left == 0) return {};
    if (left < 0) return failure(nullptr);
    // Reading too: a server that cannot send does not receive.
    MD_CHECK(wait(POLLIN | POLLOUT));
  }
}

Result<Rows> Database::next_result() {
  while (PQisBusy(connection_.get()) != 0) MD_CHECK(wait(POLLIN));
  return Rows(PQgetResult(connection_.get()));
}

Result<Rows> Database::finish_statement() {
  Rows last{nullptr};
  std::optional<Error> error;
  while (true) {
    MD_TRY(Rows rows, next_result());
    if (!rows.result_) break;
    switch (PQresultStatus(rows.result_.get())) {
      case PGRES_COMMAND_OK:
      case PGRES_TUPLES_OK:
      case PGRES_EMPTY_QUERY:
        last = std::move(rows);
        break;
      default:
        if (!error) error = failure(rows.result_.get());
        if (PQstatus(connection_.get()) == CONNECTION_BAD) error->code = Errc::unavailable;
    }
  }
  if (error) return *std::move(error);
  return last;
}

// ---- Statements
// -------------------------------------------------------------------------------------------------

Result<Rows> Database::query(const std::string& sql, std::span<const Parameter> parameters) {
  if (!connection_) return failure(nullptr);
  std::vector<const char*> values;
  values.reserve(parameters.size());
  for (const Parameter& parameter : parameters)
    values.push_back(parameter ? parameter->c_str() : nullptr);
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                        values.data(), nullptr, nullptr, 0) == 0) {
    return failure(nullptr);
  }
  MD_CHECK(flush());
  return finish_statement();
}

Result<void> Database::execute(const std::string& sql) {
  if (!connection_ || PQsendQuery(connection_.get(), sql.c_str()) == 0) return failure(nullptr);
  MD_CHECK(flush());
  MD_CHECK(finish_statement());
  return {};
}

Result<void> Database::begin(std::string_view mode) {
  // A load may last, and a pipe may be idle, longer than limits meant for people's queries.
  return execute(
      fmt::format("BEGIN {}; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;"
                  "SET LOCAL idle_in_transaction_session_timeout = 0",
                  mode));
}

bool Database::in_transaction() const {
  if (!connection_) return false;
  const PGTransactionStatusType status = PQtransactionStatus(connection_.get());
  return status == PQTRANS_ACTIVE || status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

// ---- COPY
// -------------------------------------------------------------------------------------------------------

Result<void> Database::copy_in(const std::string& sql) {
  if (!connection_ || PQsendQuery(connection_.get(), sql.c_str()) == 0) return failure(nullptr);
  MD_CHECK(flush());
  MD_TRY(const Rows rows, next_result());
  if (PQresultStatus(rows.result_.get()) != PGRES_COPY_IN) {
    Error error = failure(rows.result_.get());
    MD_CHECK(finish_statement());
    return error;
  }
  copy_ = Copy::in;
  return {};
}

Result<void> Database::copy_in_write(std::string_view bytes) {
  if (!connection_) return failure(nullptr);
  while (true) {
    const int queued =
        PQputCopyData(connection_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (queued < 0) return failure(nullptr);
    if (queued > 0) return flush();
    MD_CHECK(wait(POLLIN | POLLOUT));
  }
}

Result<std::uint64_t> Database::copy_in_end() {
  if (!connection_) return failure(nullptr);
  while (true) {
    const int queued = PQputCopyEnd(connection_.get(), nullptr);
    if (queued < 0) return failure(nullptr);
    if (queued > 0) break;
    MD_CHECK(wait(POLLIN | POLLOUT));
  }
  copy_ = Copy::none;
  MD_CHECK(flush());
  MD_TRY(const Rows rows, finish_statement());
  return rows.affected();
}

Result<void> Database::copy_out(const std::string& sql) {
  if (!connection_ || PQsendQuery(connection_.get(), sql.c_str()) == 0) return failure(nullptr);
  MD_CHECK(flush());
  MD_TRY(const Rows rows, next_result());
  if (PQresultStatus(rows.result_.get()) != PGRES_COPY_OUT) {
    Error error = failure(rows.result_.get());
    MD_CHECK(finish_statement());
    return error;
  }
  copy_ = Copy::out;
  return {};
}

Result<bool> Database::copy_out_read(std::string_view& piece) {
  if (!connection_) return failure(nullptr);
  while (true) {
    char* bytes = nullptr;
    const int size = PQgetCopyData(connection_.get(), &bytes, 1);
    piece_.reset(bytes);
    if (size > 0) {
      piece = {bytes, static_cast<std::size_t>(size)};
      return true;
    }
    if (size == 0) {
      MD_CHECK(wait(POLLIN));
      continue;
    }
    copy_ = Copy::none;
    if (size == -2) return failure(nullptr);
    // Only the result says if it was complete.
    MD_CHECK(finish_statement());
    return false;
  }
}

void Database::abandon() {
  if (copy_ == Copy::out) {
    cancel();
    std::string_view piece;
    while (true) {
      const auto more = copy_out_read(piece);
      if (!more || !*more) break;
    }
  }
  if (copy_ == Copy::in) {
    copy_ = Copy::none;
    if (PQputCopyEnd(connection_.get(), "abandoned") != 1 || !flush()) close();
  }
  while (connection_ && PQtransactionStatus(connection_.get()) == PQTRANS_ACTIVE) {
    const auto rows = next_result();
    if (!rows) close();
    if (!rows || !rows->result_) break;
  }
  if (in_transaction() && !execute("ROLLBACK")) close();
}

}  // namespace md::store
