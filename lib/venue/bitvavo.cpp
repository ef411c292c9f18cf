// Bitvavo spot. https://docs.bitvavo.com/docs/manage-order-book (read 2026-11-20)
//
// Book (book: all levels):
//   1. subscribe and hold the changes;  2. GET /v2/{market}/book;  3. if its nonce is below that
//   of the first held change less 1, ask again;  4. drop changes up to its nonce, apply the rest;
//   5. the nonce rises by 1, else again from 2. A restart of the matching engine resets it: a
//   nonce that falls ends the connection.
// Trade ids are UUIDs: their loss does not show. The ticker tells only what changed, without a
// time. Times are milliseconds, of books nanoseconds (in older frames missing).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/markets.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "bitvavo";

constexpr Channel kChannels[] = {
    {Type::trade, "trades"},
    {Type::book_change, "book"},
    {Type::book_ticker, "ticker"},
};

// How many markets a connection bears is not documented; the venue has some 400.
constexpr Subscribing kSubscribing{
    .url = "wss://ws.bitvavo.com/v2",
    .channels = kChannels,
    .argument = R"({"name":"$channel","markets":[$symbols]})",
    .subscribe = R"({"action":"subscribe","channels":[$arguments]})",
    .unsubscribe = R"({"action":"unsubscribe","channels":[$arguments]})",
    .arguments_per_request = 0};

constexpr std::string_view kPath = "/v2/", kTrades = "/trades";

// Up to 1000 before the hole's end, that one's millisecond included. `start` is left out: it may
// not be more than a day before.
std::string missing_trades(const TradeHole& hole) {
  std::string request =
      fmt::format("{}{}{}?limit=1000", kPath, percent_encode(hole.symbol), kTrades);
  if (hole.before != 0) request += fmt::format("&end={}", hole.before / 1000 + 1);
  return request;
}

class BitvavoSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_field(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (has_error_) return FrameKind::error;
    if (event_ == "trade") return give_trade(kId, row_, out);
    if (has_subscriptions_) return FrameKind::ack;  // of books, the event may be `book`
    if (event_ == "book") return on_change(out);
    if (event_ == "ticker") return on_ticker(out);
    if (action_ == "getBook") return on_snapshot(out);  // where a recorder asks for it here
    const bool is_known = event_ == "ticker24h" || event_ == "candle";
    return is_known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view path = url_path(reply.request);
    if (path == "/v2/markets") return FrameKind::markets;
    if (path.starts_with(kPath) && path.ends_with(kTrades)) return on_trades(reply, out);
    if (!path.starts_with(kPath) || !path.ends_with("/book")) return FrameKind::unknown;
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_field(key, value); };
    if (!parser_.read_object(reply.data, read)) return malformed(kId, "broken book answer");
    return has_error_ ? FrameKind::error : on_snapshot(out);
  }

 private:
  void clear() {
    row_ = {};
    event_ = action_ = {};
    has_error_ = has_subscriptions_ = false;
    bids_.clear();
    asks_.clear();
  }

  bool read_field(json::Key key, json::Value& value) {
    if (key == "event") return value.text(event_);
    if (key == "action") return value.text(action_);
    if (key == "response" && value.is_object())
      return value.object([this](json::Key k, json::Value& v) { return read_field(k, v); });
    if (key == "market") return value.text(row_.symbol);
    if (key == "timestamp") return value.text(row_.time);
    if (key == "id") return value.text(row_.id);
    if (key == "amount") return value.text(row_.amount);
    if (key == "price") return value.text(row_.price);
    if (key == "side") return value.text(row_.side);
    if (key == "nonce") return value.text(row_.seq);
    if (key == "bids") return value.levels(bids_);
    if (key == "asks") return value.levels(asks_);
    if (key == "bestBid") return value.text(row_.bid);
    if (key == "bestBidSize") return value.text(row_.bid_amount);
    if (key == "bestAsk") return value.text(row_.ask);
    if (key == "bestAskSize") return value.text(row_.ask_amount);
    if (key == "subscriptions") return has_subscriptions_ = true;
    if (key == "errorCode") return has_error_ = true;
    return true;
  }

  // /v2/BTC-EUR/trades: rows as on the stream, without the market, newest first.
  Result<FrameKind> on_trades(const Reply& reply, Sink& out) {
    const std::string_view rest = url_path(reply.request).substr(kPath.size());
    const Result<std::string> symbol = percent_decode(rest.substr(0, rest.find('/')));
    std::vector<Row> rows;
    const bool read = parser_.read_array(reply.data, [&](json::Value& value) {
      clear();
      const bool is_object = value.object(
          [this](json::Key key, json::Value& field) { return read_field(key, field); });
      rows.push_back(row_);
      return is_object;
    });
    if (!read || !symbol) return malformed(kId, "broken list of trades");
    std::reverse(rows.begin(), rows.end());
    return give_each(rows, [&](Row& row) {
      row.symbol = *symbol;
      return give_trade(kId, row, out);
    });
  }

  // {"market":..,"nonce":..,"bids":[[price,amount],..],"asks":[..]}
  Result<FrameKind> on_snapshot(Sink& out) {
    if (row_.seq.empty()) return malformed(kId, "book answer lacks its nonce");
    return give_book(kId, row_, true, bids_, asks_, out);
  }

  Result<FrameKind> on_change(Sink& out) {
    std::int64_t nonce;
    if (row_.symbol.empty() || !read_integer(row_.seq, nonce))
      return malformed(kId, "book lacks its market or nonce");
    const std::int64_t last = std::exchange(entry(nonces_, row_.symbol, nonce), nonce);
    if (nonce < last) {
      // The shared machine would take it for a change that it has had.
      const Gap gap{Type::book_change, last, nonce, GapReason::sequence, {}};
      out.on_event({{}, row_.symbol, 0, 0, gap});
      out.on_request({Request::Kind::reconnect, "the nonce of a book fell"});
      return FrameKind::data;
    }
    return give_book(kId, row_, false, bids_, asks_, out, integer_before(nonce));
  }

  // What is not told is as before.
  Result<FrameKind> on_ticker(Sink& out) {
    if (row_.symbol.empty()) return malformed(kId, "ticker lacks its market");
    BookTicker& kept = entry(quotes_, row_.symbol);
    BookTicker now = kept;
    bool has_news = false;
    const auto take = [&](std::string_view text, std::optional<Decimal>& to) {
      if (text.empty() || text == "null") return true;
      has_news = true;
      return Decimal::parse_padded(text, to.emplace());
    };
    if (!take(row_.bid, now.bid_price) || !take(row_.bid_amount, now.bid_amount) ||
        !take(row_.ask, now.ask_price) || !take(row_.ask_amount, now.ask_amount)) {
      return malformed(kId, "ticker has a broken number");
    }
    if (!has_news) return FrameKind::empty;
    kept = now;
    out.on_event({{}, row_.symbol, 0, 0, now});
    return FrameKind::data;
  }

  json::Parser parser_;
  Row row_;
  std::string_view event_, action_;
  bool has_error_ = false, has_subscriptions_ = false;
  std::vector<Level> bids_, asks_;
  BySymbol<std::int64_t> nonces_;
  BySymbol<BookTicker> quotes_;
};

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "market") return value.text(row.symbol);
        if (key == "base") return value.text(row.base);
        if (key == "quote") return value.text(row.quote);
        if (key == "status") return value.text(row.status);
        if (key == "tickSize") return value.text(row.tick);
        if (key == "quantityDecimals") return value.text(row.step_decimals);
        return true;  // pricePrecision counts significant digits: it is no step
      },
      [](const MarketRow& row, Market& market) {
        market.active = row.status == "trading";
        return true;
      });
}

constexpr std::string_view kMarketLists[] = {"/v2/markets"};

}  // namespace

const Venue bitvavo{
    .id = "bitvavo",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.bitvavo.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    // 1000 points a minute for each address, one for a book (of great depth, more).
    .limits = {.send_interval_ms = 100,
               .silence_ms = 60'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 0,
               .rest_weight = 1000,
               .left_weight_field = "bitvavo-ratelimit-remaining"},
    .book = {.snapshot = BookRule::Snapshot::rest,
             .snapshot_request =
                 [](std::string_view market) {
                   return fmt::format("/v2/{}/book", percent_encode(market));
                 },
             .snapshot_weight = 1},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = missing_trades,
                      .paging = TradeHistory::Paging::backward,
                      .weight = 5},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<BitvavoSession>(); },
};

}  // namespace md::venue
