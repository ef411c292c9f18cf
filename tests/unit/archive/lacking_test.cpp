#include "archive/lacking.hpp"

#include <gmock/gmock.h>

#include <string>

namespace md::archive {
namespace {

using testing::ElementsAre;

// Liquidations with these ids.
EachEvent events(std::vector<std::string> ids) {
  return [ids = std::move(ids)](
             const std::function<Result<void>(const Event&)>& take) -> Result<void> {
    Event event;
    event.exchange = "x";
    event.symbol = "A";
    for (const std::string& id : ids) {
      event.body = Liquidation{id, {}, {}, Side::buy};
      MD_CHECK(take(event));
    }
    return {};
  };
}

std::vector<bool> missing(const std::vector<std::string>& wanted,
                          const std::vector<std::string>& present, std::size_t at_once = 1000) {
  const auto found = lacking(events(wanted), events(present), present.size(), at_once);
  EXPECT_TRUE(found);
  return found ? *found : std::vector<bool>{};
}

TEST(Lacking, EqualEventsAreCounted) {
  EXPECT_THAT(missing({"a", "b", "a", "a"}, {"a", "c", "a"}),
              ElementsAre(false, true, false, true));
}

TEST(Lacking, OfNothingAndFromNothing) {
  EXPECT_THAT(missing({}, {"a"}), ElementsAre());
  EXPECT_THAT(missing({"a", "a"}, {}), ElementsAre(true, true));
}

// However many of them fit into memory, the answer is the same.
TEST(Lacking, InPieces) {
  std::vector<std::string> wanted;
  std::vector<std::string> present;
  std::vector<bool> expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = std::to_string(i / 2);  // each twice
    wanted.push_back(id);
    // Of every third both are there, of the next one, of the next none.
    const int there = i / 2 % 3;
    if (there == 0 || (there == 1 && i % 2 == 0)) present.push_back(id);
    expected.push_back(there == 2 || (there == 1 && i % 2 == 1));
  }
  for (const std::size_t at_once : {1000, 100, 7}) {
    EXPECT_EQ(missing(wanted, present, at_once), expected) << at_once;
  }
}

TEST(Lacking, ErrorsOfEitherSideEndIt) {
  const EachEvent broken = [](const auto&) -> Result<void> {
    return Error{Errc::unavailable, "lost", {}, 0, 0};
  };
  EXPECT_EQ(lacking(broken, events({"a"}), 1, 10).error().code, Errc::unavailable);
  EXPECT_EQ(lacking(events({"a"}), broken, 1, 10).error().code, Errc::unavailable);
}

}  // namespace
}  // namespace md::archive
