#include "venue/inflate.hpp"

#include <zlib.h>

#include "base/buffer.hpp"
#include "codec/line_reader.hpp"

namespace md::venue {
namespace {

constexpr int kGzip = 15 + 16, kZlib = 15, kDeflate = -15;  // window bits of inflateInit2

int format_of(std::string_view frame) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(frame[i]); };
  if (frame.size() >= 2 && byte(0) == 0x1f && byte(1) == 0x8b) return kGzip;
  if (frame.size() >= 2 && (byte(0) & 0x0f) == Z_DEFLATED && (byte(0) * 256 + byte(1)) % 31 == 0)
    return kZlib;
  return kDeflate;
}

bool is_text(std::string_view frame) {
  const auto first = static_cast<unsigned char>(frame.empty() ? ' ' : frame.front());
  return first == '{' || first == '[' || (first >= 'A' && first <= 'Z') ||
         (first >= 'a' && first <= 'z' && format_of(frame) == kDeflate);
}

}  // namespace

struct Inflater::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (format != 0) inflateEnd(&stream);
  }

  bool begin(int wanted) {
    if (format != 0) return inflateReset2(&stream, format = wanted) == Z_OK;
    if (inflateInit2(&stream, wanted) != Z_OK) return false;
    format = wanted;
    return true;
  }

  z_stream stream{};
  int format = 0;  // 0 = not begun yet
  Buffer text;
};

Inflater::Inflater() : state_(std::make_unique<State>()) {}
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;
Inflater::~Inflater() = default;

bool Inflater::inflate(std::string_view frame, std::string_view& text) {
  if (is_text(frame)) {
    text = frame;
    return true;
  }
  State& s = *state_;
  s.text.clear();
  if (frame.empty() || !s.begin(format_of(frame))) return false;
  s.stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(frame.data()));
  s.stream.avail_in = static_cast<uInt>(frame.size());
  std::size_t piece = 4 * frame.size() + 1024;
  for (int result = Z_OK; result != Z_STREAM_END;) {
    char* const out = s.text.reserve(piece + codec::kPadding);
    s.stream.next_out = reinterpret_cast<Bytef*>(out);
    s.stream.avail_out = static_cast<uInt>(piece);
    result = ::inflate(&s.stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END) return false;
    s.text.commit(out + (piece - s.stream.avail_out));
    if (s.text.size() > kMaxSize) return false;
    if (result == Z_OK && s.stream.avail_out != 0) return false;  // cut
    piece *= 2;
  }
  text = s.text.view();
  return true;
}

}  // namespace md::venue
