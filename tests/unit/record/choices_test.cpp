#include "record/choices.hpp"

#include <gtest/gtest.h>

#include "record/addresses.hpp"
#include "venue/registry.hpp"

namespace md::record {
namespace {

TEST(Choices, FindVenuesByIdAndAlias) {
  const auto binance = find_venue("binance");
  ASSERT_TRUE(binance);
  EXPECT_EQ((*binance)->id, "binance");
}

TEST(Choices, AnUnknownVenueListsTheKnown) {
  const auto none = find_venue("nasdaq");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::usage);
  EXPECT_TRUE(none.error().message.starts_with("unknown venue 'nasdaq'; known: "))
      << none.error().message;
  for (const venue::Venue* venue : venue::all()) {
    EXPECT_NE(none.error().message.find(venue->id), std::string::npos) << venue->id;
  }
}

TEST(Choices, TypesAreThoseOfTheVenueUnlessNamed) {
  const venue::Venue& binance = **find_venue("binance");
  EXPECT_EQ(*choose_types(binance, {}), (Types{Type::trade, Type::book_change, Type::book_ticker}));
  const std::vector<std::string> some = {"book_ticker", "trade"};
  EXPECT_EQ(list_of(*choose_types(binance, some)), "trade,book_ticker");
  for (const std::string name : {"liquidation", "disconnect", "trades", ""}) {
    const auto refused = choose_types(binance, std::vector{name});
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().message,
              "type '" + name +
                  "' is not recorded from binance; there are: trade,book_change,book_ticker");
  }
}

TEST(Addresses, AreTheVenuesUnlessNamed) {
  const venue::Venue& binance = **find_venue("binance");
  const Addresses own = *Addresses::parse("", "");
  EXPECT_EQ(own.connection("wss://stream.binance.com:9443/stream?x")->text(),
            "wss://stream.binance.com:9443/stream?x");
  EXPECT_EQ(own.request(binance, "/api/v3/depth?symbol=A")->text(),
            "https://api.binance.com/api/v3/depth?symbol=A");

  const Addresses other = *Addresses::parse("wss://a.b:1", "https://c.d");
  EXPECT_EQ(other.connection("wss://stream.binance.com:9443/stream?x")->text(),
            "wss://a.b:1/stream?x");
  EXPECT_EQ(other.request(binance, "/api/v3/depth")->text(), "https://c.d/api/v3/depth");
}

TEST(Addresses, PostedRequestsHaveABody) {
  const venue::Venue& binance = **find_venue("binance");
  const auto request =
      Addresses::parse("ws://127.0.0.1:7", "")->request(binance, R"(POST /info {"type":"a b"})");
  EXPECT_EQ(request->url.text(), "http://127.0.0.1:7/info");
  EXPECT_EQ(request->json, R"({"type":"a b"})");
  EXPECT_EQ(request->text(), R"(POST http://127.0.0.1:7/info {"type":"a b"})");
  EXPECT_EQ(Addresses{}.request(binance, "POST /info").error().code, Errc::usage);
}

TEST(Addresses, RestFollowsTheWebSocketUnlessNamed) {
  const venue::Venue& binance = **find_venue("binance");
  EXPECT_EQ(Addresses::parse("ws://127.0.0.1:7", "")->request(binance, "/x")->text(),
            "http://127.0.0.1:7/x");
  EXPECT_EQ(Addresses::parse("wss://a.b", "")->request(binance, "/x")->text(), "https://a.b/x");
  EXPECT_EQ(Addresses::parse("", "http://[::1]:9")->connection("wss://a.b/y")->text(),
            "wss://a.b/y");
}

TEST(Addresses, RefuseWhatIsNone) {
  for (const char* ws : {"a.b", "https://a.b", "wss://a.b/path", "ws://a.b"}) {
    const auto refused = Addresses::parse(ws, "");
    ASSERT_FALSE(refused) << ws;
    EXPECT_EQ(refused.error().code, Errc::usage);
  }
  EXPECT_FALSE(Addresses::parse("", "wss://a.b"));
}

}  // namespace
}  // namespace md::record
