#include "archive/region.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace md::archive {
namespace {

using Chunk = std::array<char, std::size_t{64} << 10>;

// Hands the region's bytes to `take`, a chunk at a time.
template <typename Take>
Result<void> each_chunk(int fd, Region region, const std::string& name, Take take) {
  Chunk chunk;
  while (region.bytes != 0) {
    const std::size_t size = std::min<std::uint64_t>(region.bytes, chunk.size());
    MD_CHECK(read_exactly(fd, region.offset, chunk.data(), size, name));
    take(std::string_view{chunk.data(), size});
    region.offset += size;
    region.bytes -= size;
  }
  return {};
}

}  // namespace

Result<void> read_exactly(int fd, std::uint64_t offset, char* out, std::size_t size,
                          const std::string& name) {
  while (size != 0) {
    const ssize_t got = ::pread(fd, out, size, static_cast<off_t>(offset));
    if (got < 0) {
      if (errno == EINTR) continue;
      return system_error(Errc::io, "cannot read '" + name + "'", errno);
    }
    if (got == 0) return Error{Errc::malformed, "ends early", name, 0, 0};
    out += got;
    size -= static_cast<std::size_t>(got);
    offset += static_cast<std::uint64_t>(got);
  }
  return {};
}

Result<store::Sha256> sha256_of(int fd, const Region& region, const std::string& name) {
  store::Sha256Hasher hash;
  MD_CHECK(each_chunk(fd, region, name, [&](std::string_view bytes) { hash.update(bytes); }));
  return hash.finish();
}

Result<bool> is_zero(int fd, const Region& region, const std::string& name) {
  bool zero = true;
  MD_CHECK(each_chunk(fd, region, name, [&](std::string_view bytes) {
    zero = zero && std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0'; });
  }));
  return zero;
}

}  // namespace md::archive
