// Reading protobuf's wire format in place: the few fields that an adapter wants, by their numbers.
//
//   const bool read = protobuf::read_message(bytes, [&](const protobuf::Field& field) {
//     switch (field.number()) {
//       case 1: return field.text(price);
//       case 4: return field.integer(time);
//       default: return true;                       // not needed: passed over
//     }
//   });
//
// A visitor that returns false stops the reading, and the whole is false: malformed. A true means
// that the whole was fields, one behind the other; so give events only after it. Of a field that
// comes twice the last counts, if the visitor overwrites. Groups, which proto3 has not, are
// malformed.
// https://protobuf.dev/programming-guides/encoding (read 2026-11-20)
#pragma once

#include <cstdint>
#include <string_view>

namespace md::venue::protobuf {

class Field {
 public:
  std::uint32_t number() const { return number_; }
  // Each gives false if the field is of another type.

  // A string; it must be UTF-8, for it may go into events as it is.
  bool text(std::string_view& out) const;
  // An int32, int64, uint32, bool or enum; in two's complement.
  bool integer(std::int64_t& out) const {
    out = static_cast<std::int64_t>(varint_);
    return wire_ == Wire::varint;
  }
  // A message within, to be read by read_message.
  bool message(std::string_view& out) const {
    out = bytes_;
    return wire_ == Wire::bytes;
  }

 private:
  friend class Fields;
  enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

  std::uint32_t number_ = 0;
  Wire wire_ = Wire::varint;
  std::uint64_t varint_ = 0;
  std::string_view bytes_;  // of the three other types
};

// A message's fields in their order. Nothing outside of `message` is read.
class Fields {
 public:
  explicit Fields(std::string_view message) : rest_(message) {}
  bool empty() const { return rest_.empty(); }
  // False where what follows is no whole field.
  bool next(Field& out);

 private:
  bool read_varint(std::uint64_t& out);

  std::string_view rest_;
};

template <typename Visitor>  // bool(const Field&)
bool read_message(std::string_view message, Visitor&& visit) {
  Fields fields{message};
  Field field;
  while (!fields.empty()) {
    if (!fields.next(field) || !visit(field)) return false;
  }
  return true;
}

}  // namespace md::venue::protobuf
