#include "archive/day_digests.hpp"

#include <gmock/gmock.h>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "codec/event_json.hpp"

namespace md::archive {
namespace {

using testing::ElementsAre;

std::string liquidation(std::string_view id, std::string_view time) {
  std::string line = R"({"type":"liquidation","symbol":"A","exchange":"x","id":")";
  line.append(id).append(R"(","price":1,"amount":2,"side":"buy","timestamp":")").append(time);
  return line.append(R"(","localTimestamp":"2026-11-03T00:00:00.000000Z"})").append("\n");
}

void add(DayDigests& digests, std::string line) {
  const std::size_t size = line.size() - 1;
  line.resize(size + 1 + 64);  // the reader's padding
  codec::EventReader reader;
  Event event;
  ASSERT_TRUE(reader.read(std::string_view{line}.substr(0, size), event));
  digests.add(event);
}

// Feed events come type by type, so days come again; each is the sum of the hashes of its lines.
TEST(DayDigests, DaysAreSortedWhateverTheOrder) {
  const std::string second = liquidation("1", "2026-11-02T00:00:00.000000Z");
  const std::string first = liquidation("2", "2026-11-01T23:59:59.999999Z");
  const std::string again = liquidation("3", "2026-11-02T23:59:59.999999Z");
  DayDigests digests;
  for (const std::string& line : {second, first, again}) add(digests, line);
  codec::EventDigest of_first{1, hash128(first)};
  codec::EventDigest of_second{1, hash128(second)};
  of_second.add({1, hash128(again)});
  const std::int64_t day = *parse_date("2026-11-01");
  EXPECT_THAT(digests.days(), ElementsAre(Day{day, of_first}, Day{day + 1, of_second}));
}

TEST(DayDigests, NoEventsNoDays) { EXPECT_TRUE(DayDigests{}.days().empty()); }

}  // namespace
}  // namespace md::archive
