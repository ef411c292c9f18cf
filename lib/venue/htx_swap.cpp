// HTX derivatives: linear swaps and futures (USDT-M), coin-margined swaps and futures.
// https://huobiapi.github.io/docs/usdt_swap/v1/en/#websocket-market-data (read 2026-11-20)
//
// Each frame of the venue is one gzip member; ours are plain text. Every family has a path for
// markets and one for notices (funding, liquidations), which speaks another dialect; indices and
// mark prices of all have a path of their own; open interest is asked for by REST. Since the
// USDT-M migration of July 2026 only the market paths are known to be as documented.
// Book (depth.size_150.high_freq with data_type "incremental", every 30 ms):
//   1. event "snapshot" comes first on the stream, without sides where the book is empty;  2. each
//   "update" has the version before it plus 1;  3. else unsubscribe and subscribe. Versions count
//   per connection.
// Amounts are contracts. Those of trades count both sides, as documented, and are left so. The side
// of a trade may be empty. Subscribing to trades brings the last one, however old.
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

constexpr std::string_view kId = "htx-swap";
constexpr Micros kOpenInterestInterval = kMinute;

// BTC-USDT, BTC-USDT-261225
bool is_linear(std::string_view symbol) { return symbol.find("-USDT") != std::string_view::npos; }
// BTC-USD
bool is_coin_swap(std::string_view symbol) { return symbol.ends_with("-USD"); }
// BTC261225
bool is_coin_future(std::string_view symbol) { return !is_linear(symbol) && !is_coin_swap(symbol); }
bool has_index(std::string_view symbol) { return !is_coin_future(symbol); }
bool is_perpetual(std::string_view symbol) {
  return std::count(symbol.begin(), symbol.end(), '-') == 1;
}
bool is_linear_perpetual(std::string_view symbol) {
  return is_linear(symbol) && is_perpetual(symbol);
}
std::string_view coin(std::string_view symbol) {
  return symbol.substr(0, symbol.find_first_of("0123456789"));
}

constexpr std::string_view kBook = "depth.size_150.high_freq";
constexpr std::string_view kIncremental = R"(,"data_type":"incremental")";
// The book first: its acknowledgement dates the trades that are told again.
constexpr Channel kMarketChannels[] = {
    {Type::book_change, kBook, "/linear-swap-ws", is_linear, kIncremental},
    {Type::trade, "trade.detail", "/linear-swap-ws", is_linear},
    {Type::book_ticker, "bbo", "/linear-swap-ws", is_linear},
    {Type::book_change, kBook, "/swap-ws", is_coin_swap, kIncremental},
    {Type::trade, "trade.detail", "/swap-ws", is_coin_swap},
    {Type::book_ticker, "bbo", "/swap-ws", is_coin_swap},
    {Type::book_change, kBook, "/ws", is_coin_future, kIncremental},
    {Type::trade, "trade.detail", "/ws", is_coin_future},
    {Type::book_ticker, "bbo", "/ws", is_coin_future},
    {Type::derivative_ticker, "basis.1min.close", "/ws_index", has_index},
    {Type::derivative_ticker, "mark_price.1min", "/ws_index", has_index},
};
// Liquidations of coin-margined futures are subscribed by coin, and tell the contract.
constexpr Channel kNoticeChannels[] = {
    {Type::derivative_ticker, "funding_rate", "/linear-swap-notification", is_linear_perpetual},
    {Type::liquidation, "liquidation_orders", "/linear-swap-notification", is_linear},
    {Type::derivative_ticker, "funding_rate", "/swap-notification", is_coin_swap},
    {Type::liquidation, "liquidation_orders", "/swap-notification", is_coin_swap},
    {Type::liquidation, "liquidation_orders", "/notification", is_coin_future, {}, coin},
};
constexpr Subscribing kMarkets{
    .url = "wss://api.hbdm.com",
    .channels = kMarketChannels,
    .subscribe = R"({"sub":"market.$symbol.$channel","id":"$id"$option})",
    .unsubscribe = R"({"unsub":"market.$symbol.$channel","id":"$id"$option})",
    .streams_per_connection = 200};
constexpr Subscribing kNotices{
    .url = kMarkets.url,
    .channels = kNoticeChannels,
    .subscribe = R"({"op":"sub","cid":"$id","topic":"public.$symbol.$channel"})",
    .streams_per_connection = 200};

class HtxSwapSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    topic_ = op_ = pushed_ = status_ = error_ = ping_ = event_ = {};
    is_ack_ = false;
    row_ = {};
    rows_.clear();
    bids_.clear();
    asks_.clear();
    std::string_view text;
    if (!inflater_.inflate(frame.data, text)) return malformed(kId, "frame cannot be inflated");
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(text, read)) return not_an_object(kId, text);
    const auto [scope, rest] = split_first(topic_, '.');
    const auto [symbol, channel] = split_first(rest, '.');
    row_.symbol = symbol;
    if (!op_.empty()) return on_notice(channel, out);
    if (!ping_.empty()) {
      out.on_request({Request::Kind::send, fmt::format(R"({{"pong":{}}})", ping_)});
      return FrameKind::heartbeat;
    }
    if (status_ == "error") return FrameKind::error;
    if (is_ack_) {
      if (since_ == 0) since_ = read_time(pushed_);
      return FrameKind::ack;
    }
    if (scope != "market") return FrameKind::unknown;
    if (channel == "trade.detail") return on_trades(out);
    if (channel.starts_with("depth.") && channel.ends_with(".high_freq")) return on_book(out);
    if (channel == "bbo") {
      row_.seq = {};  // not of the book's numbers
      return give_book_ticker(kId, row_, out);
    }
    if (channel.starts_with("basis.") || channel.starts_with("mark_price."))
      return on_index(frame, out);
    const std::string_view family = channel.substr(0, channel.find('.'));
    const bool known = family == "depth" || family == "kline" || family == "detail" ||
                       family == "index" || family == "estimated_rate";
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "swap_contract_info" || what == "contract_contract_info") return FrameKind::markets;
    if (what == "trade") return on_history(reply, out);
    return what == "swap_open_interest" ? on_open_interest(reply, out) : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "ch" || key == "topic") return value.text(topic_);
    if (key == "op") return value.text(op_);
    if (key == "subbed" || key == "unsubbed") return is_ack_ = true;
    if (key == "ts") return value.text(pushed_);
    if (key == "status") return value.text(status_);
    if (key == "err-code") return value.text(error_);
    if (key == "ping") return value.text(ping_);
    if (key == "tick") {
      return !value.is_object() || value.object([this](json::Key name, json::Value& field) {
        return read_field(name, field, row_);
      });
    }
    if (key == "data") return !value.is_array() || read_rows(value);
    return true;
  }

  bool read_rows(json::Value& value) {
    return value.array([this](json::Value& element) {
      Row& row = rows_.emplace_back();
      return element.object([&](json::Key key, json::Value& field) {
        return key == "data" || read_field(key, field, row);  // no rows in rows
      });
    });
  }

  bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "data") return read_rows(value);
    if (key == "bids") return !value.is_array() || value.levels(bids_);
    if (key == "asks") return !value.is_array() || value.levels(asks_);
    if (key == "event") return value.text(event_);
    if (key == "version") return value.text(row.seq);
    if (key == "bid") return read_best(value, row.bid, row.bid_amount);
    if (key == "ask") return read_best(value, row.ask, row.ask_amount);
    if (key == "ts" || key == "created_at") return value.text(row.time);
    if (key == "id") return value.text(row.id);
    if (key == "price") return value.text(row.price);
    if (key == "amount") return value.text(row.amount);
    if (key == "direction") return value.text(row.side);
    if (key == "contract_code") return value.text(row.symbol);
    if (key == "contract_price") return value.text(row.last);
    if (key == "index_price") return value.text(row.index);
    if (key == "close") return value.text(row.mark);
    if (key == "funding_rate") return value.text(row.funding);
    if (key == "estimated_rate") return value.text(row.predicted_funding);
    if (key == "settlement_time") return value.text(row.funding_time);
    if (key == "volume") return value.text(row.open_interest);  // of a liquidation its amount
    return true;
  }

  // [price, contracts]
  static bool read_best(json::Value& value, std::string_view& price, std::string_view& amount) {
    int column = 0;
    return !value.is_array() || value.array([&](json::Value& cell) {
      return cell.text(column++ == 0 ? price : amount);
    });
  }

  Result<FrameKind> on_trades(Sink& out) {
    if (since_ != 0 && read_time(pushed_) < since_) return FrameKind::history;
    return give_each(rows_, [&](Row& trade) {
      trade.symbol = row_.symbol;
      return on_trade(trade, out);
    });
  }

  static Result<FrameKind> on_trade(Row& trade, Sink& out) {
    if (trade.side.empty()) trade.side = "unknown";
    return give_trade(kId, trade, out);
  }

  Result<FrameKind> on_history(const Reply& reply, Sink& out) {
    const auto read = [this](json::Key key, json::Value& value, Row& row) {
      return read_field(key, value, row);
    };
    std::string_view symbol = query_value(reply.request, "contract_code");
    if (symbol.empty()) symbol = query_value(reply.request, "symbol");
    return give_history(kId, reply, symbol, "data.data", read,
                        [&](Row& trade) { return on_trade(trade, out); });
  }

  Result<FrameKind> on_book(Sink& out) {
    std::int64_t version;
    if (!read_integer(row_.seq, version)) return malformed(kId, "book message lacks version");
    if (event_ == "snapshot") return give_book(kId, row_, true, bids_, asks_, out);
    if (event_ != "update") return FrameKind::unknown;
    return give_book(kId, row_, false, bids_, asks_, out, integer_before(version));
  }

  // Indices and marks come for each symbol: they are the clock of what is not streamed.
  Result<FrameKind> on_index(const Frame& frame, Sink& out) {
    row_.time = pushed_;
    MD_TRY(const FrameKind kind, give_derivative_ticker(kId, row_, out));
    Micros& polled = entry(polled_, row_.symbol);
    if (frame.local_timestamp - polled >= kOpenInterestInterval) {
      polled = frame.local_timestamp;
      out.on_request({Request::Kind::fetch,
                      fmt::format("{}/v1/swap_open_interest?contract_code={}",
                                  is_linear(row_.symbol) ? "/linear-swap-api" : "/swap-api",
                                  percent_encode(row_.symbol))});
    }
    return kind;
  }

  Result<FrameKind> on_notice(std::string_view channel, Sink& out) {
    if (op_ == "ping") {
      out.on_request({Request::Kind::send, fmt::format(R"({{"op":"pong","ts":"{}"}})", pushed_)});
      return FrameKind::heartbeat;
    }
    if (op_ == "close" || op_ == "error") {
      out.on_request({Request::Kind::reconnect, fmt::format("the venue says {}", op_)});
      return op_ == "error" ? FrameKind::error : FrameKind::status;
    }
    if (op_ == "sub" || op_ == "unsub") return error_ == "0" ? FrameKind::ack : FrameKind::error;
    if (op_ != "notify") return FrameKind::unknown;
    if (channel == "funding_rate") {
      return give_each(rows_, [&](Row& row) {
        row.time = pushed_;
        return give_derivative_ticker(kId, row, out);
      });
    }
    if (channel == "liquidation_orders") return on_liquidations(out);
    if (channel == "contract_info" || channel == "contract_elements") return FrameKind::ignored;
    return channel == "heartbeat" ? FrameKind::status : FrameKind::unknown;
  }

  // `direction` is the closing order's: buy = a short was liquidated. The price is the bankruptcy
  // price.
  Result<FrameKind> on_liquidations(Sink& out) {
    return give_each(rows_, [&](Row& row) {
      row.amount = row.open_interest;
      return give_liquidation(kId, row, out);
    });
  }

  Result<FrameKind> on_open_interest(const Reply& reply, Sink& out) {
    rows_.clear();
    pushed_ = {};
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(reply.data, read)) return malformed(kId, "broken open interest");
    return give_each(rows_, [&](const Row& row) {
      Row interest;
      interest.symbol = row.symbol;
      interest.time = pushed_;
      interest.open_interest = row.open_interest;
      return give_derivative_ticker(kId, interest, out);
    });
  }

  Inflater inflater_;
  json::Parser parser_;
  Micros since_ = 0;  // the venue's time of the first acknowledgement: older trades are history
  BySymbol<Micros> polled_;
  std::string_view topic_, op_, pushed_, status_, error_, ping_, event_;
  bool is_ack_ = false;
  Row row_;
  std::vector<Row> rows_;
  std::vector<Level> bids_, asks_;
};

std::vector<Connection> connect(const Subscription& subscription) {
  std::vector<Connection> out = connections(kMarkets, subscription);
  for (Connection& notices : connections(kNotices, subscription)) out.push_back(std::move(notices));
  return out;
}

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "data", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "contract_code") return value.text(row.symbol);
        if (key == "symbol") return value.text(row.base);
        if (key == "contract_size") return value.text(row.contract_size);
        if (key == "price_tick") return value.text(row.tick);
        if (key == "contract_status") return value.text(row.status);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        market.quote = is_linear(row.symbol) ? "USDT" : "USD";
        market.kind = is_perpetual(row.symbol) ? "perpetual" : "future";
        market.step = Decimal{1, 0};
        market.active = row.status == "1";
        return row.status != "0" && row.status != "8";  // delisted, delivered
      });
}

// In groups, newest first.
std::string recent_trades(const TradeHole& hole) {
  const std::string_view path =
      is_linear(hole.symbol)      ? "/linear-swap-ex/market/history/trade?contract_code"
      : is_coin_swap(hole.symbol) ? "/swap-ex/market/history/trade?contract_code"
                                  : "/market/history/trade?symbol";
  return fmt::format("{}={}&size=2000", path, percent_encode(hole.symbol));
}

constexpr std::string_view kMarketLists[] = {
    "/linear-swap-api/v1/swap_contract_info?business_type=all", "/swap-api/v1/swap_contract_info",
    "/api/v1/contract_contract_info"};
constexpr std::string_view kAliases[] = {"huobi-dm", "huobi-dm-swap", "huobi-dm-linear-swap"};

}  // namespace

const Venue htx_swap{
    .id = kId,
    .aliases = kAliases,
    .ws_url = kMarkets.url,
    .rest_url = "https://api.hbdm.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    // A ping every 5 seconds; 40 subscriptions a second; 120 REST requests in 3 seconds.
    .limits = {.send_interval_ms = 30,
               .silence_ms = 20'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 50},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kMarkets, s); }},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = recent_trades},
    .market_lists = kMarketLists,
    .connections = connect,
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<HtxSwapSession>(); },
};

}  // namespace md::venue
