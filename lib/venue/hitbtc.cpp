// HitBTC, API v3: spot and perpetuals. https://api.hitbtc.com/#socket-market-data (read 2026-11-20)
//
// A frame's data are keyed by symbol. Book (orderbook/full: all levels):
//   1. subscribe: "snapshot" comes on the stream;  2. an update continues if its `s` is the one
//   before plus 1 (documented for v2, not seen live);  3. else unsubscribe and subscribe.
// Trades of a "snapshot" are history. Trade ids are one counter of all symbols. Amounts are base
// units, those of perpetuals too; their funding and mark price come by REST alone. Pairs that are
// called USD may be of USDT: base and quote tell. v2 is another protocol: its frames are unknown.
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

constexpr std::string_view kId = "hitbtc";

constexpr std::string_view kTrades = "/api/3/public/trades/";

constexpr Channel kChannels[] = {
    {.type = Type::trade, .name = "trades", .option = R"(,"limit":0)"},  // no history
    {.type = Type::book_change, .name = "orderbook/full"},
    {.type = Type::book_ticker, .name = "orderbook/top/100ms"},
};
// What a connection bears is not documented.
constexpr Subscribing kSubscribing{
    .url = "wss://api.hitbtc.com/api/3/ws/public",
    .channels = kChannels,
    .argument = R"("$symbol")",
    .subscribe =
        R"({"method":"subscribe","ch":"$channel","params":{"symbols":[$arguments]$option},"id":$id})",
    .unsubscribe =
        R"({"method":"unsubscribe","ch":"$channel","params":{"symbols":[$arguments]},"id":$id})",
    .request_per_channel = true,
    .streams_per_connection = 300,
    .arguments_per_request = 50};

class HitbtcSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    channel_ = {};
    is_snapshot_ = has_result_ = has_error_ = false;
    rows_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (has_error_) return FrameKind::error;
    if (channel_ == "orderbook/full")
      return give_each(rows_, [&](BookRow& row) { return on_book(row, out); });
    if (channel_ == "trades") {
      if (is_snapshot_) return FrameKind::history;
      return give_each(rows_, [&](const Row& row) { return give_trade(kId, row, out); });
    }
    if (channel_.starts_with("orderbook/top/"))
      return give_each(rows_, [&](const Row& row) { return give_book_ticker(kId, row, out); });
    const bool known = channel_.starts_with("orderbook/D") || channel_.starts_with("ticker/") ||
                       channel_.starts_with("candles/") || channel_.starts_with("price/");
    if (known) return FrameKind::ignored;
    return has_result_ ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (url_path(reply.request).starts_with(kTrades)) {
      return give_history(kId, reply, last_component(reply.request), {}, read_past_trade,
                          [&](const Row& row) { return give_trade(kId, row, out); });
    }
    return last_component(reply.request) == "symbol" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "ch") return value.text(channel_);
    if (key == "update" || key == "data") return read_symbols(value);
    if (key == "snapshot") return (is_snapshot_ = true) && read_symbols(value);
    if (key == "result") return has_result_ = true;
    if (key == "error") return has_error_ = true;
    return true;
  }

  // {"BTCUSDT":{...}} or {"BTCUSDT":[{...}, ...]}
  bool read_symbols(json::Value& value) {
    return !value.is_object() || value.object([this](json::Key symbol, json::Value& rows) {
      const auto read_row = [&](json::Value& row) { return this->read_row(symbol.text(), row); };
      return rows.is_array() ? rows.array(read_row) : read_row(rows);
    });
  }

  bool read_row(std::string_view symbol, json::Value& value) {
    if (!value.is_object()) return true;
    BookRow& row = rows_.emplace_back();
    row.symbol = symbol;
    return value.object(
        [&](json::Key key, json::Value& field) { return read_field(key, field, row); });
  }

  // `a` and `b` are a price at the top, all levels in the book; `s` is a side or a number.
  bool read_field(json::Key key, json::Value& value, BookRow& row) {
    switch (key.letter()) {
      case 't':
        return value.text(row.time);
      case 'i':
        return value.text(row.id);
      case 'p':
        return value.text(row.price);
      case 'q':
        return value.text(row.amount);
      case 's':
        return value.text(value.is_string() ? row.side : row.seq);
      case 'a':
        if (!value.is_array()) return value.text(row.ask);
        return row.asks.read(asks_, [&] { return value.levels(asks_); });
      case 'b':
        if (!value.is_array()) return value.text(row.bid);
        return row.bids.read(bids_, [&] { return value.levels(bids_); });
      case 'A':
        return value.text(row.ask_amount);
      case 'B':
        return value.text(row.bid_amount);
      default:
        return true;
    }
  }

  // By REST, names are written out.
  static bool read_past_trade(json::Key key, json::Value& value, Row& row) {
    if (key == "id") return value.text(row.id);
    if (key == "price") return value.text(row.price);
    if (key == "qty") return value.text(row.amount);
    if (key == "side") return value.text(row.side);
    if (key == "timestamp") return value.text(row.time);
    return true;
  }

  Result<FrameKind> on_book(BookRow& row, Sink& out) {
    std::int64_t s;
    if (!read_integer(row.seq, s)) return malformed(kId, "book message lacks s");
    const auto bids = row.bids.of(bids_), asks = row.asks.of(asks_);
    if (is_snapshot_) return give_book(kId, row, true, bids, asks, out);
    return give_book(kId, row, false, bids, asks, out, integer_before(s));
  }

  json::Parser parser_;
  std::string_view channel_;
  bool is_snapshot_ = false, has_result_ = false, has_error_ = false;
  std::vector<BookRow> rows_;
  std::vector<Level> bids_, asks_;
};

// {"BTCUSDT":{"type":"spot","base_currency":"BTC","quote_currency":"USDT",..}, ...}
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "type") return value.text(row.kind);
        if (key == "base_currency") return value.text(row.base);
        if (key == "underlying") return value.text(row.extra);
        if (key == "quote_currency") return value.text(row.quote);
        if (key == "status") return value.text(row.status);
        if (key == "tick_size") return value.text(row.tick);
        if (key == "quantity_increment") return value.text(row.step);
        if (key == "expiry") return value.text(row.extra2);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        if (row.kind == "futures") {
          market.kind = row.extra2.empty() || row.extra2 == "null" ? "perpetual" : "future";
          if (row.base.empty() || row.base == "null") market.base = row.extra;
        }
        market.active = row.status == "working";
        return true;
      });
}

std::string missing_trades(const TradeHole& hole) {
  std::string request = fmt::format("{}{}?limit=1000", kTrades, percent_encode(hole.symbol));
  if (const Seq last = whole_number(hole.after_id))
    request += fmt::format("&sort=ASC&by=id&from={}", integer_after(*last));
  return request;
}

constexpr std::string_view kMarketLists[] = {"/api/3/public/symbol"};

}  // namespace

const Venue hitbtc{
    .id = "hitbtc",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.hitbtc.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    // 30 REST requests a second; of connections nothing is documented.
    .limits = {.send_interval_ms = 200,
               .silence_ms = 60'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 50},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::forward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<HitbtcSession>(); },
};

}  // namespace md::venue
