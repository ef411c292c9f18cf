#include "record/replan.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "venue/registry.hpp"
#include "venue/subscribe.hpp"

namespace md::record {
namespace {

using venue::Connection;
using venue::Subscription;

// Trades at one address, books at another; three symbols a connection.
constexpr venue::Channel kChannels[] = {{Type::trade, "trade", "/trades"},
                                        {Type::book_change, "book", "/books"}};
constexpr venue::Subscribing kSubscribing{.url = "wss://venue.example",
                                          .channels = kChannels,
                                          .argument = "$channel.$symbol",
                                          .subscribe = "[$arguments]",
                                          .streams_per_connection = 3,
                                          .arguments_per_request = 0};

venue::Venue two_addresses() {
  venue::Venue venue = *venue::find("binance");
  venue.connections = [](const Subscription& s) { return connections(kSubscribing, s); };
  return venue;
}

const Types kTypes{Type::trade, Type::book_change};

std::vector<Planned> planned(const venue::Venue& venue, std::vector<std::string> symbols,
                             Types types = kTypes) {
  std::vector<Planned> lanes;
  for (Connection& connection : venue.connections({std::move(symbols), types}))
    lanes.push_back({std::move(connection), 0});
  return lanes;
}

// As Recorder does it.
void apply(std::vector<Planned>& lanes, Replan change) {
  for (auto& [i, connection] : change.changed) lanes[i].connection = std::move(connection);
  for (auto i = change.closed.rbegin(); i != change.closed.rend(); ++i)
    lanes.erase(lanes.begin() + static_cast<std::ptrdiff_t>(*i));
  for (Planned& each : change.opened) lanes.push_back(std::move(each));
}

std::string text(const Connection& c) {
  return fmt::format("{} {} {}", c.url.substr(c.url.rfind('/')), fmt::join(c.symbols, ","),
                     fmt::join(c.send, ";"));
}

std::string text(const Replan& r) {
  std::string out;
  for (const auto i : r.closed) out += fmt::format("close {}\n", i);
  for (const auto& [i, plan] : r.changed) out += fmt::format("change {}: {}\n", i, text(plan));
  for (const Planned& each : r.opened)
    out += fmt::format("open in {}: {}\n", each.batch, text(each.connection));
  return out;
}

TEST(Replan, NothingNewIsNothingToDo) {
  const venue::Venue venue = two_addresses();
  const auto lanes = planned(venue, {"A", "B", "C", "D"});
  ASSERT_EQ(lanes.size(), 4u);
  EXPECT_EQ(text(replan(venue, lanes, {{"D", "B", "C", "A"}, kTypes})), "");
}

TEST(Replan, TakesSymbolsAwayWhereTheyAre) {
  const venue::Venue venue = two_addresses();
  const auto lanes = planned(venue, {"A", "B", "C", "D"});
  EXPECT_EQ(text(replan(venue, lanes, {{"A", "C"}, kTypes})),
            "close 1\n"
            "close 3\n"
            "change 0: /trades A,C [trade.A,trade.C]\n"
            "change 2: /books A,C [book.A,book.C]\n");
  EXPECT_EQ(text(replan(venue, lanes, {{}, kTypes})), "close 0\nclose 1\nclose 2\nclose 3\n");
}

TEST(Replan, FillsConnectionsOfItsOwnWithWhatIsNew) {
  const venue::Venue venue = two_addresses();
  std::vector<Planned> lanes = planned(venue, {"A", "B"}, {Type::trade});
  std::vector<std::string> symbols{"A", "B"};
  const auto list = [&](const char* symbol) {
    symbols.emplace_back(symbol);
    const Replan change = replan(venue, lanes, {symbols, {Type::trade}});
    apply(lanes, change);
    return text(change);
  };
  EXPECT_EQ(list("C"), "open in 1: /trades C [trade.C]\n");
  EXPECT_EQ(list("D"), "change 1: /trades C,D [trade.C,trade.D]\n");
  EXPECT_EQ(list("E"), "change 1: /trades C,D,E [trade.C,trade.D,trade.E]\n");
  EXPECT_EQ(list("F"), "open in 1: /trades F [trade.F]\n");
  EXPECT_EQ(list("G"), "change 2: /trades F,G [trade.F,trade.G]\n");
  // D goes: to fill its place F would have to move.
  std::erase(symbols, "D");
  EXPECT_EQ(list("H"),
            "change 1: /trades C,E [trade.C,trade.E]\n"
            "open in 2: /trades H [trade.H]\n");
}

// A year of listings and delistings: what is wanted is carried, once, and by few connections.
TEST(Replan, ManyChangesKeepEachSymbolOnOneConnection) {
  const venue::Venue venue = two_addresses();
  std::vector<std::string> symbols;
  for (int i = 0; i < 30; ++i) symbols.push_back(fmt::format("S{}", i));
  std::vector<Planned> lanes = planned(venue, symbols, {Type::trade});
  for (int i = 30; i < 400; ++i) {
    symbols.push_back(fmt::format("S{}", i));
    if (i % 2 == 0) symbols.erase(symbols.begin() + i * 7 % 30);
    apply(lanes, replan(venue, lanes, {symbols, {Type::trade}}));
    std::vector<std::string> carried;
    for (const Planned& lane : lanes) {
      EXPECT_LE(lane.connection.symbols.size(), 3u);
      carried.insert(carried.end(), lane.connection.symbols.begin(), lane.connection.symbols.end());
    }
    std::vector<std::string> wanted = symbols;
    std::ranges::sort(carried);
    std::ranges::sort(wanted);
    ASSERT_EQ(carried, wanted) << i;
  }
  EXPECT_LT(lanes.size(), 2 * symbols.size() / 3);
}

}  // namespace
}  // namespace md::record
