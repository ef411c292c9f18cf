// WhiteBIT: spot and perpetuals. https://docs.whitebit.com/public/websocket/ (read 2026-11-20)
//
// Book (depth: 100 levels, every 100 ms):
//   1. subscribe: a whole book comes, and again after ten seconds without a change;  2. a change
//   continues if its past_update_id is the update_id before;  3. cut both sides to 100 levels: what
//   falls out is not deleted;  4. after a hole, subscribe again. Unsubscribing leaves all books.
// A list of markets replaces the one before, of books alone each request adds a market. Times are
// seconds with a fraction. Trades come newest first; the first after subscribing are some hundred
// of before. Whether their ids miss none is not told. Index price, funding and open interest of
// perpetuals are asked for by REST once a minute: one answer tells all markets, so the request
// names those that are wanted, which the venue does not read.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/history.hpp"
#include "venue/markets.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "whitebit";
constexpr std::string_view kUrl = "wss://api.whitebit.com/ws";
constexpr std::string_view kFutures = "/api/v4/public/futures";
constexpr std::string_view kHistory = "/api/v1/public/history";
constexpr std::size_t kMaxSymbols = 180;  // a connection may send 200 requests a minute
constexpr Micros kFuturesInterval = kMinute;

bool is_perpetual(std::string_view symbol) { return symbol.ends_with("_PERP"); }

std::string depth_request(std::size_t id, std::string_view symbol) {
  return fmt::format(R"({{"id":{},"method":"depth_subscribe","params":["{}",100,"0",true]}})", id,
                     json_escape(symbol));
}

// The latest 100 with a higher id. (On which amounts v4's list has, its documentation contradicts
// itself.)
std::string missing_trades(const TradeHole& hole) {
  return fmt::format("{}?market={}&lastId={}&limit=100", kHistory, percent_encode(hole.symbol),
                     whole_number(hole.after_id).value_or(0));
}

class WhitebitSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (has_error_) return FrameKind::error;
    if (method_.empty()) return on_answer();
    if (method_ == "trades_update") return on_trades(out);
    if (method_ == "depth_update") return on_depth(out);
    if (method_ == "bookTicker_update") return on_book_ticker(out);
    if (method_ == "lastprice_update") return on_last_price(frame.local_timestamp, out);
    const bool is_known = method_ == "candles_update" || method_ == "market_update" ||
                          method_ == "marketToday_update";
    return is_known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view path = url_path(reply.request);
    if (path == "/api/v4/public/markets") return FrameKind::markets;
    if (path == kHistory) return on_history(reply, out);
    return path == kFutures ? on_futures(reply, out) : FrameKind::unknown;
  }

 private:
  void clear() {
    method_ = result_ = symbol_ = price_ = is_whole_ = {};
    has_error_ = false;
    book_ = {};
    rows_.clear();
    cells_.clear();
    bids_.clear();
    asks_.clear();
  }

  bool read_root(json::Key key, json::Value& value) {
    if (key == "method") return value.text(method_);
    if (key == "params")
      return !value.is_array() ||
             value.array([this](json::Value& param) { return read_param(param); });
    if (key == "error") {
      has_error_ = value.is_object();
      return true;
    }
    if (key == "result") return value.whole(result_);
    return true;
  }

  // Their kinds tell parameters apart: the market's name, rows of trades, the columns of a quote,
  // the levels of a book and whether they are all.
  bool read_param(json::Value& value) {
    if (value.is_string()) return value.text(symbol_.empty() ? symbol_ : price_);
    if (value.is_object())
      return value.object([this](json::Key k, json::Value& v) { return read_field(k, v, book_); });
    if (!value.is_array()) return value.text(is_whole_);
    return value.array([this](json::Value& cell) {
      if (!cell.is_object()) return cell.text(cells_.emplace_back());
      Row& row = rows_.emplace_back();
      return cell.object([&](json::Key k, json::Value& v) { return read_field(k, v, row); });
    });
  }

  bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "id") return value.text(row.id);
    if (key == "time" || key == "timestamp") return value.text(row.time);
    if (key == "price") return value.text(row.price);
    if (key == "amount") return value.text(row.amount);
    if (key == "type") return value.text(row.side);
    if (key == "bids") return value.levels(bids_);
    if (key == "asks") return value.levels(asks_);
    if (key == "update_id") return value.text(row.seq);
    if (key == "past_update_id") return value.text(row.prev_seq);
    if (key == "ticker_id") return value.text(row.symbol);
    if (key == "index_price") return value.text(row.index);
    if (key == "funding_rate") return value.text(row.funding);
    if (key == "next_funding_rate_timestamp") return value.text(row.funding_time);
    if (key == "open_interest") return value.text(row.open_interest);
    return true;
  }

  Result<FrameKind> on_answer() {
    if (result_ == "\"pong\"") return FrameKind::heartbeat;
    if (!result_.starts_with('{')) return FrameKind::unknown;
    has_ack_ = true;
    return FrameKind::ack;
  }

  // Without an acknowledgement, the recording began later than the subscription.
  Result<FrameKind> on_trades(Sink& out) {
    bool& was_subscribed = entry(trades_subscribed_, symbol_, !has_ack_);
    if (!was_subscribed) {
      was_subscribed = true;
      return FrameKind::history;
    }
    std::reverse(rows_.begin(), rows_.end());
    return give_each(rows_, [&](Row& row) {
      row.symbol = symbol_;
      return give_trade(kId, row, out);
    });
  }

  // {"success":true,"result":[..]}: as the channel has them.
  Result<FrameKind> on_history(const Reply& reply, Sink& out) {
    return give_trade_list(
        kId, reply, "result", query_value(reply.request, "market"), out,
        [this](json::Key k, json::Value& v, Row& row) { return read_field(k, v, row); });
  }

  Result<FrameKind> on_depth(Sink& out) {
    book_.symbol = symbol_;
    if (is_whole_ == "true") return give_book(kId, book_, true, bids_, asks_, out);
    if (is_whole_ != "false" || book_.seq.empty() || book_.prev_seq.empty())
      return malformed(kId, "depth lacks its flag, update_id or past_update_id");
    return give_book(kId, book_, false, bids_, asks_, out);
  }

  // [time, sent, market, update_id, bid, amount, ask, amount]
  Result<FrameKind> on_book_ticker(Sink& out) {
    if (cells_.size() < 8) return malformed(kId, "bookTicker with too few columns");
    Row row;
    row.time = cells_[0];
    row.symbol = cells_[2];
    row.seq = cells_[3];
    row.bid = cells_[4];
    row.bid_amount = cells_[5];
    row.ask = cells_[6];
    row.ask_amount = cells_[7];
    return give_book_ticker(kId, row, out);
  }

  Result<FrameKind> on_last_price(Micros now, Sink& out) {
    if (!is_perpetual(symbol_)) return FrameKind::ignored;
    Row row;
    row.symbol = symbol_;
    row.last = price_;
    MD_TRY(const FrameKind kind, give_derivative_ticker(kId, row, out));
    poll_futures(now, out);
    return kind;
  }

  // Prices come once a second and market: they are the clock. The first poll waits until all
  // markets of the connection have been heard of.
  void poll_futures(Micros now, Sink& out) {
    if (std::ranges::find(perpetuals_, symbol_) == perpetuals_.end())
      perpetuals_.emplace_back(symbol_);
    if (polled_ == 0) polled_ = now - kFuturesInterval + 5 * kSecond;
    if (now - polled_ < kFuturesInterval) return;
    polled_ = now;
    const std::string wanted = fmt::format("{}", fmt::join(perpetuals_, ","));
    out.on_request({Request::Kind::fetch, with_query_value(kFutures, "markets", wanted)});
  }

  // {"success":true,"result":[{"ticker_id":"BTC_PERP",..},..]}
  Result<FrameKind> on_futures(const Reply& reply, Sink& out) {
    clear();
    const auto read_row = [this](json::Value& value) {
      Row& row = rows_.emplace_back();
      return value.object([&](json::Key k, json::Value& v) { return read_field(k, v, row); });
    };
    const bool read = parser_.read_object(reply.data, [&](json::Key key, json::Value& value) {
      return !(key == "result") || value.array(read_row);
    });
    const Result<std::string> list = percent_decode(query_value(reply.request, "markets"));
    if (!read || !list) return malformed(kId, "broken futures answer");
    const std::string wanted = fmt::format(",{},", *list);
    return give_each(rows_, [&](const Row& row) -> Result<FrameKind> {
      if (wanted.find(fmt::format(",{},", row.symbol)) == std::string::npos)
        return FrameKind::empty;
      return give_derivative_ticker(kId, row, out);
    });
  }

  json::Parser parser_;
  std::string_view method_, result_, symbol_, price_, is_whole_;
  bool has_error_ = false;
  Row book_;
  std::vector<Row> rows_;
  std::vector<std::string_view> cells_;
  std::vector<Level> bids_, asks_;
  bool has_ack_ = false;
  BySymbol<bool> trades_subscribed_;
  std::vector<std::string> perpetuals_;
  Micros polled_ = 0;
};

std::string list_request(std::size_t id, std::string_view method,
                         std::span<const std::string> markets) {
  std::string names;
  for (const std::string& market : markets)
    names += fmt::format(R"({}"{}")", names.empty() ? "" : ",", json_escape(market));
  return fmt::format(R"({{"id":{},"method":"{}","params":[{}]}})", id, method, names);
}

std::vector<std::string> perpetuals_of(std::span<const std::string> markets) {
  std::vector<std::string> out;
  std::ranges::copy_if(markets, std::back_inserter(out), is_perpetual);
  return out;
}

// That a list works for bookTicker as it does for the others is not in the documentation.
std::vector<Connection> connections(const Subscription& subscription) {
  const Types types = subscription.types;
  const bool all_have_some =
      types.has(Type::trade) || types.has(Type::book_change) || types.has(Type::book_ticker);
  const std::vector<std::string> all =
      all_have_some ? subscription.symbols : perpetuals_of(subscription.symbols);
  std::vector<Connection> out;
  std::span<const std::string> rest{all};
  while (!rest.empty()) {
    const auto markets = rest.first(std::min(rest.size(), kMaxSymbols));
    rest = rest.subspan(markets.size());
    const std::vector<std::string> perpetuals = perpetuals_of(markets);
    std::vector<std::string> send;
    if (types.has(Type::trade))
      send.push_back(list_request(send.size() + 1, "trades_subscribe", markets));
    if (types.has(Type::book_ticker))
      send.push_back(list_request(send.size() + 1, "bookTicker_subscribe", markets));
    if (types.has(Type::derivative_ticker) && !perpetuals.empty())
      send.push_back(list_request(send.size() + 1, "lastprice_subscribe", perpetuals));
    if (types.has(Type::book_change)) {
      for (const std::string& market : markets)
        send.push_back(depth_request(send.size() + 1, market));
    }
    if (!send.empty())
      out.push_back({std::string(kUrl), {markets.begin(), markets.end()}, std::move(send)});
  }
  return out;
}

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "name") return value.text(row.symbol);
        if (key == "stock") return value.text(row.base);
        if (key == "money") return value.text(row.quote);
        if (key == "stockPrec") return value.text(row.step_decimals);
        if (key == "moneyPrec") return value.text(row.tick_decimals);
        if (key == "tradesEnabled") return value.text(row.status);
        if (key == "type") return value.text(row.kind);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        if (row.kind == "futures") market.kind = "perpetual";
        market.active = row.status == "true";
        return true;
      });
}

constexpr std::string_view kMarketLists[] = {"/api/v4/public/markets"};

}  // namespace

const Venue whitebit{
    .id = "whitebit",
    .ws_url = kUrl,
    .rest_url = "https://whitebit.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker},
    // A connection that sends nothing ends after a minute. 1000 connections a minute, 2000 REST
    // requests in ten seconds.
    .limits = {.send_interval_ms = 320,
               .ping_interval_ms = 30'000,
               .ping = R"({"id":0,"method":"ping","params":[]})",
               .silence_ms = 90'000,
               .connect_interval_ms = 100,
               .rest_interval_ms = 10},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .depth = 100,
             .resubscribe =
                 [](std::string_view symbol) {
                   return std::vector<std::string>{depth_request(0, symbol)};
                 }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades},
    .market_lists = kMarketLists,
    .connections = connections,
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<WhitebitSession>(); },
};

}  // namespace md::venue
