// Syncer: archives to a remote. It adds, and never deletes there.
//
// What is sent is verified before (seal, manifest, layout), and compared with the remote's copy
// behind (rclone check). An archive at the remote that is one is not overwritten by another unless
// that is asked for, and then only by one of which every byte was verified. What is no archive,
// such as the beginning of one left by a copy that broke off, is overwritten after the same
// verification.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "archive/rclone.hpp"
#include "base/result.hpp"

namespace md::archive {

// A verdict: "OK", "WARNING" or "FAILURE", of which path, and why.
struct Finding {
  std::string_view word;
  std::string path;
  std::string text;
};

struct SyncOptions {
  std::string remote;
  bool replace = false;  // may other archives of the same names be overwritten
  const std::atomic<bool>* stop = nullptr;
};

class Syncer {
 public:
  // Lists the remote. Errors: those of Rclone.
  static Result<Syncer> open(SyncOptions options);

  // One local archive. Errors: those of Rclone; not_found, permission, io of the local file.
  Result<Finding> sync(const std::string& path) const;

 private:
  Syncer(SyncOptions options, Rclone rclone, std::vector<RemoteFile> there)
      : options_(std::move(options)), rclone_(rclone), there_(std::move(there)) {}
  const RemoteFile* find(const std::string& name) const;

  SyncOptions options_;
  Rclone rclone_;
  std::vector<RemoteFile> there_;
};

}  // namespace md::archive
