// WOO X: spot and perpetuals, API v3. https://developer.woox.io (read 2026-11-20)
//
// Book (orderbookupdate: 200 levels, every 100 ms). Its numbers are times: each change names the
// `ts` of the one before.
//   1. subscribe and hold the changes;  2. GET /v3/public/orderbook?symbol=S&maxLevel=200;
//   3. drop changes up to its timestamp; if the first other has a later prevTs, ask again;
//   4. prevTs must be the ts before, else again from 2.
// Trades have no ids: their loss does not show. The index price of PERP_X is published as that of
// SPOT_X. There is an estimated funding rate, and no other; liquidations are not published.
#include <fmt/format.h>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/history.hpp"
#include "venue/markets.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "woox";
constexpr std::string_view kPerpetual = "PERP";
constexpr std::string_view kSpot = "SPOT";

bool is_perpetual(std::string_view symbol) { return symbol.starts_with("PERP_"); }
std::string_view pair(std::string_view symbol) { return symbol.substr(kPerpetual.size()); }

constexpr Channel kChannels[] = {
    {Type::trade, "trade@"},
    {.type = Type::book_change, .name = "orderbookupdate@", .option = "@200"},
    {Type::book_ticker, "bbo@"},
    {Type::derivative_ticker, "markprice@", {}, is_perpetual},
    {Type::derivative_ticker, "openinterest@", {}, is_perpetual},
    {Type::derivative_ticker, "estfundingrate@", {}, is_perpetual},
    {Type::derivative_ticker, "indexprice@SPOT", {}, is_perpetual, {}, pair},
};

constexpr Subscribing kSubscribing{
    .url = "wss://wss.woox.io/v3/public",
    .channels = kChannels,
    .argument = R"("$channel$symbol$option")",
    .subscribe = R"({"id":"$id","cmd":"SUBSCRIBE","params":[$arguments]})",
    .unsubscribe = R"({"id":"$id","cmd":"UNSUBSCRIBE","params":[$arguments]})",
    .streams_per_connection = 100,
    .arguments_per_request = 20};

// The latest ones; how many may be asked for is not told.
std::string missing_trades(const TradeHole& hole) {
  return fmt::format("/v3/public/marketTrades?symbol={}&limit=100", percent_encode(hole.symbol));
}

class WooxSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (topic_.empty()) return on_control(out);
    if (row_.time.empty()) row_.time = pushed_;
    const std::string_view what = split_first(topic_, '@').before;
    if (what == "orderbookupdate") return on_change(out);
    if (what == "trade") return give_trade(kId, row_, out);
    if (what == "bbo") return give_book_ticker(kId, row_, out);
    if (what == "markprice") return on_price(row_.mark, out);
    if (what == "indexprice") return on_index(out);
    if (what == "openinterest" || what == "estfundingrate")
      return give_derivative_ticker(kId, row_, out);
    return what == "orderbook" || what == "kline" ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "instruments") return FrameKind::markets;
    if (what == "marketTrades") return on_recent_trades(reply, out);
    return what == "orderbook" ? on_snapshot(reply, out) : FrameKind::unknown;
  }

 private:
  void clear() {
    row_ = {};
    topic_ = pushed_ = command_ = success_ = {};
    bids_.clear();
    asks_.clear();
  }

  bool read_root(json::Key key, json::Value& value) {
    if (key == "topic") return value.text(topic_);
    if (key == "ts") return value.text(pushed_);
    if (key == "cmd") return value.text(command_);
    if (key == "success") return value.text(success_);
    if (key == "data" && value.is_object())
      return value.object([this](json::Key k, json::Value& v) { return read_field(k, v); });
    return true;
  }

  bool read_field(json::Key key, json::Value& value) {
    if (key == "s") return value.text(row_.symbol);
    if (key == "ts") return value.text(row_.time);
    if (key == "px") return value.text(row_.price);
    if (key == "sx") return value.text(row_.amount);
    if (key == "sd") return value.text(row_.side);
    if (key == "prevTs") return value.text(row_.prev_seq);
    if (key == "bids") return value.levels(bids_);
    if (key == "asks") return value.levels(asks_);
    if (key == "bp") return value.text(row_.bid);
    if (key == "bq") return value.text(row_.bid_amount);
    if (key == "ap") return value.text(row_.ask);
    if (key == "aq") return value.text(row_.ask_amount);
    if (key == "oi") return value.text(row_.open_interest);
    if (key == "r") return value.text(row_.funding);
    if (key == "ft") return value.text(row_.funding_time);
    return true;
  }

  // Commands are answered in the case in which they were sent.
  Result<FrameKind> on_control(Sink& out) {
    const std::string command = to_lower(command_);
    if (command == "ping") {
      out.on_request({Request::Kind::send,
                      fmt::format(R"({{"cmd":"PONG","ts":{}}})", pushed_.empty() ? "0" : pushed_)});
      return FrameKind::heartbeat;
    }
    if (command == "error" || success_ == "false") return FrameKind::error;
    return command == "subscribe" || command == "unsubscribe" ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_change(Sink& out) {
    row_.seq = row_.time;
    if (row_.prev_seq.empty() || row_.seq.empty())
      return malformed(kId, "orderbookupdate lacks ts or prevTs");
    return give_book(kId, row_, false, bids_, asks_, out);
  }

  // What price it is, the topic says.
  Result<FrameKind> on_price(std::string_view& to, Sink& out) {
    to = row_.price;
    return give_derivative_ticker(kId, row_, out);
  }

  Result<FrameKind> on_index(Sink& out) {
    if (!row_.symbol.starts_with(kSpot)) return malformed(kId, "index of no spot market");
    const std::string symbol = fmt::format("{}{}", kPerpetual, pair(row_.symbol));
    row_.symbol = symbol;
    return on_price(row_.index, out);
  }

  // {"success":true,"timestamp":..,"data":{"asks":[{"price":..,"quantity":..},..],"bids":[..]}}
  Result<FrameKind> on_snapshot(const Reply& reply, Sink& out) {
    clear();
    const auto read_side = [this](json::Key key, json::Value& value) {
      if (key == "bids") return value.levels("price", "quantity", bids_);
      return !(key == "asks") || value.levels("price", "quantity", asks_);
    };
    const bool read = parser_.read_object(reply.data, [&](json::Key key, json::Value& value) {
      if (key == "success") return value.text(success_);
      if (key == "timestamp") return value.text(row_.time);
      return !(key == "data") || value.object(read_side);
    });
    const Result<std::string> symbol = percent_decode(query_value(reply.request, "symbol"));
    if (!read || !symbol) return malformed(kId, "broken orderbook answer");
    if (success_ == "false") return FrameKind::error;
    row_.seq = row_.time;
    if (row_.seq.empty()) return malformed(kId, "orderbook answer lacks its timestamp");
    row_.symbol = *symbol;
    return give_book(kId, row_, true, bids_, asks_, out);
  }

  // {"success":true,"data":{"rows":[{"price":..,"size":..,"side":..,"executedTimestamp":ms},..]}}
  static Result<FrameKind> on_recent_trades(const Reply& reply, Sink& out) {
    return give_trade_list(kId, reply, "data.rows", query_value(reply.request, "symbol"), out,
                           [](json::Key key, json::Value& value, Row& row) {
                             if (key == "price") return value.text(row.price);
                             if (key == "size") return value.text(row.amount);
                             if (key == "side") return value.text(row.side);
                             return !(key == "executedTimestamp") || value.text(row.time);
                           });
  }

  json::Parser parser_;
  Row row_;
  std::string_view topic_, pushed_, command_, success_;
  std::vector<Level> bids_, asks_;
};

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "data.rows", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "baseAsset") return value.text(row.base);
        if (key == "quoteAsset") return value.text(row.quote);
        if (key == "quoteTick") return value.text(row.tick);
        if (key == "baseTick") return value.text(row.step);
        if (key == "status") return value.text(row.status);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        if (is_perpetual(row.symbol)) market.kind = "perpetual";
        market.active = row.status == "TRADING";
        return true;
      });
}

constexpr std::string_view kAliases[] = {"woo-x"};
constexpr std::string_view kMarketLists[] = {"/v3/public/instruments"};

}  // namespace

const Venue woox{
    .id = "woox",
    .aliases = kAliases,
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.woox.io",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker},
    // 200 messages a second may come from us; 100 connections in five minutes, for a day each. 10
    // REST requests a second.
    .limits = {.send_interval_ms = 20,
               .silence_ms = 60'000,
               .max_age_ms = 24 * 3600 * 1000,
               .connect_interval_ms = 3000,
               .rest_interval_ms = 100},
    .book = {.snapshot = BookRule::Snapshot::rest,
             .snapshot_request =
                 [](std::string_view symbol) {
                   return fmt::format("/v3/public/orderbook?symbol={}&maxLevel=200",
                                      percent_encode(symbol));
                 }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::none,
    .trade_history = {.request = missing_trades},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<WooxSession>(); },
};

}  // namespace md::venue
