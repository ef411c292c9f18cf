// All venues, by name.
#pragma once

#include <span>
#include <string_view>

#include "venue/venue.hpp"

namespace md::venue {

#define MD_VENUE(name) extern const Venue name;
#include "venue/registry.def"
#undef MD_VENUE

// In alphabetical order of their ids.
std::span<const Venue* const> all();

// By id or alias; nullptr if there is none.
const Venue* find(std::string_view name);

}  // namespace md::venue
