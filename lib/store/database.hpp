// Database: one connection to PostgreSQL through libpq. Errors are values; nothing is printed, no
// password appears in a message.
//
// Error codes: unavailable (no connection, or lost: the transaction is gone), config (a malformed
// connection string, a schema that is missing or of another version), permission (not allowed, or
// read-only), temporary (deadlock, server out of resources, stopped by `stop`), io (disk full,
// anything else the server refuses).
//
// Not thread-safe. SQL given here is our own text: what comes from data goes in as a parameter or
// by COPY.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct pg_conn;
struct pg_result;

namespace md::store {

struct ConnectOptions {
  // Connection string or URI of libpq; what it leaves out comes from libpq's environment (PGHOST,
  // PGDATABASE, ...).
  std::string dsn;
  // Further attempts while the server is away or starting: after 1 s, 2 s, 4 s, ... A server that
  // answers and refuses us is not asked again.
  int retries = 3;
  // Where the user's wish to stop is seen; looked at while waiting. May be null; must outlive the
  // Database.
  const std::atomic<bool>* stop = nullptr;
  // `stop` ends only the waiting for a server that is away: one attempt to connect is made, and a
  // statement under way is waited for.
  bool finish_statements = false;
};

// A text parameter; nullopt is NULL.
using Parameter = std::optional<std::string>;

// The rows of a small query, as text.
class Rows {
 public:
  explicit Rows(pg_result* result) : result_(result) {}

  int size() const;
  bool is_null(int row, int column) const;
  std::string_view text(int row, int column) const;  // "" for NULL; valid as long as this Rows
  std::int64_t integer(int row, int column) const;   // of an integer column; 0 for NULL
  bool boolean(int row, int column) const;
  std::uint64_t affected() const;  // rows inserted, deleted or copied

 private:
  friend class Database;
  struct Free {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Free> result_;
};

class Database {
 public:
  // The server's encoding must be UTF8 (config), since symbols are Unicode.
  static Result<Database> connect(const ConnectOptions& options);

  // One statement with parameters $1, $2, ...
  Result<Rows> query(const std::string& sql, std::span<const Parameter> parameters = {});
  // Statements without parameters, separated by ';'. Any rows are thrown away.
  Result<void> execute(const std::string& sql);

  // Begins a transaction: `mode` is what BEGIN takes ("ISOLATION LEVEL READ COMMITTED"). What a
  // load needs of the session is set for the transaction, since behind PgBouncer there is no
  // session. COMMIT and ROLLBACK are statements.
  Result<void> begin(std::string_view mode = "ISOLATION LEVEL READ COMMITTED");

  // Whether a transaction is open (or failed and not yet rolled back).
  bool in_transaction() const;

  // COPY ... FROM STDIN. Between copy_in() and copy_in_end() nothing else may run. copy_in_write()
  // blocks until the server has taken what exceeds libpq's buffer, so memory is bounded.
  // copy_in_end() gives the rows stored. Every error ends the COPY; the transaction must then be
  // rolled back.
  Result<void> copy_in(const std::string& sql);
  Result<void> copy_in_write(std::string_view bytes);
  Result<std::uint64_t> copy_in_end();

  // COPY ... TO STDOUT. copy_out_read() gives the next piece (in binary format: one row, the first
  // behind the file header), valid until the next call; false = the end, and the COPY was complete.
  Result<void> copy_out(const std::string& sql);
  Result<bool> copy_out_read(std::string_view& piece);

  // Ends a COPY that is under way in either direction and rolls back an open transaction. Without
  // effect on a lost connection.
  void abandon();

 private:
  enum class Copy : std::uint8_t { none, in, out };
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  struct FreeMemory {
    void operator()(char* memory) const;
  };
  Database(pg_conn* connection, const std::atomic<bool>* stop)
      : connection_(connection), stop_(stop) {}

  Result<void> prepare();  // a new connection: looks at what it is, and sets it up
  bool stopped() const { return stop_ != nullptr && stop_->load(); }
  Result<void> wait(short events);  // until the socket is ready; reads what is there
  Result<void> flush();             // until libpq's output buffer is empty
  Result<Rows> next_result();       // of what was sent; none left: an empty Rows
  Result<Rows> finish_statement();  // all results; the last one with rows, or the first error
  Error failure(const pg_result* result) const;
  void cancel();  // asks the server to end the statement under way
  void close();

  std::unique_ptr<pg_conn, Close> connection_;
  std::unique_ptr<char, FreeMemory> piece_;
  const std::atomic<bool>* stop_ = nullptr;
  Copy copy_ = Copy::none;
};

}  // namespace md::store
