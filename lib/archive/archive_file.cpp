#include "archive/archive_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>

#include "archive/seal.hpp"

namespace md::archive {
namespace {

Error malformed(std::string what, std::string_view member) {
  return Error{Errc::malformed, std::move(what), std::string{member}, 0, 0};
}

// The seal's place in a file of `bytes`, from its end.
constexpr std::uint64_t kSealTail = kSealBytes + kTarEnd;

}  // namespace

Result<ArchiveFile> ArchiveFile::open(const std::string& path) {
  // O_NONBLOCK: not to wait for the writer of what turns out to be a pipe.
  codec::Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!fd) {
    return system_error(errno == EACCES ? Errc::permission : Errc::not_found,
                        "cannot open '" + path + "'", errno);
  }
  struct stat about {};
  if (::fstat(fd.get(), &about) != 0)
    return system_error(Errc::not_found, "cannot read '" + path + "'", errno);
  if (S_ISDIR(about.st_mode))
    return system_error(Errc::not_found, "cannot read '" + path + "'", EISDIR);
  if (!S_ISREG(about.st_mode)) {
    return Error{
        Errc::not_found, "cannot read '" + path + "': an archive must be a regular file", {}, 0, 0};
  }
  return adopt(path, std::move(fd), static_cast<std::uint64_t>(about.st_size));
}

Result<ArchiveFile> ArchiveFile::adopt(std::string path, codec::Fd fd, std::uint64_t bytes) {
  ArchiveFile file{std::move(path), std::move(fd), bytes};
  MD_CHECK(file.read_manifest());
  return file;
}

Result<void> ArchiveFile::read_manifest() {
  const Error no_seal =
      malformed("no seal at the end: not an archive of mdbackup, cut, or added to", {});
  if (bytes_ < kSealTail + kTarBlock || bytes_ % kTarBlock != 0) return no_seal;
  std::string text(kSealBytes, '\0');
  MD_CHECK(read_exactly(fd_.get(), bytes_ - kSealTail, text.data(), text.size(), path_));
  const auto seal = parse_seal(text);
  store::Sha256Hasher hash;
  hash.update(text);
  identity_ = hash.finish();
  if (!seal) return text.starts_with("mdtools archive seal ") ? seal.error() : no_seal;
  MD_TRY(const bool end_is_zero, is_zero(fd_.get(), {bytes_ - kTarEnd, kTarEnd}, path_));
  if (!end_is_zero) return malformed("end of tar behind it was changed", kSealName);
  MD_CHECK(check_sealed(seal->seal_header, kSealName, "tar header was changed"));

  const Region& content = seal->manifest.region;
  if (content.bytes > kMaxManifest) return malformed("is too large", kManifestName);
  MD_CHECK(check_sealed(seal->manifest_header, kManifestName, "tar header was changed"));
  MD_CHECK(check_sealed(seal->manifest, kManifestName, "SHA-256 differs"));
  MD_CHECK(check_padding(content.end(), std::string{kManifestName}));
  if (seal->manifest_header.region.end() != content.offset ||
      content.end() + padding_behind(content.end()) != seal->seal_header.region.offset ||
      seal->seal_header.region.end() != bytes_ - kSealTail) {
    return malformed("members do not lie one behind the other", kSealName);
  }
  std::string json(content.bytes, '\0');
  MD_CHECK(read_exactly(fd_.get(), content.offset, json.data(), json.size(), path_));
  MD_TRY(manifest_, parse_manifest(json));
  return check_layout(seal->manifest_header.region.offset);
}

// Members must fill the file up to the manifest.
Result<void> ArchiveFile::check_layout(std::uint64_t manifest_begin) const {
  std::uint64_t at = 0;
  for (const Member& member : manifest_.members) {
    const Region& header = member.header.region;
    const bool possible = header.offset == at && header.bytes <= bytes_ && member.bytes <= bytes_;
    if (possible) at = member.content().end() + padding_behind(member.content().end());
    if (!possible || at > manifest_begin) {
      return malformed("is not where the manifest says", member.name());
    }
  }
  if (at != manifest_begin) return malformed("does not follow the last member", kManifestName);
  return {};
}

Result<void> ArchiveFile::check_sealed(const SealedRegion& sealed, std::string_view name,
                                       const char* what) const {
  // A seal or manifest made by another hand may point anywhere.
  if (sealed.region.bytes > bytes_ || sealed.region.offset > bytes_ - sealed.region.bytes) {
    return malformed("lies outside the file", name);
  }
  MD_TRY(const store::Sha256 digest, sha256_of(fd_.get(), sealed.region, path_));
  if (digest != sealed.sha256) return malformed(what, name);
  return {};
}

Result<void> ArchiveFile::check_padding(std::uint64_t content_end, const std::string& name) const {
  MD_TRY(const bool zero, is_zero(fd_.get(), {content_end, padding_behind(content_end)}, path_));
  if (!zero) return malformed("padding behind it was changed", name);
  return {};
}

Result<void> ArchiveFile::check_frame(const Member& member) const {
  MD_CHECK(check_sealed(member.header, member.name(), "tar header was changed"));
  return check_padding(member.content().end(), member.name());
}

RowReader ArchiveFile::rows(const Member& member) const {
  const Region content = member.content();
  return RowReader{MemberStream{fd_.get(), content.offset, content.bytes, member.csv_bytes,
                                member.compression, member.name()},
                   member.stream};
}

}  // namespace md::archive
