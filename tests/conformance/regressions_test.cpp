// Inputs that a fuzz target once broke on, and their like: tests/fuzz/regressions/<venue>/.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../fuzz/harness.hpp"
#include "recordings.hpp"

namespace md::conformance {
namespace {

class Regressions : public VenueTest {};
MD_FOR_EACH_VENUE(Regressions);

TEST_P(Regressions, StaySolved) {
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator{
           std::string(MD_SOURCE_DIR "/tests/fuzz/regressions/") + std::string(venue().id), none}) {
    SCOPED_TRACE(entry.path().string());
    std::ostringstream input;
    input << std::ifstream{entry.path(), std::ios::binary}.rdbuf();
    EXPECT_EQ(fuzz::read_recording(venue(), input.str()), "");
    EXPECT_EQ(fuzz::read_market_lists(venue(), input.str()), "");
  }
}

}  // namespace
}  // namespace md::conformance
