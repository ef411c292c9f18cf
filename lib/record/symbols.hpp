// Symbols as people type them, found in a venue's market list.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "venue/venue.hpp"

namespace md::record {

// The venue's names for `wanted`, each once, in order: the very name if it is listed, else the one
// that is the same but for case and separators. usage: an unknown name (the error has near ones),
// or one that fits several.
Result<std::vector<std::string>> match_symbols(std::span<const venue::Market> markets,
                                               std::span<const std::string> wanted);

}  // namespace md::record
