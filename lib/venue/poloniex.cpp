// Poloniex: spot (the platform of 2022) and perpetuals (futures v3).
// https://api-docs.poloniex.com/spot/websocket/market-data and
// https://api-docs.poloniex.com/v3/futures/websocket (read 2026-11-20)
//
// One form of frame on two paths; futures shorten the fields' names. Book (book_lv2: 20 levels):
//   1. subscribe: a snapshot comes on the stream; an update before it is dropped;  2. an update
//   continues if its lastId (lid) is the id before it; ids of futures jump;  3. else unsubscribe
//   and subscribe that symbol;  4. levels that leave the best 20 are removed by the venue.
// Amounts of perpetuals are contracts. Nobody promises that trade ids have no holes. A quiet
// market's snapshot bears the time of its last change, hours ago.
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

constexpr std::string_view kId = "poloniex";

bool is_perpetual(std::string_view symbol) { return symbol.ends_with("_PERP"); }
bool is_spot(std::string_view symbol) { return !is_perpetual(symbol); }

constexpr Channel kChannels[] = {
    {Type::trade, "trades", "/public", is_spot},
    {Type::book_change, "book_lv2", "/public", is_spot},
    {Type::trade, "trades", "/v3/public", is_perpetual},
    {Type::book_change, "book_lv2", "/v3/public", is_perpetual},
    {Type::book_ticker, "tickers", "/v3/public", is_perpetual},
    {Type::derivative_ticker, "tickers", "/v3/public", is_perpetual},
    {Type::derivative_ticker, "mark_price", "/v3/public", is_perpetual},
    {Type::derivative_ticker, "index_price", "/v3/public", is_perpetual},
    {Type::derivative_ticker, "funding_rate", "/v3/public", is_perpetual},
    {Type::derivative_ticker, "open_interest", "/v3/public", is_perpetual},
    {Type::liquidation, "liquidation_orders", "/v3/public", is_perpetual},
};
constexpr Subscribing kSubscribing{
    .url = "wss://ws.poloniex.com/ws",
    .channels = kChannels,
    .argument = R"("$symbol")",
    .subscribe = R"({"event":"subscribe","channel":["$channel"],"symbols":[$arguments]})",
    .unsubscribe = R"({"event":"unsubscribe","channel":["$channel"],"symbols":[$arguments]})",
    .request_per_channel = true,
    .streams_per_connection = 1000,
    .arguments_per_request = 100};

// The latest ones: there is no way to ask for others. Spot's address has no name for the symbol.
std::string missing_trades(const TradeHole& hole) {
  const std::string symbol = percent_encode(hole.symbol);
  if (is_perpetual(hole.symbol))
    return fmt::format("/v3/market/trades?symbol={}&limit=1000", symbol);
  return fmt::format("/markets/{}/trades?limit=1000", symbol);
}

// Channels that we know and do not record; candles too. Spot's ticker is a sample of a day's
// statistics.
constexpr std::string_view kIgnored[] = {"ticker",     "book",     "symbol",     "symbols",
                                         "currencies", "exchange", "limit_price"};

class PoloniexSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    if (frame.data == "pong") return FrameKind::heartbeat;
    channel_ = action_ = event_ = {};
    has_subscriptions_ = false;
    rows_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (!event_.empty()) return on_control();
    if (channel_ == "book_lv2") return on_book(out);
    if (channel_ == "trades")
      return give_each(rows_, [&](const Row& row) { return give_trade(kId, row, out); });
    if (channel_ == "tickers")
      return give_each(rows_, [&](PoloniexRow& row) { return on_ticker(row, out); });
    if (channel_ == "mark_price" || channel_ == "index_price" || channel_ == "funding_rate" ||
        channel_ == "open_interest") {
      return give_each(rows_,
                       [&](const Row& row) { return give_derivative_ticker(kId, row, out); });
    }
    // The side is the closing order's: BUY = a short was liquidated (not seen live).
    if (channel_ == "liquidation_orders")
      return give_each(rows_, [&](const Row& row) { return give_liquidation(kId, row, out); });
    if (channel_.find("candles") != std::string_view::npos) return FrameKind::ignored;
    for (const std::string_view ignored : kIgnored) {
      if (channel_ == ignored) return FrameKind::ignored;
    }
    return has_subscriptions_ ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "trades") return on_recent_trades(reply, out);
    return what == "markets" || what == "allInstruments" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  struct PoloniexRow : BookRow {
    std::string_view sent;
  };

  bool read_root(json::Key key, json::Value& value) {
    if (key == "channel") return value.is_array() || value.text(channel_);
    if (key == "data")
      return !value.is_array() || value.array([this](json::Value& row) { return read_row(row); });
    if (key == "action") return value.text(action_);
    if (key == "event") return value.text(event_);
    if (key == "subscriptions") return has_subscriptions_ = true;
    return true;
  }

  bool read_row(json::Value& value) {
    if (!value.is_object()) return true;
    PoloniexRow& row = rows_.emplace_back();
    const bool read = value.object([&](json::Key key, json::Value& field) {
      if (key == "ts") return field.text(row.sent);
      return read_field(key, field, row);
    });
    if (row.time.empty()) row.time = row.sent;
    return read;
  }

  // By spot's names and by those of futures. `amount` and `amt` are in quote currency.
  bool read_field(json::Key key, json::Value& value, BookRow& row) {
    if (key == "symbol" || key == "s") return value.text(row.symbol);
    if (key == "createTime" || key == "cT" || key == "uTime") return value.text(row.time);
    if (key == "bids") return row.bids.read(bids_, [&] { return value.levels(bids_); });
    if (key == "asks") return row.asks.read(asks_, [&] { return value.levels(asks_); });
    if (key == "id") return value.text(row.id);
    if (key == "lastId" || key == "lid") return value.text(row.prev_seq);
    if (key == "price" || key == "px" || key == "bkPx") return value.text(row.price);
    if (key == "quantity" || key == "qty" || key == "sz") return value.text(row.amount);
    if (key == "takerSide" || key == "side") return value.text(row.side);
    if (key == "bPx") return value.text(row.bid);
    if (key == "bSz") return value.text(row.bid_amount);
    if (key == "aPx") return value.text(row.ask);
    if (key == "aSz") return value.text(row.ask_amount);
    if (key == "c") return value.text(row.last);
    if (key == "mPx") return value.text(row.mark);
    if (key == "iPx") return value.text(row.index);
    // fR was paid at fT already.
    if (key == "nFR") return value.text(row.predicted_funding);
    if (key == "nFT") return value.text(row.funding_time);
    if (key == "oInterest") return value.text(row.open_interest);
    return true;
  }

  FrameKind on_control() const {
    if (event_ == "pong") return FrameKind::heartbeat;
    if (event_ == "error") return FrameKind::error;
    const bool known = event_ == "subscribe" || event_ == "unsubscribe" ||
                       event_ == "unsubscribe_all" || event_ == "list_subscriptions";
    return known ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_book(Sink& out) {
    const bool is_snapshot = action_ == "snapshot";
    if (!is_snapshot && action_ != "update") return malformed(kId, "book message lacks action");
    return give_each(rows_, [&](PoloniexRow& row) -> Result<FrameKind> {
      row.seq = row.id;
      if (row.seq.empty() || row.prev_seq.empty())
        return malformed(kId, "book message lacks id or lastId");
      return give_book(kId, row, is_snapshot, row.bids.of(bids_), row.asks.of(asks_), out);
    });
  }

  // Its cT is the end of a day's statistics.
  Result<FrameKind> on_ticker(PoloniexRow& row, Sink& out) {
    row.time = row.sent;
    MD_TRY(const FrameKind best, give_book_ticker(kId, row, out));
    MD_TRY(const FrameKind prices, give_derivative_ticker(kId, row, out));
    return best == FrameKind::data ? best : prices;
  }

  // Spot: [..]; futures: {"code":200,"data":[..]}: with the channels' names.
  Result<FrameKind> on_recent_trades(const Reply& reply, Sink& out) {
    const std::string_view path = url_path(reply.request);
    const bool is_of_spot = path.starts_with("/markets/");
    const std::string_view symbol = is_of_spot ? last_component(split_last(path, '/').before)
                                               : query_value(reply.request, "symbol");
    return give_trade_list(kId, reply, is_of_spot ? "" : "data", symbol, out,
                           [](json::Key key, json::Value& value, Row& row) {
                             if (key == "id") return value.text(row.id);
                             if (key == "createTime" || key == "cT") return value.text(row.time);
                             if (key == "price" || key == "px") return value.text(row.price);
                             if (key == "quantity" || key == "qty") return value.text(row.amount);
                             if (key == "takerSide" || key == "side") return value.text(row.side);
                             return true;
                           });
  }

  json::Parser parser_;
  std::string_view channel_, action_, event_;
  bool has_subscriptions_ = false;
  std::vector<PoloniexRow> rows_;
  std::vector<Level> bids_, asks_;
};

// Spot: [{"symbol":"BTC_USDT","symbolTradeLimit":{..},..}]; futures: {"code":200,"data":[..]}.
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  const bool is_spot_list = data.starts_with('[');
  return read_market_list(
      kId, data, is_spot_list ? "" : "data", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        const auto limit = [&](json::Key name, json::Value& field) {
          if (name == "priceScale") return field.text(row.tick_decimals);
          if (name == "quantityScale") return field.text(row.step_decimals);
          return true;
        };
        if (key == "symbol") return value.text(row.symbol);
        if (key == "baseCurrencyName" || key == "bCcy") return value.text(row.base);
        if (key == "quoteCurrencyName" || key == "qCcy") return value.text(row.quote);
        if (key == "state" || key == "status") return value.text(row.status);
        if (key == "symbolTradeLimit") return value.object(limit);
        if (key == "tSz") return value.text(row.tick);
        if (key == "lotSz") return value.text(row.step);
        if (key == "ctVal") return value.text(row.contract_size);
        return true;
      },
      [is_spot_list](const MarketRow& row, Market& market) {
        if (!is_spot_list) market.kind = "perpetual";
        market.active = row.status == (is_spot_list ? "NORMAL" : "OPEN");
        return true;
      });
}

constexpr std::string_view kMarketLists[] = {"/markets", "/v3/market/allInstruments"};

}  // namespace

const Venue poloniex{
    .id = "poloniex",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.poloniex.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    // Who says nothing for 30 seconds is cut. 500 requests a second and connection.
    .limits = {.send_interval_ms = 20,
               .ping_interval_ms = 15'000,
               .ping = R"({"event":"ping"})",
               .silence_ms = 60'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 20},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe =
                 [](std::string_view symbol) { return resubscribe_book(kSubscribing, symbol); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<PoloniexSession>(); },
};

}  // namespace md::venue
