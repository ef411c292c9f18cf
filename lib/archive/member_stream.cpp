#include "archive/member_stream.hpp"

#include <fmt/format.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "archive/region.hpp"

namespace md::archive {

struct MemberStream::State {
  State(int file, std::uint64_t from, std::uint64_t length, std::uint64_t content,
        std::string label)
      : fd(file),
        offset(from),
        left(length),
        content_left(content),
        name(std::move(label)),
        stream(ZSTD_createDStream()) {
    if (stream == nullptr) throw std::bad_alloc();
  }
  ~State() { ZSTD_freeDStream(stream); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  // The next chunk of compressed bytes into `chunk`, through the hash; empty at the end.
  Result<void> fill() {
    input = {chunk.data(), std::min<std::uint64_t>(chunk.size(), left), 0};
    MD_CHECK(read_exactly(fd, offset, chunk.data(), input.size, name));
    offset += input.size;
    left -= input.size;
    hash.update({chunk.data(), input.size});
    return {};
  }
  Error malformed(std::string_view what) const {
    return Error{Errc::malformed, std::string{what}, name, 0, 0};
  }

  int fd;
  std::uint64_t offset;
  std::uint64_t left;          // compressed bytes not yet in `chunk`
  std::uint64_t content_left;  // promised and not yet given
  std::string name;
  ZSTD_DStream* stream;
  std::array<char, std::size_t{128} << 10> chunk;
  ZSTD_inBuffer input{nullptr, 0, 0};
  bool in_frame = false;
  store::Sha256Hasher hash;
  std::optional<store::Sha256> digest;  // once all is hashed
};

MemberStream::MemberStream(int fd, std::uint64_t offset, std::uint64_t size,
                           std::uint64_t content_size, std::string name)
    : state_(std::make_unique<State>(fd, offset, size, content_size, std::move(name))) {}
MemberStream::MemberStream(MemberStream&&) noexcept = default;
MemberStream& MemberStream::operator=(MemberStream&&) noexcept = default;
MemberStream::~MemberStream() = default;

Result<std::size_t> MemberStream::read(char* out, std::size_t size) {
  State& s = *state_;
  ZSTD_outBuffer output{out, size, 0};
  while (output.pos == 0) {
    if (s.input.pos == s.input.size) {
      MD_CHECK(s.fill());
      if (s.input.size == 0 && !s.in_frame) {
        if (s.content_left != 0)
          return s.malformed(fmt::format("ends {} bytes early", s.content_left));
        return std::size_t{0};
      }
    }
    const std::size_t before = s.input.pos;
    const std::size_t hint = ZSTD_decompressStream(s.stream, &output, &s.input);
    if (ZSTD_isError(hint) != 0) {
      return s.malformed(fmt::format("compressed data is damaged ({})", ZSTD_getErrorName(hint)));
    }
    s.in_frame = hint != 0;
    // Without new input the decoder may still hold content back, but not forever.
    if (s.in_frame && s.input.size == before && output.pos == 0)
      return s.malformed("compressed data ends inside a frame");
  }
  if (output.pos > s.content_left) return s.malformed("is longer than the manifest says");
  s.content_left -= output.pos;
  return output.pos;
}

Result<store::Sha256> MemberStream::digest() {
  State& s = *state_;
  while (s.left != 0) MD_CHECK(s.fill());
  if (!s.digest) s.digest = s.hash.finish();
  return *s.digest;
}

const std::string& MemberStream::name() const { return state_->name; }

}  // namespace md::archive
