#include "codec/event_digest.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/decimal.hpp"
#include "codec/event_json.hpp"

namespace md::codec {
namespace {

UInt128 whole(const Hash128& hash) { return static_cast<UInt128>(hash.high) << 64 | hash.low; }

bool read_half(std::string_view text, std::uint64_t& out) {
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, out, 16);
  return read.ec == std::errc() && read.ptr == end;
}

}  // namespace

void EventDigest::add(const EventDigest& other) {
  events += other.events;
  const UInt128 total = whole(sum) + whole(other.sum);
  sum = {static_cast<std::uint64_t>(total), static_cast<std::uint64_t>(total >> 64)};
}

std::string to_hex(const Hash128& sum) { return fmt::format("{:016x}{:016x}", sum.high, sum.low); }

Result<Hash128> hash128_from_hex(std::string_view text) {
  Hash128 sum;
  const bool digits = text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  if (text.size() != 32 || !digits || !read_half(text.substr(0, 16), sum.high) ||
      !read_half(text.substr(16), sum.low)) {
    return Error{Errc::malformed, fmt::format("'{}' is no digest of events", text), {}, 0, 0};
  }
  return sum;
}

void EventDigester::add(EventDigest& digest, const Event& event) {
  line_.clear();
  append_event(line_, event);
  digest.add({1, hash128(line_.view())});
}

}  // namespace md::codec
