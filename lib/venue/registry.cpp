#include "venue/registry.hpp"

#include <algorithm>
#include <array>

namespace md::venue {

std::span<const Venue* const> all() {
  static const auto sorted = [] {
    std::array venues{
#define MD_VENUE(name) &name,
#include "venue/registry.def"
#undef MD_VENUE
    };
    std::sort(venues.begin(), venues.end(),
              [](const Venue* a, const Venue* b) { return a->id < b->id; });
    return venues;
  }();
  return sorted;
}

const Venue* find(std::string_view name) {
  for (const Venue* venue : all()) {
    if (venue->id == name ||
        std::find(venue->aliases.begin(), venue->aliases.end(), name) != venue->aliases.end())
      return venue;
  }
  return nullptr;
}

}  // namespace md::venue
