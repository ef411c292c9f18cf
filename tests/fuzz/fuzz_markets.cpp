// libFuzzer target: market lists of the venue that MD_VENUE names.

#include "harness.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const md::venue::Venue& venue = md::fuzz::venue_of_environment();
  return md::fuzz::judge(
      md::fuzz::read_market_lists(venue, {reinterpret_cast<const char*>(data), size}));
}
