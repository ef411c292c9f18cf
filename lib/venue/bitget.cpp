// Bitget: spot, and USDT, USDC and coin futures, WebSocket version 3.
// https://www.bitget.com/api-doc/common/websocket-intro (read 2026-11-20)
//
// Two venues on one socket, since spot and USDT futures share names (BTCUSDT): `instType` tells
// them apart. Book (books: a snapshot on subscribing, then changes):
//   1. a snapshot replaces all;  2. a change continues if its `pseq` is the `seq` before;  3. else
//   unsubscribe and subscribe that topic.
// Version 2 (recordings of before May 2026, other field names) has no numbers but a CRC-32 of
// "bid:amount:ask:amount:.." over the best 25 levels, in the digits of the wire. Version 3 sends
// such a field too, which not all books fill: there the numbers prove the book.
// Amounts are base units in all products. Trades are told newest first. Liquidations are told
// market by market, in batches, seconds late; on their side there is one source only.
#include <fmt/format.h>

#include <algorithm>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/markets.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kSpotId = "bitget", kFuturesId = "bitget-futures";
constexpr std::string_view kUrl = "wss://ws.bitget.com/v3/ws/public";
constexpr int kChecksumDepth = 25;

// BTCUSDT; BTCPERP; BTCUSD, BTCUSDZ26.
bool is_usdt(std::string_view symbol) { return symbol.ends_with("USDT"); }
bool is_usdc(std::string_view symbol) { return symbol.ends_with("PERP"); }
bool is_coin(std::string_view symbol) { return !is_usdt(symbol) && !is_usdc(symbol); }

std::string_view all_symbols(std::string_view) { return {}; }

// A channel's name here is all that follows the topic's opening quote.
constexpr std::string_view kTrades = R"(publicTrade","symbol":"$symbol")";
constexpr std::string_view kBooks = R"(books","symbol":"$symbol")";
constexpr std::string_view kBest = R"(books1","symbol":"$symbol")";
constexpr std::string_view kTicker = R"(ticker","symbol":"$symbol")";
constexpr std::string_view kLiquidations = R"(liquidation")";

constexpr Channel kSpotChannels[] = {
    {Type::trade, kTrades, {}, nullptr, "spot"},
    {Type::book_change, kBooks, {}, nullptr, "spot"},
    {Type::book_ticker, kBest, {}, nullptr, "spot"},
};
// Liquidations, which are told for all symbols of a product, bring the ticker: from its
// acknowledgements a session learns what it carries.
constexpr Channel kFuturesChannels[] = {
    {Type::trade, kTrades, {}, is_usdt, "usdt-futures"},
    {Type::book_change, kBooks, {}, is_usdt, "usdt-futures"},
    {Type::book_ticker, kBest, {}, is_usdt, "usdt-futures"},
    {Type::derivative_ticker, kTicker, {}, is_usdt, "usdt-futures"},
    {Type::liquidation, kTicker, {}, is_usdt, "usdt-futures"},
    {Type::liquidation, kLiquidations, {}, is_usdt, "usdt-futures", all_symbols},
    {Type::trade, kTrades, {}, is_usdc, "usdc-futures"},
    {Type::book_change, kBooks, {}, is_usdc, "usdc-futures"},
    {Type::book_ticker, kBest, {}, is_usdc, "usdc-futures"},
    {Type::derivative_ticker, kTicker, {}, is_usdc, "usdc-futures"},
    {Type::liquidation, kTicker, {}, is_usdc, "usdc-futures"},
    {Type::liquidation, kLiquidations, {}, is_usdc, "usdc-futures", all_symbols},
    {Type::trade, kTrades, {}, is_coin, "coin-futures"},
    {Type::book_change, kBooks, {}, is_coin, "coin-futures"},
    {Type::book_ticker, kBest, {}, is_coin, "coin-futures"},
    {Type::derivative_ticker, kTicker, {}, is_coin, "coin-futures"},
    {Type::liquidation, kTicker, {}, is_coin, "coin-futures"},
    {Type::liquidation, kLiquidations, {}, is_coin, "coin-futures", all_symbols},
};

// Fewer than 50 channels a connection are advised. It may send 240 requests an hour: one is enough.
constexpr Subscribing subscribing(std::span<const Channel> channels) {
  return {.url = kUrl,
          .channels = channels,
          .argument = R"({"instType":"$option","topic":"$channel})",
          .subscribe = R"({"op":"subscribe","args":[$arguments]})",
          .unsubscribe = R"({"op":"unsubscribe","args":[$arguments]})",
          .streams_per_connection = 46,
          .arguments_per_request = 0};
}
constexpr Subscribing kSpot = subscribing(kSpotChannels);
constexpr Subscribing kFutures = subscribing(kFuturesChannels);

// Up to 1000 from the hole's end backward, of 90 days. Version 3 has the latest 100 alone.
std::string missing_trades(std::string_view query, const TradeHole& hole) {
  std::string request =
      fmt::format("/api/v2/{}symbol={}&limit=1000", query, percent_encode(hole.symbol));
  if (!hole.before_id.empty()) request += fmt::format("&idLessThan={}", hole.before_id);
  return request;
}
std::string missing_spot_trades(const TradeHole& hole) {
  return missing_trades("spot/market/fills-history?", hole);
}
std::string missing_futures_trades(const TradeHole& hole) {
  const char* const product = is_usdt(hole.symbol)   ? "USDT"
                              : is_usdc(hole.symbol) ? "USDC"
                                                     : "COIN";
  return missing_trades(fmt::format("mix/market/fills-history?productType={}-FUTURES&", product),
                        hole);
}

class BitgetSession final : public Session {
 public:
  explicit BitgetSession(std::string_view id) : id_(id) {}

  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    if (frame.data == "pong") return FrameKind::heartbeat;
    event_ = action_ = product_ = topic_ = symbol_ = pushed_ = {};
    rows_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(id_, frame.data);
    if (!event_.empty()) return on_control();
    const bool is_futures = product_.ends_with("-futures") || product_.ends_with("-FUTURES");
    if (!is_futures && product_ != "spot" && product_ != "SPOT") return FrameKind::unknown;
    if (is_futures != (id_ == kFuturesId)) return FrameKind::ignored;  // the other venue's
    if (topic_ == "publicTrade" || topic_ == "trade") return on_trades(out);
    if (topic_ == "books") return each([&](Row& row) { return on_book(row, out); });
    if (topic_ == "books1") return each([&](Row& row) { return on_best(row, out); });
    if (topic_ == "ticker" && is_futures)
      return each([&](Row& row) { return on_ticker(row, out); });
    if (topic_ == "liquidation") return each([&](Row& row) { return on_liquidation(row, out); });
    const bool known = topic_ == "ticker" || topic_.starts_with("books") ||
                       topic_.starts_with("candle") || topic_ == "kline";
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "fills-history") return on_fills(reply, out);
    return what == "instruments" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "action") return value.text(action_);
    if (key == "arg") {
      return value.object([this](json::Key name, json::Value& field) {
        if (name == "instType") return field.text(product_);
        if (name == "topic" || name == "channel") return field.text(topic_);
        if (name == "symbol" || name == "instId") return field.text(symbol_);
        return true;
      });
    }
    if (key == "data") return value.array([this](json::Value& row) { return read_row(row); });
    if (key == "ts") return value.text(pushed_);
    if (key == "event") return value.text(event_);
    return true;
  }

  // Rows of version 1, which are arrays, say nothing.
  bool read_row(json::Value& value) {
    Row& row = rows_.emplace_back();
    return !value.is_object() || value.object([&](json::Key key, json::Value& field) {
      return read_field(key, field, row);
    });
  }

  // The second name of a pair is that of version 2, or of liquidations.
  bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "symbol") return value.text(row.symbol);
    if (key == "T" || key == "ts") return value.text(row.time);
    if (key == "i" || key == "tradeId") return value.text(row.id);
    if (key == "p" || key == "P" || key == "price") return value.text(row.price);
    if (key == "v" || key == "size" || key == "amount") return value.text(row.amount);
    if (key == "S" || key == "side") return value.text(row.side);
    if (key == "b" || key == "bids") return value.levels(bids_);
    if (key == "a" || key == "asks") return value.levels(asks_);
    if (key == "pseq") return value.text(row.prev_seq);
    if (key == "seq") return value.text(row.seq);
    if (key == "checksum") return value.text(row.checksum);
    if (key == "lastPrice" || key == "lastPr") return value.text(row.last);
    if (key == "markPrice") return value.text(row.mark);
    if (key == "indexPrice") return value.text(row.index);
    if (key == "openInterest" || key == "holdingAmount") return value.text(row.open_interest);
    if (key == "fundingRate") return value.text(row.funding);
    if (key == "nextFundingTime") return value.text(row.funding_time);
    return true;
  }

  template <typename Give>  // Result<FrameKind>(Row&)
  Result<FrameKind> each(Give&& give) {
    return give_each(rows_, [&](Row& row) {
      if (!symbol_.empty()) row.symbol = symbol_;
      if (row.time.empty()) row.time = pushed_;
      return give(row);
    });
  }

  // Acknowledgements tell what this connection carries.
  Result<FrameKind> on_control() {
    if (event_ == "error") return FrameKind::error;
    if (event_ == "subscribe" && !symbol_.empty()) entry(carried_, symbol_) = true;
    return event_ == "subscribe" || event_ == "unsubscribe" ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_trades(Sink& out) {
    if (action_ == "snapshot") return FrameKind::history;
    return give_reversed(out);
  }

  Result<FrameKind> give_reversed(Sink& out) {
    std::reverse(rows_.begin(), rows_.end());
    return each([&](const Row& row) { return give_trade(id_, row, out); });
  }

  // {"code":"00000","data":[..]}: rows of version 2, newest first, with the ids of version 3.
  Result<FrameKind> on_fills(const Reply& reply, Sink& out) {
    const Result<std::string> symbol = percent_decode(query_value(reply.request, "symbol"));
    if (!symbol || symbol->empty()) return malformed(id_, "trades to a request without symbol");
    std::string_view code;
    rows_.clear();
    const bool read = parser_.read_object(reply.data, [&](json::Key key, json::Value& value) {
      if (key == "code") return value.text(code);
      if (!(key == "data") || !value.is_array()) return true;
      return value.array([this](json::Value& row) { return read_row(row); });
    });
    if (!read) return malformed(id_, "broken list of trades");
    if (code != "00000") return FrameKind::error;
    symbol_ = *symbol;
    pushed_ = {};
    return give_reversed(out);
  }

  Result<FrameKind> on_book(Row& row, Sink& out) {
    if (!row.seq.empty() || row.checksum == "0") row.checksum = {};
    return give_book(id_, row, action_ == "snapshot", bids_, asks_, out);
  }

  Result<FrameKind> on_best(Row& row, Sink& out) {
    row.seq = {};  // that it is the number of `books` is written nowhere
    return give_book_ticker(id_, row, bids_, asks_, out);
  }

  // A contract without a next funding has no funding.
  Result<FrameKind> on_ticker(Row& row, Sink& out) {
    if (row.funding_time.empty() || row.funding_time == "0") row.funding = row.funding_time = {};
    return give_derivative_ticker(id_, row, out);
  }

  // Of all symbols of a product: those of other connections are passed over. The side is the
  // position's: buy = a long was liquidated.
  Result<FrameKind> on_liquidation(Row& row, Sink& out) {
    if (!carried_.empty() && carried_.find(row.symbol) == carried_.end()) return FrameKind::empty;
    row.side = row.side == "buy" ? "sell" : row.side == "sell" ? "buy" : row.side;
    return give_liquidation(id_, row, out);
  }

  const std::string_view id_;
  json::Parser parser_;
  std::string_view event_, action_, product_, topic_, symbol_, pushed_;
  std::vector<Row> rows_;
  std::vector<Level> bids_, asks_;
  BySymbol<bool> carried_;
};

// A price step stands as such (futures) or as a number of decimals (spot).
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      "bitget", data, "data", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "baseCoin") return value.text(row.base);
        if (key == "quoteCoin") return value.text(row.quote);
        if (key == "status") return value.text(row.status);
        if (key == "type") return value.text(row.kind);
        if (key == "category") return value.text(row.extra);
        if (key == "priceMultiplier") return value.text(row.tick);
        if (key == "quantityMultiplier") return value.text(row.step);
        if (key == "pricePrecision") return value.text(row.tick_decimals);
        if (key == "quantityPrecision") return value.text(row.step_decimals);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        if (row.extra.ends_with("FUTURES"))
          market.kind = row.kind == "delivery" ? "future" : "perpetual";
        market.active = row.status == "online";
        return true;
      });
}

constexpr std::string_view kSpotLists[] = {"/api/v3/market/instruments?category=SPOT"};
constexpr std::string_view kFuturesLists[] = {"/api/v3/market/instruments?category=USDT-FUTURES",
                                              "/api/v3/market/instruments?category=USDC-FUTURES",
                                              "/api/v3/market/instruments?category=COIN-FUTURES"};

// 10 messages a second, pings included; 300 connections in five minutes, closed after a day; 20
// REST requests a second.
constexpr Limits kLimits{.send_interval_ms = 200,
                         .ping_interval_ms = 20'000,
                         .ping = "ping",
                         .silence_ms = 60'000,
                         .max_age_ms = 24 * 3600 * 1000,
                         .connect_interval_ms = 1000,
                         .rest_interval_ms = 100};

}  // namespace

const Venue bitget{
    .id = kSpotId,
    .ws_url = kUrl,
    .rest_url = "https://api.bitget.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    .limits = kLimits,
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .checksum_depth = kChecksumDepth,
             .checksum = crc32_of_pairs,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSpot, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_spot_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kSpotLists,
    .connections = [](const Subscription& s) { return connections(kSpot, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> {
      return std::make_unique<BitgetSession>(kSpotId);
    },
};

const Venue bitget_futures{
    .id = kFuturesId,
    .ws_url = kUrl,
    .rest_url = "https://api.bitget.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    .limits = kLimits,
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .checksum_depth = kChecksumDepth,
             .checksum = crc32_of_pairs,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kFutures, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_futures_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kFuturesLists,
    .connections = [](const Subscription& s) { return connections(kFutures, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> {
      return std::make_unique<BitgetSession>(kFuturesId);
    },
};

}  // namespace md::venue
