#include "venue/protobuf.hpp"

#include <cstddef>

namespace md::venue::protobuf {
namespace {

// Bytes that continue a UTF-8 sequence are 10xxxxxx.
bool are_continuations(std::string_view bytes) {
  for (const char byte : bytes) {
    if ((static_cast<unsigned char>(byte) & 0xC0) != 0x80) return false;
  }
  return true;
}

// RFC 3629: no sequence longer than needed, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) {
      text.remove_prefix(1);
      continue;
    }
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < size) return false;
    if (!are_continuations(text.substr(1, size - 1))) return false;
    const auto second = static_cast<unsigned char>(text[1]);
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
        (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) {
      return false;
    }
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace

bool Field::text(std::string_view& out) const {
  out = bytes_;
  return wire_ == Wire::bytes && is_utf8(out);
}

// Seven bits a byte, the lowest first; the highest bit says that another byte follows.
bool Fields::read_varint(std::uint64_t& out) {
  out = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (shift == 63 && byte > 1) return false;  // beyond 64 bits
    out |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool Fields::next(Field& out) {
  std::uint64_t tag;
  if (!read_varint(tag) || tag > UINT32_MAX || tag >> 3 == 0) return false;
  out.number_ = static_cast<std::uint32_t>(tag >> 3);
  out.wire_ = static_cast<Field::Wire>(tag & 7);
  out.varint_ = 0;
  out.bytes_ = {};
  std::uint64_t size;
  switch (out.wire_) {
    case Field::Wire::varint:
      return read_varint(out.varint_);
    case Field::Wire::fixed64:
      size = 8;
      break;
    case Field::Wire::fixed32:
      size = 4;
      break;
    case Field::Wire::bytes:
      if (!read_varint(size)) return false;
      break;
    default:
      return false;
  }
  if (size > rest_.size()) return false;
  out.bytes_ = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

}  // namespace md::venue::protobuf
