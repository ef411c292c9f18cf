// CoinEx: spot and perpetual futures, API version 2.
// https://docs.coinex.com/api/v2/spot/market/ws/market-depth (read 2026-11-20)
//
// Two venues, since spot and futures share names (BTCUSDT). Frames are gzip. Book (depth of 50
// levels, every 200 ms):
//   1. is_full true, which comes on subscribing and every minute, replaces all;  2. is_full false
//   is a change;  3. each carries a CRC-32 of "bid:amount:..:ask:amount:.." over the 50 levels, in
//   the digits of the wire: where it differs, unsubscribe and subscribe.
// The first message of a market's trades tells old ones; each tells the newest first. Liquidations
// come by REST alone. Amounts of inverse markets are contracts of 1 USD, which nobody has checked.
#include <fmt/format.h>

#include <algorithm>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/history.hpp"
#include "venue/inflate.hpp"
#include "venue/markets.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kSpotId = "coinex", kFuturesId = "coinex-futures";
constexpr std::string_view kSpotUrl = "wss://socket.coinex.com/v2/spot";
constexpr std::string_view kFuturesUrl = "wss://socket.coinex.com/v2/futures";
constexpr int kDepth = 50;  // the most there is

// A channel's name here is its argument, and the option its method.
constexpr std::string_view kMarket = R"("$symbol")";
constexpr std::string_view kBook = R"(["$symbol",50,"0",false])";
constexpr Channel kSpotChannels[] = {
    {Type::trade, kMarket, {}, nullptr, "deals"},
    {Type::book_change, kBook, {}, nullptr, "depth"},
    {Type::book_ticker, kMarket, {}, nullptr, "bbo"},
};
constexpr Channel kFuturesChannels[] = {
    {Type::trade, kMarket, {}, nullptr, "deals"},
    {Type::book_change, kBook, {}, nullptr, "depth"},
    {Type::book_ticker, kMarket, {}, nullptr, "bbo"},
    {Type::derivative_ticker, kMarket, {}, nullptr, "state"},
};

// How much a connection bears is written nowhere; modest. A book is all that is ever left.
constexpr Subscribing subscribing(std::string_view url, std::span<const Channel> channels) {
  return {.url = url,
          .channels = channels,
          .argument = "$channel",
          .subscribe =
              R"({"method":"$option.subscribe","params":{"market_list":[$arguments]},"id":$id})",
          .unsubscribe =
              R"({"method":"$option.unsubscribe","params":{"market_list":["$symbol"]},"id":$id})",
          .request_per_channel = true,
          .streams_per_connection = 300,
          .arguments_per_request = 0};
}
constexpr Subscribing kSpot = subscribing(kSpotUrl, kSpotChannels);
constexpr Subscribing kFutures = subscribing(kFuturesUrl, kFuturesChannels);

class CoinexSession final : public Session {
 public:
  explicit CoinexSession(std::string_view id) : id_(id) {}

  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    std::string_view text;
    if (!inflater_.inflate(frame.data, text)) return malformed(id_, "broken compression");
    method_ = code_ = result_ = is_full_ = {};
    root_ = {};
    rows_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(text, read)) return not_an_object(id_, text);
    if (method_ == "deals.update") return on_trades(out);
    if (method_ == "depth.update")
      return give_book(id_, root_, is_full_ == "true", bids_, asks_, out);
    if (method_ == "bbo.update") return give_book_ticker(id_, root_, out);
    if (method_ == "state.update" && id_ == kFuturesId)
      return give_each(rows_, [&](const Row& r) { return give_derivative_ticker(id_, r, out); });
    if (method_ == "state.update" || method_ == "index.update") return FrameKind::ignored;
    if (!method_.empty() || code_.empty()) return FrameKind::unknown;
    if (code_ != "0") return FrameKind::error;
    return result_ == "pong" ? FrameKind::heartbeat : FrameKind::ack;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "deals") {
      return give_history(id_, reply, query_value(reply.request, "market"), "data", read_field,
                          [&](const Row& row) { return give_trade(id_, row, out); });
    }
    return what == "market" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "method") return value.text(method_);
    if (key == "code") return value.text(code_);
    if (key == "data") {
      return !value.is_object() || value.object([this](json::Key name, json::Value& field) {
        return read_data(name, field);
      });
    }
    return true;
  }

  bool read_data(json::Key key, json::Value& value) {
    if (key == "deal_list" || key == "state_list") {
      return value.array([this](json::Value& element) {
        Row& row = rows_.emplace_back();
        return element.object(
            [&](json::Key name, json::Value& field) { return read_field(name, field, row); });
      });
    }
    if (key == "depth") {
      return value.object([this](json::Key name, json::Value& field) {
        if (name == "bids") return field.levels(bids_);
        if (name == "asks") return field.levels(asks_);
        return read_field(name, field, root_);
      });
    }
    if (key == "is_full") return value.text(is_full_);
    if (key == "result") return value.text(result_);
    return read_field(key, value, root_);
  }

  static bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "market") return value.text(row.symbol);
    if (key == "created_at" || key == "updated_at") return value.text(row.time);
    if (key == "deal_id") return value.text(row.id);
    if (key == "side") return value.text(row.side);
    if (key == "price") return value.text(row.price);
    if (key == "amount") return value.text(row.amount);
    if (key == "checksum") return value.text(row.checksum);
    if (key == "best_bid_price") return value.text(row.bid);
    if (key == "best_bid_size") return value.text(row.bid_amount);
    if (key == "best_ask_price") return value.text(row.ask);
    if (key == "best_ask_size") return value.text(row.ask_amount);
    if (key == "last") return value.text(row.last);
    if (key == "mark_price") return value.text(row.mark);
    if (key == "index_price") return value.text(row.index);
    if (key == "open_interest_size") return value.text(row.open_interest);
    if (key == "latest_funding_rate") return value.text(row.funding);
    if (key == "latest_funding_time") return value.text(row.funding_time);
    if (key == "next_funding_rate") return value.text(row.predicted_funding);
    return true;
  }

  Result<FrameKind> on_trades(Sink& out) {
    if (root_.symbol.empty()) return malformed(id_, "trades lack market");
    bool& has_history = entry(has_history_, root_.symbol);
    if (!has_history) {
      has_history = true;
      return FrameKind::history;
    }
    std::reverse(rows_.begin(), rows_.end());
    return give_each(rows_, [&](Row& row) {
      row.symbol = root_.symbol;
      return give_trade(id_, row, out);
    });
  }

  const std::string_view id_;
  Inflater inflater_;
  json::Parser parser_;
  std::string_view method_, code_, result_, is_full_;
  Row root_;
  std::vector<Row> rows_;
  std::vector<Level> bids_, asks_;
  BySymbol<bool> has_history_;
};

// Of all bids, then all asks.
std::uint32_t checksum(const BookSides& book) {
  std::string text;
  for (const std::span<const Level> side : {book.bids, book.asks}) {
    for (const Level& level : side)
      text += level.price.to_wire() + ':' + level.amount.to_wire() + ':';
  }
  if (!text.empty()) text.pop_back();
  return crc32(text);
}

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      "coinex", data, "data", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "market") return value.text(row.symbol);
        if (key == "base_ccy") return value.text(row.base);
        if (key == "quote_ccy") return value.text(row.quote);
        if (key == "status") return value.text(row.status);
        if (key == "contract_type") return value.text(row.kind);
        if (key == "is_market_available") return value.text(row.extra);
        if (key == "tick_size") return value.text(row.tick);
        if (key == "quote_ccy_precision") return value.text(row.tick_decimals);
        if (key == "base_ccy_precision") return value.text(row.step_decimals);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        if (!row.kind.empty()) market.kind = "perpetual";
        if (row.kind == "inverse") {
          market.contract_size = Decimal{1, 0};
          market.step = {};  // the one told is of base units
        }
        market.active = row.extra != "false" && (row.status.empty() || row.status == "online");
        return true;
      });
}

// To which side of it `last_id` leads is not documented: not used.
std::string recent_spot_trades(const TradeHole& hole) {
  return fmt::format("/v2/spot/deals?market={}&limit=1000", percent_encode(hole.symbol));
}

std::string recent_futures_trades(const TradeHole& hole) {
  return fmt::format("/v2/futures/deals?market={}&limit=1000", percent_encode(hole.symbol));
}

constexpr std::string_view kSpotLists[] = {"/v2/spot/market"};
constexpr std::string_view kFuturesLists[] = {"/v2/futures/market"};

// Closed after a minute without a message of ours.
constexpr Limits kLimits{.send_interval_ms = 100,
                         .ping_interval_ms = 20'000,
                         .ping = R"({"method":"server.ping","params":{},"id":0})",
                         .silence_ms = 60'000,
                         .connect_interval_ms = 1000,
                         .rest_interval_ms = 100};

}  // namespace

const Venue coinex{
    .id = kSpotId,
    .ws_url = kSpotUrl,
    .rest_url = "https://api.coinex.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    .limits = kLimits,
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .depth = kDepth,
             .checksum_depth = kDepth,
             .checksum = checksum,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSpot, s); }},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = recent_spot_trades},
    .market_lists = kSpotLists,
    .connections = [](const Subscription& s) { return connections(kSpot, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> {
      return std::make_unique<CoinexSession>(kSpotId);
    },
};

const Venue coinex_futures{
    .id = kFuturesId,
    .ws_url = kFuturesUrl,
    .rest_url = "https://api.coinex.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker},
    .limits = kLimits,
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .depth = kDepth,
             .checksum_depth = kDepth,
             .checksum = checksum,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kFutures, s); }},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = recent_futures_trades},
    .market_lists = kFuturesLists,
    .connections = [](const Subscription& s) { return connections(kFutures, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> {
      return std::make_unique<CoinexSession>(kFuturesId);
    },
};

}  // namespace md::venue
