// Archives at a remote, looked at by reading parts of them.
//
// Memory: the end of one archive, from its manifest on (at most 64 MiB), and a piece of a member.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/archive_file.hpp"
#include "archive/rclone.hpp"
#include "archive/verifier.hpp"
#include "base/result.hpp"

namespace md::archive {

// The archive, whose members must not be read. Its path() is that in the remote. Errors: those of
// Rclone and of ArchiveFile::open().
Result<ArchiveFile> open_remote(const Rclone& rclone, const std::string& remote,
                                const RemoteFile& file);

// All archives at a remote: seal and manifest of each, and of its members a random sample: of
// `percent` of their bytes, and one at least. Of each, header, content and padding are compared
// with their SHA-256. Where there is a local archive of the same name it must be the same, and each
// of `local` must be at the remote. Errors: not_found if there are no archives; those of Rclone; of
// local files those of ArchiveFile::open() but malformed.
struct RemoteOptions {
  std::string remote;
  double percent = 100;
  std::vector<std::string> local;  // paths of archives
  const std::atomic<bool>* stop = nullptr;
};
Result<void> verify_remote(const RemoteOptions& options,
                           const std::function<void(const Verdict&)>& tell);

// Which members to read: indexes, sorted. The same seed, the same sample.
std::vector<std::size_t> sample_members(const Manifest& manifest, double percent,
                                        std::uint64_t seed);

// "5%", "0.5%", "100%". usage if it is anything else, or not above 0.
Result<double> parse_percent(std::string_view text);

}  // namespace md::archive
