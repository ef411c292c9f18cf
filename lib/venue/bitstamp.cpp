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

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/registry.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "bitstamp";
constexpr std::string_view kUrl = "wss://ws.bitstamp.net";
constexpr std::size_t kMaxSymbols = 300;  // 1024 channels a connection, three a perpetual

// The symbol is what follows the channel's name.
constexpr std::string_view kTrades = "live_trades_";
constexpr std::string_view kBook = "diff_order_book_";
constexpr std::string_view kFunding = "funding_rate_";
constexpr std::string_view kIgnored[] = {"order_book_", "detail_order_book_", "live_orders_"};

bool is_perpetual(std::string_view symbol) { return symbol.ends_with("-perp"); }

std::string snapshot_request(std::string_view symbol) {
  return fmt::format("/api/v2/order_book/{}/?group=1", percent_encode(symbol));
}

// The fields of `data`; `event` and `channel` come behind it.
struct Fields {
  std::string_view event, channel, id, id_text, price, amount, type, time, seconds;
  std::string_view mark_price, index_price, funding_rate, next_funding_time;
  bool has_bids, has_asks;
};

class BitstampSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    clear();
    const auto read = [this](json::Key key, json::Value& value) {
      if (key == "data") {
        if (!value.is_object()) return true;  // control frames have an empty text here
        return value.object([this](json::Key k, json::Value& v) { return read_field(k, v); });
      }
      if (key == "channel") return value.text(fields_.channel);
      if (key == "event") return value.text(fields_.event);
      return true;
    };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    const std::string_view event = fields_.event, channel = fields_.channel;
    if (event.starts_with("bts:")) return on_control(out);
    if (channel.starts_with(kBook)) return event == "data" ? on_diff(out) : FrameKind::unknown;
    if (channel.starts_with(kTrades)) return event == "trade" ? on_trade(out) : FrameKind::unknown;
    if (channel.starts_with(kFunding))
      return event == "funding_rate_saved" ? on_funding(out) : FrameKind::unknown;
    for (const std::string_view ignored : kIgnored) {
      if (channel.starts_with(ignored)) return FrameKind::ignored;
    }
    return FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view path = url_path(reply.request);
    if (path.starts_with("/api/v2/order_book/")) return on_snapshot(reply, out);
    const std::string_view what = last_component(reply.request);
    return what == "markets" || what == "trading-pairs-info" ? FrameKind::markets
                                                             : FrameKind::unknown;
  }

 private:
  void clear() {
    fields_ = {};
    bids_.clear();
    asks_.clear();
  }

  bool read_field(json::Key key, json::Value& value) {
    if (key == "microtimestamp") return value.text(fields_.time);
    if (key == "bids") return fields_.has_bids = value.levels(bids_);
    if (key == "asks") return fields_.has_asks = value.levels(asks_);
    if (key == "timestamp") return value.text(fields_.seconds);
    if (key == "id") return value.text(fields_.id);
    if (key == "id_str") return value.text(fields_.id_text);
    if (key == "price_str") return value.text(fields_.price);
    if (key == "amount_str") return value.text(fields_.amount);
    if (key == "type") return value.text(fields_.type);
    if (key == "mark_price") return value.text(fields_.mark_price);
    if (key == "index_price") return value.text(fields_.index_price);
    if (key == "funding_rate") return value.text(fields_.funding_rate);
    if (key == "next_funding_time") return value.text(fields_.next_funding_time);
    return true;
  }

  static Micros read_time(std::string_view text) {
    std::int64_t number;
    Micros time = 0;
    if (read_integer(text, number)) micros_from_number(number, time);
    return time;
  }
  Micros time() const { return read_time(fields_.time.empty() ? fields_.seconds : fields_.time); }

  Result<FrameKind> on_control(Sink& out) {
    const std::string_view what = fields_.event.substr(4);
    if (what == "subscription_succeeded" || what == "unsubscription_succeeded")
      return FrameKind::ack;
    if (what == "heartbeat") return FrameKind::heartbeat;
    if (what == "error") return FrameKind::error;
    if (what == "request_reconnect") {
      out.on_request({Request::Kind::reconnect, "bts:request_reconnect"});
      return FrameKind::status;
    }
    return FrameKind::unknown;
  }

  Result<FrameKind> on_diff(Sink& out) {
    const std::string_view symbol = fields_.channel.substr(kBook.size());
    const Micros at = time();
    if (symbol.empty() || at == 0) return malformed(kId, "diff lacks its market or microtimestamp");
    if (bids_.empty() && asks_.empty()) return FrameKind::empty;
    out.on_book({symbol, at, false, bids_, asks_, {}, {}, {}});
    return FrameKind::data;
  }

  // `type`: 0 the taker bought, 1 the taker sold.
  Result<FrameKind> on_trade(Sink& out) {
    const std::string_view symbol = fields_.channel.substr(kTrades.size());
    Trade trade;
    trade.id = fields_.id_text.empty() ? fields_.id : fields_.id_text;
    if (symbol.empty() || trade.id.empty() || !Decimal::parse_padded(fields_.price, trade.price) ||
        !Decimal::parse_padded(fields_.amount, trade.amount)) {
      return malformed(kId, "trade lacks its market, id, price_str or amount_str");
    }
    if (fields_.type != "0" && fields_.type != "1") return malformed(kId, "trade lacks type");
    trade.side = fields_.type == "0" ? Side::buy : Side::sell;
    out.on_event({{}, symbol, time(), 0, trade});
    return FrameKind::data;
  }

  Result<FrameKind> on_funding(Sink& out) {
    const std::string_view symbol = fields_.channel.substr(kFunding.size());
    DerivativeTicker ticker;
    if (symbol.empty() || !read_optional(fields_.funding_rate, ticker.funding_rate) ||
        !read_optional(fields_.index_price, ticker.index_price) ||
        !read_optional(fields_.mark_price, ticker.mark_price)) {
      return malformed(kId, "funding frame lacks its market or has a broken number");
    }
    if (!ticker.funding_rate && !ticker.index_price && !ticker.mark_price) return FrameKind::empty;
    if (const Micros next = read_time(fields_.next_funding_time); next != 0)
      ticker.funding_timestamp = next;
    out.on_event({{}, symbol, time(), 0, ticker});
    return FrameKind::data;
  }

  Result<FrameKind> on_snapshot(const Reply& reply, Sink& out) {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_field(key, value); };
    const Result<std::string> symbol = percent_decode(last_component(reply.request));
    if (!parser_.read_object(reply.data, read) || !symbol)
      return malformed(kId, "broken order_book answer");
    if (!fields_.has_bids || !fields_.has_asks || time() == 0) {  // seen; the next answer is whole
      out.on_request({Request::Kind::fetch, snapshot_request(*symbol)});
      return FrameKind::error;
    }
    out.on_book({*symbol, time(), true, bids_, asks_, {}, {}, {}});
    return FrameKind::data;
  }

  json::Parser parser_;
  Fields fields_{};
  std::vector<Level> bids_, asks_;
};

// One channel a frame: frames over 512 bytes are refused.
std::vector<Connection> connections(const Subscription& subscription) {
  struct Channel {
    Type type;
    std::string_view name;
  };
  constexpr Channel kChannels[] = {
      {Type::trade, kTrades}, {Type::book_change, kBook}, {Type::derivative_ticker, kFunding}};
  std::vector<Connection> out;
  for (const auto symbols : portions(subscription.symbols, kMaxSymbols)) {
    Connection connection{std::string(kUrl), {}, {}};
    for (const std::string& symbol : symbols) {
      const std::size_t before = connection.send.size();
      for (const Channel& channel : kChannels) {
        if (!subscription.types.has(channel.type)) continue;
        if (channel.type == Type::derivative_ticker && !is_perpetual(symbol)) continue;
        connection.send.push_back(fmt::format(
            R"({{"event":"bts:subscribe","data":{{"channel":"{}{}"}}}})", channel.name, symbol));
      }
      if (connection.send.size() != before) connection.symbols.push_back(symbol);
    }
    if (!connection.send.empty()) out.push_back(std::move(connection));
  }
  return out;
}

// [{"market_symbol":"btcusd","name":"BTC/USD","base_decimals":8,..}, ...]; before 2025 the symbol
// is `url_symbol`, and there are neither currencies nor types.
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  json::Parser parser;
  const bool read = parser.read_array(data, [&](json::Value& row) {
    Market market;
    std::string_view symbol, name, base, quote, trading, type;
    const auto read_step = [](json::Value& value, Decimal& to) {
      std::int64_t decimals;
      return value.integer(decimals) && step_of(decimals, to);
    };
    const bool whole = row.object([&](json::Key key, json::Value& value) {
      if (key == "market_symbol" || key == "url_symbol") return value.text(symbol);
      if (key == "name") return value.text(name);
      if (key == "base_currency") return value.text(base);
      if (key == "counter_currency") return value.text(quote);
      if (key == "base_decimals") return read_step(value, market.step);
      if (key == "counter_decimals") return read_step(value, market.tick);
      if (key == "trading") return value.text(trading);
      if (key == "market_type") return value.text(type);
      return true;
    });
    if (!whole || symbol.empty()) return false;
    const std::size_t slash = name.find('/');
    if (base.empty()) base = name.substr(0, slash);
    if (quote.empty() && slash != std::string_view::npos) quote = name.substr(slash + 1);
    market.symbol = symbol;
    market.base = base;
    market.quote = quote;
    market.kind = type == "PERPETUAL" || is_perpetual(symbol) ? "perpetual" : "spot";
    market.active = trading == "Enabled";
    out.push_back(std::move(market));  // amounts are base units, those of perpetuals too
    return true;
  });
  if (!read) return malformed(kId, "broken market list");
  return {};
}

constexpr std::string_view kMarketLists[] = {"/api/v2/markets/"};

}  // namespace

const Venue bitstamp{
    .id = "bitstamp",
    .ws_url = kUrl,
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
    .market_lists = kMarketLists,
    .connections = connections,
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<BitstampSession>(); },
};

}  // namespace md::venue
