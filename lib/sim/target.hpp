// The path and query of a request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace md::sim {

struct Target {
  std::string path;                                        // without a '/' at the end
  std::vector<std::pair<std::string, std::string>> query;  // percent-decoded, in the order given

  std::optional<std::string_view> parameter(std::string_view name) const;
};

// Of "/path?query" or "scheme://host/path?query".
Target parse_target(std::string_view text);

}  // namespace md::sim
