// Files and pipes of event lines into the database: what mdload does for each of its arguments.
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

// Called for each line that cannot be stored, once even if the file is begun anew; an error given
// back ends the load.
using RejectLine = std::function<Result<void>(const Error& error, std::string_view line)>;

// Loads files one after the other over one connection, which is made at first need, and made again,
// and the file begun anew, when it is lost.
class FileLoader {
 public:
  struct Options {
    ConnectOptions connect;
    std::string tool_version;  // "mdload 0.1.0"
    bool replace = false;      // Source::replace
  };

  // `reject` is kept.
  FileLoader(Options options, RejectLine reject);
  FileLoader(FileLoader&&) noexcept;
  FileLoader& operator=(FileLoader&&) noexcept;
  ~FileLoader();

  // One file, or "-". Bad lines are rejected one by one, damaged places too, and the rest is
  // stored. Errors: of LineReader, Loader and Database; exists (the name was loaded with other
  // content); temporary (the file changed while it was read, or `stop`). After any of them nothing
  // of this file is stored. A lost connection is mended ConnectOptions::retries times; a pipe
  // cannot be read again, so there it is unavailable at once.
  Result<Load> load(const std::string& path);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace md::store
