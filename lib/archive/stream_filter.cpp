#include "archive/stream_filter.hpp"

#include <algorithm>
#include <cstddef>

#include "venue/registry.hpp"

namespace md::archive {
namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

StreamFilter::StreamFilter(const std::vector<std::string>& exchanges,
                           std::vector<std::string> symbols)
    : symbols_(std::move(symbols)) {
  for (const std::string& name : exchanges) {
    // Names of no venue stay as they are.
    const venue::Venue* const found = venue::find(name);
    exchanges_.emplace_back(found != nullptr ? found->id : std::string_view{name});
  }
}

bool StreamFilter::takes(const Stream& stream) const {
  return has(exchanges_, stream.exchange) &&
         (stream.symbol.empty() || has(symbols_, stream.symbol));
}

StreamFilter filter_from(const std::vector<std::string>& arguments) {
  std::vector<std::string> exchanges;
  std::vector<std::string> symbols;
  // Each of our options but --dsn has a value, which may look like an option.
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (arguments[i] == "--dsn" || i + 1 == arguments.size()) continue;
    if (arguments[i] == "--exchange") exchanges.push_back(arguments[i + 1]);
    if (arguments[i] == "--symbol") symbols.push_back(arguments[i + 1]);
    ++i;
  }
  return {exchanges, std::move(symbols)};
}

}  // namespace md::archive
