// Bitstamp spot and USD perpetuals, WebSocket v2. https://www.bitstamp.net/websocket/v2/ (read
// 2026-11-20)
//
// Book (diff_order_book: full depth, no snapshot, no numbers, no checksum):
//   1. subscribe and hold the diffs;  2. GET /api/v2/order_book/{market}/?group=1;  3. an answer
//   older than the first held diff came from a cache: ask again;  4. drop diffs with microtimestamp
//   <= the answer's, apply the rest;  5. a lost diff does not show, so the snapshot is fetched
//   again from time to time.
// There is no best bid and offer channel and none of liquidations; open interest is not streamed.
// Trade ids rise over all markets, with holes. Prices and amounts as plain JSON numbers are rounded
// floats: the *_str fields are exact.
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

constexpr std::string_view kId = "bitstamp";

bool is_perpetual(std::string_view symbol) { return symbol.ends_with("-perp"); }

constexpr std::string_view kTrades = "live_trades_";
constexpr std::string_view kBook = "diff_order_book_";
constexpr std::string_view kFunding = "funding_rate_";
constexpr std::string_view kIgnored[] = {"order_book_", "detail_order_book_", "live_orders_"};

constexpr Channel kChannels[] = {
    {Type::trade, kTrades},
    {Type::book_change, kBook},
    {Type::derivative_ticker, kFunding, {}, is_perpetual},
};
// One channel a frame: frames over 512 bytes are refused.
constexpr Subscribing kSubscribing{
    .url = "wss://ws.bitstamp.net",
    .channels = kChannels,
    .argument = {},
    .subscribe = R"({"event":"bts:subscribe","data":{"channel":"$channel$symbol"}})",
    .unsubscribe = {},
    .streams_per_connection = 900};  // of 1024

std::string snapshot_request(std::string_view symbol) {
  return fmt::format("/api/v2/order_book/{}/?group=1", percent_encode(symbol));
}

// Those of the last hour or day, with times of whole seconds. A short hole is asked about soon.
std::string missing_trades(const TradeHole& hole) {
  const bool is_short = hole.after != 0 && hole.before != 0 && hole.before - hole.after < kHour / 2;
  return fmt::format("/api/v2/transactions/{}/?time={}", percent_encode(hole.symbol),
                     is_short ? "hour" : "day");
}

class BitstampSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    clear();
    std::string_view event, channel;
    const auto read = [&](json::Key key, json::Value& value) {
      if (key == "data") {
        if (!value.is_object()) return true;  // control frames have an empty text here
        return value.object([this](json::Key k, json::Value& v) { return read_field(k, v); });
      }
      if (key == "channel") return value.text(channel);
      if (key == "event") return value.text(event);
      return true;
    };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (event.starts_with("bts:")) return on_control(event, out);
    // The symbol is what follows the channel's name.
    const auto is = [&](std::string_view name) {
      row_.symbol = channel.substr(std::min(name.size(), channel.size()));
      return channel.starts_with(name);
    };
    if (is(kBook)) return event == "data" ? on_diff(out) : FrameKind::unknown;
    if (is(kTrades)) return event == "trade" ? on_trade(row_, out) : FrameKind::unknown;
    if (is(kFunding)) {
      return event == "funding_rate_saved" ? give_derivative_ticker(kId, row_, out)
                                           : FrameKind::unknown;
    }
    return std::ranges::any_of(kIgnored, is) ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view path = url_path(reply.request);
    if (path.starts_with("/api/v2/order_book/")) return on_snapshot(reply, out);
    if (path.starts_with("/api/v2/transactions/")) return on_transactions(reply, out);
    const std::string_view what = last_component(reply.request);
    return what == "markets" || what == "trading-pairs-info" ? FrameKind::markets
                                                             : FrameKind::unknown;
  }

 private:
  void clear() {
    row_ = {};
    has_microseconds_ = has_bids_ = has_asks_ = false;
    bids_.clear();
    asks_.clear();
  }

  bool read_field(json::Key key, json::Value& value) {
    if (key == "microtimestamp") return has_microseconds_ = value.text(row_.time);
    if (key == "bids") return has_bids_ = value.levels(bids_);
    if (key == "asks") return has_asks_ = value.levels(asks_);
    if (key == "timestamp") return has_microseconds_ || value.text(row_.time);
    if (key == "id") return !row_.id.empty() || value.text(row_.id);
    if (key == "id_str") return value.text(row_.id);
    if (key == "price_str") return value.text(row_.price);
    if (key == "amount_str") return value.text(row_.amount);
    if (key == "type") return value.text(row_.side);
    if (key == "mark_price") return value.text(row_.mark);
    if (key == "index_price") return value.text(row_.index);
    if (key == "funding_rate") return value.text(row_.funding);
    if (key == "next_funding_time") return value.text(row_.funding_time);
    return true;
  }

  static Result<FrameKind> on_control(std::string_view event, Sink& out) {
    if (event.ends_with("subscription_succeeded")) return FrameKind::ack;  // unsubscription_ too
    if (event == "bts:heartbeat") return FrameKind::heartbeat;
    if (event == "bts:error") return FrameKind::error;
    if (event != "bts:request_reconnect") return FrameKind::unknown;
    out.on_request({Request::Kind::reconnect, std::string(event)});
    return FrameKind::status;
  }

  // Without its time a diff cannot be put before or after a snapshot.
  Result<FrameKind> on_diff(Sink& out) {
    if (read_time(row_.time) == 0) return malformed(kId, "diff lacks microtimestamp");
    return give_book(kId, row_, false, bids_, asks_, out);
  }

  // `type`: 0 the taker bought, 1 the taker sold.
  static Result<FrameKind> on_trade(Row& row, Sink& out) {
    if (row.side != "0" && row.side != "1") return malformed(kId, "trade lacks type");
    row.side = row.side == "0" ? "buy" : "sell";
    return give_trade(kId, row, out);
  }

  // [{"tid":..,"date":seconds,"type":0,"price":..,"amount":..}], newest first.
  Result<FrameKind> on_transactions(const Reply& reply, Sink& out) {
    const Result<std::string> symbol = percent_decode(last_component(reply.request));
    std::vector<Row> rows;
    const bool read = parser_.read_array(reply.data, [&](json::Value& value) {
      Row& row = rows.emplace_back();
      return value.object([&row](json::Key key, json::Value& field) {
        if (key == "tid") return field.text(row.id);
        if (key == "date") return field.text(row.time);
        if (key == "type") return field.text(row.side);
        if (key == "price") return field.text(row.price);
        if (key == "amount") return field.text(row.amount);
        return true;
      });
    });
    if (!read || !symbol) return malformed(kId, "broken transactions answer");
    std::reverse(rows.begin(), rows.end());
    return give_each(rows, [&](Row& row) {
      row.symbol = *symbol;
      return on_trade(row, out);
    });
  }

  Result<FrameKind> on_snapshot(const Reply& reply, Sink& out) {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_field(key, value); };
    const Result<std::string> symbol = percent_decode(last_component(reply.request));
    if (!parser_.read_object(reply.data, read) || !symbol)
      return malformed(kId, "broken order_book answer");
    // Seen without its sides; the next answer is whole.
    if (!has_bids_ || !has_asks_ || read_time(row_.time) == 0) {
      out.on_request({Request::Kind::fetch, snapshot_request(*symbol), Urgency::first_book});
      return FrameKind::error;
    }
    row_.symbol = *symbol;
    return give_book(kId, row_, true, bids_, asks_, out);
  }

  json::Parser parser_;
  Row row_;
  bool has_microseconds_ = false, has_bids_ = false, has_asks_ = false;
  std::vector<Level> bids_, asks_;
};

// [{"market_symbol":"btcusd","name":"BTC/USD","base_decimals":8,..}, ...]; before 2025 the symbol
// is `url_symbol`, and there are neither currencies nor types. Amounts are base units, those of
// perpetuals too.
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, {}, out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "market_symbol" || key == "url_symbol") return value.text(row.symbol);
        if (key == "name") return value.text(row.extra);
        if (key == "base_currency") return value.text(row.base);
        if (key == "counter_currency") return value.text(row.quote);
        if (key == "base_decimals") return value.text(row.step_decimals);
        if (key == "counter_decimals") return value.text(row.tick_decimals);
        if (key == "trading") return value.text(row.status);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        const Halves name = split_first(row.extra, '/');
        if (row.base.empty()) market.base = name.before;
        if (row.quote.empty()) market.quote = name.behind;
        if (is_perpetual(row.symbol)) market.kind = "perpetual";
        market.active = row.status == "Enabled";
        return true;
      });
}

constexpr std::string_view kMarketLists[] = {"/api/v2/markets/"};

}  // namespace

const Venue bitstamp{
    .id = "bitstamp",
    .ws_url = kSubscribing.url,
    .rest_url = "https://www.bitstamp.net",
    .types = {Type::trade, Type::book_change, Type::derivative_ticker},
    // 10000 REST requests in ten minutes. Connections end after 90 days.
    .limits = {.send_interval_ms = 20,
               .ping_interval_ms = 15'000,
               .ping = R"({"event":"bts:heartbeat"})",
               .silence_ms = 40'000,
               .max_age_ms = std::int64_t{90} * 24 * 3600 * 1000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 250},
    .book = {.snapshot = BookRule::Snapshot::rest,
             .snapshot_request = snapshot_request,
             .refresh_ms = 30 * 60 * 1000},
    .book_merge = BookMerge::content,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<BitstampSession>(); },
};

}  // namespace md::venue
