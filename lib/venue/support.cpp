#include "venue/support.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <charconv>

#include "base/symbol.hpp"
#include "codec/json.hpp"

namespace md::venue {

Error malformed(std::string_view venue, std::string_view what) {
  return Error{Errc::malformed, fmt::format("{}: {}", venue, what)};
}

Result<FrameKind> not_an_object(std::string_view venue, std::string_view data) {
  codec::json::Parser parser;
  if (parser.read_array(data, [](codec::json::Value&) { return true; })) return FrameKind::unknown;
  return malformed(venue, "broken frame");
}

std::uint32_t crc32(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::uint32_t crc32_of_pairs(const BookSides& book) {
  std::string text;
  const auto add = [&text](std::span<const Level> side, std::size_t i) {
    if (i < side.size()) text += side[i].price.to_wire() + ':' + side[i].amount.to_wire() + ':';
  };
  for (std::size_t i = 0; i < book.bids.size() || i < book.asks.size(); ++i) {
    add(book.bids, i);
    add(book.asks, i);
  }
  if (!text.empty()) text.pop_back();
  return crc32(text);
}

bool read_integer(std::string_view text, std::int64_t& out) {
  const char* const end = text.data() + text.size();
  Decimal number;
  if (!text.empty() && Decimal::read(text.data(), number) == end && number.scale() == 0)
    return out = static_cast<std::int64_t>(number.mantissa()), true;
  const auto [stopped, error] = std::from_chars(text.data(), end, out);
  return error == std::errc{} && stopped == end;
}

Seq whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc{} && stopped == end ? Seq{number} : Seq{};
}

bool step_of(std::int64_t decimals, Decimal& out) {
  if (decimals < 0 || decimals > Decimal::kMaxScale) return false;
  out = Decimal{1, static_cast<int>(decimals)};
  return true;
}

std::string_view query_value(std::string_view url, std::string_view name) {
  std::size_t at = url.find('?');
  while (at != std::string_view::npos) {
    std::string_view rest = url.substr(at + 1);
    at = url.find('&', at + 1);
    if (rest.size() > name.size() && rest.starts_with(name) && rest[name.size()] == '=') {
      rest.remove_prefix(name.size() + 1);
      return rest.substr(0, rest.find('&'));
    }
  }
  return {};
}

std::string with_query_value(std::string_view url, std::string_view name, std::string_view value) {
  std::string out{url.substr(0, url.find('?'))};
  char separator = '?';
  for (std::string_view rest = url.substr(std::min(out.size() + 1, url.size())); !rest.empty();) {
    const std::string_view field = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(field.size() + 1, rest.size()));
    if (field.substr(0, field.find('=')) == name) continue;
    out += separator;
    out += field;
    separator = '&';
  }
  return fmt::format("{}{}{}={}", out, separator, name, percent_encode(value));
}

std::string json_escape(std::string_view symbol) {
  std::string out;
  for (const char c : symbol) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string_view url_path(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    const std::size_t slash = url.find('/', scheme + 3);
    url = slash == std::string_view::npos ? std::string_view{} : url.substr(slash);
  }
  return url.substr(0, url.find('?'));
}

std::string_view last_component(std::string_view url) {
  std::string_view path = url_path(url);
  if (path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

}  // namespace md::venue
