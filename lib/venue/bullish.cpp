// Bullish Exchange: spot, perpetuals and dated futures.
// https://github.com/bullish-exchange/api-docs (read 2026-11-20)
//
// Each kind of data has a path, and so a connection, of its own. Book (l2Orderbook: 100 levels):
//   1. subscribe: a snapshot comes on the stream; more may come later, each replaces the book;
//   2. an update bears the numbers [first, last] of what it joins: it continues if first is the
//   last before it plus 1;  3. else unsubscribe and subscribe that symbol.
// Levels are flat: price, amount, price, amount. A trade's side is the reported order's, turned
// where that was the maker's; off-book prints are among the trades. Funding is paid every full
// hour, which no message says. Index prices come by asset, on a connection that knows no contracts:
// left out. Times may be broken: then there is none.
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

constexpr std::string_view kId = "bullish";

// BTCUSDC is spot; BTC-USDC-PERP, BTC-USDC-20260925 are derivatives.
bool is_derivative(std::string_view symbol) { return symbol.find('-') != std::string_view::npos; }

constexpr Channel kChannels[] = {
    {Type::book_change, "l2Orderbook", "/orderbook"},
    {Type::book_ticker, "l1Orderbook", "/orderbook"},
    {Type::trade, "anonymousTrades", "/trades"},
    {Type::derivative_ticker, "tick", "/tick", is_derivative},
};
constexpr Subscribing kSubscribing{
    .url = "wss://api.exchange.bullish.com/trading-api/v1/market-data",
    .channels = kChannels,
    .subscribe =
        R"({"jsonrpc":"2.0","type":"command","method":"subscribe","id":"$id","params":{"topic":"$channel","symbol":"$symbol"}})",
    .unsubscribe =
        R"({"jsonrpc":"2.0","type":"command","method":"unsubscribe","id":"$id","params":{"topic":"$channel","symbol":"$symbol"}})",
    .streams_per_connection = 400};

class BullishSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    type_ = data_type_ = message_ = first_ = datetime_ = {};
    has_result_ = has_error_ = false;
    row_ = {};
    trades_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (has_error_ || type_ == "error") return FrameKind::error;
    if (has_result_) return message_ == "Keep alive pong" ? FrameKind::heartbeat : FrameKind::ack;
    if (data_type_ == "V1TALevel2") return on_book(out);
    if (data_type_ == "V1TALevel1") return on_best(out);
    if (data_type_ == "V1TAAnonymousTradeUpdate") return on_trades(out);
    if (data_type_ == "V1TATickerResponse") return on_ticker(out);
    if (data_type_ == "V1TAHeartbeat") return FrameKind::heartbeat;
    return data_type_ == "V1TAIndexPrice" ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "trades") {
      return give_history<TradeRow>(kId, reply, component_before_last(reply.request), {},
                                    read_trade_field,
                                    [&](TradeRow& row) { return on_trade(row, out); });
    }
    return what == "markets" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  struct TradeRow : Row {
    bool is_taker = true;  // the order whose side is told
  };

  // ---- reading ----

  bool read_root(json::Key key, json::Value& value) {
    if (key == "type") return value.text(type_);
    if (key == "dataType") return value.text(data_type_);
    if (key == "data") {
      return !value.is_object() || value.object([this](json::Key name, json::Value& field) {
        return read_field(name, field);
      });
    }
    if (key == "error") return has_error_ = true;
    if (key == "result") {
      has_result_ = true;
      return !value.is_object() || value.object([this](json::Key name, json::Value& field) {
        return !(name == "message") || field.text(message_);
      });
    }
    return true;
  }

  bool read_field(json::Key key, json::Value& value) {
    if (key == "symbol") return value.text(row_.symbol);
    if (key == "bids" || key == "bid") return read_levels(value, bids_);
    if (key == "asks" || key == "ask") return read_levels(value, asks_);
    if (key == "sequenceNumberRange") return read_range(value);
    if (key == "sequenceNumber") return value.text(row_.seq);
    if (key == "timestamp") return value.text(row_.time);
    if (key == "datetime" || key == "createdAtDatetime") return value.text(datetime_);
    if (key == "trades") return value.array([this](json::Value& row) { return read_trade(row); });
    if (key == "last") return value.text(row_.last);
    if (key == "markPrice") return value.text(row_.mark);
    if (key == "fundingRate") return value.text(row_.funding);
    if (key == "openInterest") return value.text(row_.open_interest);
    return true;
  }

  // ["94.5190","56.33894018","94.4890","53.7"]; elsewhere a single price has one of the names.
  static bool read_levels(json::Value& value, std::vector<Level>& levels) {
    if (!value.is_array()) return true;
    bool is_price = false;
    const bool read = value.array([&](json::Value& number) {
      is_price = !is_price;
      return is_price ? number.decimal(levels.emplace_back().price)
                      : number.decimal(levels.back().amount);
    });
    return read && !is_price;
  }

  bool read_range(json::Value& value) {
    int column = 0;
    return value.array(
        [&](json::Value& number) { return number.text(column++ == 0 ? first_ : row_.seq); });
  }

  bool read_trade(json::Value& value) {
    TradeRow& trade = trades_.emplace_back();
    return value.object(
        [&](json::Key key, json::Value& field) { return read_trade_field(key, field, trade); });
  }

  static bool read_trade_field(json::Key key, json::Value& value, TradeRow& trade) {
    if (key == "symbol") return value.text(trade.symbol);
    if (key == "tradeId") return value.text(trade.id);
    if (key == "price") return value.text(trade.price);
    if (key == "quantity") return value.text(trade.amount);
    if (key == "side") return value.text(trade.side);
    if (key == "isTaker") return value.boolean(trade.is_taker);
    if (key == "createdAtDatetime") return value.text(trade.time);
    return true;
  }

  // ---- meaning ----

  Result<FrameKind> on_book(Sink& out) {
    std::int64_t first;
    if (!read_integer(first_, first) || row_.seq.empty())
      return malformed(kId, "book message lacks sequenceNumberRange");
    if (row_.time.empty()) row_.time = datetime_;
    if (type_ == "snapshot") return give_book(kId, row_, true, bids_, asks_, out);
    if (type_ == "update")
      return give_book(kId, row_, false, bids_, asks_, out, integer_before(first));
    return malformed(kId, "book message lacks type");
  }

  // A price without amount, or of 0, is an empty side.
  Result<FrameKind> on_best(Sink& out) {
    if (row_.time.empty()) row_.time = datetime_;
    const auto is_none = [](const Level& level) { return level.price.is_zero(); };
    std::erase_if(bids_, is_none);
    std::erase_if(asks_, is_none);
    return give_book_ticker(kId, row_, bids_, asks_, out);
  }

  Result<FrameKind> on_trades(Sink& out) {
    if (type_ == "snapshot") return FrameKind::history;
    return give_each(trades_, [&](TradeRow& row) { return on_trade(row, out); });
  }

  Result<FrameKind> on_trade(TradeRow& row, Sink& out) {
    if (!row.is_taker) row.side = row.side == "BUY" ? "SELL" : row.side == "SELL" ? "BUY" : "";
    return give_trade(kId, row, out);
  }

  Result<FrameKind> on_ticker(Sink& out) {
    if (row_.symbol.empty()) return FrameKind::empty;  // without data
    row_.time = datetime_;
    return give_derivative_ticker(kId, row_, out);
  }

  json::Parser parser_;
  std::string_view type_, data_type_, message_, first_, datetime_;
  bool has_result_ = false, has_error_ = false;
  Row row_;
  std::vector<TradeRow> trades_;
  std::vector<Level> bids_, asks_;
};

// [{"symbol":"BTCUSDC","marketType":"SPOT","baseSymbol":"BTC","tickSize":"0.1000",..}, ...]
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "marketType") return value.text(row.kind);
        if (key == "baseSymbol") return value.text(row.base);
        if (key == "underlyingBaseSymbol") return value.text(row.extra);
        if (key == "quoteSymbol") return value.text(row.quote);
        if (key == "tickSize") return value.text(row.tick);
        if (key == "quantityPrecision") return value.text(row.step_decimals);
        if (key == "contractMultiplier") return value.text(row.contract_size);
        if (key == "marketEnabled") return value.text(row.status);
        if (key == "createOrderEnabled") return value.text(row.extra2);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        if (row.kind == "PERPETUAL") {
          market.kind = "perpetual";
        } else if (row.kind == "DATED_FUTURE") {
          market.kind = "future";
        } else if (row.kind != "SPOT") {
          return false;
        }
        if (row.kind == "SPOT") {
          market.contract_size = {};
        } else if (!row.extra.empty() && row.extra != "null") {
          market.base = row.extra;
        }
        market.active = row.status == "true" && row.extra2 != "false";
        return true;
      });
}

// The last ones in a span of up to 7 days, newest first.
std::string missing_trades(const TradeHole& hole) {
  std::string request = fmt::format("/trading-api/v1/history/markets/{}/trades?_pageSize=100",
                                    percent_encode(hole.symbol));
  if (hole.after != 0)
    request += fmt::format("&createdAtDatetime%5Bgte%5D={}", iso_milliseconds(hole.after));
  if (hole.before != 0)
    request += fmt::format("&createdAtDatetime%5Blte%5D={}", iso_milliseconds(hole.before));
  return request;
}

constexpr std::string_view kMarketLists[] = {"/trading-api/v1/markets"};

}  // namespace

const Venue bullish{
    .id = "bullish",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.exchange.bullish.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker},
    // Who says nothing for 5 minutes is cut. 100 connections for each address, 500 REST requests in
    // 10 seconds.
    .limits =
        {.send_interval_ms = 50,
         .ping_interval_ms = 30'000,
         .ping =
             R"({"jsonrpc":"2.0","type":"command","method":"keepalivePing","params":{},"id":"0"})",
         .silence_ms = 90'000,
         .connect_interval_ms = 1000,
         .rest_interval_ms = 50},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<BullishSession>(); },
};

}  // namespace md::venue
