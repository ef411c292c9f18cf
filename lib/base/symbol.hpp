// Symbols as venues spell them, and as people type and file systems bear them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace md {

// ASCII letters only; other bytes (UTF-8 symbols exist) stay.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);

// What remains of a symbol for look-up: lower case, without '-', '/', '_', ':' and blanks.
std::string symbol_key(std::string_view symbol);

// Percent-encoding of all but unreserved characters (RFC 3986), so that a symbol is one path
// component;
// "." and ".." are encoded too.
std::string percent_encode(std::string_view text);
Result<std::string> percent_decode(std::string_view text);

// The name of a file or directory that stands for `text`: percent-encoded, or where that would be
// longer than kMaxComponent, which file systems do not bear, its beginning, '~' and a hash of the
// whole. is_shortened(): `component` is of that second kind, and what it stands for must be read
// elsewhere.
constexpr std::size_t kMaxComponent = 200;
std::string path_component(std::string_view text);
bool is_shortened(std::string_view component);

}  // namespace md
