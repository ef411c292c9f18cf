// Verifier: is an archive what it was when it was written. Everything is recomputed from the file.
//
// Memory: the manifest, and for one member at a time a chunk, the decompressor's window and the
// largest event.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace md::archive {

struct Fault {
  std::string member;   // empty: the archive as a whole
  std::string problem;  // "SHA-256 differs"
};

struct Verdict {
  std::string path;
  std::string period;         // this and the counts are empty if the manifest could not be read
  std::uint64_t members = 0;  // as the manifest says
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // of the file
  std::vector<Fault> faults;
  bool ok() const { return faults.empty(); }
};

struct VerifyOptions {
  const std::atomic<bool>* stop = nullptr;
  std::function<void()> on_event;  // called for each, for progress
};

// Every member's tar header, SHA-256, padding, rows (each is read as restore would), counts, time
// range and digests of days, the manifest, the seal, members missing or too many, and what follows
// the last. Errors: not_found, permission, io; temporary if stopped.
Result<Verdict> verify(const std::string& path, const VerifyOptions& options);

}  // namespace md::archive
