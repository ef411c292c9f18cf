// Deribit: futures, perpetuals, options and spot, JSON-RPC 2.0 over WebSocket.
// https://docs.deribit.com/ (read 2026-11-20)
//
// Book (book.{instrument}.100ms: all levels; `raw` needs an account):
//   1. the channel begins with a snapshot;  2. [action, price, amount]: amounts are absolute,
//   `delete` removes;  3. a change continues if its prev_change_id is the change_id before (ids
//   jump);  4. else unsubscribe and subscribe.
// Amounts of inverse futures and perpetuals are USD, all others base coins; never contracts.
// trade_seq has no holes within an instrument. Block trades and legs of combos bear it too and are
// given, though they print off the book. A trade says whose order was a liquidation: the taker's,
// the maker's, or both (MT, of which no capture was seen: one event a side). Funding accrues all
// the time and has no timestamp. The server asks for signs of life.
#include <fmt/format.h>

#include <algorithm>

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

constexpr std::string_view kId = "deribit";

// BTC-PERPETUAL, ETH-25SEP26; not BTC_USDC (spot), BTC-25SEP26-60000-C, BTC-FS-30SEP26_PERP.
bool is_future(std::string_view symbol) {
  return std::count(symbol.begin(), symbol.end(), '-') == 1;
}

constexpr Channel kChannels[] = {
    {Type::trade, "trades.$symbol.100ms"},
    {Type::book_change, "book.$symbol.100ms"},
    {Type::book_ticker, "quote.$symbol"},
    {Type::derivative_ticker, "ticker.$symbol.100ms", {}, is_future},
    {Type::liquidation, "trades.$symbol.100ms"},  // which trades say
};
constexpr std::string_view kHeartbeats[] = {
    R"({"jsonrpc":"2.0","id":0,"method":"public/set_heartbeat","params":{"interval":10}})"};
constexpr std::string_view kSignOfLife =
    R"({"jsonrpc":"2.0","id":0,"method":"public/test","params":{}})";
constexpr Subscribing kSubscribing{
    .url = "wss://streams.deribit.com/ws/api/v2",
    .channels = kChannels,
    .argument = R"("$channel")",
    .subscribe =
        R"({"jsonrpc":"2.0","id":$id,"method":"public/subscribe","params":{"channels":[$arguments]}})",
    .unsubscribe =
        R"({"jsonrpc":"2.0","id":$id,"method":"public/unsubscribe","params":{"channels":[$arguments]}})",
    .streams_per_connection = 500,
    .arguments_per_request = 100,
    .first = kHeartbeats};

// Channels that we know and do not record; what the venue says of itself is `status`.
constexpr std::string_view kIgnored[] = {"book.",       "chart.trades.",
                                         "deribit_",    "estimated_expiration_price.",
                                         "instrument.", "markprice.options.",
                                         "perpetual.",  "incremental_ticker.",
                                         "ticker.",     "block_trade_confirmations",
                                         "block_rfq."};

// book.BTC-PERPETUAL.100ms, not book.BTC-PERPETUAL.none.10.100ms (grouped).
bool is_plain(std::string_view channel) {
  return std::count(channel.begin(), channel.end(), '.') == 2;
}

class DeribitSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    method_ = channel_ = type_ = book_type_ = {};
    has_result_ = has_error_ = false;
    has_actions_ = true;
    trades_.clear();
    row_ = {};
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (method_ == "subscription") return on_data(out);
    if (method_ == "heartbeat") {
      if (type_ == "test_request") out.on_request({Request::Kind::send, std::string(kSignOfLife)});
      return FrameKind::heartbeat;
    }
    if (has_error_) return FrameKind::error;
    return has_result_ && method_.empty() ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "get_last_trades_by_instrument") {
      return give_history<TradeRow>(kId, reply, query_value(reply.request, "instrument_name"),
                                    "result.trades", read_trade_field,
                                    [&](const Row& row) { return give_trade(kId, row, out); });
    }
    return what == "get_instruments" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  struct TradeRow : Row {
    std::string_view liquidation;  // T: the taker's order, M: the maker's, MT
  };

  bool read_root(json::Key key, json::Value& value) {
    if (key == "method") return value.text(method_);
    if (key == "params" && value.is_object()) {
      return value.object([this](json::Key name, json::Value& v) { return read_params(name, v); });
    }
    if (key == "result") return has_result_ = true;
    if (key == "error") return has_error_ = true;
    return true;
  }

  bool read_params(json::Key key, json::Value& value) {
    if (key == "channel") return value.text(channel_);
    if (key == "type") return value.text(type_);
    if (!(key == "data")) return true;
    if (value.is_array()) return value.array([this](json::Value& row) { return read_trade(row); });
    return !value.is_object() || value.object([this](json::Key name, json::Value& field) {
      return read_field(name, field);
    });
  }

  bool read_trade(json::Value& value) {
    TradeRow& row = trades_.emplace_back();
    return !value.is_object() || value.object([&row](json::Key key, json::Value& field) {
      return read_trade_field(key, field, row);
    });
  }

  static bool read_trade_field(json::Key key, json::Value& value, TradeRow& row) {
    if (key == "instrument_name") return value.text(row.symbol);
    if (key == "timestamp") return value.text(row.time);
    if (key == "trade_id") return value.text(row.id);
    if (key == "trade_seq") return value.text(row.seq);
    if (key == "price") return value.text(row.price);
    if (key == "amount") return value.text(row.amount);
    if (key == "direction") return value.text(row.side);
    if (key == "liquidation") return value.text(row.liquidation);
    return true;
  }

  bool read_field(json::Key key, json::Value& value) {
    if (key == "instrument_name") return value.text(row_.symbol);
    if (key == "timestamp") return value.text(row_.time);
    if (key == "type") return value.text(book_type_);
    if (key == "change_id") return value.text(row_.seq);
    if (key == "prev_change_id") return value.text(row_.prev_seq);
    if (key == "bids") return read_side(value, bids_);
    if (key == "asks") return read_side(value, asks_);
    if (key == "best_bid_price") return value.text(row_.bid);
    if (key == "best_bid_amount") return value.text(row_.bid_amount);
    if (key == "best_ask_price") return value.text(row_.ask);
    if (key == "best_ask_amount") return value.text(row_.ask_amount);
    if (key == "last_price") return value.text(row_.last);
    if (key == "mark_price") return value.text(row_.mark);
    if (key == "index_price") return value.text(row_.index);
    if (key == "current_funding") return value.text(row_.funding);
    if (key == "open_interest") return value.text(row_.open_interest);
    return true;
  }

  // ["new" or "change" or "delete", price, amount]; of grouped books, [price, amount].
  bool read_side(json::Value& value, std::vector<Level>& side) {
    return value.array([&](json::Value& cells) {
      Level& level = side.emplace_back();
      std::string_view action;
      int column = 0;
      const bool read = cells.array([&](json::Value& cell) {
        switch (column++) {
          case 0:
            return cell.text(action);
          case 1:
            return cell.decimal(level.price);
          case 2:
            return cell.decimal(level.amount);
          default:
            return true;
        }
      });
      if (action == "delete") level.amount = {};
      has_actions_ &= column >= 3;
      return read && column >= 2;
    });
  }

  Result<FrameKind> on_data(Sink& out) {
    if (channel_.starts_with("trades."))
      return give_each(trades_, [&](TradeRow& row) { return on_trade(row, out); });
    if (channel_.starts_with("quote.")) return give_book_ticker(kId, row_, out);
    if (channel_.starts_with("book.") && is_plain(channel_)) return on_book(out);
    if (channel_.starts_with("ticker.") && is_future(row_.symbol))
      return give_derivative_ticker(kId, row_, out);
    if (channel_.starts_with("platform_state") || channel_.starts_with("announcements"))
      return FrameKind::status;
    const bool known = std::any_of(std::begin(kIgnored), std::end(kIgnored),
                                   [this](std::string_view c) { return channel_.starts_with(c); });
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_trade(TradeRow& row, Sink& out) {
    MD_TRY(const FrameKind kind, give_trade(kId, row, out));
    if (row.liquidation.empty() || row.liquidation == "none") return kind;
    if (row.liquidation != "M") MD_CHECK(give_liquidation(kId, row, out));
    if (row.liquidation != "T") {
      row.side = row.side == "buy" ? "sell" : "buy";
      MD_CHECK(give_liquidation(kId, row, out));
    }
    return kind;
  }

  // Years ago snapshots were changes behind 0 or nothing.
  Result<FrameKind> on_book(Sink& out) {
    const bool is_snapshot =
        book_type_ == "snapshot" || row_.prev_seq.empty() || row_.prev_seq == "0";
    if (is_snapshot) row_.prev_seq = {};
    if (row_.seq.empty()) return malformed(kId, "book message lacks change_id");
    if (!has_actions_) return malformed(kId, "book level lacks its action");
    return give_book(kId, row_, is_snapshot, bids_, asks_, out);
  }

  json::Parser parser_;
  std::string_view method_, channel_, type_, book_type_;
  bool has_result_ = false, has_error_ = false, has_actions_ = true;
  std::vector<TradeRow> trades_;
  Row row_;
  std::vector<Level> bids_, asks_;
};

// Not listed: combos, whose trades come again as those of their legs.
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "result", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "instrument_name") return value.text(row.symbol);
        if (key == "base_currency") return value.text(row.base);
        if (key == "quote_currency") return value.text(row.quote);
        if (key == "kind") return value.text(row.kind);
        if (key == "tick_size") return value.text(row.tick);
        if (key == "min_trade_amount") return value.text(row.step);
        if (key == "is_active") return value.text(row.status);
        if (key == "settlement_period") return value.text(row.extra);
        if (key == "instrument_type" || key == "future_type") return value.text(row.extra2);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        if (row.kind.ends_with("_combo")) return false;
        if (row.kind == "option") market.kind = "option";
        if (row.kind == "future") {
          market.kind = row.extra == "perpetual" ? "perpetual" : "future";
          if (row.extra2 == "reversed") market.contract_size = Decimal{1, 0};  // amounts are USD
        }
        market.active = row.status != "false";
        return true;
      });
}

// By time, as ids count over all instruments of a currency.
std::string missing_trades(const TradeHole& hole) {
  std::string request = fmt::format(
      "/api/v2/public/get_last_trades_by_instrument?instrument_name={}&count=1000&sorting={}",
      percent_encode(hole.symbol), hole.after != 0 ? "asc" : "desc");
  if (hole.after != 0) request += fmt::format("&start_timestamp={}", hole.after / 1000);
  if (hole.before != 0) request += fmt::format("&end_timestamp={}", hole.before / 1000);
  return request;
}

constexpr std::string_view kMarketLists[] = {
    "/api/v2/public/get_instruments?currency=any&kind=future&expired=false",
    "/api/v2/public/get_instruments?currency=any&kind=spot&expired=false",
    "/api/v2/public/get_instruments?currency=any&kind=option&expired=false"};

}  // namespace

const Venue deribit{
    .id = kId,
    .ws_url = kSubscribing.url,
    .rest_url = "https://www.deribit.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    // 3.3 subscriptions and one instrument list a second; heartbeats every 10 s.
    .limits = {.send_interval_ms = 350,
               .silence_ms = 30'000,
               .connect_interval_ms = 1'000,
               .rest_interval_ms = 1'000},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::forward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<DeribitSession>(); },
};

}  // namespace md::venue
