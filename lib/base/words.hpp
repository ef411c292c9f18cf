// Words of messages for people. What comes from data stays in its line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace md {

// `text` with control characters as \n, \t or \xHH: names and reasons are what others chose, and
// may hold line breaks or a terminal's commands. Printable text stays as it is, backslashes too, so
// twice is the same as once.
std::string printable(std::string_view text);

// "1 hole", "2 holes"
std::string counted(std::uint64_t number, std::string_view noun);

}  // namespace md
