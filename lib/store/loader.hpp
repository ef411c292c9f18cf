// Loader: events into PostgreSQL by binary COPY, one source (a file, an archive's member, a pipe)
// per transaction, exactly once.
//
//   MD_TRY(auto loader, Loader::open({.dsn = dsn}, "mdbackup 0.1.0"));
//   MD_TRY(auto begun, loader.begin({.name = "2026-11.tar/trade.ndjson.zst", .content = digest}));
//   if (begun == Loader::Begin::already_loaded) return ...;
//   for each event, `line` counting from 1:
//     if (auto added = loader.add(event, line); !added) ...      // malformed: this event alone;
//     else the load is over
//   MD_TRY(auto load, loader.commit(std::nullopt, rejected));
//
// The ledger row (md.load) is written in the same transaction, so a load is there as a whole or not
// at all, whenever a process or a server is killed. Two loaders with the same source: the second
// waits for the first, then finds it loaded.
//
// Memory: about 1 MiB for each of the six tables, plus the largest row; plus the names and ids of
// instruments met.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "model/event.hpp"
#include "store/database.hpp"
#include "store/sha256.hpp"

namespace md::store {

// Longest exchange or symbol stored, in bytes: what fits into an index.
constexpr std::size_t kMaxName = 1000;

struct Source {
  std::string name;  // in the ledger; "-" = has no name to be known by again. Any bytes.
  std::optional<Sha256> content;  // known beforehand; else it must be given to commit()
  // What to do if `name` was loaded before with other content: take its events out and these in, or
  // Errc::exists.
  bool replace = false;
};

struct Load {
  int id = 0;  // md.load.id; 0 if already_loaded
  bool already_loaded =
      false;  // the content turned out, at commit(), to be in the database: nothing was stored
  std::uint64_t rows = 0;     // events stored
  std::uint64_t removed = 0;  // events of the load that was replaced
};

class Loader {
 public:
  enum class Begin : std::uint8_t {
    open,            // add() the events, then commit()
    already_loaded,  // this content is in the database; nothing was begun
  };

  // `tool_version` ("mdload 0.1.0") goes into the ledger. config if the schema is missing or of
  // another version.
  static Result<Loader> open(const ConnectOptions& options, const std::string& tool_version);

  Loader(Loader&&) noexcept;
  Loader& operator=(Loader&&) noexcept;
  // A load not committed is rolled back.
  ~Loader();

  // Begins a load. Waits for another loader of the same name or content. Errors: exists (see
  // Source::replace), and those of Database.
  Result<Begin> begin(const Source& source);

  // Stores one event. `line` is its place in the source, from 1 and increasing: it keeps the order
  // of events with equal timestamps. Views in `event` are used during the call only. malformed:
  // this event cannot be stored (text with a NUL or not UTF-8, a name over kMaxName, a time that
  // PostgreSQL does not have): it was left out, go on with the next. Anything else: the load is
  // over and rolled back; begin() again, on a new Loader if unavailable.
  Result<void> add(const Event& event, std::uint64_t line);

  // Ends the load. `content` must be given if the Source had none. `rejected`: lines that did not
  // become events, for the ledger. After an error nothing is stored, except that after unavailable
  // it is unknown whether the commit was still done: begin() on a new Loader knows.
  Result<Load> commit(const std::optional<Sha256>& content, std::uint64_t rejected);

  // Rolls back. Without effect if no load is open.
  void abort();

 private:
  struct State;
  explicit Loader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace md::store
