// Gate spot and futures (perpetual and dated), WebSocket v4.
// https://www.gate.com/docs/developers/apiv4/ws/en/ (read 2026-11-20)
//
// Two venues, since spot and futures share names; the families of futures differ by path, and a
// socket is silent about contracts of another one. Book (obu: 400 levels, every 100 ms):
//   1. `full` replaces all, whenever it comes;  2. a change has U == u before it plus 1, also
//   where it has no levels;  3. else unsubscribe and subscribe;  4. levels that fall out of the 400
//   are sent with size 0.
// Recordings have order_book_update, which has no snapshot: GET order_book with id; drop u <= id;
// the first that counts has U <= id + 1 <= u; then as above.
// Sizes of futures are contracts: texts with the handshake's X-Gate-Size-Decimal, else rounded
// numbers. That a liquidation order's size > 0 buys, so that a short was liquidated, is not
// documented. `time` in requests is left out, which was seen to work.
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

// BTC_USDT_20261225
bool is_dated(std::string_view symbol) {
  const std::string_view last = split_last(symbol, '_').behind;
  return last.size() == 8 && last.find_first_not_of("0123456789") == std::string_view::npos;
}
bool is_usdt(std::string_view symbol) { return symbol.ends_with("_USDT"); }
bool is_btc(std::string_view symbol) { return symbol.ends_with("_USD"); }
bool is_usd1(std::string_view symbol) { return symbol.ends_with("_USD1"); }

constexpr std::string_view kOne = R"("$symbol")";
constexpr std::string_view kBook = R"("ob.$symbol.400")";
constexpr Channel kSpotChannels[] = {
    {Type::trade, "spot.trades", "/", nullptr, kOne},
    {Type::book_change, "spot.obu", "/", nullptr, kBook},
    {Type::book_ticker, "spot.book_ticker", "/", nullptr, kOne},
};
constexpr Channel kFuturesChannels[] = {
    {Type::trade, "futures.trades", "/usdt", is_usdt, kOne},
    {Type::book_change, "futures.obu", "/usdt", is_usdt, kBook},
    {Type::book_ticker, "futures.book_ticker", "/usdt", is_usdt, kOne},
    {Type::derivative_ticker, "futures.tickers", "/usdt", is_usdt, kOne},
    {Type::liquidation, "futures.public_liquidates", "/usdt", is_usdt, kOne},
    {Type::trade, "futures.trades", "/btc", is_btc, kOne},
    {Type::book_change, "futures.obu", "/btc", is_btc, kBook},
    {Type::book_ticker, "futures.book_ticker", "/btc", is_btc, kOne},
    {Type::derivative_ticker, "futures.tickers", "/btc", is_btc, kOne},
    {Type::liquidation, "futures.public_liquidates", "/btc", is_btc, kOne},
    {Type::trade, "futures.trades", "/usd1", is_usd1, kOne},
    {Type::book_change, "futures.obu", "/usd1", is_usd1, kBook},
    {Type::book_ticker, "futures.book_ticker", "/usd1", is_usd1, kOne},
    {Type::derivative_ticker, "futures.tickers", "/usd1", is_usd1, kOne},
    {Type::liquidation, "futures.public_liquidates", "/usd1", is_usd1, kOne},
    {Type::trade, "futures.trades", "/delivery/usdt", is_dated, kOne},
    {Type::book_change, "futures.obu", "/delivery/usdt", is_dated, kBook},
    {Type::book_ticker, "futures.book_ticker", "/delivery/usdt", is_dated, kOne},
    {Type::derivative_ticker, "futures.tickers", "/delivery/usdt", is_dated, kOne},
};

// A symbol a request: one that is refused takes no others with it. 150 streams were seen to work.
constexpr Subscribing subscribing(std::string_view url, std::span<const Channel> channels) {
  return {
      .url = url,
      .channels = channels,
      .subscribe = R"({"id":$id,"channel":"$channel","event":"subscribe","payload":[$option]})",
      .unsubscribe = R"({"id":$id,"channel":"$channel","event":"unsubscribe","payload":[$option]})",
      .streams_per_connection = 150};
}
constexpr Subscribing kSpot = subscribing("wss://api.gateio.ws/ws/v4", kSpotChannels);
constexpr Subscribing kFutures = subscribing("wss://fx-ws.gateio.ws/v4/ws", kFuturesChannels);

class GateSession final : public Session {
 public:
  explicit GateSession(std::string_view id) : id_(id) {}

  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(id_, frame.data);
    const auto [scope, channel] = split_first(channel_, '.');
    if (has_error_) return FrameKind::error;
    if (event_ == "subscribe" || event_ == "unsubscribe")
      return status_ == "success" ? FrameKind::ack : FrameKind::error;
    if (channel == "pong") return FrameKind::heartbeat;
    if (channel == "trades" || channel == "trades_v2") return on_trades(out);
    if (channel == "obu" || channel == "order_book_update") return on_book(out);
    if (channel == "book_ticker") return on_best(out);
    if (channel == "tickers" && scope == "futures")
      return each([&](const Row& row) { return give_derivative_ticker(id_, row, out); });
    if (channel == "public_liquidates") return on_liquidations(out);
    if (channel == "system") {
      if (type_ == "upgrade") out.on_request({Request::Kind::reconnect, "system upgrade"});
      return FrameKind::status;
    }
    const bool known = channel == "tickers" || channel == "candlesticks" ||
                       channel == "order_book" || channel == "contract_stats" ||
                       channel == "contract_info";
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "currency_pairs" || what == "contracts") return FrameKind::markets;
    if (what == "trades") return on_history(reply, out);
    return what == "order_book" ? on_snapshot(reply, out) : FrameKind::unknown;
  }

 private:
  void clear() {
    channel_ = event_ = status_ = type_ = pushed_ = first_ = {};
    has_error_ = is_full_ = false;
    rows_.clear();
    bids_.clear();
    asks_.clear();
  }

  bool read_root(json::Key key, json::Value& value) {
    if (key == "channel") return value.text(channel_);
    if (key == "event") return value.text(event_);
    if (key == "time_ms") return value.text(pushed_);
    if (key == "error") return has_error_ = value.is_object(), true;
    if (key == "result") return read_result(value);
    return true;
  }

  // An object, an array of them, or an array of such arrays.
  bool read_result(json::Value& value) {
    if (value.is_array())
      return value.array([this](json::Value& element) { return read_result(element); });
    if (!value.is_object()) return true;
    Row& row = rows_.emplace_back();
    return value.object(
        [&](json::Key key, json::Value& field) { return read_field(key, field, row); });
  }

  bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "s" || key == "currency_pair" || key == "contract") return value.text(row.symbol);
    if (key == "t" || key == "create_time_ms" || key == "update") return value.text(row.time);
    if (key == "u") return value.text(row.seq);
    if (key == "U") return value.text(first_);
    if (key == "full") return value.boolean(is_full_);
    if (key == "b") return value.is_array() ? read_levels(value, bids_) : value.text(row.bid);
    if (key == "a") return value.is_array() ? read_levels(value, asks_) : value.text(row.ask);
    if (key == "B") return value.text(row.bid_amount);
    if (key == "A") return value.text(row.ask_amount);
    if (key == "id") return !row.id.empty() || value.text(row.id);
    if (key == "id_market") return value.text(row.id);  // `id` counted over all markets once
    if (key == "side") return value.text(row.side);
    if (key == "price") return value.text(row.price);
    if (key == "amount" || key == "size") return value.text(row.amount);
    if (key == "last") return value.text(row.last);
    if (key == "mark_price") return value.text(row.mark);
    if (key == "index_price") return value.text(row.index);
    if (key == "funding_rate") return value.text(row.funding);
    if (key == "funding_rate_indicative") return value.text(row.predicted_funding);
    if (key == "funding_next_apply") return value.text(row.funding_time);
    if (key == "total_size") return value.text(row.open_interest);
    if (key == "time" || key == "time_ms") return read_own_time(value, row);
    if (key == "status") return value.text(status_);
    if (key == "type") return value.text(type_);
    return true;
  }

  // A liquidation's: `time` in ms once was `time_ms` beside seconds.
  static bool read_own_time(json::Value& value, Row& row) {
    std::string_view time;
    if (!value.text(time)) return false;
    if (time.size() > row.time.size()) row.time = time;
    return true;
  }

  // [["price","size"],..] or [{"p":"price","s":size},..]
  static bool read_levels(json::Value& value, std::vector<Level>& out) {
    return value.array([&](json::Value& element) {
      Level& level = out.emplace_back();
      if (element.is_object()) {
        return element.object([&](json::Key key, json::Value& field) {
          if (key == "p") return field.decimal(level.price);
          if (key == "s") return field.decimal(level.amount);
          return true;
        });
      }
      int column = 0;
      return element.array([&](json::Value& cell) {
        return column++ == 0 ? cell.decimal(level.price) : cell.decimal(level.amount);
      });
    });
  }

  template <typename Give>  // Result<FrameKind>(Row&)
  Result<FrameKind> each(Give&& give) {
    return give_each(rows_, [&](Row& row) {
      if (row.time.empty()) row.time = pushed_;
      return give(row);
    });
  }

  // Futures have no side but a sign, the taker's: > 0 bought.
  static void take_side_of_size(Row& row) {
    if (row.side.empty() && !row.amount.empty())
      row.side = row.amount.front() == '-' ? "sell" : "buy";
  }

  Result<FrameKind> on_trades(Sink& out) {
    return each([&](Row& row) { return on_trade(row, out); });
  }

  Result<FrameKind> on_trade(Row& row, Sink& out) {
    take_side_of_size(row);
    return give_trade(id_, row, out);
  }

  Result<FrameKind> on_history(const Reply& reply, Sink& out) {
    const auto read = [this](json::Key key, json::Value& value, Row& row) {
      return read_field(key, value, row);
    };
    return give_history(id_, reply, symbol_of(reply), {}, read,
                        [&](Row& row) { return on_trade(row, out); });
  }

  Result<FrameKind> on_liquidations(Sink& out) {
    return each([&](Row& row) {
      take_side_of_size(row);
      return give_liquidation(id_, row, out);
    });
  }

  Result<FrameKind> on_best(Sink& out) {
    return each([&](const Row& row) -> Result<FrameKind> {
      if (row.time == "0") return FrameKind::empty;
      return give_book_ticker(id_, row, out);
    });
  }

  Result<FrameKind> on_book(Sink& out) {
    if (rows_.size() != 1) return malformed(id_, "book message without its one result");
    Row& row = rows_.front();
    if (row.symbol.starts_with("ob."))  // ob.BTC_USDT.400
      row.symbol = split_last(row.symbol.substr(3), '.').before;
    if (is_full_) return give_book(id_, row, true, bids_, asks_, out);
    std::int64_t first;
    if (row.seq.empty() || !read_integer(first_, first))
      return malformed(id_, "book message lacks U or u");
    return give_book(id_, row, false, bids_, asks_, out, integer_before(first));
  }

  // Percent-encoded.
  static std::string_view symbol_of(const Reply& reply) {
    const std::string_view pair = query_value(reply.request, "currency_pair");
    return pair.empty() ? query_value(reply.request, "contract") : pair;
  }

  Result<FrameKind> on_snapshot(const Reply& reply, Sink& out) {
    clear();
    Row row;
    const bool read = parser_.read_object(reply.data, [&](json::Key key, json::Value& value) {
      if (key == "id") return value.text(row.seq);
      if (key == "bids") return read_levels(value, bids_);
      if (key == "asks") return read_levels(value, asks_);
      if (key == "update") return value.text(row.time);
      return true;
    });
    const Result<std::string> symbol = percent_decode(symbol_of(reply));
    if (!read || !symbol || row.seq.empty()) return malformed(id_, "broken order_book answer");
    row.symbol = *symbol;
    return give_book(id_, row, true, bids_, asks_, out);
  }

  const std::string_view id_;
  json::Parser parser_;
  std::string_view channel_, event_, status_, type_, pushed_, first_;
  bool has_error_ = false, is_full_ = false;
  std::vector<Row> rows_;
  std::vector<Level> bids_, asks_;
};

// A spot pair: {"id":"BTC_USDT","base":..,"precision":1,"amount_precision":6,..}
// A contract: {"name":"BTC_USDT","type":"direct","quanto_multiplier":"0.0001",..}
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      "gateio", data, "", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "id" || key == "name") return value.text(row.symbol);
        if (key == "base") return value.text(row.base);
        if (key == "quote") return value.text(row.quote);
        if (key == "trade_status" || key == "status") return value.text(row.status);
        if (key == "precision") return value.text(row.tick_decimals);
        if (key == "amount_precision") return value.text(row.step_decimals);
        if (key == "order_price_round") return value.text(row.tick);
        if (key == "enable_decimal") return value.text(row.extra2);
        if (key == "quanto_multiplier") return value.text(row.contract_size);
        if (key == "in_delisting") return value.text(row.extra);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        const bool is_spot = row.contract_size.empty();
        // `buyable` and `sellable` are one-sided; old lists have no status.
        market.active = row.extra != "true" &&
                        (row.status.empty() || row.status == "tradable" || row.status == "trading");
        if (is_spot) return true;
        const auto [base, rest] = split_first(row.symbol, '_');
        market.base = base;
        market.quote = split_first(rest, '_').before;
        if (row.extra2 != "true") market.step = Decimal{1, 0};
        market.kind = is_dated(row.symbol) ? "future" : "perpetual";
        if (market.contract_size.is_zero()) market.contract_size = Decimal{1, 0};  // USD
        return true;
      });
}

std::string spot_snapshot(std::string_view symbol) {
  return fmt::format("/api/v4/spot/order_book?currency_pair={}&limit=1000&with_id=true",
                     percent_encode(symbol));
}

std::string_view family_of(std::string_view symbol) {
  if (is_dated(symbol)) return "delivery/usdt";
  if (is_btc(symbol)) return "futures/btc";
  return is_usd1(symbol) ? "futures/usd1" : "futures/usdt";
}

std::string futures_snapshot(std::string_view symbol) {
  return fmt::format("/api/v4/{}/order_book?contract={}&limit=100&with_id=true", family_of(symbol),
                     percent_encode(symbol));
}

// Newest first; `reverse` means older than that id.
std::string missing_spot_trades(const TradeHole& hole) {
  std::string request =
      fmt::format("/api/v4/spot/trades?currency_pair={}&limit=1000", percent_encode(hole.symbol));
  if (!hole.before_id.empty())
    request += fmt::format("&last_id={}&reverse=true", percent_encode(hole.before_id));
  return request;
}

// Newest first, up to a full second.
std::string missing_futures_trades(const TradeHole& hole) {
  std::string request = fmt::format("/api/v4/{}/trades?contract={}&limit=1000",
                                    family_of(hole.symbol), percent_encode(hole.symbol));
  if (hole.before != 0) request += fmt::format("&to={}", hole.before / kSecond + 1);
  return request;
}

constexpr std::string_view kSpotLists[] = {"/api/v4/spot/currency_pairs"};
constexpr std::string_view kFuturesLists[] = {
    "/api/v4/futures/usdt/contracts", "/api/v4/futures/btc/contracts",
    "/api/v4/futures/usd1/contracts", "/api/v4/delivery/usdt/contracts"};
constexpr HttpField kHandshake[] = {{"X-Gate-Size-Decimal", "1"}};
constexpr std::string_view kAliases[] = {"gate-io", "gate"};
constexpr std::string_view kFuturesAliases[] = {"gate-io-futures"};

// 50 requests a second, 300 connections an address; 200 REST requests in ten seconds. A socket that
// says nothing for 30 seconds is closed.
constexpr Limits limits(std::string_view ping) {
  return {.send_interval_ms = 25,
          .ping_interval_ms = 12'000,
          .ping = ping,
          .silence_ms = 40'000,
          .connect_interval_ms = 1000,
          .rest_interval_ms = 0,
          .rest_weight = 200,
          .rest_window_ms = 10'000,
          .left_weight_field = "X-Gate-RateLimit-Requests-Remain"};
}

}  // namespace

const Venue gateio{
    .id = "gateio",
    .aliases = kAliases,
    .ws_url = kSpot.url,
    .rest_url = "https://api.gateio.ws",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    .limits = limits(R"({"channel":"spot.ping"})"),
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .snapshot_request = spot_snapshot,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSpot, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_spot_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kSpotLists,
    .connections = [](const Subscription& s) { return connections(kSpot, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<GateSession>("gateio"); },
};

const Venue gateio_futures{
    .id = "gateio-futures",
    .aliases = kFuturesAliases,
    .ws_url = kFutures.url,
    .rest_url = "https://api.gateio.ws",
    .handshake = kHandshake,
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    .limits = limits(R"({"channel":"futures.ping"})"),
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .snapshot_request = futures_snapshot,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kFutures, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_futures_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kFuturesLists,
    .connections = [](const Subscription& s) { return connections(kFutures, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> {
      return std::make_unique<GateSession>("gateio-futures");
    },
};

}  // namespace md::venue
