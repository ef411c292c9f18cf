#include "sim/pace.hpp"

#include <charconv>
#include <string>

namespace md::sim {

Result<Pace> parse_pace(std::string_view text) {
  if (text == "max") return Pace{.speed = std::nullopt};
  double speed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), speed);
  // The limits keep a day's microseconds, divided by the speed, far from overflow.
  if (error != std::errc{} || end != text.data() + text.size() ||
      !(speed >= 1e-3 && speed <= 1e6)) {
    return Error{.code = Errc::usage,
                 .message = "a speed is 'max' or a number from 0.001 to 1000000: '" +
                            std::string(text) + "'"};
  }
  return Pace{.speed = speed};
}

}  // namespace md::sim
