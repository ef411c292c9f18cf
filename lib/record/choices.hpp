// What a user may choose, checked against what there is.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "venue/venue.hpp"

namespace md::record {

// By id or alias. usage: unknown; the error lists all.
Result<const venue::Venue*> find_venue(std::string_view name);

// The types named ("trade"), or, without names, all that the venue has. usage: unknown, or not
// recorded from this venue.
Result<Types> choose_types(const venue::Venue& venue, std::span<const std::string> names);

// "trade,book_change".
std::string list_of(Types types);

// All venues, one a line: id, a tab, types.
std::string venue_lines();

}  // namespace md::record
