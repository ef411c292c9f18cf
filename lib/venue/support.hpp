// What adapters share: pieces of URLs, numbers, errors, and what is remembered of a symbol.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "venue/venue.hpp"

namespace md::venue {

// The error of a frame that is not what the protocol says.
Error malformed(std::string_view venue, std::string_view what);

// The answer to a frame that is not a JSON object: a JSON array is whole but unknown (a protocol of
// another era), all else is malformed.
Result<FrameKind> not_an_object(std::string_view venue, std::string_view data);

// CRC-32 with the polynomial of zlib and PNG, as book checksums use it.
std::uint32_t crc32(std::string_view bytes);

// That of "bid:amount:ask:amount:.." over all levels of `book`, in the digits of the wire; where
// one side ends, the other goes on alone.
std::uint32_t crc32_of_pairs(const BookSides& book);

// What a session remembers of each symbol; found without a copy of the name.
template <typename T>
using BySymbol = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

// The entry of `symbol`, made from `fresh` if there is none.
template <typename T>
T& entry(BySymbol<T>& map, std::string_view symbol, T fresh = {}) {
  const auto found = map.find(symbol);
  if (found != map.end()) return found->second;
  return map.emplace(std::string(symbol), std::move(fresh)).first->second;
}

// The whole of `text`, which is part of a frame (see Decimal::kReadAhead), as an integer of 64
// bits.
bool read_integer(std::string_view text, std::int64_t& out);

// The same of any text, such as a symbol's last id.
Seq whole_number(std::string_view text);

// The integers beside one of a frame, which may be any of 64 bits: they wrap around at the ends.
constexpr std::int64_t integer_before(std::int64_t number) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(number) - 1);
}
constexpr std::int64_t integer_after(std::int64_t number) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(number) + 1);
}

// The smallest step of numbers with so many decimal places; false if no number has as many.
bool step_of(std::int64_t decimals, Decimal& out);

// A query parameter's value in a URL; empty if it is not there.
std::string_view query_value(std::string_view url, std::string_view name);

// `url` with that parameter set, percent-encoded.
std::string with_query_value(std::string_view url, std::string_view name, std::string_view value);

// The inside of a JSON string that holds a symbol.
std::string json_escape(std::string_view symbol);

// The path of a URL, without host and query: "/api/v3/depth".
std::string_view url_path(std::string_view url);

// The last component of a URL's path.
std::string_view last_component(std::string_view url);

}  // namespace md::venue
