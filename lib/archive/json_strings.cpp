#include "archive/json_strings.hpp"

#include <simdjson.h>

#include "base/buffer.hpp"
#include "codec/json_write.hpp"

namespace md::archive {

std::string json_text(std::string_view text) {
  Buffer out;
  out.append('"');
  out.commit(codec::write_escaped(out.reserve(codec::escaped_size(text.size())), text));
  out.append('"');
  return std::string{out.view()};
}

bool parse_json_strings(std::string_view json, std::vector<std::string>& out) {
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(json.data(), json.size()).get(array) != simdjson::SUCCESS) return false;
  for (const simdjson::dom::element element : array) {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS) return false;
    out.emplace_back(text);
  }
  return true;
}

}  // namespace md::archive
