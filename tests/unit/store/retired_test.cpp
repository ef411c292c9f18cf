#include "store/retired.hpp"

#include "base/time.hpp"
#include "store/event_lines.hpp"
#include "store/loader.hpp"
#include "store/local_database.hpp"

namespace md::store {
namespace {

constexpr std::string_view kDate = "2026-10-01";

class RetiredTest : public LocalDatabase {
 protected:
  // One trade of that day.
  Result<Load> load(const std::string& name) const {
    Sha256Hasher hasher;
    hasher.update(name);
    MD_TRY(Loader loader, Loader::open(options_, "test 1"));
    MD_CHECK(loader.begin({name, hasher.finish(), false}));
    const Parsed line(
        R"({"type":"trade","symbol":"B","exchange":"x","price":1,"amount":1,"side":"buy",)"
        R"("timestamp":"2026-10-01T12:00:00.000000Z","localTimestamp":"2026-10-01T12:00:00.000000Z"})");
    MD_CHECK(loader.add(line.event(), 1));
    return loader.commit(std::nullopt, 0);
  }

  const std::int64_t day_ = parse_date(kDate).value();
};

TEST_F(RetiredTest, WhatIsLoadedAfterTheComparisonKeepsTheDay) {
  ASSERT_TRUE(load("first"));
  Database database = connect();
  const RetiredTo to[] = {{"2026-10.tar", {}, 1}};
  const std::string before = ledger_of_day(database, day_).value();
  EXPECT_EQ(ledger_of_day(database, day_).value(), before);
  ASSERT_TRUE(load("late"));

  const auto refused = retire_day(database, schema_, Table::trade, day_, before, to, "test 1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::temporary);
  EXPECT_FALSE(database.in_transaction());
  EXPECT_EQ(stored_days(database, schema_, Table::trade).value(), std::vector{day_});
  EXPECT_EQ(retired_to(database, Table::trade, day_).value(), std::nullopt);
  const auto streams = streams_of_day(database, Table::trade, day_).value();
  ASSERT_EQ(streams.size(), 1U);
  EXPECT_EQ(streams[0].rows, 2U);

  const std::string now = ledger_of_day(database, day_).value();
  const auto done = retire_day(database, schema_, Table::trade, day_, now, to, "test 1");
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(stored_days(database, schema_, Table::trade).value().empty());
  EXPECT_EQ(retired_to(database, Table::trade, day_).value(), "2026-10.tar");
  EXPECT_EQ(retired_to(database, Table::trade, day_ + 1).value(), std::nullopt);
  EXPECT_EQ(retired_to(database, Table::book_change, day_).value(), std::nullopt);
}

TEST_F(RetiredTest, ARetiredDayTakesNoMoreEvents) {
  ASSERT_TRUE(load("first"));
  Database database = connect();
  const std::string ledger = ledger_of_day(database, day_).value();
  ASSERT_TRUE(retire_day(database, schema_, Table::trade, day_, ledger, {}, "test 1"));
  // Nothing was said of an archive: an empty day may come again.
  ASSERT_TRUE(load("second"));
  const RetiredTo to[] = {{"a\xff.tar", {}, 1}};  // a file's name has any bytes
  const std::string now = ledger_of_day(database, day_).value();
  ASSERT_TRUE(retire_day(database, schema_, Table::trade, day_, now, to, "test 1"));
  const auto refused = load("third");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::exists);
  EXPECT_EQ(refused.error().message, R"(md.trade of 2026-10-01 is retired to archive 'a\xff.tar')");
}

}  // namespace
}  // namespace md::store
