#include "dedupe/seen_window.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace md::dedupe {
namespace {

constexpr Micros kAny = 1'000'000'000;

Hash128 key(std::uint64_t n) { return hash128({reinterpret_cast<const char*>(&n), sizeof n}); }

TEST(SeenWindow, ForgetsTheOldest) {
  SeenWindow window{2};
  window.add(key(1), 0, 10);
  window.add(key(2), 0, 11);
  EXPECT_NE(window.find(key(1)), SeenWindow::kNone);
  window.add(key(3), 0, 12);
  EXPECT_EQ(window.find(key(1)), SeenWindow::kNone);
  EXPECT_NE(window.find(key(2)), SeenWindow::kNone);
}

TEST(SeenWindow, EachRecorderMatchesAnEntryOnce) {
  SeenWindow window{8};
  const auto first = window.add(key(1), 0, 10);
  const auto second = window.add(key(1), 0, 20);
  EXPECT_EQ(window.find_unmatched(key(1), 0, 15, kAny), SeenWindow::kNone);
  EXPECT_EQ(window.find_unmatched(key(1), 1, 15, kAny), first);
  // The very same time goes before the oldest.
  EXPECT_EQ(window.find_unmatched(key(1), 1, 20, kAny), second);
  window[second].recorders |= 2;
  EXPECT_EQ(window.find_unmatched(key(1), 1, 20, kAny), first);
  EXPECT_EQ(window.find_unmatched(key(1), 1, 20, 5), SeenWindow::kNone);
}

// Against a plain list of the last entries, with many collisions and repeated keys.
TEST(SeenWindow, AgreesWithAList) {
  std::mt19937 random{1};
  for (const std::size_t capacity : {1u, 3u, 64u}) {
    SeenWindow window{capacity};
    std::deque<std::uint64_t> list;
    for (int i = 0; i < 20000; ++i) {
      const std::uint64_t n = random() % (capacity + 5);
      const bool known = std::find(list.begin(), list.end(), n) != list.end();
      ASSERT_EQ(window.find(key(n)) != SeenWindow::kNone, known) << capacity << ' ' << i;
      window.add(key(n), 0, i);
      list.push_back(n);
      if (list.size() > capacity) list.pop_front();
    }
  }
}

}  // namespace
}  // namespace md::dedupe
