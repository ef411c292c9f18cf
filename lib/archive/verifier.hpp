// Verifier: is an archive what it was when it was written, and what a database has.
//
// Memory: the manifest, and for one member at a time a chunk, the decompressor's window and the
// largest event.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/database_comparison.hpp"
#include "archive/fault.hpp"
#include "archive/manifest.hpp"
#include "base/result.hpp"

namespace md::archive {

struct Verdict {
  std::string path;
  std::string period;         // this and the counts are empty if the manifest could not be read
  std::uint64_t members = 0;  // as the manifest says
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // of the file
  // Of a sample: members that were read.
  std::optional<std::uint64_t> sampled;
  std::vector<Fault> faults;
  // What is missing in it though it is whole, a sentence each.
  std::vector<std::string> warnings;
  bool ok() const { return faults.empty(); }
};

// What an archive may lack though it is as it was written, by its manifest.
std::vector<std::string> manifest_warnings(const Manifest& manifest);

struct VerifyOptions {
  bool quick = false;
  DatabaseComparison* against = nullptr;  // what else to compare it with
  const std::atomic<bool>* stop = nullptr;
  std::function<void()> on_event{};  // called for each, for progress
};

// Every member's tar header, SHA-256, padding, rows (each is read as restore would), counts, time
// range and digests of days, the manifest, the seal, members missing or too many, and what follows
// the last. Quick: seal, manifest, and that the members lie where it says; what they hold is not
// read. Errors: not_found, permission, io, those of the comparison; temporary if stopped.
Result<Verdict> verify(const std::string& path, const VerifyOptions& options);

}  // namespace md::archive
