#include "dedupe/hold.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "codec/line_reader.hpp"

namespace md::dedupe {
namespace {

class HoldTest : public testing::Test {
 protected:
  HoldTest() {
    std::string line =
        R"({"type":"trade","symbol":"X","exchange":"e","price":1,"amount":1,"side":"buy",)"
        R"("timestamp":"2026-11-20T10:00:00.000000Z","localTimestamp":"2026-11-20T10:00:00.000000Z"})";
    line.reserve(line.size() + codec::kPadding);
    LineKey key;
    EXPECT_TRUE(scan_line(line, key));
    streams_.find(key);
  }
  static Held at(Micros time) {
    Held held;
    held.local_timestamp = held.timestamp = time;
    return held;
  }
  StreamTable streams_;
};

// Messages in almost any order, lines of all lengths, some that stay much longer than others: what
// comes out is sorted and each line is what it was.
TEST_F(HoldTest, KeepsLinesWhole) {
  constexpr std::size_t kBytes = 20000;
  Hold hold{100, kBytes, streams_};
  std::mt19937 random{7};
  std::multimap<Micros, std::string> held;
  std::map<Slot, std::string> lines;
  for (int i = 0; i < 50000; ++i) {
    const std::size_t length = random() % 50 == 0 ? random() % 6000 : random() % 300;
    std::string line(length, static_cast<char>('a' + i % 26));
    while (hold.full(line.size())) {
      const Slot slot = hold.front();
      ASSERT_EQ(hold[slot].local_timestamp, held.begin()->first);
      ASSERT_EQ(hold.line(slot), lines[slot]);
      held.erase(held.begin());
      hold.remove(slot);
    }
    // Now and then a clock far ahead: the line waits while others pass.
    const Micros time = i + random() % 20 + (random() % 500 == 0 ? 3000 : 0);
    const Slot slot = hold.add(at(time), line);
    held.emplace(time, line);
    lines[slot] = std::move(line);
  }
}

TEST_F(HoldTest, AMessageCanLeaveOutOfTurn) {
  Hold hold{10, 1000, streams_};
  const Slot a = hold.add(at(1), "a");
  const Slot b = hold.add(at(2), "b");
  const Slot c = hold.add(at(3), "c");
  hold.remove(b);
  EXPECT_EQ(hold.front(), a);
  hold.remove(a);
  EXPECT_EQ(hold.front(), c);
  hold.remove(c);
  EXPECT_TRUE(hold.empty());
}

TEST_F(HoldTest, TakesALineLongerThanItself) {
  Hold hold{10, 1000, streams_};
  const std::string line(5000, 'x');
  ASSERT_FALSE(hold.full(line.size()));
  const Slot slot = hold.add(at(1), line);
  EXPECT_EQ(hold.line(slot), line);
  EXPECT_TRUE(hold.full(1));
}

}  // namespace
}  // namespace md::dedupe
