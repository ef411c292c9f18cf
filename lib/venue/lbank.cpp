// LBank spot, WebSocket V2. https://github.com/LBank-exchange/lbank-official-api-docs, "WebSocket
// API (Market Data)" (read 2026-11-20)
//
// Each book message is the whole of 100 levels, so there is nothing to align; a lost one does not
// show. Trades have no ids: nothing shows their loss, either. Requests are not acknowledged.
// Times have no zone. The documentation means Beijing's in places, others read them as UTC: taken
// for Beijing's where, as UTC, they were hours ahead of their receipt.
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

constexpr std::string_view kId = "lbank";

constexpr Channel kChannels[] = {
    {Type::trade, "trade"},
    {Type::book_change, "depth", "", nullptr, R"("depth":"100",)"},
};
constexpr Subscribing kSubscribing{
    .url = "wss://www.lbkex.net/ws/V2/",
    .channels = kChannels,
    .subscribe = R"({"action":"subscribe","subscribe":"$channel",$option"pair":"$symbol"})",
    .streams_per_connection = 100};  // no limit is published

// The latest ones: what `time` selects is not told.
std::string missing_trades(const TradeHole& hole) {
  return fmt::format("/v2/supplement/trades.do?symbol={}&size=600", percent_encode(hole.symbol));
}

class LbankSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    type_ = action_ = ping_ = status_ = pair_ = sent_ = {};
    row_ = {};
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (action_ == "ping") {
      out.on_request(
          {Request::Kind::send, fmt::format(R"({{"action":"pong","pong":"{}"}})", ping_)});
      return FrameKind::heartbeat;
    }
    if (status_ == "error") return FrameKind::error;
    row_.symbol = pair_;
    if (type_ == "trade") return on_trade(frame.local_timestamp, out);
    if (type_ == "depth") return on_book(frame.local_timestamp, out);
    return type_ == "tick" || type_ == "kbar" ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (last_component(reply.request) == "trades.do") return on_recent_trades(reply, out);
    return last_component(reply.request) == "accuracy.do" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "type") return value.text(type_);
    if (key == "pair") return value.text(pair_);
    if (key == "TS") return value.text(sent_);
    if (key == "action") return value.text(action_);
    if (key == "ping") return value.text(ping_);
    if (key == "status") return value.text(status_);
    if (key == "trade" || key == "depth") {
      return !value.is_object() || value.object([this](json::Key name, json::Value& field) {
        if (name == "volume") return field.text(row_.amount);  // `amount` is of the quote
        if (name == "price") return field.text(row_.price);
        if (name == "direction") return field.text(row_.side);
        if (name == "TS") return field.text(row_.time);
        if (name == "bids") return field.levels(bids_);
        if (name == "asks") return field.levels(asks_);
        return true;
      });
    }
    return true;
  }

  // A time with its zone.
  static std::string zoned(std::string_view time, Micros received) {
    const bool is_ahead = read_time(time) > received + 4 * kHour;
    return std::string(time) + (is_ahead ? "+08:00" : "Z");
  }

  // buy, sell, buy_market, sell_ioc, ..: the taker's; but buy_maker: the maker bought.
  Result<FrameKind> on_trade(Micros received, Sink& out) {
    const bool of_maker = row_.side.ends_with("_maker");
    row_.side = split_first(row_.side, '_').before;
    if (of_maker) row_.side = row_.side == "buy" ? "sell" : row_.side == "sell" ? "buy" : row_.side;
    const std::string time = zoned(row_.time, received);
    row_.time = time;
    return give_trade(kId, row_, out);
  }

  // {"result":"true","data":[{"price":..,"qty":..,"time":ms,"isBuyerMaker":..,"id":".."},..]}. The
  // ids are left out: the channel has none.
  static Result<FrameKind> on_recent_trades(const Reply& reply, Sink& out) {
    return give_trade_list(kId, reply, "data", query_value(reply.request, "symbol"), out,
                           [](json::Key key, json::Value& value, Row& row) {
                             if (key == "price") return value.text(row.price);
                             if (key == "qty") return value.text(row.amount);
                             if (key == "time") return value.text(row.time);
                             return !(key == "isBuyerMaker") || read_buyer_is_maker(value, row);
                           });
  }

  Result<FrameKind> on_book(Micros received, Sink& out) {
    const std::string time = zoned(sent_, received);
    row_.time = time;
    return give_book(kId, row_, true, bids_, asks_, out);
  }

  json::Parser parser_;
  std::string_view type_, action_, ping_, status_, pair_, sent_;
  Row row_;
  std::vector<Level> bids_, asks_;
};

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "data", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "priceAccuracy") return value.text(row.tick_decimals);
        if (key == "quantityAccuracy") return value.text(row.step_decimals);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        const auto [base, quote] = split_last(row.symbol, '_');
        market.base = base;
        market.quote = quote;
        return true;
      });
}

constexpr std::string_view kMarketLists[] = {"/v2/accuracy.do"};

}  // namespace

const Venue lbank{
    .id = kId,
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.lbkex.com",
    .types = {Type::trade, Type::book_change},
    // The venue pings, and closes a minute after one that was not answered.
    .limits = {.send_interval_ms = 50,
               .silence_ms = 120'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 200},
    .book = {.snapshot = BookRule::Snapshot::every},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::none,
    .trade_history = {.request = missing_trades},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<LbankSession>(); },
};

}  // namespace md::venue
