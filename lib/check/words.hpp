// Words of reports for people. What comes from data stays in its line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.hpp"

namespace md::check {

// `text` with control characters and backslashes as \n, \t, \\ or \xHH: names and reasons are what
// others chose, and may hold line breaks or a terminal's commands.
std::string one_line(std::string_view text);

// "recorder: exchange symbol type", in one line; without a symbol "*", the rest left out if empty.
std::string stream_name(std::string_view recorder, std::string_view exchange,
                        std::string_view symbol, std::string_view type);

// "1 hole", "2 holes"
std::string count(std::uint64_t number, std::string_view what);

// "2026-11-20T10:32:49Z"
std::string to_the_second(Micros time);

}  // namespace md::check
