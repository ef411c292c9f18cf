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
// Days that are new get a table that is filled first, indexed and attached later (day_tables.hpp);
// until then queries do not see it. With content that is known beforehand only: a pipe's
// transaction may stay open for long, and would keep others from attaching.
//
// Rows go to the server on a thread of their own (copy_sender.hpp): what a server has against one
// of them shows at a later add(), or at commit().
//
// Memory: up to 4 MiB for each of the six tables, what a CopySender needs, plus the largest row;
// plus the names and ids of instruments met.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"
#include "store/database.hpp"
#include "store/day_tables.hpp"
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

// How far a source that grows is stored (md.source).
struct Position {
  std::uint64_t lines = 0;
  Sha256 digest{};  // of these lines, each with its newline
  friend bool operator==(const Position&, const Position&) = default;
};

// Who attaches the days that a load has made.
enum class Attach : std::uint8_t {
  at_commit,  // commit() does; so does open() with what earlier runs left behind
  later,      // the caller: take_fresh_days(), finish_day(), finish_leftovers()
};

class Loader {
 public:
  enum class Begin : std::uint8_t {
    open,            // add() the events, then commit()
    already_loaded,  // this content is in the database; nothing was begun
  };

  // `tool_version` ("mdload 0.1.0") goes into the ledger. config if the schema is missing or of
  // another version.
  static Result<Loader> open(const ConnectOptions& options, const std::string& tool_version,
                             Attach attach = Attach::at_commit);

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

  // Sources that grow: begin_batch(), add() as for others, commit_batch().
  //
  // How far the source of this name is stored; zero lines if it is not known.
  Result<Position> position(const std::string& source);
  // Begins what follows on `from`. temporary if the source is not there (any more): another loader
  // has gone on with it.
  Result<void> begin_batch(const std::string& source, const Position& from);
  // As commit(); `to` is where the source then stands, at least one line further.
  Result<void> commit_batch(const Position& to, std::uint64_t rejected);

  // The days that loads since the last call have met fresh, committed or not.
  std::vector<DayTable> take_fresh_days();
  // See day_tables.hpp. No load may be open.
  Result<void> finish_day(const DayTable& day);
  Result<void> finish_leftovers();

 private:
  struct State;
  explicit Loader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace md::store
