// JSON strings outside the hot path: in manifests, reports, and the column `symbols` of
// feed_events.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace md::archive {

// The text as a JSON string, quotes included.
std::string json_text(std::string_view text);

// Appends the array's strings to `out`; false if `json` is anything but an array of strings.
bool parse_json_strings(std::string_view json, std::vector<std::string>& out);

}  // namespace md::archive
