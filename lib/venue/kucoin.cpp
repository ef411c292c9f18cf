// KuCoin spot and futures, the sockets of the unified account ("UTA"), which need no token.
// https://www.kucoin.com/docs-new: "Introduction UTA", "Orderbook UTA" (read 2026-11-20)
//
// Two venues: hosts, names and units differ. Frames are JSON in binary messages; the venue greets,
// and wants to be subscribed after that. Book (obu, increment@10ms: the best 500 levels):
//   1. a snapshot comes first on the stream, C its number;  2. a delta continues if its O is the C
//   before it plus 1;  3. else unsubscribe and subscribe: subscribing twice gives no second
//   snapshot;  4. levels that fall out of the 500 are sent with size 0.
// Recordings of spot from the older socket (token, `topic` and `subject`) are read, too. Its book,
// level2, has no snapshot: GET the order book at sequence S; drop changes with sequenceEnd <= S;
// the first that counts has sequenceStart <= S + 1 <= sequenceEnd; then each sequenceStart is the
// sequenceEnd before it plus 1; a level with price 0 only fills a number.
// Sizes of futures are lots. An unknown symbol is acknowledged, and silent. Trade ids rise, with
// holes. Futures have no feed of liquidations.
#include <fmt/format.h>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/history.hpp"
#include "venue/markets.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr Channel kSpotChannels[] = {
    {Type::trade, "trade", "", nullptr, R"(,"tradeType":"SPOT")"},
    {Type::book_change, "obu", "", nullptr, R"(,"tradeType":"SPOT","depth":"increment@10ms")"},
    {Type::book_ticker, "obu", "", nullptr, R"(,"tradeType":"SPOT","depth":"1")"},
};
// rpiFilter 0: without orders that only retail clients can trade with.
constexpr Channel kFuturesChannels[] = {
    {Type::trade, "trade", "", nullptr, R"(,"tradeType":"FUTURES")"},
    {Type::book_change, "obu", "", nullptr,
     R"(,"tradeType":"FUTURES","depth":"increment@10ms","rpiFilter":0)"},
    {Type::book_ticker, "obu", "", nullptr, R"(,"tradeType":"FUTURES","depth":"1","rpiFilter":0)"},
    {Type::derivative_ticker, "mark-price"},
    {Type::derivative_ticker, "funding-fee"},
};

constexpr Subscribing subscribing(std::string_view url, std::span<const Channel> channels,
                                  std::size_t streams) {
  return {
      .url = url,
      .channels = channels,
      .subscribe =
          R"({"id":"$id","action":"subscribe","channel":"$channel","symbol":"$symbol"$option})",
      .unsubscribe =
          R"({"id":"$id","action":"unsubscribe","channel":"$channel","symbol":"$symbol"$option})",
      .streams_per_connection = streams};
}
// The limit of spot is not published: another recorder's 200 are known to work.
constexpr Subscribing kSpot = subscribing("wss://x-push-spot.kucoin.com", kSpotChannels, 200);
constexpr Subscribing kFutures =
    subscribing("wss://x-push-futures.kucoin.com", kFuturesChannels, 600);

class KucoinSession final : public Session {
 public:
  explicit KucoinSession(std::string_view id) : id_(id) {}

  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(id_, frame.data);
    if (!stream_.empty()) return on_stream(out);
    if (type_ == "message") return on_topic(out);
    if (type_ == "pong") return FrameKind::heartbeat;
    if (type_ == "welcome" || message_ == "welcome") return FrameKind::status;
    if (type_ == "ack" || result_ == "true") return FrameKind::ack;
    return type_ == "error" || result_ == "false" ? FrameKind::error : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "symbols" || what == "active") return FrameKind::markets;
    if (what == "histories" || what == "history") return on_history(reply, out);
    return what.starts_with("level2") ? on_snapshot(reply, out) : FrameKind::unknown;
  }

 private:
  void clear() {
    stream_ = depth_ = type_ = message_ = result_ = topic_ = pushed_ = first_ = sequence_ = {};
    row_ = {};
    bids_.clear();
    asks_.clear();
  }

  bool read_root(json::Key key, json::Value& value) {
    if (key == "T") return value.text(stream_);
    if (key == "dp") return value.text(depth_);
    if (key == "t" || key == "type") return value.text(type_);
    if (key == "P") return value.text(pushed_);
    if (key == "topic") return value.text(topic_);
    if (key == "message") return value.text(message_);
    if (key == "result") return value.text(result_);
    if (key == "d" || key == "data") {
      return !value.is_object() || value.object([this](json::Key name, json::Value& field) {
        return read_field(name, field);
      });
    }
    return true;
  }

  bool read_field(json::Key key, json::Value& value) {
    if (key == "s" || key == "symbol") return value.text(row_.symbol);
    if (key == "M" || key == "time" || key == "ts") return value.text(row_.time);
    if (key == "b" || key == "bids") return !value.is_array() || value.levels(bids_);
    if (key == "a" || key == "asks") return !value.is_array() || value.levels(asks_);
    if (key == "O" || key == "sequenceStart") return value.text(first_);
    if (key == "C" || key == "sequenceEnd") return value.text(row_.seq);
    if (key == "ti" || key == "tradeId") return value.text(row_.id);
    if (key == "S" || key == "side") return value.text(row_.side);
    if (key == "p" || key == "price") return value.text(row_.price);
    if (key == "q" || key == "size") return value.text(row_.amount);
    if (key == "mp") return value.text(row_.mark);
    if (key == "ip") return value.text(row_.index);
    if (key == "oi") return value.text(row_.open_interest);
    if (key == "fr") return value.text(row_.funding);
    if (key == "nt") return value.text(row_.funding_time);
    if (key == "bestBid") return value.text(row_.bid);
    if (key == "bestBidSize") return value.text(row_.bid_amount);
    if (key == "bestAsk") return value.text(row_.ask);
    if (key == "bestAskSize") return value.text(row_.ask_amount);
    if (key == "sequence") return value.text(sequence_);
    if (key == "changes") {
      return value.object(
          [this](json::Key name, json::Value& field) { return read_field(name, field); });
    }
    return true;
  }

  // The documentation and the wire differ in the case of names.
  Result<FrameKind> on_stream(Sink& out) {
    const std::string name = to_lower(split_first(stream_, '.').before);
    if (row_.time.empty()) row_.time = pushed_;
    if (name == "trade") return give_trade(id_, row_, out);
    if (name == "obu" && depth_ == "increment@10ms") return on_book(type_ == "snapshot", out);
    if (name == "obu" && depth_ == "1") return give_book_ticker(id_, row_, bids_, asks_, out);
    if (name == "mark-price") return give_derivative_ticker(id_, row_, out);
    if (name == "funding-fee") {
      // The estimate for the settlement at `nt`, which it becomes.
      row_.predicted_funding = row_.funding;
      return give_derivative_ticker(id_, row_, out);
    }
    return name == "obu" || name == "ticker" || name == "kline" ? FrameKind::ignored
                                                                : FrameKind::unknown;
  }

  // The older socket.
  Result<FrameKind> on_topic(Sink& out) {
    const auto [topic, symbol] = split_first(topic_, ':');
    if (row_.symbol.empty()) row_.symbol = symbol;
    if (topic == "/market/match") return give_trade(id_, row_, out);
    if (topic == "/market/level2") {
      const auto is_placeholder = [](const Level& level) { return level.price.is_zero(); };
      std::erase_if(bids_, is_placeholder);
      std::erase_if(asks_, is_placeholder);
      return on_book(false, out);
    }
    if (topic == "/market/ticker") return give_book_ticker(id_, row_, out);
    const bool known = topic.starts_with("/market/") || topic.starts_with("/spotMarket/");
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_book(bool is_snapshot, Sink& out) {
    if (row_.seq.empty()) return malformed(id_, "book message lacks its number");
    if (is_snapshot) return give_book(id_, row_, true, bids_, asks_, out);
    std::int64_t first;
    if (!read_integer(first_, first)) return malformed(id_, "book change lacks its first number");
    return give_book(id_, row_, false, bids_, asks_, out, integer_before(first));
  }

  // {"code":"200000","data":{"time":..,"sequence":"..","bids":[..],"asks":[..]}}; a new market has
  // null for sides.
  Result<FrameKind> on_snapshot(const Reply& reply, Sink& out) {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    const Result<std::string> symbol = percent_decode(query_value(reply.request, "symbol"));
    if (!parser_.read_object(reply.data, read) || !symbol)
      return malformed(id_, "broken order book answer");
    if (sequence_.empty()) return FrameKind::error;  // refused: a code, no data
    row_.symbol = *symbol;
    row_.seq = sequence_;
    return give_book(id_, row_, true, bids_, asks_, out);
  }

  // {"code":"200000","data":[{"sequence":"..","time":ns,"price":..,"size":..,"side":..},..]}; of
  // futures, the number is a tradeId too and the time is `ts`.
  Result<FrameKind> on_history(const Reply& reply, Sink& out) const {
    return give_trade_list(id_, reply, "data", query_value(reply.request, "symbol"), out,
                           [](json::Key key, json::Value& value, Row& row) {
                             if (key == "tradeId") return value.text(row.id);
                             if (key == "sequence") return !row.id.empty() || value.text(row.id);
                             if (key == "time" || key == "ts") return value.text(row.time);
                             if (key == "price") return value.text(row.price);
                             if (key == "size") return value.text(row.amount);
                             return !(key == "side") || value.text(row.side);
                           });
  }

  const std::string_view id_;
  json::Parser parser_;
  std::string_view stream_, depth_, type_, message_, result_, topic_, pushed_;
  std::string_view first_, sequence_;  // of a change, and of a REST order book
  Row row_;
  std::vector<Level> bids_, asks_;
};

// Spot: {"symbol":"BTC-USDT","baseCurrency":..,"priceIncrement":..,"enableTrading":true,..}
// A contract: {"symbol":"XBTUSDTM","type":"FFWCSX","multiplier":0.001,"status":"Open",..}
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      "kucoin", data, "data", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "baseCurrency") return value.text(row.base);
        if (key == "quoteCurrency") return value.text(row.quote);
        if (key == "enableTrading" || key == "status") return value.text(row.status);
        if (key == "type") return value.text(row.kind);
        if (key == "priceIncrement" || key == "tickSize") return value.text(row.tick);
        if (key == "baseIncrement" || key == "lotSize") return value.text(row.step);
        if (key == "multiplier") return value.text(row.contract_size);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        market.active = row.status == "true" || row.status == "Open";
        if (row.contract_size.empty()) return true;
        market.kind = row.kind == "FFWCSX" ? "perpetual" : "future";
        // Inverse contracts have -1: 1 USD a lot.
        if (const Decimal size = market.contract_size; size.is_negative())
          market.contract_size = Decimal{-size.mantissa(), size.scale()};
        return true;
      });
}

std::string snapshot_request(std::string_view symbol) {
  return fmt::format("/api/v1/market/orderbook/level2_100?symbol={}", percent_encode(symbol));
}

// The latest 100: there is no way to ask for others.
std::string missing_spot_trades(const TradeHole& hole) {
  return fmt::format("/api/v1/market/histories?symbol={}", percent_encode(hole.symbol));
}
std::string missing_futures_trades(const TradeHole& hole) {
  return fmt::format("/api/v1/trade/history?symbol={}", percent_encode(hole.symbol));
}

constexpr std::string_view kSpotLists[] = {"/api/v2/symbols"};
constexpr std::string_view kFuturesLists[] = {"/api/v1/contracts/active"};

// 300 messages in ten seconds from us, pings included; 250 connections in five minutes; requests of
// a weight of 2000 in 30 seconds.
constexpr Limits kLimits{.send_interval_ms = 40,
                         .ping_interval_ms = 15'000,
                         .ping = R"({"id":"1","type":"ping"})",
                         .silence_ms = 45'000,
                         .welcome_ms = 3'000,
                         .connect_interval_ms = 1'200,
                         .rest_interval_ms = 20,
                         .rest_weight = 2000,
                         .rest_window_ms = 30'000,
                         .left_weight_field = "gw-ratelimit-remaining"};

}  // namespace

const Venue kucoin{
    .id = "kucoin",
    .ws_url = kSpot.url,
    .rest_url = "https://api.kucoin.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    .limits = kLimits,
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .snapshot_request = snapshot_request,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSpot, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_spot_trades, .weight = 3},
    .market_lists = kSpotLists,
    .connections = [](const Subscription& s) { return connections(kSpot, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> {
      return std::make_unique<KucoinSession>("kucoin");
    },
};

const Venue kucoin_futures{
    .id = "kucoin-futures",
    .ws_url = kFutures.url,
    .rest_url = "https://api-futures.kucoin.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker},
    .limits = kLimits,
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kFutures, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_futures_trades, .weight = 5},
    .market_lists = kFuturesLists,
    .connections = [](const Subscription& s) { return connections(kFutures, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> {
      return std::make_unique<KucoinSession>("kucoin-futures");
    },
};

}  // namespace md::venue
