#include "archive/tar_walk.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>

#include <array>
#include <cerrno>
#include <memory>

#include "archive/manifest.hpp"
#include "codec/file.hpp"

namespace md::archive {
namespace {

constexpr std::size_t kReadBlock = std::size_t{64} << 10;

struct FreeArchive {
  void operator()(::archive* tar) const { archive_read_free(tar); }
};

std::string problem_of(::archive* tar) {
  const char* const text = archive_error_string(tar);
  return text != nullptr ? text : "unknown";
}

// All of the member's content, kept in `content` if that is not null and has room; false where it
// cannot be read.
bool read_content(::archive* tar, std::string* content) {
  std::array<char, kReadBlock> chunk;
  while (true) {
    const la_ssize_t got = archive_read_data(tar, chunk.data(), chunk.size());
    if (got < 0) return false;
    if (got == 0) return true;
    if (content != nullptr && content->size() < kMaxManifest)
      content->append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Result<TarWalk> walk_tar(const std::string& path) {
  const codec::Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) {
    return system_error(errno == EACCES ? Errc::permission : Errc::not_found,
                        "cannot open '" + path + "'", errno);
  }
  TarWalk walk;
  const std::unique_ptr<::archive, FreeArchive> tar{archive_read_new()};
  if (tar == nullptr || archive_read_support_format_tar(tar.get()) != ARCHIVE_OK ||
      archive_read_open_fd(tar.get(), fd.get(), kReadBlock) != ARCHIVE_OK) {
    walk.problem = "not a tar file";
    return walk;
  }
  archive_entry* entry = nullptr;
  while (true) {
    const int code = archive_read_next_header(tar.get(), &entry);
    if (code == ARCHIVE_EOF) return walk;
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) {
      walk.problem = problem_of(tar.get());
      return walk;
    }
    const char* const name = archive_entry_pathname(entry);
    walk.names.emplace_back(name != nullptr ? name : "");
    const bool is_manifest = walk.names.back() == kManifestName;
    std::string content;
    if (!read_content(tar.get(), is_manifest ? &content : nullptr)) {
      walk.problem = problem_of(tar.get());
      return walk;
    }
    if (is_manifest) walk.manifest = std::move(content);
  }
}

}  // namespace md::archive
