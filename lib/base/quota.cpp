#include "base/quota.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

namespace md {
namespace {

constexpr double kLongestWindow = 86'400;

}  // namespace

Result<Quota> parse_quota(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const std::string_view amount = text.substr(0, slash);
  const std::string_view time = text.substr(std::min(slash + 1, text.size()));
  Quota quota;
  double seconds = 0;
  const auto whole = [](const auto& read, std::string_view of) {
    return read.ec == std::errc{} && read.ptr == of.data() + of.size();
  };
  const bool read =
      whole(std::from_chars(amount.data(), amount.data() + amount.size(), quota.most), amount) &&
      whole(std::from_chars(time.data(), time.data() + time.size(), seconds), time);
  if (!read || quota.most <= 0 || !(seconds >= 0.001) || seconds > kLongestWindow) {
    return Error{.code = Errc::usage,
                 .message = "'" + std::string(text) +
                            "' is no quota, such as 6000/60: so much in so many seconds"};
  }
  quota.window = std::llround(seconds * static_cast<double>(kSecond));
  return quota;
}

}  // namespace md
