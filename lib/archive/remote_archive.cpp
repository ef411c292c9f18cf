#include "archive/remote_archive.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <map>
#include <numeric>
#include <random>

#include "archive/seal.hpp"

namespace md::archive {
namespace {

// From the seal's tar header on.
constexpr std::uint64_t kSealEnd = kTarBlock + kSealBytes + kTarEnd;

// A part of the remote file to its place in `fd`.
Result<void> fetch(const Rclone& rclone, const std::string& path, const Region& region, int fd) {
  auto at = static_cast<off_t>(region.offset);
  return rclone.read(path, region, [&](std::string_view bytes) -> Result<void> {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(fd, bytes.data(), bytes.size(), at);
      if (written < 0) {
        if (errno == EINTR) continue;
        return system_error(Errc::io, "cannot keep the manifest of '" + path + "'", errno);
      }
      at += written;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  });
}

// Where the manifest begins, with its header; nothing if the seal does not say, or says what cannot
// be: then ArchiveFile finds the same.
std::uint64_t manifest_begin(int fd, std::uint64_t bytes, const std::string& path) {
  std::string text(kSealBytes, '\0');
  if (!read_exactly(fd, bytes - kSealBytes - kTarEnd, text.data(), text.size(), path)) return bytes;
  const auto seal = parse_seal(text);
  if (!seal) return bytes;
  const std::uint64_t begin = seal->manifest_header.region.offset;
  constexpr std::uint64_t kMostHeader = std::uint64_t{1} << 20;
  return begin < bytes && bytes - begin < kMaxManifest + kMostHeader ? begin : bytes;
}

// Header, content and padding of a member. Gives what is wrong; empty: nothing.
Result<std::string> check_remote_member(const Rclone& rclone, const std::string& path,
                                        const Member& member) {
  const Region& header = member.header.region;
  const Region content = member.content();
  const std::uint64_t end = content.end() + padding_behind(content.end());
  store::Sha256Hasher header_hash;
  store::Sha256Hasher content_hash;
  bool padding_is_zero = true;
  std::uint64_t at = header.offset;
  // Of `bytes`, which begin at `at`, what lies before `limit`.
  const auto take_until = [&](std::string_view& bytes, std::uint64_t limit) {
    const std::uint64_t room = limit > at ? limit - at : 0;
    const std::string_view part = bytes.substr(0, std::min<std::uint64_t>(room, bytes.size()));
    bytes.remove_prefix(part.size());
    at += part.size();
    return part;
  };
  auto read = rclone.read(
      path, {header.offset, end - header.offset}, [&](std::string_view bytes) -> Result<void> {
        header_hash.update(take_until(bytes, header.end()));
        content_hash.update(take_until(bytes, content.end()));
        const std::string_view padding = take_until(bytes, end);
        padding_is_zero =
            padding_is_zero && padding.find_first_not_of('\0') == std::string_view::npos;
        return {};
      });
  if (!read) {
    if (read.error().code != Errc::malformed) return std::move(read).error();
    return read.error().message;
  }
  if (header_hash.finish() != member.header.sha256) return std::string{"tar header was changed"};
  if (content_hash.finish() != member.sha256) return std::string{"SHA-256 differs"};
  if (!padding_is_zero) return std::string{"padding behind it was changed"};
  return std::string{};
}

}  // namespace

Result<ArchiveFile> open_remote(const Rclone& rclone, const std::string& remote,
                                const RemoteFile& file) {
  const std::string path = remote_path(remote, file.name);
  // As long as the archive, and empty but for the parts that are read.
  codec::Fd fd{::memfd_create("archive", MFD_CLOEXEC)};
  if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(file.bytes)) != 0)
    return system_error(Errc::io, "cannot keep the manifest of '" + path + "'", errno);
  if (file.bytes >= kSealEnd) {
    const std::uint64_t seal = file.bytes - kSealEnd;
    MD_CHECK(fetch(rclone, path, {seal, kSealEnd}, fd.get()));
    const std::uint64_t manifest = manifest_begin(fd.get(), file.bytes, path);
    if (manifest < seal) MD_CHECK(fetch(rclone, path, {manifest, seal - manifest}, fd.get()));
  }
  return ArchiveFile::adopt(path, std::move(fd), file.bytes);
}

std::vector<std::size_t> sample_members(const Manifest& manifest, double percent,
                                        std::uint64_t seed) {
  std::vector<std::size_t> order(manifest.members.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random{seed};
  std::shuffle(order.begin(), order.end(), random);
  double total = 0;
  for (const Member& member : manifest.members) total += static_cast<double>(member.bytes);
  std::size_t count = 0;
  for (double bytes = 0; count < order.size(); ++count) {
    const bool enough = bytes >= total * percent / 100;
    if (count != 0 && enough && percent < 100) break;
    bytes += static_cast<double>(manifest.members[order[count]].bytes);
  }
  order.resize(count);
  std::sort(order.begin(), order.end());
  return order;
}

namespace {

Result<Verdict> verify_one(const Rclone& rclone, const std::string& remote, const RemoteFile& file,
                           double percent, const std::string* local) {
  Verdict verdict;
  verdict.path = remote_path(remote, file.name);
  const auto archive = open_remote(rclone, remote, file);
  if (!archive) {
    if (archive.error().code != Errc::malformed) return archive.error();
    verdict.faults.push_back({archive.error().file, archive.error().message});
    return verdict;
  }
  const Manifest& manifest = archive->manifest();
  verdict.period = manifest.period.name;
  verdict.bytes = file.bytes;
  verdict.members = manifest.members.size();
  verdict.warnings = manifest_warnings(manifest);
  for (const Member& member : manifest.members) verdict.rows += member.totals.rows;
  const auto sample = sample_members(manifest, percent, std::random_device{}());
  for (const std::size_t index : sample) {
    const Member& member = manifest.members[index];
    MD_TRY(std::string problem, check_remote_member(rclone, verdict.path, member));
    if (!problem.empty()) verdict.faults.push_back({member.name(), std::move(problem)});
  }
  verdict.sampled = sample.size();
  if (local != nullptr) {
    const auto ours = ArchiveFile::open(*local);
    if (!ours && ours.error().code != Errc::malformed) return ours.error();
    if (!ours || ours->identity() != archive->identity())
      verdict.faults.push_back({{}, fmt::format("differs from '{}'", *local)});
  }
  return verdict;
}

}  // namespace

Result<void> verify_remote(const RemoteOptions& options,
                           const std::function<void(const Verdict&)>& tell) {
  const Rclone rclone{options.stop};
  MD_TRY(const auto there, rclone.archives(options.remote));
  if (there.empty()) {
    return Error{Errc::not_found, fmt::format("no archives at '{}'", options.remote), {}, 0, 0};
  }
  std::map<std::string, std::string> local;
  for (const std::string& path : options.local)
    local[std::filesystem::path{path}.filename().string()] = path;
  for (const RemoteFile& file : there) {
    const auto ours = local.find(file.name);
    MD_TRY(const Verdict verdict, verify_one(rclone, options.remote, file, options.percent,
                                             ours == local.end() ? nullptr : &ours->second));
    tell(verdict);
    if (ours != local.end()) local.erase(ours);
  }
  for (const auto& [name, path] : local) {
    Verdict verdict;
    verdict.path = path;
    verdict.faults.push_back({{}, fmt::format("is not at '{}'", options.remote)});
    tell(verdict);
  }
  return {};
}

Result<double> parse_percent(std::string_view text) {
  double percent = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, percent, std::chars_format::fixed);
  if (read.ec != std::errc{} || read.ptr + 1 != end || *read.ptr != '%' || !(percent > 0) ||
      percent > 100) {
    return Error{Errc::usage, fmt::format("not a percentage such as 5%: '{}'", text), {}, 0, 0};
  }
  return percent;
}

}  // namespace md::archive
