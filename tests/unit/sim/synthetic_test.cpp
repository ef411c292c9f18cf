#include "sim/synthetic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/conversation.hpp"

namespace md::sim {
namespace {

constexpr std::string_view kAll =
    R"({"method":"SUBSCRIBE","params":["a@trade","a@depth@100ms","a@bookTicker","b@trade","b@depth","b@bookTicker"],"id":1})";
constexpr Micros kAfterQuiet = 10 * kSecond;  // longer than any pause of a venue

SyntheticOptions options_for(std::uint64_t messages, std::optional<double> speed) {
  SyntheticOptions options;
  options.messages = messages;
  options.pace.speed = speed;
  options.market.levels = 20;
  return options;
}

SyntheticExchange binance(const SyntheticOptions& options) {
  return {*parse_venue_market("binance:a,b"), options};
}

// Reads whatever there is at `now`; the last Next is returned.
Next drain(Client& client, Micros now, std::vector<std::string>& frames) {
  for (;;) {
    Buffer frame;
    const Next next = client.next(now, frame);
    if (next.kind == Next::Kind::wait && next.until <= now) continue;  // others' turn
    if (next.kind != Next::Kind::frame) return next;
    frames.emplace_back(frame.view());
  }
}

TEST(Synthetic, AllClientsGetTheSameMarket) {
  SyntheticOptions options = options_for(3000, std::nullopt);
  options.clients = 2;
  SyntheticExchange exchange = binance(options);
  auto a = exchange.connect("/stream", 0);
  auto b = exchange.connect("/stream", 0);
  a->on_text(kAll, 0);
  std::vector<std::string> of_a;
  EXPECT_EQ(drain(*a, kAfterQuiet, of_a).kind, Next::Kind::wait) << "began with one of two clients";
  b->on_text(kAll, kAfterQuiet);
  std::vector<std::string> of_b;
  Next end = drain(*b, 2 * kAfterQuiet, of_b);
  EXPECT_EQ(end.kind, Next::Kind::close);
  EXPECT_EQ(end.code, 1000);
  end = drain(*a, 2 * kAfterQuiet, of_a);
  EXPECT_EQ(end.kind, Next::Kind::close);
  EXPECT_EQ(of_a.size(), 3001u);
  EXPECT_EQ(of_a.front(), R"({"result":null,"id":1})");
  EXPECT_EQ(of_a, of_b);
  EXPECT_TRUE(exchange.tick(2 * kAfterQuiet)) << "clients are still there";
  a.reset();
  b.reset();
  EXPECT_FALSE(exchange.tick(2 * kAfterQuiet));
}

TEST(Synthetic, RemembersThePast) {
  SyntheticExchange exchange = binance(options_for(0, 1.0));
  exchange.keep_past(2 * kSecond);
  constexpr const char* kBook = "/api/v3/depth?symbol=A";
  const std::string first = exchange.get(kBook, 0).body;
  const auto client = exchange.connect("/stream", 0);
  client->on_text(kAll, 0);
  std::vector<std::string> frames;
  drain(*client, kAfterQuiet, frames);
  std::vector<std::string> now;
  for (int second = 0; second < 6; ++second) {
    exchange.tick(kAfterQuiet + second * kSecond);
    now.push_back(exchange.get(kBook, 0).body);
    const std::string past = exchange.get_past(kBook).body;
    EXPECT_TRUE(past == (second < 2 ? first : now[second < 4 ? 0 : 2])) << second;
  }
}

TEST(Synthetic, GivesOnlyWhatWasSubscribed) {
  SyntheticExchange exchange = binance(options_for(2000, std::nullopt));
  const auto client = exchange.connect("/stream", 0);
  client->on_text(R"({"method":"SUBSCRIBE","params":["b@trade","nothere@trade"],"id":1})", 0);
  std::vector<std::string> frames;
  drain(*client, kAfterQuiet, frames);
  ASSERT_GT(frames.size(), 100u);
  for (std::size_t i = 1; i < frames.size(); ++i) {
    ASSERT_THAT(frames[i], testing::StartsWith(R"({"stream":"b@trade")"));
  }
}

TEST(Synthetic, KeepsThePace) {
  SyntheticExchange exchange =
      binance(options_for(0, 2.0));  // 1000 messages a second, twice as fast
  const auto client = exchange.connect("/stream", 0);
  client->on_text(kAll, 0);
  std::vector<std::string> frames;
  const Micros began = kAfterQuiet;
  Next next = drain(*client, began, frames);
  EXPECT_EQ(frames.size(), 2u);  // acknowledgement, first message
  EXPECT_EQ(next.until, began + 500);
  next = drain(*client, began + kSecond, frames);
  EXPECT_EQ(frames.size(), 2u + 2000u);
  EXPECT_EQ(next.until, began + kSecond + 500);
}

TEST(Synthetic, DropsTheClientThatFallsBehindTheRing) {
  SyntheticExchange exchange = binance(options_for(0, 1.0));
  const auto fast = exchange.connect("/stream", 0);
  const auto slow = exchange.connect("/stream", 0);
  fast->on_text(kAll, 0);
  slow->on_text(kAll, 0);
  std::vector<std::string> frames;
  std::vector<std::string> few;
  drain(*fast, kAfterQuiet, frames);
  drain(*slow, kAfterQuiet, few);
  for (int second = 1; second <= 20; ++second) drain(*fast, kAfterQuiet + second * kSecond, frames);
  EXPECT_EQ(frames.size(), 20'002u);
  const Next end = drain(*slow, kAfterQuiet + 20 * kSecond, few);
  EXPECT_EQ(end.kind, Next::Kind::close);
  EXPECT_EQ(end.code, 1008);
}

TEST(Synthetic, AtFullSpeedTheMarketWaitsForTheSlowest) {
  SyntheticOptions options = options_for(50'000, std::nullopt);
  options.clients = 2;
  SyntheticExchange exchange = binance(options);
  const auto fast = exchange.connect("/stream", 0);
  const auto slow = exchange.connect("/stream", 0);
  fast->on_text(kAll, 0);
  slow->on_text(kAll, 0);
  std::vector<std::string> of_fast;
  std::vector<std::string> of_slow;
  drain(*fast, kAfterQuiet, of_fast);
  Buffer first;
  slow->next(kAfterQuiet, first);  // its acknowledgement
  slow->next(kAfterQuiet, first);  // ready; takes one frame
  EXPECT_EQ(drain(*fast, kAfterQuiet, of_fast).kind, Next::Kind::wait);
  EXPECT_LE(of_fast.size(), SyntheticExchange::kRing + 2);
  EXPECT_GE(of_fast.size(), SyntheticExchange::kRing / 2);
  while (drain(*slow, kAfterQuiet, of_slow).kind == Next::Kind::wait)
    drain(*fast, kAfterQuiet, of_fast);
  EXPECT_EQ(drain(*fast, kAfterQuiet, of_fast).kind, Next::Kind::close);
  EXPECT_EQ(of_fast.size(), 50'001u);
  EXPECT_EQ(of_slow.size(), 50'001u - 2);
}

TEST(Synthetic, GoesOnWithoutClientsAndEndsByItself) {
  SyntheticExchange exchange = binance(options_for(5000, 1.0));  // five seconds
  auto client = exchange.connect("/stream", 0);
  client->on_text(kAll, 0);
  std::vector<std::string> frames;
  drain(*client, kAfterQuiet, frames);
  client.reset();
  EXPECT_TRUE(exchange.tick(kAfterQuiet + 4 * kSecond));
  client = exchange.connect("/stream", kAfterQuiet + 4 * kSecond);
  client->on_text(kAll, kAfterQuiet + 4 * kSecond);
  frames.clear();
  EXPECT_EQ(drain(*client, kAfterQuiet + 4 * kSecond + 998'000, frames).kind, Next::Kind::wait);
  EXPECT_EQ(drain(*client, kAfterQuiet + 6 * kSecond, frames).kind, Next::Kind::close);
  EXPECT_EQ(frames.size(), 1u + 999u);  // what came after it connected
  client.reset();
  EXPECT_FALSE(exchange.tick(kAfterQuiet + 6 * kSecond));
}

TEST(Synthetic, KrakenBeginsBooksWithASnapshotAndSendsHeartbeats) {
  SyntheticOptions options = options_for(0, 0.001);  // a message a second
  SyntheticExchange exchange{*parse_venue_market("kraken:A/B"), options};
  const auto client = exchange.connect("/v2", 0);
  client->on_text(
      R"({"method":"subscribe","params":{"channel":"book","symbol":["A/B"],"depth":10}})", 0);
  std::vector<std::string> frames;
  drain(*client, kAfterQuiet, frames);
  ASSERT_GE(frames.size(), 3u);
  EXPECT_THAT(frames[0], testing::HasSubstr(R"("channel":"status")"));
  EXPECT_THAT(frames[1], testing::HasSubstr(R"("success":true)"));
  EXPECT_THAT(frames[2], testing::StartsWith(R"({"channel":"book","type":"snapshot")"));
  frames.clear();
  // Of ten messages, not all are of the book: heartbeats stand where nothing else came for a
  // second.
  for (int tenth = 1; tenth <= 100; ++tenth)
    drain(*client, kAfterQuiet + tenth * kSecond / 10, frames);
  EXPECT_GE(frames.size(), 9u);
  EXPECT_THAT(frames, testing::Contains(R"({"channel":"heartbeat"})"));
}

TEST(Synthetic, ClosesAFloodingClient) {
  SyntheticExchange exchange{*parse_venue_market("kraken:A/B"), options_for(0, 1.0)};
  const auto client = exchange.connect("/v2", 0);
  for (std::size_t i = 0; i < Conversation::kMostAnswers + 2; ++i)
    client->on_text(R"({"method":"ping"})", 0);
  Buffer frame;
  const Next next = client->next(0, frame);
  EXPECT_EQ(next.kind, Next::Kind::close);
  EXPECT_EQ(next.code, 1008);
}

TEST(Synthetic, KnowsItsPaths) {
  SyntheticExchange exchange = binance(options_for(0, 1.0));
  EXPECT_EQ(exchange.connect("/nothing", 0), nullptr);
  EXPECT_EQ(exchange.get("/api/v3/exchangeInfo", 0).status, 200);
}

TEST(Synthetic, SymbolsComeAndGo) {
  SyntheticOptions options = options_for(0, 1.0);  // 1000 messages a second
  options.listings = {*parse_listing("A@3", false, {"A", "B"}),
                      *parse_listing("b@2", true, {"A", "B"}),
                      *parse_listing("a@5", true, {"A", "B"})};
  SyntheticExchange exchange = binance(options);
  auto client = exchange.connect("/stream", 0);
  client->on_text(R"({"method":"SUBSCRIBE","params":["a@trade","b@trade"],"id":1})", 0);
  const auto listed = [&] {
    const std::string list = exchange.get("/api/v3/exchangeInfo", 0).body;
    std::string names;
    for (const char* name : {"A", "B"}) {
      if (list.find(R"("symbol":")" + std::string(name)) != list.npos) names += name;
    }
    return names;
  };
  std::vector<std::string> frames;
  const Micros begin = kAfterQuiet;
  drain(*client, begin, frames);
  drain(*client, begin + kSecond, frames);
  EXPECT_EQ(listed(), "A");
  EXPECT_EQ(exchange.get("/api/v3/depth?symbol=B", 0).status, 400);
  drain(*client, begin + 5 * kSecond / 2, frames);
  EXPECT_EQ(listed(), "AB");
  EXPECT_EQ(exchange.get("/api/v3/depth?symbol=B", 0).status, 200);
  drain(*client, begin + 4 * kSecond, frames);
  EXPECT_EQ(listed(), "B");
  const auto count = frames.size();
  drain(*client, begin + 4 * kSecond + kSecond / 2, frames);
  EXPECT_EQ(frames.size(), count) << "a is silent, b was no symbol when it was asked for";
  drain(*client, begin + 6 * kSecond, frames);
  EXPECT_EQ(listed(), "AB");
  EXPECT_GT(frames.size(), count);
}

TEST(Synthetic, ListingsAreRead) {
  for (const char* text : {"A", "A@", "A@x", "A@-1", "C@1", "@1", "A@1e10"}) {
    const auto listing = parse_listing(text, true, {"A", "B"});
    ASSERT_FALSE(listing) << text;
    EXPECT_EQ(listing.error().code, Errc::usage);
  }
  EXPECT_EQ(parse_listing("b@0.5", true, {"A", "B"})->at, kSecond / 2);
}

}  // namespace
}  // namespace md::sim
