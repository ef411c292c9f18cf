// Kraken Derivatives (once Crypto Facilities), WebSocket v1.
// https://docs.kraken.com/api/docs/futures-api/websocket/book (read 2026-11-20)
//
// Kraken closes this protocol on 2027-03-01; the unified one that follows has the frames of
// Kraken's spot v2 and was not seen to tell funding, mark price and open interest.
//
// Book (book: all levels, a message a level):
//   1. subscribe: book_snapshot comes on the stream; its levels of 0 are none;  2. each change has
//   the seq before it plus 1 - seen, not promised;  3. else unsubscribe and subscribe that product.
// Trades have a seq of their own, without holes per product, and a uid that tells nothing but
// sameness. A liquidation is a trade of type liquidation. PI_ and FI_ are inverse: their amounts
// are contracts of 1 USD; those of PF_ and FF_ are base units. The ticker has the best prices once
// a second at most. Names are upper case; they say XBT where lists say BTC.
#include <fmt/format.h>

#include "base/symbol.hpp"
#include "base/time.hpp"
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

constexpr std::string_view kId = "kraken-futures";

constexpr Channel kChannels[] = {{Type::trade, "trade"},
                                 {Type::liquidation, "trade"},
                                 {Type::book_change, "book"},
                                 {Type::book_ticker, "ticker"},
                                 {Type::derivative_ticker, "ticker"}};
constexpr std::string_view kFirst[] = {R"({"event":"subscribe","feed":"heartbeat"})"};
constexpr Subscribing kSubscribing{
    .url = "wss://futures.kraken.com/ws/v1",
    .channels = kChannels,
    .argument = R"("$symbol")",
    .subscribe = R"({"event":"subscribe","feed":"$channel","product_ids":[$arguments]})",
    .unsubscribe = R"({"event":"unsubscribe","feed":"$channel","product_ids":[$arguments]})",
    .request_per_channel = true,
    .streams_per_connection = 600,
    .arguments_per_request = 50,
    .first = kFirst};

// The 100 before a time of milliseconds: one behind the hole's end, for the others of that one.
std::string missing_trades(const TradeHole& hole) {
  std::string request =
      fmt::format("/derivatives/api/v3/history?symbol={}", percent_encode(hole.symbol));
  if (hole.before == 0) return request;
  const std::string end = to_iso(hole.before + kSecond / 1000);
  return fmt::format("{}&lastTime={}Z", request, end.substr(0, end.size() - 4));
}

class KrakenFuturesSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    feed_ = event_ = type_ = {};
    row_ = {};
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_field(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (!event_.empty()) return on_control();
    if (feed_ == "book") return on_change(out);
    if (feed_ == "book_snapshot") return on_snapshot(out);
    if (feed_ == "trade") return on_trade(out);
    if (feed_ == "trade_snapshot") return FrameKind::history;
    if (feed_ == "ticker") return on_ticker(out);
    if (feed_ == "heartbeat") return FrameKind::heartbeat;
    return feed_ == "ticker_lite" ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (last_component(reply.request) == "history") return on_history(reply, out);
    return last_component(reply.request) == "instruments" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_field(json::Key key, json::Value& value) {
    if (key == "feed") return value.text(feed_);
    if (key == "product_id") return value.text(row_.symbol);
    if (key == "timestamp" || key == "time") return value.text(row_.time);
    if (key == "seq") return value.text(row_.seq);
    if (key == "side") return value.text(row_.side);
    if (key == "price") return value.text(row_.price);
    if (key == "qty") return value.text(row_.amount);
    if (key == "bids") return value.levels("price", "qty", bids_);
    if (key == "asks") return value.levels("price", "qty", asks_);
    if (key == "uid") return value.text(row_.id);
    if (key == "type") return value.text(type_);
    if (key == "bid") return value.text(row_.bid);
    if (key == "bid_size") return value.text(row_.bid_amount);
    if (key == "ask") return value.text(row_.ask);
    if (key == "ask_size") return value.text(row_.ask_amount);
    if (key == "last") return value.text(row_.last);
    if (key == "index") return value.text(row_.index);
    if (key == "markPrice") return value.text(row_.mark);
    if (key == "openInterest") return value.text(row_.open_interest);
    // Without "relative_" they are absolute: dollars a contract and hour.
    if (key == "relative_funding_rate") return value.text(row_.funding);
    if (key == "relative_funding_rate_prediction") return value.text(row_.predicted_funding);
    if (key == "next_funding_rate_time") return value.text(row_.funding_time);
    if (key == "event") return value.text(event_);
    return true;
  }

  FrameKind on_control() const {
    if (event_ == "subscribed" || event_ == "unsubscribed") return FrameKind::ack;
    if (event_ == "info") return FrameKind::status;
    const bool failed = event_ == "error" || event_ == "alert" || event_ == "subscribed_failed" ||
                        event_ == "unsubscribed_failed";
    return failed ? FrameKind::error : FrameKind::unknown;
  }

  Result<FrameKind> on_snapshot(Sink& out) {
    if (row_.seq.empty()) return malformed(kId, "book message lacks seq");
    const auto is_none = [](const Level& level) {
      return level.amount.is_zero() || level.amount.is_negative();
    };
    std::erase_if(bids_, is_none);
    std::erase_if(asks_, is_none);
    return give_book(kId, row_, true, bids_, asks_, out);
  }

  Result<FrameKind> on_change(Sink& out) {
    Level level;
    std::int64_t seq;
    if (!Decimal::parse_padded(row_.price, level.price) ||
        !Decimal::parse_padded(row_.amount, level.amount) || !read_integer(row_.seq, seq)) {
      return malformed(kId, "book message lacks price, qty or seq");
    }
    if (level.amount.is_negative()) level.amount = {};  // seen; there is nothing to trade
    const std::span one{&level, 1};
    if (row_.side == "buy") return give_book(kId, row_, false, one, {}, out, integer_before(seq));
    if (row_.side == "sell") return give_book(kId, row_, false, {}, one, out, integer_before(seq));
    return malformed(kId, "book message lacks side");
  }

  // `type`: fill, liquidation, assignment, termination or block; all are numbered. The side is the
  // taker's: of a liquidation, buy = a short was liquidated.
  Result<FrameKind> on_trade(Sink& out) {
    MD_TRY(const FrameKind trade, give_trade(kId, row_, out));
    if (type_ == "liquidation") return give_liquidation(kId, row_, out);
    return trade;
  }

  // {"result":"success","history":[{"uid":..,"time":..,"price":..,"size":..,"side":..},..]}
  static Result<FrameKind> on_history(const Reply& reply, Sink& out) {
    return give_trade_list(kId, reply, "history", query_value(reply.request, "symbol"), out,
                           [](json::Key key, json::Value& value, Row& row) {
                             if (key == "uid") return value.text(row.id);
                             if (key == "time") return value.text(row.time);
                             if (key == "price") return value.text(row.price);
                             if (key == "size") return value.text(row.amount);
                             return !(key == "side") || value.text(row.side);
                           });
  }

  // A halted product's fields are all 0, its next funding too. Dated futures have no funding.
  Result<FrameKind> on_ticker(Sink& out) {
    if (row_.funding_time == "0") return FrameKind::empty;
    if (row_.funding_time.empty()) row_.funding = row_.predicted_funding = {};
    MD_TRY(const FrameKind best, give_book_ticker(kId, row_, out));
    MD_TRY(const FrameKind prices, give_derivative_ticker(kId, row_, out));
    return best == FrameKind::data ? best : prices;
  }

  json::Parser parser_;
  std::string_view feed_, event_, type_;
  Row row_;
  std::vector<Level> bids_, asks_;
};

// 4: steps of 0.0001; -2: steps of 100.
bool read_precision(std::string_view text, Decimal& step) {
  std::int64_t decimals;
  if (!read_integer(text, decimals)) return false;
  if (decimals >= 0) return step_of(decimals, step);
  if (decimals < -18) return false;
  Int128 power = 1;
  while (decimals++ < 0) power *= 10;
  step = Decimal{power, 0};
  return true;
}

// {"result":"success","instruments":[{"symbol":"PF_XBTUSD","type":"flexible_futures",..}, ...]}
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  bool whole = true;
  MD_CHECK(read_market_list(
      kId, data, "instruments", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "type") return value.text(row.kind);
        if (key == "base") return value.text(row.base);
        if (key == "quote") return value.text(row.quote);
        if (key == "tradeable") return value.text(row.status);
        if (key == "tickSize") return value.text(row.tick);
        if (key == "contractSize") return value.text(row.contract_size);
        if (key == "contractValueTradePrecision") return value.text(row.extra);
        if (key == "lastTradingTime") return value.text(row.extra2);
        return true;
      },
      [&whole](const MarketRow& row, Market& market) {
        market.symbol = to_upper(row.symbol);  // as frames have it
        // Indices and reference rates are listed too.
        if (market.symbol.starts_with("IN_") || market.symbol.starts_with("RR_")) return false;
        market.kind = row.extra2.empty() || row.extra2 == "null" ? "perpetual" : "future";
        market.active = row.status == "true";
        if (row.kind != "futures_inverse") market.contract_size = {};  // base units
        if (!row.extra.empty() && !read_precision(row.extra, market.step)) whole = false;
        return true;
      }));
  if (!whole) return malformed(kId, "market with a broken precision");
  return {};
}

constexpr std::string_view kAliases[] = {"cryptofacilities"};
constexpr std::string_view kMarketLists[] = {"/derivatives/api/v3/instruments"};

}  // namespace

const Venue kraken_futures{
    .id = "kraken-futures",
    .aliases = kAliases,
    .ws_url = kSubscribing.url,
    .rest_url = "https://futures.kraken.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    // 100 requests a second and connection, 100 connections. Heartbeats have no promised interval.
    .limits = {.send_interval_ms = 20,
               .silence_ms = 60'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 1000},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> {
      return std::make_unique<KrakenFuturesSession>();
    },
};

}  // namespace md::venue
