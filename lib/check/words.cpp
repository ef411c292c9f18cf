#include "check/words.hpp"

#include <fmt/format.h>

#include "base/words.hpp"

namespace md::check {

std::string stream_name(std::string_view recorder, std::string_view exchange,
                        std::string_view symbol, std::string_view type) {
  std::string out;
  if (!recorder.empty()) out = printable(recorder) + ": ";
  out += fmt::format("{} {}", printable(exchange), symbol.empty() ? "*" : printable(symbol));
  if (!type.empty()) out += fmt::format(" {}", type);
  return out;
}

std::string to_the_second(Micros time) { return to_iso(time).substr(0, 19) + "Z"; }

}  // namespace md::check
