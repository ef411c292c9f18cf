// Lighter: perpetuals and spot on a rollup. https://apidocs.lighter.xyz/docs/websocket-reference
// (read 2026-11-20)
//
// Markets are numbers, which stand as symbols; the market list tells their names. Book (order_book:
// all levels, every 50 ms):
//   1. subscribe: "subscribed/order_book" is the snapshot; updates before it are dropped;  2. an
//   update continues if its begin_nonce is the nonce before it - one counter of the whole rollup,
//   so it jumps;  3. else unsubscribe and subscribe that book. `offset` proves nothing.
// Trades: is_maker_ask says that the taker bought. "subscribed/trade" repeats recent ones: skipped.
// Liquidations are listed apart from trades; if they are among them too is not documented, so they
// are no trades here. Funding rates are estimates for the coming full hour.
#include <fmt/format.h>

#include <charconv>

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

constexpr std::string_view kId = "lighter";

// Spot markets are numbered from 2048.
bool is_perpetual(std::string_view symbol) {
  int id = 0;
  std::from_chars(symbol.data(), symbol.data() + symbol.size(), id);
  return id < 2048;
}

constexpr Channel kChannels[] = {
    {Type::trade, "trade"},
    {Type::liquidation, "trade", {}, is_perpetual},
    {Type::book_change, "order_book"},
    {Type::book_ticker, "ticker"},
    {Type::derivative_ticker, "market_stats", {}, is_perpetual},
};
constexpr Subscribing kSubscribing{
    .url = "wss://mainnet.zklighter.elliot.ai/stream",
    .channels = kChannels,
    .subscribe = R"({"type":"subscribe","channel":"$channel/$symbol"})",
    .unsubscribe = R"({"type":"unsubscribe","channel":"$channel/$symbol"})",
    .streams_per_connection = 500};

// The latest ones: others are told to who has an account alone.
std::string missing_trades(const TradeHole& hole) {
  return fmt::format("/api/v1/recentTrades?market_id={}&limit=100", percent_encode(hole.symbol));
}

// Channels that we know and do not record.
constexpr std::string_view kIgnored[] = {"candle", "spot_market_stats", "height"};

class LighterSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    type_ = channel_ = sent_ = updated_ = {};
    has_error_ = false;
    row_ = {};
    trades_.clear();
    liquidations_.clear();
    stats_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (has_error_) return FrameKind::error;
    const auto [what, of] = split_first(type_, '/');
    if (what == "update" || what == "subscribed") return on_data(what == "subscribed", of, out);
    if (type_ == "ping") {
      out.on_request({Request::Kind::send, R"({"type":"pong"})"});
      return FrameKind::heartbeat;
    }
    if (type_ == "pong") return FrameKind::heartbeat;
    if (type_ == "connected") return FrameKind::status;
    return what == "unsubscribed" ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (last_component(reply.request) == "recentTrades") return on_recent_trades(reply.data, out);
    return last_component(reply.request) == "orderBooks" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  // ---- reading ----

  bool read_root(json::Key key, json::Value& value) {
    if (key == "type") return value.text(type_);
    if (key == "channel") return value.text(channel_);
    if (key == "timestamp") return value.text(sent_);
    if (key == "last_updated_at") return value.text(updated_);
    if (key == "nonce") return value.text(row_.seq);  // behind that of a book: the same
    if (key == "order_book") {
      return value.object([this](json::Key name, json::Value& field) {
        if (name == "bids") return field.levels("price", "size", bids_);
        if (name == "asks") return field.levels("price", "size", asks_);
        if (name == "begin_nonce") return field.text(row_.prev_seq);
        if (name == "nonce") return field.text(row_.seq);
        if (name == "last_updated_at") return field.text(updated_);
        return true;
      });
    }
    if (key == "trades") return read_trades(value, trades_);
    if (key == "liquidation_trades") return read_trades(value, liquidations_);
    if (key == "ticker") return read_ticker(value);
    if (key == "market_stats") return read_stats(value);
    if (key == "error") return has_error_ = true;
    return true;
  }

  struct Print : Row {
    std::string_view type;
  };

  static bool read_trades(json::Value& value, std::vector<Print>& prints) {
    return !value.is_array() || value.array([&](json::Value& element) {
      Print& print = prints.emplace_back();
      return element.object([&](json::Key key, json::Value& field) {
        if (key == "market_id") return field.text(print.symbol);
        if (key == "trade_id_str") return field.text(print.id);
        if (key == "trade_id") return !print.id.empty() || field.text(print.id);
        if (key == "price") return field.text(print.price);
        if (key == "size") return field.text(print.amount);
        if (key == "timestamp") return field.text(print.time);
        if (key == "type") return field.text(print.type);
        if (key == "is_maker_ask") {
          bool is_maker_ask;
          if (!field.boolean(is_maker_ask)) return false;
          print.side = is_maker_ask ? "buy" : "sell";
        }
        return true;
      });
    });
  }

  // A side that is not there is empty.
  bool read_ticker(json::Value& value) {
    const auto read_side = [](json::Value& side, std::string_view& price, std::string_view& size) {
      return !side.is_object() || side.object([&](json::Key key, json::Value& field) {
        if (key == "price") return field.text(price);
        if (key == "size") return field.text(size);
        return true;
      });
    };
    return value.object([&](json::Key key, json::Value& field) {
      if (key == "a") return read_side(field, row_.ask, row_.ask_amount);
      if (key == "b") return read_side(field, row_.bid, row_.bid_amount);
      return true;
    });
  }

  // Of one market, or of many by their numbers.
  bool read_stats(json::Value& value) {
    Row single;
    const auto read_field = [](json::Key key, json::Value& field, Row& row) {
      if (key == "market_id") return field.text(row.symbol);
      if (key == "index_price") return field.text(row.index);
      if (key == "mark_price") return field.text(row.mark);
      if (key == "open_interest") return field.text(row.open_interest);
      if (key == "last_trade_price") return field.text(row.last);
      // funding_rate was paid at funding_timestamp already.
      if (key == "current_funding_rate") return field.text(row.funding);
      return true;
    };
    const bool read = value.object([&](json::Key key, json::Value& field) {
      if (!field.is_object()) return read_field(key, field, single);
      Row& row = stats_.emplace_back();
      return field.object(
          [&](json::Key name, json::Value& of_row) { return read_field(name, of_row, row); });
    });
    if (!single.symbol.empty()) stats_.push_back(single);
    return read;
  }

  // ---- meaning ----

  Result<FrameKind> on_data(bool is_first, std::string_view what, Sink& out) {
    row_.symbol = split_first(channel_, ':').behind;
    row_.time = updated_.empty() ? sent_ : updated_;
    if (what == "order_book") {
      if (row_.seq.empty() || row_.prev_seq.empty())
        return malformed(kId, "book message lacks nonce or begin_nonce");
      return give_book(kId, row_, is_first, bids_, asks_, out);
    }
    if (what == "trade") return is_first ? FrameKind::history : on_trades(out);
    if (what == "ticker") return give_book_ticker(kId, row_, out);
    if (what == "market_stats") {
      return give_each(stats_, [&](Row& row) {
        row.time = sent_;
        return give_derivative_ticker(kId, row, out);
      });
    }
    for (const std::string_view ignored : kIgnored) {
      if (what == ignored) return FrameKind::ignored;
    }
    return FrameKind::unknown;
  }

  Result<FrameKind> on_trades(Sink& out) {
    MD_TRY(const FrameKind trades,
           give_each(trades_, [&](const Row& row) { return give_trade(kId, row, out); }));
    MD_TRY(const FrameKind liquidations,
           give_each(liquidations_, [&](const Print& print) -> Result<FrameKind> {
             // Deleveraging and settlement are not.
             if (print.type != "liquidation") return FrameKind::empty;
             return give_liquidation(kId, print, out);
           }));
    return trades == FrameKind::data ? trades : liquidations;
  }

  // {"code":200,"trades":[..]}: liquidations are among them.
  Result<FrameKind> on_recent_trades(std::string_view data, Sink& out) {
    trades_.clear();
    bool found = false;
    const bool read = parser_.read_object(data, [&](json::Key key, json::Value& value) {
      return !(key == "trades") || (found = true, read_trades(value, trades_));
    });
    if (!read) return malformed(kId, "broken list of trades");
    if (!found) return FrameKind::error;
    return give_each(trades_, [&](const Print& print) -> Result<FrameKind> {
      return print.type == "trade" ? give_trade(kId, print, out) : FrameKind::empty;
    });
  }

  json::Parser parser_;
  std::string_view type_, channel_, sent_, updated_;
  bool has_error_ = false;
  Row row_;
  std::vector<Print> trades_, liquidations_;
  std::vector<Row> stats_;
  std::vector<Level> bids_, asks_;
};

// {"order_books":[{"symbol":"ETH","market_id":0,"market_type":"perp","status":"active",..}, ...]}
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "order_books", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "market_id") return value.text(row.symbol);
        if (key == "symbol") return value.text(row.extra);
        if (key == "market_type") return value.text(row.kind);
        if (key == "status") return value.text(row.status);
        if (key == "supported_price_decimals") return value.text(row.tick_decimals);
        if (key == "supported_size_decimals") return value.text(row.step_decimals);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        const auto [base, quote] = split_first(row.extra, '/');  // of a perpetual, the base alone
        market.base = base;
        market.quote = quote;
        if (row.kind == "perp") market.kind = "perpetual";
        market.active = row.status == "active";
        return true;
      });
}

constexpr std::string_view kMarketLists[] = {"/api/v1/orderBooks"};

}  // namespace

const Venue lighter{
    .id = "lighter",
    .ws_url = kSubscribing.url,
    .rest_url = "https://mainnet.zklighter.elliot.ai",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    // An address may send 200 messages a minute; all markets there are fill two connections, so
    // each takes half of that. 80 new connections and 60 REST requests a minute.
    .limits = {.send_interval_ms = 620,
               .silence_ms = 60'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 1000},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades, .weight = 600},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<LighterSession>(); },
};

}  // namespace md::venue
