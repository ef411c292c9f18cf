#include "record/choices.hpp"

#include <fmt/format.h>

#include <optional>

#include "venue/registry.hpp"

namespace md::record {

Result<const venue::Venue*> find_venue(std::string_view name) {
  if (const venue::Venue* venue = venue::find(name)) return venue;
  std::string known;
  for (const venue::Venue* venue : venue::all())
    known += fmt::format("{}{}", known.empty() ? "" : ", ", venue->id);
  return Error{Errc::usage, fmt::format("unknown venue '{}'; known: {}", name, known)};
}

Result<Types> choose_types(const venue::Venue& venue, std::span<const std::string> names) {
  if (names.empty()) return venue.types;
  Types types;
  for (const std::string& name : names) {
    const std::optional<Type> type = type_from(name);
    if (!type || !venue.types.has(*type)) {
      return Error{Errc::usage, fmt::format("type '{}' is not recorded from {}; there are: {}",
                                            name, venue.id, list_of(venue.types))};
    }
    types.add(*type);
  }
  return types;
}

std::string list_of(Types types) {
  std::string text;
  for (int i = 0; i < kTypes; ++i) {
    const auto type = static_cast<Type>(i);
    if (types.has(type)) text += fmt::format("{}{}", text.empty() ? "" : ",", to_text(type));
  }
  return text;
}

std::string venue_lines() {
  std::string lines;
  for (const venue::Venue* venue : venue::all()) {
    lines += fmt::format("{}\t{}\n", venue->id, list_of(venue->types));
  }
  return lines;
}

}  // namespace md::record
