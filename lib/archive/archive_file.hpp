// ArchiveFile: an archive being read. Its seal, manifest and layout were checked when it was
// opened; what the members hold is checked by who reads them.
//
// What the manifest says about places is believed only as far as the members lie one behind the
// other and fill the file; names are never used as paths.
#pragma once

#include <cstdint>
#include <string>

#include "archive/manifest.hpp"
#include "archive/row_reader.hpp"
#include "base/result.hpp"
#include "codec/file.hpp"

namespace md::archive {

class ArchiveFile {
 public:
  // Errors: not_found (missing, a directory, unreadable), permission, io; malformed where seal,
  // manifest or layout are damaged, with the member at fault in Error::file ("manifest.json"), or
  // nothing there if the file is no archive or was cut.
  static Result<ArchiveFile> open(const std::string& path);
  // Of a file that is open, and `path` its name for people. Only the end of it, from the manifest
  // on, is read here.
  static Result<ArchiveFile> adopt(std::string path, codec::Fd fd, std::uint64_t bytes);

  const std::string& path() const { return path_; }
  std::uint64_t bytes() const { return bytes_; }
  const Manifest& manifest() const { return manifest_; }
  // SHA-256 of the seal, which seals everything else: archives of the same are the same.
  const store::Sha256& identity() const { return identity_; }

  // The rows of a member of manifest(). This ArchiveFile must outlive the reader.
  RowReader rows(const Member& member) const;
  // Are the member's tar header and the padding behind its content what was written. malformed if
  // not.
  Result<void> check_frame(const Member& member) const;

 private:
  ArchiveFile(std::string path, codec::Fd fd, std::uint64_t bytes)
      : path_(std::move(path)), fd_(std::move(fd)), bytes_(bytes) {}
  Result<void> read_manifest();
  Result<void> check_layout(std::uint64_t manifest_begin) const;
  Result<void> check_sealed(const SealedRegion& sealed, std::string_view name,
                            const char* what) const;
  Result<void> check_padding(std::uint64_t content_end, const std::string& name) const;

  std::string path_;
  codec::Fd fd_;
  std::uint64_t bytes_ = 0;
  Manifest manifest_;
  store::Sha256 identity_{};
};

}  // namespace md::archive
