#include "archive/json_strings.hpp"

#include <simdjson.h>

namespace md::archive {

bool parse_json_strings(std::string_view json, std::vector<std::string>& out) {
  const simdjson::padded_string padded{json};
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::array array;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return false;
  if (document.get_array().get(array) != simdjson::SUCCESS) return false;
  for (auto element : array) {
    std::string_view text;
    if (element.get_string().get(text) != simdjson::SUCCESS) return false;
    out.emplace_back(text);
  }
  return document.at_end();
}

}  // namespace md::archive
