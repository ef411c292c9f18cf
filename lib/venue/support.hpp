// What adapters share: pieces of URLs, subscription lists in portions, errors.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "venue/venue.hpp"

namespace md::venue {

// The error of a frame that is not what the protocol says.
Error malformed(std::string_view venue, std::string_view what);

// A query parameter's value in a URL; empty if it is not there.
std::string_view query_value(std::string_view url, std::string_view name);

// The path of a URL, without host and query: "/api/v3/depth".
std::string_view url_path(std::string_view url);

// The last component of a URL's path.
std::string_view last_component(std::string_view url);

// `"a","b","c"`: names as JSON strings, with commas.
std::string json_list(std::span<const std::string> names);

// Cuts `items` into portions of at most `size`.
template <typename T>
std::vector<std::span<const T>> portions(const std::vector<T>& items, std::size_t size) {
  std::vector<std::span<const T>> out;
  for (std::span<const T> rest{items}; !rest.empty();) {
    const std::size_t count = rest.size() < size ? rest.size() : size;
    out.push_back(rest.first(count));
    rest = rest.subspan(count);
  }
  return out;
}

}  // namespace md::venue
