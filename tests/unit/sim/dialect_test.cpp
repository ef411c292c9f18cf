#include "sim/dialect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace md::sim {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// ---- reading frames without our own JSON code
// ------------------------------------------------------------------

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const auto begin = text.find(before);
  if (begin == text.npos) return {};
  text.remove_prefix(begin + before.size());
  return text.substr(0, text.find(after));
}

std::int64_t integer(std::string_view text) {
  return text.empty() ? -1 : std::stoll(std::string(text));
}

// CRC-32 (IEEE 802.3, reflected 0xEDB88320), bit by bit, by its definition.
std::uint32_t crc32_by_bits(std::string_view text) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320u : 0u);
  }
  return ~crc;
}

std::string digits_of(std::string text) {
  std::erase(text, '.');
  return text.substr(std::min(text.find_first_not_of('0'), text.size()));
}

// A kraken book as the venue's guide says: the tokens of the wire by price, cut to the depth.
class KrakenBook {
 public:
  explicit KrakenBook(std::size_t depth) : depth_(depth) {}

  void take(std::string_view frame) {
    if (frame.find(R"("type":"snapshot")") != frame.npos) {
      bids_.clear();
      asks_.clear();
    }
    apply(between(frame, R"("bids":[)", "]"), bids_);
    apply(between(frame, R"("asks":[)", "]"), asks_);
    while (bids_.size() > depth_) bids_.erase(bids_.begin());
    while (asks_.size() > depth_) asks_.erase(std::prev(asks_.end()));
  }

  std::uint32_t checksum() const {
    std::string text;
    int left = 10;
    for (auto level = asks_.begin(); level != asks_.end() && left-- > 0; ++level)
      text += level->second;
    left = 10;
    for (auto level = bids_.rbegin(); level != bids_.rend() && left-- > 0; ++level)
      text += level->second;
    return crc32_by_bits(text);
  }
  std::size_t bids() const { return bids_.size(); }

 private:
  using Side = std::map<double, std::string>;  // price to what the checksum sees

  static void apply(std::string_view levels, Side& side) {
    while (levels.find("\"price\":") != levels.npos) {
      const std::string price(between(levels, "\"price\":", ","));
      const std::string amount(between(levels, "\"qty\":", "}"));
      levels.remove_prefix(levels.find('}') + 1);
      if (std::stod(amount) == 0) {
        side.erase(std::stod(price));
      } else {
        side[std::stod(price)] = digits_of(price) + digits_of(amount);
      }
    }
  }

  std::size_t depth_;
  Side bids_;
  Side asks_;
};

// The vector of Kraken's guide to the book checksum.
TEST(KrakenChecksum, OfTheOfficialVector) {
  EXPECT_EQ(crc32_by_bits("452852100000452864154571953452866154571109452896154560911452902158906604"
                          "52918154553491452947"
                          "445474945296135380000452975994554245299518772827"
                          "452835100000004528341545820154528211000000045281010000000452803154592586"
                          "452790799000045277633"
                          "101034527753000000045277315460273745276615445238"),
            3310070434u);
}

MarketOptions market_options(const VenueMarket& venue, int levels) {
  MarketOptions options;
  options.symbols = venue.symbols;
  options.start = 1'700'000'000 * kSecond;
  options.levels = levels;
  return options;
}

struct DepthCase {
  int depth;
  int levels;
};
class KrakenDepth : public testing::TestWithParam<DepthCase> {};
INSTANTIATE_TEST_SUITE_P(Depths, KrakenDepth,
                         testing::Values(DepthCase{10, 100}, DepthCase{25, 60}, DepthCase{100, 100},
                                         DepthCase{1000, 100}, DepthCase{1000, 1100}));

TEST_P(KrakenDepth, ChecksumsAreThoseOfTheBookTheClientHas) {
  const auto [depth, levels] = GetParam();
  auto venue = parse_venue_market("kraken:BTC/USD");
  ASSERT_TRUE(venue);
  Market market(market_options(*venue, levels));
  for (int i = 0; i < 100; ++i) market.next();  // a client comes later than the market

  KrakenBook book(static_cast<std::size_t>(depth));
  Buffer frame;
  const auto take = [&] {
    book.take(frame.view());
    const auto checksum = integer(between(frame.view(), R"("checksum":)", ","));
    frame.clear();
    return checksum;
  };
  ASSERT_TRUE(
      venue->dialect->begin_stream(market, 0, {Type::book_change, "BTC/USD", depth}, frame));
  const auto told_first = take();
  ASSERT_EQ(told_first, book.checksum());
  int updates = 0;
  for (int i = 0; i < 5000; ++i) {
    const Message& message = market.next();
    if (message.type != Type::book_change) continue;
    if (!venue->dialect->encode(market, message, depth, frame)) continue;
    ++updates;
    const auto told = take();
    ASSERT_EQ(told, book.checksum()) << "update " << updates;
    ASSERT_LE(book.bids(), static_cast<std::size_t>(depth));
  }
  EXPECT_GT(updates, 1000);
}

// A second client of the same depth gets the book as it is now, and the first loses nothing by it.
TEST(KrakenDialect, LateClientDoesNotDisturbTheFirst) {
  auto venue = parse_venue_market("kraken:BTC/USD");
  ASSERT_TRUE(venue);
  Market market(market_options(*venue, 40));
  const Stream stream{Type::book_change, "BTC/USD", 25};
  std::vector<KrakenBook> books{KrakenBook(25)};
  Buffer frame;
  venue->dialect->begin_stream(market, 0, stream, frame);
  books[0].take(frame.view());
  for (int i = 0; i < 3000; ++i) {
    const Message& message = market.next();
    if (i % 100 == 50) {  // between the trade and its book change too
      frame.clear();
      venue->dialect->begin_stream(market, 0, stream, frame);
      books.emplace_back(25).take(frame.view());
    }
    frame.clear();
    if (message.type != Type::book_change || !venue->dialect->encode(market, message, 25, frame))
      continue;
    const auto told = integer(between(frame.view(), R"("checksum":)", ","));
    for (KrakenBook& book : books) {
      book.take(frame.view());
      ASSERT_EQ(book.checksum(), told);
    }
  }
}

TEST(KrakenDialect, SpellsTradesAndTickers) {
  auto venue = parse_venue_market("kraken:BTC/USD,AAPLx/USD");
  ASSERT_TRUE(venue);
  EXPECT_EQ(venue->symbols, (std::vector<std::string>{"BTC/USD", "AAPLx/USD"}));
  const Market market(market_options(*venue, 20));
  Message trade;
  trade.symbol = 1;
  trade.time = 1'700'000'000'123'456;
  trade.trade_id = 3'000'000'000;
  trade.fill = {1234567, 27625};
  trade.taker_buys = true;
  Buffer out;
  venue->dialect->encode(market, trade, 0, out);
  const std::string price = [&] {
    std::string text = "1234567";
    return text.insert(text.size() - static_cast<std::size_t>(market.price_digits(1)), ".");
  }();
  EXPECT_EQ(
      out.view(),
      R"({"channel":"trade","type":"update","data":[{"symbol":"AAPLx/USD","side":"buy","price":)" +
          price + R"(,"qty":0.00027625,"ord_type":"market","trade_id":3000000000,)" +
          R"("timestamp":"2023-11-14T22:13:20.123456Z"}]})");
  EXPECT_THAT(venue->dialect->get(market, "/0/public/AssetPairs").body,
              HasSubstr(R"("wsname":"AAPLx/USD")"));
  EXPECT_EQ(venue->dialect->get(market, "/0/public/Nothing").status, 404);
}

TEST(BinanceDialect, SpellsNumbersAsTheVenue) {
  auto venue = parse_venue_market("binance:btcusdt");
  ASSERT_TRUE(venue);
  EXPECT_EQ(venue->symbols, std::vector<std::string>{"BTCUSDT"});
  const Market market(market_options(*venue, 20));
  const int digits = market.price_digits(0);
  Message trade;
  trade.time = 1'700'000'000'123'456;
  trade.trade_id = 9'100'000'000'000'000'001;
  trade.fill = {5, 648'000'000};
  Buffer out;
  venue->dialect->encode(market, trade, 0, out);
  const std::string price = "0." + std::string(static_cast<std::size_t>(digits) - 1, '0') + "5" +
                            std::string(static_cast<std::size_t>(8 - digits), '0');
  EXPECT_EQ(
      out.view(),
      R"({"stream":"btcusdt@trade","data":{"e":"trade","E":1700000000123,"s":"BTCUSDT","t":9100000000000000001,)"
      R"("p":")" +
          price + R"(","q":"6.48000000","T":1700000000123,"m":true,"M":true}})");
}

// What a recorder does by the venue's page: REST book, then every change with U <= lastUpdateId + 1
// <= u and on.
TEST(BinanceDialect, RestBookAndChangesChain) {
  auto venue = parse_venue_market("binance:btcusdt");
  ASSERT_TRUE(venue);
  Market market(market_options(*venue, 30));
  using Side = std::map<std::string, std::string>;
  const auto apply = [](std::string_view levels, Side& side) {
    while (!levels.empty()) {
      const std::string price(between(levels, "[\"", "\""));
      const std::string amount(between(levels, "\",\"", "\""));
      if (price.empty()) break;
      levels.remove_prefix(levels.find(']') + 1);
      if (amount == "0.00000000") {
        side.erase(price);
      } else {
        side[price] = amount;
      }
    }
  };
  Side bids;
  Side asks;
  std::int64_t last = 0;
  const auto load = [&](Side& b, Side& a) {
    const std::string body =
        venue->dialect->get(market, "/api/v3/depth?symbol=BTCUSDT&limit=5000").body;
    apply(between(body, R"("bids":[)", R"(],"asks")"), b);
    apply(between(body, R"("asks":[)", "]}"), a);
    return integer(between(body, R"("lastUpdateId":)", ","));
  };
  // Until nothing is left to be told of the book, so that it can be compared with the REST book of
  // that moment.
  for (int i = 0; i < 10'000 || last != market.last_update(0); ++i) {
    if (i == 333) last = load(bids, asks);
    const Message& message = market.next();
    if (message.type != Type::book_change) continue;
    Buffer frame;
    ASSERT_TRUE(venue->dialect->encode(market, message, 0, frame));
    const auto first = integer(between(frame.view(), R"("U":)", ","));
    const auto u = integer(between(frame.view(), R"("u":)", ","));
    if (u <= last || i < 333) continue;
    ASSERT_LE(first, last + 1);
    last = u;
    apply(between(frame.view(), R"("b":[)", R"(],"a")"), bids);
    apply(between(frame.view(), R"("a":[)", "]}}"), asks);
  }
  Side bids_now;
  Side asks_now;
  EXPECT_EQ(load(bids_now, asks_now), last);
  EXPECT_EQ(bids, bids_now);
  EXPECT_EQ(asks, asks_now);
}

TEST(BinanceDialect, RestAnswersErrors) {
  auto venue = parse_venue_market("binance:btcusdt");
  ASSERT_TRUE(venue);
  const Market market(market_options(*venue, 30));
  const auto get = [&](std::string_view target) { return venue->dialect->get(market, target); };
  EXPECT_EQ(get("/api/v3/depth").status, 400);
  EXPECT_EQ(get("/api/v3/depth?symbol=NOPE").status, 400);
  EXPECT_EQ(get("/api/v3/depth?symbol=BTCUSDT&limit=x").status, 400);
  EXPECT_EQ(get("/api/v3/nothing").status, 404);
  const std::string two = get("/api/v3/depth?symbol=BTCUSDT&limit=2").body;
  EXPECT_EQ(std::count(two.begin(), two.end(), '['), 6);  // two sides, two levels each
  EXPECT_THAT(get("/api/v3/exchangeInfo").body,
              HasSubstr(R"("symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC")"));
}

// From an id on, or the latest; each as its frame had it, once it was sent.
TEST(BinanceDialect, RestGivesPastTrades) {
  auto venue = parse_venue_market("binance:btcusdt");
  ASSERT_TRUE(venue);
  Market market(market_options(*venue, 30));
  const auto get = [&](std::string_view more) {
    return venue->dialect->get(market,
                               "/api/v3/historicalTrades?symbol=BTCUSDT" + std::string(more));
  };
  EXPECT_EQ(get("").body, "[]");
  std::string first;
  const std::int64_t id = market.options().first_trade_id;
  while (market.last_trade(0) < id + 2999) {
    const Message& message = market.next();
    if (message.type != Type::trade || !first.empty()) continue;
    Buffer frame;
    venue->dialect->encode(market, message, 0, frame);
    first = frame.view();
  }
  const auto text = [](std::int64_t number) { return std::to_string(number); };
  const auto count = [](const std::string& body) {
    return std::count(body.begin(), body.end(), '{');
  };
  const std::string page = get("&limit=1000&fromId=" + text(id)).body;
  EXPECT_EQ(count(page), 1000);
  EXPECT_THAT(page, StartsWith(R"([{"id":)" + text(id) + ','));
  EXPECT_THAT(page, HasSubstr(R"({"id":)" + text(id + 999) + ','));
  const std::string price = page.substr(page.find(R"("price":)") + 8, 12);
  EXPECT_THAT(first, HasSubstr(price));
  EXPECT_EQ(count(get("&fromId=" + text(id + 2998)).body), 2);
  EXPECT_EQ(count(get("").body), 500);
  EXPECT_THAT(get("&limit=1").body, HasSubstr(text(id + 2999)));
  EXPECT_EQ(get("&fromId=x").status, 400);
  EXPECT_EQ(get("&fromId=" + text(id + 3000)).body, "[]");
}

TEST(VenueMarket, RefusesWhatItCannotServe) {
  for (const char* text :
       {"", "binance", "binance:", "binance:a,", "binance:a,A", "binance:a b", "binance:a\"",
        "okx:BTC-USDT", "kraken:BTCUSD", "kraken:/USD", "kraken:BTC/"}) {
    const auto venue = parse_venue_market(text);
    ASSERT_FALSE(venue) << text;
    EXPECT_EQ(venue.error().code, Errc::usage);
  }
}

}  // namespace
}  // namespace md::sim
