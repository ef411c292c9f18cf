// Rclone: remote places through the program rclone(1), which knows some seventy kinds of them.
//
// A remote is what rclone takes: "name:path" of its configuration, or a directory. rclone's
// configuration comes from its own file and environment; nothing of it passes through here. It is
// run with an argument vector, no shell. Needed: 64 KiB of memory here, rclone's own besides.
//
// Errors of all: unavailable (no rclone; the remote cannot be reached, or rclone failed: with the
// last lines that it said); not_found (nothing of that name there); temporary (stopped).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/region.hpp"
#include "base/result.hpp"

namespace md::archive {

struct RemoteFile {
  std::string name;
  std::uint64_t bytes = 0;
};

class Rclone {
 public:
  using Take = std::function<Result<void>(std::string_view bytes)>;

  // `stop` may be null; rclone is ended when it is set.
  explicit Rclone(const std::atomic<bool>* stop) : stop_(stop) {}

  // The archives (*.tar) that lie in a remote directory, sorted by name; none if it does not exist.
  Result<std::vector<RemoteFile>> archives(const std::string& remote) const;
  // Calls `take` with the bytes of a part of a file, piece by piece. malformed if there are fewer.
  Result<void> read(const std::string& path, const Region& region, const Take& take) const;
  // Copies a local file, whose path is absolute. `replace` false: what is there is not changed.
  Result<void> copy(const std::string& local, const std::string& path, bool replace) const;
  // Is the file of the same name in `remote` the same, by hash, or by its bytes where the remote
  // has no hashes.
  Result<bool> same(const std::string& local, const std::string& remote) const;

 private:
  struct Ended {
    int code = 0;
    std::string said;  // the end of its standard error
  };
  Result<Ended> run(const std::vector<std::string>& arguments, const Take& take) const;
  Error failure(const std::string& command, const Ended& ended) const;

  const std::atomic<bool>* stop_;
};

// A file's path in a remote.
std::string remote_path(const std::string& remote, const std::string& name);

}  // namespace md::archive
