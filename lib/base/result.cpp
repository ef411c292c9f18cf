#include "base/result.hpp"

#include <fmt/format.h>

#include <system_error>

namespace md {

std::string Error::text() const {
  std::string out;
  if (!file.empty()) out += file + ":";
  if (line != 0) out += fmt::format("{}:", line);
  if (line != 0 && byte != 0) out += fmt::format("{}:", byte);
  if (!out.empty()) out += ' ';
  return out + message;
}

Error system_error(Errc code, std::string_view what, int error_number) {
  return Error{code, fmt::format("{}: {}", what, std::generic_category().message(error_number))};
}

}  // namespace md
