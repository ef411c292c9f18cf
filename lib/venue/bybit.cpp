// Bybit v5: spot, and linear and inverse derivatives.
// https://bybit-exchange.github.io/docs/v5/ws/connect (read 2026-11-20)
//
// Two venues, since spot and linear share names (BTCUSDT); linear and inverse, which do not, differ
// by path alone. Book (orderbook.50: a snapshot on subscribing, changes every 20 ms):
//   1. a snapshot, which may come at any time, replaces all;  2. a change continues if its `u` is
//   the one before plus 1;  3. else unsubscribe and subscribe that topic.
// orderbook.1 is sent whole. Nothing numbers trades without holes: `seq` jumps, and several share
// one. Block trades are not matches on the book and left out. Ticker changes bear the changed
// fields alone. Inverse amounts are contracts of 1 USD. The order of a frame's fields differs.
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

bool is_linear(std::string_view symbol) {
  return symbol.ends_with("USDT") || symbol.ends_with("PERP") ||
         symbol.find('-') != std::string_view::npos;
}
bool is_inverse(std::string_view symbol) { return !is_linear(symbol); }

constexpr Channel kSpotChannels[] = {
    {Type::trade, "publicTrade"},
    {Type::book_change, "orderbook.50"},
    {Type::book_ticker, "orderbook.1"},
};
constexpr Channel kFuturesChannels[] = {
    {Type::trade, "publicTrade", "/linear", is_linear},
    {Type::book_change, "orderbook.50", "/linear", is_linear},
    {Type::book_ticker, "orderbook.1", "/linear", is_linear},
    {Type::derivative_ticker, "tickers", "/linear", is_linear},
    {Type::liquidation, "allLiquidation", "/linear", is_linear},
    {Type::trade, "publicTrade", "/inverse", is_inverse},
    {Type::book_change, "orderbook.50", "/inverse", is_inverse},
    {Type::book_ticker, "orderbook.1", "/inverse", is_inverse},
    {Type::derivative_ticker, "tickers", "/inverse", is_inverse},
    {Type::liquidation, "allLiquidation", "/inverse", is_inverse},
};

// All arguments of a connection may have 21000 characters: 600 streams of 35.
constexpr Subscribing subscribing(std::string_view url, std::span<const Channel> channels) {
  return {.url = url,
          .channels = channels,
          .argument = R"("$channel.$symbol")",
          .subscribe = R"({"req_id":"$id","op":"subscribe","args":[$arguments]})",
          .unsubscribe = R"({"req_id":"$id","op":"unsubscribe","args":[$arguments]})",
          .streams_per_connection = 600,
          .arguments_per_request = 10};
}
constexpr Subscribing kSpot = subscribing("wss://stream.bybit.com/v5/public/spot", kSpotChannels);
constexpr Subscribing kFutures = subscribing("wss://stream.bybit.com/v5/public", kFuturesChannels);

constexpr std::string_view kFuturesId = "bybit-futures";

class BybitSession final : public Session {
 public:
  explicit BybitSession(std::string_view id) : id_(id) {}

  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    topic_ = type_ = op_ = success_ = pushed_ = matched_ = {};
    rows_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(id_, frame.data);
    if (topic_.starts_with("publicTrade."))
      return each([&](BybitRow& row) { return on_trade(row, out); });
    if (topic_.starts_with("orderbook.1."))
      return each([&](const Row& row) { return on_best(row, out); });
    if (is_book(topic_)) return each([&](const Row& row) { return on_book(row, out); });
    if (topic_.starts_with("tickers.") && id_ == kFuturesId)
      return each([&](const Row& row) { return give_derivative_ticker(id_, row, out); });
    if (topic_.starts_with("allLiquidation."))
      return each([&](Row& row) { return on_liquidation(row, out); });
    // Of spot, tickers tell nothing that we record; nor do books of another kind and candles.
    if (topic_.starts_with("tickers.") || topic_.starts_with("orderbook.rpi.") ||
        topic_.starts_with("orderbook.full.") || topic_.starts_with("kline.")) {
      return FrameKind::ignored;
    }
    if (!topic_.empty()) return FrameKind::unknown;
    if (success_ == "false") return FrameKind::error;
    if (op_ == "ping" || op_ == "pong") return FrameKind::heartbeat;
    return op_ == "subscribe" || op_ == "unsubscribe" ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "recent-trade") {
      return give_history<BybitRow>(id_, reply, query_value(reply.request, "symbol"), "result.list",
                                    read_recent,
                                    [&](const BybitRow& row) { return on_trade(row, out); });
    }
    return what == "instruments-info" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  struct BybitRow : Row {
    std::string_view is_block;
  };

  // orderbook.50, .200, ...: the same rules at another depth and pace.
  static bool is_book(std::string_view topic) {
    constexpr std::string_view kBook = "orderbook.";
    return topic.starts_with(kBook) && topic.size() > kBook.size() && topic[kBook.size()] >= '0' &&
           topic[kBook.size()] <= '9';
  }

  bool read_root(json::Key key, json::Value& value) {
    if (key == "topic") return value.text(topic_);
    if (key == "type") return value.text(type_);
    if (key == "ts") return value.text(pushed_);
    if (key == "cts") return value.text(matched_);
    if (key == "data") {
      if (value.is_array()) return value.array([this](json::Value& row) { return read_row(row); });
      return !value.is_object() || read_row(value);
    }
    if (key == "op") return value.text(op_);
    if (key == "success") return value.text(success_);
    return true;
  }

  bool read_row(json::Value& value) {
    BybitRow& row = rows_.emplace_back();
    return !value.is_object() || value.object([&](json::Key key, json::Value& field) {
      return read_field(key, field, row);
    });
  }

  bool read_field(json::Key key, json::Value& value, BybitRow& row) {
    if (key == "s" || key == "symbol") return value.text(row.symbol);
    if (key == "T") return value.text(row.time);
    if (key == "S") return value.text(row.side);
    if (key == "v") return value.text(row.amount);
    if (key == "p") return value.text(row.price);
    if (key == "i") return value.text(row.id);
    if (key == "BT") return value.text(row.is_block);
    if (key == "b") return value.levels(bids_);
    if (key == "a") return value.levels(asks_);
    if (key == "u") return value.text(row.seq);
    if (key == "lastPrice") return value.text(row.last);
    if (key == "markPrice") return value.text(row.mark);
    if (key == "indexPrice") return value.text(row.index);
    if (key == "fundingRate") return value.text(row.funding);
    if (key == "nextFundingTime") return value.text(row.funding_time);
    if (key == "openInterest") return value.text(row.open_interest);
    return true;
  }

  static bool read_recent(json::Key key, json::Value& value, BybitRow& row) {
    if (key == "time") return value.text(row.time);
    if (key == "side") return value.text(row.side);
    if (key == "size") return value.text(row.amount);
    if (key == "price") return value.text(row.price);
    if (key == "execId") return value.text(row.id);
    if (key == "isBlockTrade") return value.text(row.is_block);
    return true;
  }

  template <typename Give>  // Result<FrameKind>(BybitRow&)
  Result<FrameKind> each(Give&& give) {
    return give_each(rows_, [&](BybitRow& row) {
      if (row.time.empty()) row.time = matched_.empty() ? pushed_ : matched_;
      return give(row);
    });
  }

  Result<FrameKind> on_trade(const BybitRow& row, Sink& out) {
    return row.is_block == "true" ? FrameKind::empty : give_trade(id_, row, out);
  }

  Result<FrameKind> on_book(const Row& row, Sink& out) {
    std::int64_t u;
    if (!read_integer(row.seq, u) || u < 0) return malformed(id_, "book message lacks u");
    if (type_ == "snapshot" || u == 1) return give_book(id_, row, true, bids_, asks_, out);
    return give_book(id_, row, false, bids_, asks_, out, integer_before(u));
  }

  // Before March 2025 there were changes too, of one side or with a level that leaves: another era.
  Result<FrameKind> on_best(const Row& row, Sink& out) {
    if (type_ != "snapshot") return FrameKind::unknown;
    return give_book_ticker(id_, row, bids_, asks_, out);
  }

  // The side is the position's: Buy = a long was liquidated.
  Result<FrameKind> on_liquidation(Row& row, Sink& out) {
    row.side = row.side == "Buy" ? "sell" : row.side == "Sell" ? "buy" : row.side;
    return give_liquidation(id_, row, out);
  }

  const std::string_view id_;
  json::Parser parser_;
  std::string_view topic_, type_, op_, success_, pushed_, matched_;
  std::vector<BybitRow> rows_;
  std::vector<Level> bids_, asks_;
};

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      "bybit", data, "result.list", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        const auto filter = [&](json::Key name, json::Value& number) {
          if (name == "tickSize") return number.text(row.tick);
          if (name == "qtyStep" || name == "basePrecision") return number.text(row.step);
          return true;
        };
        if (key == "symbol") return value.text(row.symbol);
        if (key == "baseCoin") return value.text(row.base);
        if (key == "quoteCoin") return value.text(row.quote);
        if (key == "status") return value.text(row.status);
        if (key == "contractType") return value.text(row.kind);
        if (key == "priceFilter" || key == "lotSizeFilter") return value.object(filter);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        if (row.kind.ends_with("Perpetual")) market.kind = "perpetual";
        if (row.kind.ends_with("Futures")) market.kind = "future";
        if (row.kind.starts_with("Inverse")) market.contract_size = Decimal{1, 0};  // USD
        market.active = row.status == "Trading";
        return true;
      });
}

// A list goes on where the answer has a cursor.
std::string next_page(std::string_view request, std::string_view data) {
  std::string_view cursor;
  json::Parser parser;
  const bool read = parser.read_object(data, [&](json::Key key, json::Value& value) {
    return !(key == "result") || value.object([&](json::Key name, json::Value& field) {
      return !(name == "nextPageCursor") || field.text(cursor);
    });
  });
  if (!read || cursor.empty()) return {};
  return with_query_value(request, "cursor", cursor);
}

// There are 60 of spot, whatever the limit.
std::string recent_spot_trades(const TradeHole& hole) {
  return fmt::format("/v5/market/recent-trade?category=spot&symbol={}&limit=60",
                     percent_encode(hole.symbol));
}

std::string recent_futures_trades(const TradeHole& hole) {
  return fmt::format("/v5/market/recent-trade?category={}&symbol={}&limit=1000",
                     is_linear(hole.symbol) ? "linear" : "inverse", percent_encode(hole.symbol));
}

constexpr std::string_view kSpotLists[] = {"/v5/market/instruments-info?category=spot&limit=1000"};
constexpr std::string_view kFuturesLists[] = {
    "/v5/market/instruments-info?category=linear&limit=1000",
    "/v5/market/instruments-info?category=inverse&limit=1000"};
constexpr std::string_view kAliases[] = {"bybit-spot"};

// 500 connections in five minutes, 600 REST requests in five seconds.
constexpr Limits kLimits{.send_interval_ms = 100,
                         .ping_interval_ms = 20'000,
                         .ping = R"({"op":"ping"})",
                         .silence_ms = 60'000,
                         .connect_interval_ms = 600,
                         .rest_interval_ms = 0,
                         .rest_weight = 600,
                         .rest_window_ms = 5'000};

}  // namespace

const Venue bybit{
    .id = "bybit",
    .aliases = kAliases,
    .ws_url = kSpot.url,
    .rest_url = "https://api.bybit.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    .limits = kLimits,
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe =
                 [](std::string_view symbol) { return resubscribe_book(kSpot, symbol); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = recent_spot_trades},
    .market_lists = kSpotLists,
    .connections = [](const Subscription& s) { return connections(kSpot, s); },
    .next_page = next_page,
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<BybitSession>("bybit"); },
};

const Venue bybit_futures{
    .id = kFuturesId,
    .ws_url = kFutures.url,
    .rest_url = "https://api.bybit.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    .limits = kLimits,
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kFutures, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = recent_futures_trades},
    .market_lists = kFuturesLists,
    .connections = [](const Subscription& s) { return connections(kFutures, s); },
    .next_page = next_page,
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> {
      return std::make_unique<BybitSession>(kFuturesId);
    },
};

}  // namespace md::venue
