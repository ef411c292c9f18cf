#include "book/book.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace md::book {
namespace {

Decimal d(const std::string& text) { return Decimal::parse(text).value(); }

TEST(Book, AppliesSnapshotsAndChanges) {
  Book book;
  const Level bids[] = {{d("10"), d("1")}, {d("9"), d("2")}};
  const Level asks[] = {{d("11"), d("3")}, {d("12"), d("0")}};
  book.apply(true, bids, asks);
  EXPECT_EQ(book.best_bid()->price, d("10"));
  EXPECT_EQ(book.asks_worst_first().size(), 1u) << "a level of 0 is none";
  const Level change[] = {{d("10.0"), d("0.00")}, {d("9.5"), d("7")}, {d("1"), d("0")}};
  book.apply(false, change, {});
  EXPECT_EQ(book.best_bid()->price, d("9.5"));
  EXPECT_FALSE(book.crossed());
  const Level crossing[] = {{d("11"), d("1")}};
  book.apply(false, crossing, {});
  EXPECT_TRUE(book.crossed());
  book.apply(true, {}, {});
  EXPECT_TRUE(book.empty());
}

TEST(Book, CutsToItsDepth) {
  Book book{2};
  const Level bids[] = {{d("10"), d("1")}, {d("9"), d("1")}, {d("8"), d("1")}};
  book.apply(true, bids, {});
  EXPECT_EQ(book.best_bids(0).back().price, d("9"));
  const Level better[] = {{d("11"), d("1")}};
  book.apply(false, better, {});
  EXPECT_EQ(book.best_bids(0).size(), 2u);
  EXPECT_EQ(book.best_bids(0).back().price, d("10"));
}

// Against std::map on random changes.
TEST(Book, AgreesWithAMap) {
  std::mt19937_64 random{7};
  Book book;
  std::map<int, int> bids, asks;
  for (int i = 0; i < 20000; ++i) {
    const bool bid = random() % 2 == 0;
    const int price = static_cast<int>(random() % 300), amount = static_cast<int>(random() % 3);
    const Level level[] = {
        {d(std::to_string(price) + (i % 2 == 0 ? ".00" : "")), d(std::to_string(amount))}};
    auto& side = bid ? bids : asks;
    if (amount == 0) {
      side.erase(price);
    } else {
      side[price] = amount;
    }
    book.apply(false, bid ? std::span<const Level>{level} : std::span<const Level>{},
               bid ? std::span<const Level>{} : std::span<const Level>{level});
  }
  std::vector<Level> expected_bids, expected_asks;
  for (auto it = bids.rbegin(); it != bids.rend(); ++it)
    expected_bids.push_back({d(std::to_string(it->first)), d(std::to_string(it->second))});
  for (const auto& [price, amount] : asks)
    expected_asks.push_back({d(std::to_string(price)), d(std::to_string(amount))});
  EXPECT_EQ(book.best_bids(0), expected_bids);
  EXPECT_EQ(book.best_asks(0), expected_asks);
}

}  // namespace
}  // namespace md::book
