// bitFlyer Lightning: spot, CFD (FX_BTC_JPY) and futures, JSON-RPC 2.0 over WebSocket.
// https://lightning.bitflyer.com/docs (read 2026-11-20)
//
// Book: lightning_board_ sends changes, lightning_board_snapshot_ the whole book on subscribing and
// now and then again. Neither has a time or a number, so nothing shows a loss; both stay
// subscribed, that each new snapshot may end one:
//   1. a snapshot replaces all;  2. changes follow, absolute sizes, 0 removes;  3. rows at price 0
//   are market orders that wait for an auction: passed over.
// Trades of auctions have an empty side. Their ids have no holes for FX_BTC_JPY alone: spot markets
// share one counter. The daily maintenance is at 19:00 UTC.
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

constexpr std::string_view kId = "bitflyer";

constexpr std::string_view kTrades = "lightning_executions_", kBoard = "lightning_board_",
                           kSnapshot = "lightning_board_snapshot_", kTicker = "lightning_ticker_";

// Changes are asked for first: none may be missing behind the snapshot.
constexpr Channel kChannels[] = {
    {Type::trade, kTrades},
    {Type::book_change, kBoard},
    {Type::book_change, kSnapshot},
    {Type::book_ticker, kTicker},
};
constexpr Subscribing kSubscribing{
    .url = "wss://ws.lightstream.bitflyer.com/json-rpc",
    .channels = kChannels,
    .argument = {},
    .subscribe =
        R"({"jsonrpc":"2.0","id":$id,"method":"subscribe","params":{"channel":"$channel$symbol"}})",
    .unsubscribe =
        R"({"jsonrpc":"2.0","id":$id,"method":"unsubscribe","params":{"channel":"$channel$symbol"}})",
    .streams_per_connection = 100};

// Up to 500 from the hole's end backward, of 31 days. That they reach beyond its beginning shows
// that nothing is left to be asked for.
std::string missing_trades(const TradeHole& hole) {
  std::string request =
      fmt::format("/v1/getexecutions?product_code={}&count=500", percent_encode(hole.symbol));
  if (!hole.before_id.empty()) request += fmt::format("&before={}", hole.before_id);
  return request;
}

class BitflyerSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    method_ = channel_ = {};
    has_message_ = has_bids_ = has_asks_ = has_result_ = has_error_ = false;
    trades_.clear();
    row_ = {};
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (method_ == "channelMessage") return on_message(out);
    if (!method_.empty()) return FrameKind::unknown;
    if (has_error_) return FrameKind::error;
    return has_result_ ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view path = url_path(reply.request);
    if (path == "/v1/getexecutions") return on_executions(reply, out);
    // Other regions have lists of their own, under either name.
    return path.starts_with("/v1/getmarkets") || path.starts_with("/v1/markets")
               ? FrameKind::markets
               : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "method") return value.text(method_);
    if (key == "result") return has_result_ = true;
    if (key == "error") return has_error_ = value.first() != 'n', true;
    if (!(key == "params") || !value.is_object()) return true;
    return value.object([this](json::Key name, json::Value& field) {
      if (name == "channel") return field.text(channel_);
      if (!(name == "message")) return true;
      has_message_ = true;
      if (field.is_array()) return field.array([this](json::Value& v) { return read_trade(v); });
      return !field.is_object() ||
             field.object([this](json::Key k, json::Value& v) { return read_field(k, v); });
    });
  }

  bool read_trade(json::Value& value) {
    Row& row = trades_.emplace_back();
    return value.object([&row](json::Key key, json::Value& field) {
      if (key == "id") return field.text(row.id);
      if (key == "side") return field.text(row.side);
      if (key == "price") return field.text(row.price);
      if (key == "size") return field.text(row.amount);
      if (key == "exec_date") return field.text(row.time);
      return true;
    });
  }

  bool read_field(json::Key key, json::Value& value) {
    if (key == "bids") return (has_bids_ = true) && read_side(value, bids_);
    if (key == "asks") return (has_asks_ = true) && read_side(value, asks_);
    if (key == "timestamp") return value.text(row_.time);
    if (key == "best_bid") return value.text(row_.bid);
    if (key == "best_bid_size") return value.text(row_.bid_amount);
    if (key == "best_ask") return value.text(row_.ask);
    if (key == "best_ask_size") return value.text(row_.ask_amount);
    return true;
  }

  // [{"price":1043400.0,"size":0.05}, ..]
  static bool read_side(json::Value& value, std::vector<Level>& side) {
    return value.array([&side](json::Value& element) {
      Level level;
      bool has_price = false, has_size = false;
      const bool read = element.object([&](json::Key key, json::Value& field) {
        if (key == "price") return has_price = field.decimal(level.price);
        if (key == "size") return has_size = field.decimal(level.amount);
        return true;
      });
      if (!level.price.is_zero()) side.push_back(level);
      return read && has_price && has_size;
    });
  }

  Result<FrameKind> on_message(Sink& out) {
    if (!has_message_) return malformed(kId, "frame lacks message");
    const auto is_of = [this](std::string_view prefix) {
      if (!channel_.starts_with(prefix)) return false;
      row_.symbol = channel_.substr(prefix.size());
      return true;
    };
    if (is_of(kTrades)) return give_trades(row_.symbol, out);
    if (is_of(kSnapshot)) return on_book(true, out);
    if (is_of(kBoard)) return on_book(false, out);
    return is_of(kTicker) ? give_book_ticker(kId, row_, out) : FrameKind::unknown;
  }

  Result<FrameKind> give_trades(std::string_view symbol, Sink& out) {
    return give_each(trades_, [&](Row& row) {
      row.symbol = symbol;
      if (row.side.empty()) row.side = "unknown";
      return give_trade(kId, row, out);
    });
  }

  // Rows as on the stream, newest first.
  Result<FrameKind> on_executions(const Reply& reply, Sink& out) {
    trades_.clear();
    const Result<std::string> symbol = percent_decode(query_value(reply.request, "product_code"));
    const auto read = [this](json::Value& value) { return read_trade(value); };
    if (!parser_.read_array(reply.data, read) || !symbol)
      return malformed(kId, "broken list of executions");
    std::reverse(trades_.begin(), trades_.end());
    return give_trades(*symbol, out);
  }

  Result<FrameKind> on_book(bool is_snapshot, Sink& out) {
    if (!has_bids_ || !has_asks_) return malformed(kId, "board lacks a side");
    return give_book(kId, row_, is_snapshot, bids_, asks_, out);
  }

  json::Parser parser_;
  std::string_view method_, channel_;
  bool has_message_ = false, has_bids_ = false, has_asks_ = false;
  bool has_result_ = false, has_error_ = false;
  std::vector<Row> trades_;
  Row row_;
  std::vector<Level> bids_, asks_;
};

// [{"product_code":"BTC_JPY","market_type":"Spot"}, ..]: nothing of steps or status.
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "product_code") return value.text(row.symbol);
        if (key == "market_type") return value.text(row.kind);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        std::string_view name = row.symbol;
        if (row.kind == "FX") {
          market.kind = "perpetual";
          if (name.starts_with("FX_")) name.remove_prefix(3);
        }
        const auto [base, quote] = split_first(name, '_');
        market.base = base;
        market.quote = quote;
        if (row.kind == "Futures") {  // BTCJPY24DEC2021
          market.kind = "future";
          market.base = name.substr(0, 3);
          market.quote = name.substr(std::min<std::size_t>(name.size(), 3), 3);
        }
        return true;
      });
}

constexpr std::string_view kMarketLists[] = {"/v1/getmarkets"};

}  // namespace

const Venue bitflyer{
    .id = kId,
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.bitflyer.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    // 500 REST requests in five minutes; of WebSockets no limit is documented.
    .limits = {.send_interval_ms = 100,
               .silence_ms = 60'000,
               .connect_interval_ms = 1'000,
               .rest_interval_ms = 600},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<BitflyerSession>(); },
};

}  // namespace md::venue
