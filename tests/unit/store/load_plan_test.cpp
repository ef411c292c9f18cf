#include "store/load_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace md::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kNov20 = 20'777;  // date -d 2026-11-20Z +%s divided by 86400

std::string lake_file(const std::string& type, const std::string& symbol, const std::string& date) {
  return "lake/exchange=binance/type=" + type + "/symbol=" + symbol + "/date=" + date +
         ".ndjson.zst";
}

TEST(LoadPlan, DaysOfALakeComeTogether) {
  const LoadPlan plan({lake_file("trade", "A", "2026-11-20"), lake_file("trade", "A", "2026-11-21"),
                       lake_file("trade", "B", "2026-11-20"), "spool/b.ndjson",
                       lake_file("book_change", "A", "2026-11-20"), "spool/a.ndjson"});
  EXPECT_THAT(plan.files(),
              ElementsAre("spool/b.ndjson", "spool/a.ndjson", lake_file("trade", "A", "2026-11-20"),
                          lake_file("trade", "B", "2026-11-20"),
                          lake_file("book_change", "A", "2026-11-20"),
                          lake_file("trade", "A", "2026-11-21")));
}

TEST(LoadPlan, ADayIsCompleteWithItsLastFile) {
  LoadPlan plan({lake_file("trade", "A", "2026-11-20"), lake_file("trade", "B", "2026-11-20"),
                 lake_file("trade", "A", "2026-11-21")});
  const DayTable first{Table::trade, kNov20};
  const DayTable second{Table::trade, kNov20 + 1};
  const DayTable one[] = {first};
  const DayTable other[] = {second};
  EXPECT_THAT(plan.done(0, one), IsEmpty());
  EXPECT_THAT(plan.done(2, other), ElementsAre(second));  // whoever is faster
  EXPECT_THAT(plan.done(1, {}), ElementsAre(first));      // met by another file
  EXPECT_THAT(plan.rest(), IsEmpty());
}

TEST(LoadPlan, AnotherTypeIsAnotherDay) {
  LoadPlan plan(
      {lake_file("trade", "A", "2026-11-20"), lake_file("book_change", "A", "2026-11-20")});
  const DayTable trades[] = {{Table::trade, kNov20}};
  EXPECT_THAT(plan.done(0, trades), ElementsAre(trades[0]));
}

TEST(LoadPlan, FilesOutsideALakeMayHoldAnyDay) {
  LoadPlan plan({lake_file("trade", "A", "2026-11-20"), "a.ndjson", "b.ndjson"});
  const DayTable day{Table::trade, kNov20};
  const DayTable one[] = {day};
  EXPECT_THAT(plan.done(0, one), IsEmpty());  // a.ndjson
  EXPECT_THAT(plan.done(2, one), IsEmpty());  // the lake's: b.ndjson is left
  EXPECT_THAT(plan.done(1, {}), ElementsAre(day));
}

TEST(LoadPlan, WhatAFileShouldNotHaveHeldIsGivenToo) {
  LoadPlan plan({lake_file("trade", "A", "2026-11-20")});
  const DayTable days[] = {{Table::trade, kNov20 + 5}, {Table::liquidation, kNov20}};
  EXPECT_THAT(plan.done(0, days), ElementsAre(days[0], days[1]));
}

TEST(LoadPlan, TheRestIsGivenOnce) {
  LoadPlan plan({"a.ndjson", "b.ndjson"});
  const DayTable day{Table::trade, kNov20};
  const DayTable one[] = {day};
  EXPECT_THAT(plan.done(0, one), IsEmpty());
  EXPECT_THAT(plan.rest(), ElementsAre(day));
  EXPECT_THAT(plan.rest(), IsEmpty());
}

TEST(LoadPlan, NamesThatOnlyLookLikeALake) {
  const LoadPlan plan({"type=trade/date=2026-13-01.ndjson", "type=nothing/date=2026-11-20.ndjson",
                       "date=2026-11-20.ndjson",
                       "type=trade/date=", lake_file("trade", "A", "2026-11-20")});
  EXPECT_EQ(plan.files().back(), lake_file("trade", "A", "2026-11-20"));
  EXPECT_EQ(plan.files().front(), "type=trade/date=2026-13-01.ndjson");
}

}  // namespace
}  // namespace md::store
