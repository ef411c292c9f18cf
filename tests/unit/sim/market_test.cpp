#include "sim/market.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace md::sim {
namespace {

MarketOptions two_symbols(std::uint64_t seed) {
  MarketOptions options;
  options.symbols = {"A", "B"};
  options.seed = seed;
  options.start = 1'700'000'000 * kSecond;
  options.rate = 1000;
  options.levels = 20;
  return options;
}

// A book kept by the test from the messages alone.
struct Rebuilt {
  std::map<std::int64_t, std::int64_t> bids;
  std::map<std::int64_t, std::int64_t> asks;

  Rebuilt(const Market& market, std::size_t symbol) {
    for (const Row& row : market.bids_worst_first(symbol)) bids[row.price] = row.amount;
    for (const Row& row : market.asks_worst_first(symbol)) asks[row.price] = row.amount;
  }
  static void apply(std::map<std::int64_t, std::int64_t>& side, std::span<const Row> rows) {
    for (const Row& row : rows) {
      if (row.amount == 0) {
        side.erase(row.price);  // may have come and gone within one message
      } else {
        side[row.price] = row.amount;
      }
    }
  }
};

std::vector<Row> rows_of(const std::map<std::int64_t, std::int64_t>& side) {
  std::vector<Row> rows;
  for (const auto& [price, amount] : side) rows.push_back({price, amount});
  return rows;
}

class MarketOfSeed : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, MarketOfSeed, testing::Values(0, 1, 2, 77, 0xffffffffffffffff));

TEST_P(MarketOfSeed, KeepsItsPromises) {
  const MarketOptions options = two_symbols(GetParam());
  Market market(options);
  std::vector<Rebuilt> books{{market, 0}, {market, 1}};
  std::int64_t next_trade[] = {options.first_trade_id, options.first_trade_id + 1'000'000'000};
  std::int64_t next_update[] = {options.first_update_id,
                                options.first_update_id + 1'000'000'000'000};
  std::map<Type, int> seen;

  for (std::uint64_t i = 0; i < 50'000; ++i) {
    const Message& m = market.next();
    ASSERT_LT(m.symbol, 2u);
    ASSERT_EQ(m.time, options.start + static_cast<Micros>(i) * 1000);
    ++seen[m.type];
    Rebuilt& book = books[m.symbol];
    if (m.type == Type::trade) {
      ASSERT_EQ(m.trade_id, next_trade[m.symbol]++);
      ASSERT_GT(m.fill.amount, 0);
      // The taker meets the best price of the other side, as far as the book was told; a second
      // fill may go deeper.
      const std::int64_t best = m.taker_buys ? book.asks.begin()->first : book.bids.rbegin()->first;
      ASSERT_TRUE(m.taker_buys ? m.fill.price >= best : m.fill.price <= best);
      ASSERT_TRUE((m.taker_buys ? book.asks : book.bids).contains(m.fill.price));
    } else if (m.type == Type::book_change) {
      ASSERT_EQ(m.first_update, next_update[m.symbol]);
      ASSERT_GE(m.last_update, m.first_update);
      next_update[m.symbol] = m.last_update + 1;
      for (const Row& row : m.bids) ASSERT_GT(row.price, 0);
      Rebuilt::apply(book.bids, m.bids);
      Rebuilt::apply(book.asks, m.asks);
      ASSERT_GE(book.bids.size(), 10u);
      ASSERT_GE(book.asks.size(), 10u);
      ASSERT_LE(book.bids.size(), 40u);
      ASSERT_LT(book.bids.rbegin()->first, book.asks.begin()->first) << "crossed";
    } else {
      ASSERT_EQ(m.type, Type::book_ticker);
      ASSERT_EQ(m.best_bid, (Row{book.bids.rbegin()->first, book.bids.rbegin()->second}));
      ASSERT_EQ(m.best_ask, (Row{book.asks.begin()->first, book.asks.begin()->second}));
      ASSERT_EQ(m.last_update, next_update[m.symbol] - 1);
    }
  }
  for (const auto& [type, count] : seen) EXPECT_GT(count, 5000) << to_text(type);
  EXPECT_EQ(seen.size(), 3u);
}

TEST(Market, BookIsTheFirstBookWithAllChanges) {
  Market market(two_symbols(5));
  std::vector<Rebuilt> books{{market, 0}, {market, 1}};
  std::int64_t told[2] = {market.last_update(0), market.last_update(1)};
  for (int i = 0; i < 20'000; ++i) {
    const Message& m = market.next();
    if (m.type != Type::book_change) continue;
    Rebuilt::apply(books[m.symbol].bids, m.bids);
    Rebuilt::apply(books[m.symbol].asks, m.asks);
    told[m.symbol] = m.last_update;
    for (std::size_t s = 0; s < 2; ++s) {
      ASSERT_EQ(market.last_update(s), told[s]);
      const auto bids = market.bids_worst_first(s);
      ASSERT_EQ(rows_of(books[s].bids), std::vector<Row>(bids.begin(), bids.end()));
      const auto asks = market.asks_worst_first(s);
      ASSERT_EQ(rows_of(books[s].asks), std::vector<Row>(asks.rbegin(), asks.rend()));
    }
  }
}

TEST(Market, SameSeedSameMessages) {
  Market a(two_symbols(9));
  Market b(two_symbols(9));
  Market other(two_symbols(10));
  bool differs = false;
  for (int i = 0; i < 5000; ++i) {
    const Message& x = a.next();
    const Message& y = b.next();
    const Message& z = other.next();
    ASSERT_EQ(x.type, y.type);
    ASSERT_EQ(x.symbol, y.symbol);
    ASSERT_EQ(x.trade_id, y.trade_id);
    ASSERT_EQ(x.fill, y.fill);
    ASSERT_EQ(x.last_update, y.last_update);
    ASSERT_EQ(std::vector<Row>(x.bids.begin(), x.bids.end()),
              std::vector<Row>(y.bids.begin(), y.bids.end()));
    differs |= x.type != z.type || !(x.fill == z.fill);
  }
  EXPECT_TRUE(differs);
}

// The first numbers of the published SplitMix64 for seed 1234567: the market must be the same on
// every machine.
TEST(Random, IsSplitMix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

}  // namespace
}  // namespace md::sim
