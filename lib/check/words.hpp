// Words of the reports; names from data are printable.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"

namespace md::check {

// "recorder: exchange symbol type", in one line; without a symbol "*", the rest left out if empty.
std::string stream_name(std::string_view recorder, std::string_view exchange,
                        std::string_view symbol, std::string_view type);

// "2026-11-20T10:32:49Z"
std::string to_the_second(Micros time);

}  // namespace md::check
