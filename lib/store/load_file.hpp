// A file or pipe of event lines into the database.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/database.hpp"
#include "store/loader.hpp"

namespace md::store {

// The files that an argument names: itself, or, of a directory, every file below it that ends in
// .ndjson, .ndjson.zst or .ndjson.gz, sorted by name. Files being written (.part) are left alone.
// Errors: not_found, permission, io.
Result<std::vector<std::string>> files_to_load(const std::string& path);

// The name by which the ledger knows a file: from its component "exchange=..." on if it lies in a
// lake, so that the lake can move; else its absolute path. "-" for standard input and for what is
// no regular file.
std::string ledger_name(const std::string& path);

// Standard input, or anything else that can be read once only.
bool is_pipe(const std::string& path);

// Called for each line that cannot be stored, once even if the file is begun anew; an error given
// back ends the load.
using RejectLine = std::function<Result<void>(const Error& error, std::string_view line)>;

// Who loads files one after the other, as load_files.hpp needs it.
class LoadWorker {
 public:
  virtual ~LoadWorker() = default;

  // One file, or "-".
  virtual Result<Load> load(const std::string& path) = 0;
  // The days that load() has met fresh since the last call, stored or not; whoever calls sees to it
  // that they are finished.
  virtual std::vector<DayTable> take_fresh_days() = 0;
  // See day_tables.hpp.
  virtual Result<void> finish_day(const DayTable& day) = 0;
  virtual Result<void> finish_leftovers() = 0;
};

// Loads files one after the other over one connection, which is made at first need, and made again,
// and the file begun anew, when it is lost.
class FileLoader final : public LoadWorker {
 public:
  struct Options {
    ConnectOptions connect;
    std::string tool_version;  // "mdload 0.1.0"
    bool replace = false;      // Source::replace
  };

  // `reject` is kept.
  FileLoader(Options options, RejectLine reject);
  ~FileLoader() override;

  // One file, or "-". Bad lines are rejected one by one, damaged places too, and the rest is
  // stored. Errors: of LineReader, Loader and Database; exists (the name was loaded with other
  // content); temporary (the file changed while it was read, or `stop`). After any of them nothing
  // of this file is stored. A lost connection is mended ConnectOptions::retries times; a pipe
  // cannot be read again, so there it is unavailable at once.
  Result<Load> load(const std::string& path) override;

  std::vector<DayTable> take_fresh_days() override;
  Result<void> finish_day(const DayTable& day) override;
  Result<void> finish_leftovers() override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace md::store
