// EventDigest: what a set of events is, in whatever order and place they are kept: their number and
// the sum of the hashes of their lines.
//
//   digest = (n, h(line 1) + h(line 2) + ... + h(line n) modulo 2^128)     h: XXH3, 128 bits
//
// A line is the one that append_event() gives, so decimals count by value and the spelling of the
// source does not. An event that is there twice counts twice. Digests of parts add up to that of
// the whole. It tells a lake, a database and an archive of the same events from others; it is no
// protection against somebody who makes collisions (archives have SHA-256 for that).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/buffer.hpp"
#include "base/hash.hpp"
#include "base/result.hpp"
#include "model/event.hpp"

namespace md::codec {

struct EventDigest {
  std::uint64_t events = 0;
  Hash128 sum;

  void add(const EventDigest& other);
  friend bool operator==(const EventDigest&, const EventDigest&) = default;
};

// The sum as 32 hexadecimal digits, high half first; and back (malformed).
std::string to_hex(const Hash128& sum);
Result<Hash128> hash128_from_hex(std::string_view text);

// Adds events to digests; keeps the memory in which lines are written.
class EventDigester {
 public:
  void add(EventDigest& digest, const Event& event);

 private:
  Buffer line_;
};

}  // namespace md::codec
