// JSON of clients: small, seldom, and not to be trusted. For the *_wire.cpp files only (it includes
// simdjson).
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace md::sim {

class ClientJson {
 public:
  // The object in `text`, valid until the next call; nothing if it is none.
  std::optional<simdjson::dom::object> object(std::string_view text) {
    simdjson::dom::object object;
    if (parser_.parse(text.data(), text.size()).get_object().get(object) != simdjson::SUCCESS)
      return std::nullopt;
    return object;
  }

 private:
  simdjson::dom::parser parser_;
};

template <typename Parent>
std::string_view json_text(const Parent& parent, std::string_view key) {
  std::string_view text;
  if (parent[key].get(text) != simdjson::SUCCESS) return {};
  return text;
}

// The value of `key` as JSON, for ids that are sent back; `otherwise` if there is none.
template <typename Parent>
std::string json_copy(const Parent& parent, std::string_view key, std::string otherwise = "null") {
  simdjson::dom::element element;
  if (parent[key].get(element) != simdjson::SUCCESS) return otherwise;
  return simdjson::minify(element);
}

// The texts of an array, or the one text that stands in its place; others are passed over.
template <typename Parent, typename Take>
void each_json_text(const Parent& parent, std::string_view key, Take&& take) {
  simdjson::dom::array array;
  std::string_view text;
  if (parent[key].get(text) == simdjson::SUCCESS) {
    take(text);
  } else if (parent[key].get(array) == simdjson::SUCCESS) {
    for (simdjson::dom::element item : array) {
      if (item.get(text) == simdjson::SUCCESS) take(text);
    }
  }
}

inline std::string json_quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20)
      out += c;  // none of these texts has a use for control characters
  }
  return out += '"';
}

}  // namespace md::sim
