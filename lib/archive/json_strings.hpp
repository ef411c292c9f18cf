// A JSON array of strings, as the column `symbols` of feed_events holds it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace md::archive {

// Appends the array's strings to `out`; false if `json` is anything else.
bool parse_json_strings(std::string_view json, std::vector<std::string>& out);

}  // namespace md::archive
