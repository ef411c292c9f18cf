// Coinone, Korea: spot. https://docs.coinone.co.kr/reference/public-websocket (read 2026-11-20)
//
// Every ORDERBOOK message is the whole of some 16 levels, and its id, made of its time, rises:
// older ones are left out. Neither numbers nor checksums: a loss does not show, and does not last.
// Markets are pairs of fields, {"quote_currency":"KRW","target_currency":"BTC"}: BTC_KRW for us.
// All are of KRW. The last trade comes again on subscribing, unmarked.
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

constexpr std::string_view kId = "coinone";

constexpr std::string_view kTrades = "/public/v2/trades/KRW/";

std::string_view base_of(std::string_view symbol) { return split_last(symbol, '_').before; }

constexpr Channel kChannels[] = {
    {Type::trade, "TRADE", {}, nullptr, {}, base_of},
    {Type::book_change, "ORDERBOOK", {}, nullptr, {}, base_of},
};
// 20 connections an address; how many topics one may have is not published.
constexpr Subscribing kSubscribing{
    .url = "wss://stream.coinone.co.kr",
    .channels = kChannels,
    .argument = {},
    .subscribe =
        R"({"request_type":"SUBSCRIBE","channel":"$channel","topic":{"quote_currency":"KRW","target_currency":"$symbol"},"format":"DEFAULT"})",
    .unsubscribe = {},
    .streams_per_connection = 200};

class CoinoneSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    response_ = channel_ = base_ = quote_ = {};
    row_ = {};
    has_error_ = false;
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (response_ == "ERROR" || has_error_) return FrameKind::error;
    if (response_ == "PONG") return FrameKind::heartbeat;
    if (response_ == "CONNECTED") return FrameKind::status;
    if (response_ == "UNSUBSCRIBED") return FrameKind::ack;
    if (response_ != "DATA" && response_ != "SUBSCRIBED") return FrameKind::unknown;
    symbol_.clear();
    if (!base_.empty() && !quote_.empty()) symbol_.append(base_).append("_").append(quote_);
    row_.symbol = symbol_;
    if (response_ == "SUBSCRIBED") return on_subscribed(frame);
    if (channel_ == "TRADE") return on_trade(out);
    if (channel_ == "ORDERBOOK") return on_book(out);
    return channel_ == "TICKER" || channel_ == "CHART" ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (url_path(reply.request).starts_with(kTrades)) return on_history(reply, out);
    return url_path(reply.request).starts_with("/public/v2/markets/") ? FrameKind::markets
                                                                      : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "response_type") return value.text(response_);
    if (key == "channel") return value.text(channel_);
    if (key == "error_code") return has_error_ = true;
    if (!(key == "data") || !value.is_object()) return true;
    return value.object(
        [this](json::Key name, json::Value& field) { return read_field(name, field); });
  }

  bool read_field(json::Key key, json::Value& value) {
    if (key == "target_currency") return value.text(base_);
    if (key == "quote_currency") return value.text(quote_);
    if (key == "bids") return value.levels("price", "qty", bids_);
    if (key == "asks") return value.levels("price", "qty", asks_);
    return read_trade_field(key, value, row_);
  }

  static bool read_trade_field(json::Key key, json::Value& value, Row& row) {
    if (key == "id") return value.text(row.id);
    if (key == "timestamp") return value.text(row.time);
    if (key == "price") return value.text(row.price);
    if (key == "qty") return value.text(row.amount);
    if (key == "is_seller_maker") return value.text(row.side);
    return true;
  }

  Result<FrameKind> on_subscribed(const Frame& frame) {
    if (channel_ == "TRADE") entry(subscribed_at_, symbol_) = frame.local_timestamp;
    return FrameKind::ack;
  }

  // The side follows from the field's name; it was never compared with the market's moves, and
  // others read it the other way round. The first trade is one of before if it is older than our
  // subscription.
  Result<FrameKind> on_trade(Sink& out) {
    Micros& subscribed_at = entry(subscribed_at_, symbol_);
    const bool is_history = read_time(row_.time) < subscribed_at;
    subscribed_at = 0;
    if (is_history) return FrameKind::history;
    return give_taken(row_, out);
  }

  static Result<FrameKind> give_taken(Row& row, Sink& out) {
    row.side = row.side == "true" ? "buy" : row.side == "false" ? "sell" : row.side;
    return give_trade(kId, row, out);
  }

  // {"result":"success","transactions":[{"id":"1701075265708001",..}, ...]}
  static Result<FrameKind> on_history(const Reply& reply, Sink& out) {
    const std::string symbol = fmt::format("{}_KRW", last_component(reply.request));
    return give_history(kId, reply, symbol, "transactions", read_trade_field,
                        [&](Row& row) { return give_taken(row, out); });
  }

  Result<FrameKind> on_book(Sink& out) {
    std::int64_t id;
    if (!read_integer(row_.id, id)) return malformed(kId, "orderbook lacks id");
    std::int64_t& last = entry(last_book_, symbol_);
    if (id < last) return FrameKind::empty;
    last = id;
    return give_book(kId, row_, true, bids_, asks_, out);
  }

  json::Parser parser_;
  std::string_view response_, channel_, base_, quote_;
  std::string symbol_;
  Row row_;
  bool has_error_ = false;
  std::vector<Level> bids_, asks_;
  BySymbol<Micros> subscribed_at_;  // to trades, by our clock; 0 once one came
  BySymbol<std::int64_t> last_book_;
};

// {"result":"success","markets":[{"quote_currency":"KRW","target_currency":"BTC",..}, ...]}
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "markets", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "target_currency") return value.text(row.symbol);
        if (key == "quote_currency") return value.text(row.quote);
        if (key == "price_unit") return value.text(row.tick);
        if (key == "qty_unit") return value.text(row.step);
        if (key == "maintenance_status") return value.text(row.extra);
        if (key == "trade_status") return value.text(row.status);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        market.base = row.symbol;
        market.symbol = market.base + '_' + market.quote;
        market.active = row.extra == "0" && row.status == "1";
        return true;
      });
}

std::string recent_trades(const TradeHole& hole) {
  return fmt::format("{}{}?size=200", kTrades, percent_encode(base_of(hole.symbol)));
}

constexpr std::string_view kMarketLists[] = {"/public/v2/markets/KRW"};

}  // namespace

const Venue coinone{
    .id = "coinone",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.coinone.co.kr",
    .types = {Type::trade, Type::book_change},
    // Closed after 30 minutes without a ping. 1200 REST requests a minute.
    .limits = {.send_interval_ms = 100,
               .ping_interval_ms = 30'000,
               .ping = R"({"request_type":"PING"})",
               .silence_ms = 90'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 100},
    .book = {.snapshot = BookRule::Snapshot::every},
    .book_merge = BookMerge::content,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = recent_trades},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<CoinoneSession>(); },
};

}  // namespace md::venue
