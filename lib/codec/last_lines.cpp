#include "codec/last_lines.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <string_view>

#include "codec/file.hpp"

namespace md::codec {
namespace {

constexpr std::size_t kTail = std::size_t{1} << 20;
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";
constexpr std::string_view kGzipMagic = "\x1F\x8B";

// From `offset` to the end of what is there.
std::string read_from(int fd, off_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t got = 0;
  while (got < size) {
    const ssize_t count =
        ::pread(fd, bytes.data() + got, size - got, offset + static_cast<off_t>(got));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  bytes.resize(got);
  return bytes;
}

// Whether frames follow each other to the very end. The magic number alone may be anything.
bool whole_frames(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t frame = ZSTD_findFrameCompressedSize(bytes.data(), bytes.size());
    if (ZSTD_isError(frame) != 0) return false;
    bytes.remove_prefix(frame);
  }
  return true;
}

// Where the first frame begins; npos if none does.
std::size_t first_frame(std::string_view bytes) {
  std::size_t at = bytes.find(kZstdMagic);
  while (at != std::string_view::npos && !whole_frames(bytes.substr(at)))
    at = bytes.find(kZstdMagic, at + 1);
  return at;
}

std::size_t first_line(std::string_view bytes) {
  const std::size_t at = bytes.find('\n');
  return at + 1 < bytes.size() ? at + 1 : std::string_view::npos;
}

}  // namespace

Result<LineReader> open_last_lines(const std::string& path) {
  const Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  struct stat about {};
  if (!fd || ::fstat(fd.get(), &about) != 0 || !S_ISREG(about.st_mode) ||
      about.st_size <= static_cast<off_t>(kTail))
    return LineReader::open(path);
  const std::string head = read_from(fd.get(), 0, kZstdMagic.size());
  const std::string tail = read_from(fd.get(), about.st_size - static_cast<off_t>(kTail), kTail);
  if (head.starts_with(kGzipMagic)) return LineReader::open(path);
  const std::size_t begin = head == kZstdMagic ? first_frame(tail) : first_line(tail);
  if (begin == std::string::npos) return LineReader::open(path);
  return LineReader::from_memory(tail.substr(begin), path);
}

}  // namespace md::codec
