// HTX (formerly Huobi) spot. https://huobiapi.github.io/docs/spot/v1/en/#websocket-market-data
// (read 2026-11-20)
//
// Each frame of the venue is one gzip member; ours are plain text. Book (mbp.400: changes every
// 100 ms, on a path of its own):
//   1. subscribe and hold the changes;  2. `req` of the same topic on the same connection: a
//   snapshot at seqNum S;  3. drop changes up to S; the first that counts has prevSeqNum S;
//   4. each change has prevSeqNum == seqNum before it, though numbers jump;  5. on a gap `req`
//   again;  6. levels that fall out of the 400 are sent with size 0.
// Subscribing to trades brings the market's last batch, however old, under its own old `ts`. A
// batch is newest first. Trade ids were contiguous wherever seen, which the venue does not promise.
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

constexpr std::string_view kId = "htx";
constexpr std::string_view kBook = "mbp.400";

constexpr Channel kChannels[] = {
    {Type::trade, "trade.detail", "/ws"},
    {Type::book_ticker, "bbo", "/ws"},
    {Type::book_change, kBook, "/feed"},
};
// No limit is published; the venue's own examples stay below 200 topics.
constexpr Subscribing kSubscribing{.url = "wss://api.huobi.pro",
                                   .channels = kChannels,
                                   .subscribe = R"({"sub":"market.$symbol.$channel","id":"$id"})",
                                   .streams_per_connection = 200};

std::string ask_for_book(std::string_view symbol) {
  const std::string name = json_escape(symbol);
  return fmt::format(R"({{"req":"market.{}.{}","id":"{}"}})", name, kBook, name);
}

class HtxSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    topic_ = pushed_ = status_ = ping_ = {};
    is_answer_ = is_ack_ = false;
    row_ = {};
    trades_.clear();
    bids_.clear();
    asks_.clear();
    std::string_view text;
    if (!inflater_.inflate(frame.data, text)) return malformed(kId, "frame cannot be inflated");
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(text, read)) return not_an_object(kId, text);
    if (!ping_.empty()) {
      out.on_request({Request::Kind::send, fmt::format(R"({{"pong":{}}})", ping_)});
      return FrameKind::heartbeat;
    }
    if (status_ == "error") return FrameKind::error;
    if (is_ack_) {
      if (since_ == 0) since_ = read_time(pushed_);
      return FrameKind::ack;
    }
    // market.btcusdt.trade.detail
    const auto [market, rest] = split_first(topic_, '.');
    const auto [symbol, channel] = split_first(rest, '.');
    if (market != "market") return FrameKind::unknown;
    row_.symbol = symbol;
    if (is_answer_) return channel == kBook ? on_snapshot(out) : FrameKind::ignored;
    if (channel == "trade.detail") return on_trades(out);
    if (channel == "bbo") return on_best(out);
    if (channel == kBook) {
      row_.time = pushed_;
      return give_book(kId, row_, false, bids_, asks_, out);
    }
    const std::string_view family = channel.substr(0, channel.find('.'));
    const bool known = family == "mbp" || family == "depth" || family == "kline" ||
                       family == "detail" || family == "ticker";
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "trade") {
      return give_history(kId, reply, query_value(reply.request, "symbol"), "data.data",
                          read_trade_field,
                          [&](const Row& row) { return give_trade(kId, row, out); });
    }
    return what == "symbols" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "ch") return value.text(topic_);
    if (key == "rep") return (is_answer_ = true) && value.text(topic_);
    if (key == "subbed" || key == "unsubbed") return is_ack_ = true;
    if (key == "ts") return value.text(pushed_);
    if (key == "status") return value.text(status_);
    if (key == "ping") return value.text(ping_);
    if (key == "tick" || key == "data") {
      return !value.is_object() || value.object([this](json::Key name, json::Value& field) {
        return read_field(name, field, row_);
      });
    }
    return true;
  }

  bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "data") return value.array([this](json::Value& trade) { return read_trade(trade); });
    if (key == "bids") return !value.is_array() || value.levels(bids_);
    if (key == "asks") return !value.is_array() || value.levels(asks_);
    if (key == "seqNum" || key == "seqId") return value.text(row.seq);
    if (key == "prevSeqNum") return value.text(row.prev_seq);
    if (key == "bid") return value.text(row.bid);
    if (key == "bidSize") return value.text(row.bid_amount);
    if (key == "ask") return value.text(row.ask);
    if (key == "askSize") return value.text(row.ask_amount);
    if (key == "ts" || key == "quoteTime") return value.text(row.time);
    return true;
  }

  // `id` has up to 27 digits and is another one.
  static bool read_trade_field(json::Key key, json::Value& value, Row& row) {
    if (key == "ts") return value.text(row.time);
    if (key == "tradeId" || key == "trade-id") return value.text(row.id);
    if (key == "price") return value.text(row.price);
    if (key == "amount") return value.text(row.amount);
    if (key == "direction") return value.text(row.side);
    return true;
  }

  bool read_trade(json::Value& value) {
    Row& row = trades_.emplace_back();
    return value.object(
        [&](json::Key key, json::Value& field) { return read_trade_field(key, field, row); });
  }

  Result<FrameKind> on_trades(Sink& out) {
    if (since_ != 0 && read_time(pushed_) < since_) return FrameKind::history;
    std::reverse(trades_.begin(), trades_.end());
    return give_each(trades_, [&](Row& trade) {
      trade.symbol = row_.symbol;
      return give_trade(kId, trade, out);
    });
  }

  Result<FrameKind> on_best(Sink& out) {
    if (row_.time == "0") return FrameKind::empty;  // no quote yet
    return give_book_ticker(kId, row_, out);
  }

  // `data` is null where the venue has no snapshot yet.
  Result<FrameKind> on_snapshot(Sink& out) {
    if (row_.seq.empty()) {
      out.on_request({Request::Kind::send, ask_for_book(row_.symbol)});
      return FrameKind::error;
    }
    row_.time = pushed_;
    return give_book(kId, row_, true, bids_, asks_, out);
  }

  Inflater inflater_;
  json::Parser parser_;
  Micros since_ = 0;  // the venue's time of the first acknowledgement: older trades are history
  std::string_view topic_, pushed_, status_, ping_;
  bool is_answer_ = false, is_ack_ = false;
  Row row_;
  std::vector<Row> trades_;
  std::vector<Level> bids_, asks_;
};

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "data", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "base-currency") return value.text(row.base);
        if (key == "quote-currency") return value.text(row.quote);
        if (key == "state") return value.text(row.status);
        if (key == "price-precision") return value.text(row.tick_decimals);
        if (key == "amount-precision") return value.text(row.step_decimals);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        market.active = row.status == "online";
        return row.status != "offline";
      });
}

// In groups, newest first.
std::string recent_trades(const TradeHole& hole) {
  return fmt::format("/market/history/trade?symbol={}&size=2000", percent_encode(hole.symbol));
}

constexpr std::string_view kMarketLists[] = {"/v1/common/symbols"};
constexpr std::string_view kAliases[] = {"huobi"};

}  // namespace

const Venue htx{
    .id = kId,
    .aliases = kAliases,
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.huobi.pro",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    // A ping every 5 seconds. One `req` in 100 ms.
    .limits = {.send_interval_ms = 100,
               .silence_ms = 15'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 100},
    .book = {.snapshot = BookRule::Snapshot::rest,
             .resubscribe =
                 [](std::string_view symbol) { return std::vector{ask_for_book(symbol)}; }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = recent_trades},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<HtxSession>(); },
};

}  // namespace md::venue
