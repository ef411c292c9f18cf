// dYdX v4 perpetuals, through the Indexer. https://docs.dydx.xyz/indexer-client/websockets (read
// 2026-11-20)
//
// The Indexer shows one node's view of the order book, which no consensus made, and trades as they
// stand in blocks, with the block's time. Book (v4_orderbook: all levels):
//   1. the answer to the subscription is the snapshot;  2. changes have absolute sizes, "0"
//   removes;  3. message_id counts the frames of a connection, and nothing else shows a loss: then
//   connect again. The answer to a subscription has the number of the moment when it was asked for,
//   but is sent when it is ready, so its number may come late (as the server's source has it, and
//   as recordings show): a number is missing when it did not come for half a minute. Errors may
//   repeat a number.
// Books are often crossed, since orders may expire unseen; they are given as they come. What comes
// with the subscription of trades is history. A trade of type LIQUIDATED is a liquidation too; its
// side is the taker's. v4_markets is one channel for all markets: those that this connection has no
// other channel of are passed over. The mark price is the oracle's, there is no other; the funding
// rate is the one predicted for the running hour. Books and markets have no time.
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

constexpr std::string_view kId = "dydx";
constexpr std::size_t kPerChannel = 32;  // markets of one channel on a connection

constexpr std::string_view kTrades = "/v4/trades/perpetualMarket/";

constexpr Channel kChannels[] = {
    {Type::trade, "v4_trades"},
    {Type::book_change, "v4_orderbook"},
    {Type::liquidation, "v4_trades"},
};
constexpr Subscribing kSubscribing{
    .url = "wss://indexer.dydx.trade/v4/ws",
    .channels = kChannels,
    .argument = {},
    .subscribe = R"({"type":"subscribe","channel":"$channel","id":"$symbol","batched":false})",
    .unsubscribe = R"({"type":"unsubscribe","channel":"$channel","id":"$symbol"})"};
constexpr std::string_view kMarkets =
    R"({"type":"subscribe","channel":"v4_markets","batched":false})";

constexpr std::string_view kIgnored[] = {"v4_candles", "v4_block_height", "v4_subaccounts",
                                         "v4_parent_subaccounts"};

// Follows the numbers of a connection's frames, some of which come late.
class MessageIds {
 public:
  void on_number(std::int64_t number, Micros now, Sink& out) {
    if (last_ && number <= *last_) {
      std::erase_if(missing_, [number](const Missing& m) { return m.number == number; });
    } else {
      if (last_) await(*last_, number, now, out);
      last_ = number;
    }
    std::size_t lost = 0;
    while (lost < missing_.size() && now - missing_[lost].since > kPatience) ++lost;
    if (lost == 0) return;
    give_gap(integer_before(missing_[0].number), integer_after(missing_[lost - 1].number), out);
    missing_.erase(missing_.begin(), missing_.begin() + static_cast<std::ptrdiff_t>(lost));
  }

 private:
  static constexpr Micros kPatience = 30 * kSecond;
  // Answers that can be on their way: two subscriptions a second, so this is far more.
  static constexpr std::uint64_t kMostMissing = 1000;
  struct Missing {
    std::int64_t number;
    Micros since;
  };

  // What stands between `last` and `number`.
  void await(std::int64_t last, std::int64_t number, Micros now, Sink& out) {
    const std::uint64_t between =
        static_cast<std::uint64_t>(number) - static_cast<std::uint64_t>(last) - 1;
    if (between > kMostMissing - missing_.size()) return give_gap(last, number, out);
    while (++last < number) missing_.push_back({last, now});
  }

  // Whose messages are missing nobody knows.
  static void give_gap(std::int64_t before, std::int64_t after, Sink& out) {
    out.on_event({{}, {}, 0, 0, Gap{Type::book_change, before, after, GapReason::sequence, {}}});
    out.on_request({Request::Kind::reconnect, "hole in the connection's sequence"});
  }

  Seq last_;
  std::vector<Missing> missing_;  // in the order of their numbers
};

class DydxSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    type_ = channel_ = symbol_ = number_ = {};
    has_contents_ = has_trades_ = has_book_ = false;
    trades_.clear();
    markets_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (std::int64_t number; read_integer(number_, number))
      ids_.on_number(number, frame.local_timestamp, out);
    if (type_ == "connected") return FrameKind::status;
    if (type_ == "pong") return FrameKind::heartbeat;
    if (type_ == "error") return FrameKind::error;
    if (type_ == "unsubscribed") return FrameKind::ack;
    const bool is_first = type_ == "subscribed";
    if (!is_first && type_ != "channel_data" && type_ != "channel_batch_data")
      return FrameKind::unknown;
    if (channel_ == "v4_trades") return on_trades(is_first, out);
    if (channel_ == "v4_orderbook") return on_book(is_first, out);
    if (channel_ == "v4_markets") return on_markets(out);
    const bool known =
        std::find(std::begin(kIgnored), std::end(kIgnored), channel_) != std::end(kIgnored);
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (url_path(reply.request).starts_with(kTrades)) {
      return give_history<TradeRow>(kId, reply, last_component(reply.request), "trades",
                                    read_trade_field,
                                    [&](const Row& row) { return give_trade(kId, row, out); });
    }
    return last_component(reply.request) == "perpetualMarkets" ? FrameKind::markets
                                                               : FrameKind::unknown;
  }

 private:
  struct TradeRow : Row {
    std::string_view type;
  };

  bool read_root(json::Key key, json::Value& value) {
    if (key == "type") return value.text(type_);
    if (key == "channel") return value.text(channel_);
    if (key == "id") return value.text(symbol_);
    if (key == "message_id") return value.text(number_);
    if (!(key == "contents")) return true;
    has_contents_ = true;
    if (value.is_array()) return value.array([this](json::Value& v) { return read_contents(v); });
    return !value.is_object() || read_contents(value);
  }

  bool read_contents(json::Value& value) {
    return value.object([this](json::Key key, json::Value& field) {
      if (key == "trades" && field.is_array()) {
        has_trades_ = true;
        return field.array([this](json::Value& row) { return read_trade(row); });
      }
      if (key == "bids") return (has_book_ = true) && read_side(field, bids_);
      if (key == "asks") return (has_book_ = true) && read_side(field, asks_);
      if (key == "markets" || key == "trading" || key == "oraclePrices") {
        return !field.is_object() || field.object([this](json::Key name, json::Value& market) {
          return read_market(name.text(), market);
        });
      }
      return true;
    });
  }

  bool read_trade(json::Value& value) {
    TradeRow& row = trades_.emplace_back();
    return value.object(
        [&row](json::Key key, json::Value& field) { return read_trade_field(key, field, row); });
  }

  static bool read_trade_field(json::Key key, json::Value& value, TradeRow& row) {
    if (key == "id") return value.text(row.id);
    if (key == "side") return value.text(row.side);
    if (key == "price") return value.text(row.price);
    if (key == "size") return value.text(row.amount);
    if (key == "createdAt") return value.text(row.time);
    if (key == "type") return value.text(row.type);
    return true;
  }

  // Of snapshots {"price":"0.1547","size":"35520"}, of changes ["0.1547","0"].
  static bool read_side(json::Value& value, std::vector<Level>& side) {
    return value.array([&side](json::Value& element) {
      Level& level = side.emplace_back();
      bool has_price = false, has_size = false;
      if (element.is_object()) {
        return element.object([&](json::Key key, json::Value& field) {
          if (key == "price") return has_price = field.decimal(level.price);
          if (key == "size") return has_size = field.decimal(level.amount);
          return true;
        }) && has_price &&
               has_size;
      }
      int column = 0;
      return element.array([&](json::Value& cell) {
        switch (column++) {
          case 0:
            return cell.decimal(level.price);
          case 1:
            return has_size = cell.decimal(level.amount);
          default:
            return true;  // an offset, in the past
        }
      }) && has_size;
    });
  }

  bool read_market(std::string_view symbol, json::Value& value) {
    Row& row = markets_.emplace_back();
    row.symbol = symbol;
    return value.object([&row](json::Key key, json::Value& field) {
      if (key == "oraclePrice") return field.text(row.mark);
      if (key == "openInterest") return field.text(row.open_interest);
      if (key == "nextFundingRate") return field.text(row.funding);
      return true;
    });
  }

  Result<FrameKind> on_trades(bool is_first, Sink& out) {
    if (symbol_.empty() || !has_contents_) return malformed(kId, "trades lack id or contents");
    entry(carried_, symbol_) = true;
    if (is_first) return FrameKind::history;
    if (!has_trades_) return malformed(kId, "frame lacks trades");
    return give_each(trades_, [&](TradeRow& row) -> Result<FrameKind> {
      row.symbol = symbol_;
      MD_TRY(const FrameKind kind, give_trade(kId, row, out));
      if (row.type == "LIQUIDATED") MD_CHECK(give_liquidation(kId, row, out));
      return kind;
    });
  }

  Result<FrameKind> on_book(bool is_first, Sink& out) {
    if (!has_book_) return malformed(kId, "book lacks its sides");
    Row book;
    book.symbol = symbol_;
    MD_TRY(const FrameKind kind, give_book(kId, book, is_first, bids_, asks_, out));
    entry(carried_, symbol_) = true;
    return kind;
  }

  Result<FrameKind> on_markets(Sink& out) {
    if (!has_contents_) return malformed(kId, "markets lack contents");
    return give_each(markets_, [&](const Row& row) -> Result<FrameKind> {
      if (!carried_.empty() && carried_.find(row.symbol) == carried_.end()) return FrameKind::empty;
      return give_derivative_ticker(kId, row, out);
    });
  }

  json::Parser parser_;
  std::string_view type_, channel_, symbol_, number_;
  bool has_contents_ = false, has_trades_ = false, has_book_ = false;
  std::vector<TradeRow> trades_;
  std::vector<Row> markets_;
  std::vector<Level> bids_, asks_;
  MessageIds ids_;
  BySymbol<bool> carried_;  // what has trades or books here
};

// From trades or books the session learns whose tickers are wanted.
std::vector<Connection> connections(Subscription subscription) {
  Types& types = subscription.types;
  const bool tickers = types.has(Type::derivative_ticker);
  if (tickers && !types.has(Type::book_change)) types.add(Type::trade);
  const bool has_trades = types.has(Type::trade) || types.has(Type::liquidation);
  Subscribing rule = kSubscribing;
  rule.streams_per_connection = kPerChannel * (has_trades && types.has(Type::book_change) ? 2 : 1);
  std::vector<Connection> out = venue::connections(rule, subscription);
  for (Connection& connection : out) {
    if (tickers) connection.send.emplace_back(kMarkets);
  }
  return out;
}

// {"markets":{"BTC-USD":{"ticker":"BTC-USD","status":"ACTIVE",..}, ..}}
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  json::Parser parser;
  bool found = false;
  std::optional<Error> error;
  const auto read_market = [&](json::Value& value) {
    MarketRow row;
    const bool read = value.object([&row](json::Key key, json::Value& field) {
      if (key == "ticker") return field.text(row.symbol);
      if (key == "status") return field.text(row.status);
      if (key == "tickSize") return field.text(row.tick);
      if (key == "stepSize") return field.text(row.step);
      return true;
    });
    if (!read) return false;
    const auto [base, quote] = split_last(row.symbol, '-');
    row.base = base;
    row.quote = quote;
    Result<Market> market = to_market(kId, row, "perpetual");
    if (!market) {
      error = std::move(market).error();
      return false;
    }
    market->active = row.status == "ACTIVE";
    out.push_back(std::move(*market));
    return true;
  };
  const bool read = parser.read_object(data, [&](json::Key key, json::Value& value) {
    if (!(key == "markets")) return true;
    found = true;
    return value.object([&](json::Key, json::Value& market) { return read_market(market); });
  });
  if (error) return std::move(*error);
  if (!read || !found) return malformed(kId, "broken market list");
  return {};
}

// Newest first.
std::string missing_trades(const TradeHole& hole) {
  std::string request = fmt::format("{}{}?limit=1000", kTrades, percent_encode(hole.symbol));
  if (hole.before != 0)
    request += fmt::format("&createdBeforeOrAt={}", iso_milliseconds(hole.before));
  return request;
}

constexpr std::string_view kMarketLists[] = {"/v4/perpetualMarkets"};
constexpr std::string_view kAliases[] = {"dydx-v4"};

}  // namespace

const Venue dydx{
    .id = kId,
    .aliases = kAliases,
    .ws_url = kSubscribing.url,
    .rest_url = "https://indexer.dydx.trade",
    .types = {Type::trade, Type::book_change, Type::derivative_ticker, Type::liquidation},
    // More than two subscriptions a second close the connection. Protocol pings every 30 s. 100
    // REST requests in ten seconds.
    .limits = {.send_interval_ms = 600,
               .silence_ms = 90'000,
               .connect_interval_ms = 1'000,
               .rest_interval_ms = 100},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<DydxSession>(); },
};

}  // namespace md::venue
