// BingX: spot, and linear and coin-margined perpetual swaps.
// https://github.com/BingX-API/api-ai-skills (skills/spot-ws-market, swap-ws-market; read
// 2026-11-20)
//
// Two venues, since spot and linear swaps share names (BTC-USDT); coin-margined swaps (BTC-USD)
// have a host of their own. Frames are gzip. Book (incrDepth: a snapshot on subscribing, then
// changes every 200 to 800 ms):
//   1. action "all" replaces all;  2. an "update" continues if its lastUpdateId is the one before
//   plus 1;  3. several threads push: up to three changes that come early are held and put in
//   order;  4. else unsubscribe and subscribe that book.
// Amounts of coin-margined swaps are contracts. Trades of linear swaps have no ids, those of the
// others may come out of order. Index and funding come by REST alone. Open interest is left out:
// its unit is written nowhere; liquidations are not published.
#include <fmt/format.h>

#include <algorithm>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/inflate.hpp"
#include "venue/markets.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kSpotId = "bingx", kSwapId = "bingx-swap";
constexpr std::size_t kMaxEarly = 3;  // changes of a book that wait for the one before them
constexpr Micros kIndexInterval = kMinute;

bool is_coin(std::string_view symbol) { return symbol.ends_with("-USD"); }
bool is_linear(std::string_view symbol) { return !is_coin(symbol); }

constexpr Channel kSpotChannels[] = {
    {Type::trade, "trade"},
    {Type::book_change, "incrDepth"},
    {Type::book_ticker, "bookTicker"},
};
constexpr Channel kLinearChannels[] = {
    {Type::trade, "trade", {}, is_linear},
    {Type::book_change, "incrDepth", {}, is_linear},
    {Type::book_ticker, "bookTicker", {}, is_linear},
    {Type::derivative_ticker, "markPrice", {}, is_linear},
    {Type::derivative_ticker, "lastPrice", {}, is_linear},
};
constexpr Channel kCoinChannels[] = {
    {Type::trade, "trade", {}, is_coin},
    {Type::book_change, "incrDepth", {}, is_coin},
    {Type::book_ticker, "bookTicker", {}, is_coin},
};

constexpr Subscribing subscribing(std::string_view url, std::span<const Channel> channels) {
  return {.url = url,
          .channels = channels,
          .argument = {},
          .subscribe = R"({"id":"$id","reqType":"sub","dataType":"$symbol@$channel"})",
          .unsubscribe = R"({"id":"$id","reqType":"unsub","dataType":"$symbol@$channel"})",
          .streams_per_connection = 200};
}
constexpr Subscribing kSpot = subscribing("wss://open-api-ws.bingx.com/market", kSpotChannels);
constexpr Subscribing kLinear =
    subscribing("wss://open-api-swap.bingx.com/swap-market", kLinearChannels);
constexpr Subscribing kCoin =
    subscribing("wss://open-api-cswap-ws.bingx.com/market", kCoinChannels);

struct BingxRow : Row {
  std::string_view event_time, buyer_is_maker, action;
};

// Puts the changes of one book in order.
class Order {
 public:
  // Gives `update` and the held ones that follow it; empty where it waits itself, or was there.
  FrameKind add(const BookUpdate& update, Sink& out) {
    if (update.is_snapshot || !last_ || *update.prev_seq == *last_) {
      if (update.is_snapshot) early_.clear();
      give(update, out);
      while (!early_.empty() && integer_before(early_.front().seq) <= *last_)
        give_first(update.symbol, out);
      return FrameKind::data;
    }
    if (*update.seq <= *last_) return FrameKind::empty;
    early_.push_back({*update.seq,
                      update.timestamp,
                      {update.bids.begin(), update.bids.end()},
                      {update.asks.begin(), update.asks.end()}});
    std::sort(early_.begin(), early_.end(),
              [](const Early& a, const Early& b) { return a.seq < b.seq; });
    if (early_.size() <= kMaxEarly) return FrameKind::empty;
    while (!early_.empty()) give_first(update.symbol, out);  // what lacks is lost
    return FrameKind::data;
  }

 private:
  struct Early {
    std::int64_t seq;
    Micros timestamp;
    std::vector<Level> bids, asks;
  };

  void give(const BookUpdate& update, Sink& out) {
    last_ = update.seq;
    out.on_book(update);
  }

  void give_first(std::string_view symbol, Sink& out) {
    const Early first = std::move(early_.front());
    early_.erase(early_.begin());
    if (first.seq > *last_)
      give({symbol,
            first.timestamp,
            false,
            first.bids,
            first.asks,
            integer_before(first.seq),
            first.seq,
            {}},
           out);
  }

  Seq last_;
  std::vector<Early> early_;
};

class BingxSession final : public Session {
 public:
  explicit BingxSession(std::string_view id) : id_(id) {}

  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    std::string_view text;
    if (!inflater_.inflate(frame.data, text)) return malformed(id_, "broken compression");
    if (text == "Ping") {
      out.on_request({Request::Kind::send, "Pong"});
      return FrameKind::heartbeat;
    }
    code_ = stream_ = ping_ = ping_time_ = pushed_ = {};
    has_id_ = false;
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(text, read)) return not_an_object(id_, text);
    if (!ping_.empty()) {
      out.on_request(
          {Request::Kind::send, fmt::format(R"({{"pong":"{}","time":"{}"}})", ping_, ping_time_)});
      return FrameKind::heartbeat;
    }
    if (!code_.empty() && code_ != "0") return FrameKind::error;
    if (rows_.empty() && has_id_) return FrameKind::ack;
    const auto [symbol, channel] = split_first(stream_, '@');
    for (BingxRow& row : rows_) {
      row.symbol = symbol;
      if (row.time.empty()) row.time = row.event_time.empty() ? pushed_ : row.event_time;
    }
    if (channel == "trade") return give_each(rows_, [&](BingxRow& r) { return on_trade(r, out); });
    if (channel == "incrDepth")
      return give_each(rows_, [&](const BingxRow& r) { return on_book(r, out); });
    if (channel == "bookTicker")
      return give_each(rows_, [&](const Row& r) { return give_book_ticker(id_, r, out); });
    if (channel == "markPrice")
      return give_each(rows_, [&](BingxRow& r) { return on_mark(r, frame.local_timestamp, out); });
    if (channel == "lastPrice")
      return give_each(rows_, [&](BingxRow& r) { return on_last(r, out); });
    const bool known =
        channel.starts_with("depth") || channel.starts_with("kline") || channel == "ticker";
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "symbols" || what == "contracts") return FrameKind::markets;
    if (what == "trades") return on_trades(reply, out);
    if (what != "premiumIndex") return FrameKind::unknown;
    code_ = {};
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(reply.data, read)) return malformed(id_, "broken premiumIndex answer");
    if (!code_.empty() && code_ != "0") return FrameKind::error;
    return give_each(rows_, [&](const Row& row) { return give_derivative_ticker(id_, row, out); });
  }

 private:
  void clear() {
    rows_.clear();
    bids_.clear();
    asks_.clear();
  }

  bool read_root(json::Key key, json::Value& value) {
    if (key == "data") {
      if (value.is_array()) return value.array([this](json::Value& row) { return read_row(row); });
      return !value.is_object() || read_row(value);
    }
    if (key == "dataType") return value.text(stream_);
    if (key == "code") return value.text(code_);
    if (key == "ts" || key == "timestamp") return value.text(pushed_);
    if (key == "ping") return value.text(ping_);
    if (key == "time") return value.text(ping_time_);
    if (key == "id") return has_id_ = true;
    return true;
  }

  bool read_row(json::Value& value) {
    BingxRow& row = rows_.emplace_back();
    return value.object(
        [&](json::Key key, json::Value& field) { return read_field(key, field, row); });
  }

  bool read_field(json::Key key, json::Value& value, BingxRow& row) {
    if (key == "s" || key == "symbol") return value.text(row.symbol);
    if (key == "T") return value.text(row.time);
    if (key == "E") return value.text(row.event_time);
    if (key == "t") return value.text(row.id);
    if (key == "p") return value.text(row.price);
    if (key == "q") return value.text(row.amount);
    if (key == "m") return value.text(row.buyer_is_maker);
    if (key == "b") return value.text(row.bid);
    if (key == "B") return value.text(row.bid_amount);
    if (key == "a") return value.text(row.ask);
    if (key == "A") return value.text(row.ask_amount);
    if (key == "u" || key == "lastUpdateId") return value.text(row.seq);
    if (key == "action") return value.text(row.action);
    if (key == "bids") return read_levels(value, bids_);
    if (key == "asks") return read_levels(value, asks_);
    if (key == "c") return value.text(row.last);
    if (key == "indexPrice") return value.text(row.index);
    if (key == "lastFundingRate") return value.text(row.funding);
    if (key == "nextFundingTime") return value.text(row.funding_time);
    return true;
  }

  // [price, amount], or of coin-margined swaps {"p":price,"a":base units,"v":contracts}.
  static bool read_levels(json::Value& value, std::vector<Level>& out) {
    return value.array([&](json::Value& row) {
      Level& level = out.emplace_back();
      int numbers = 0;
      if (row.is_object()) {
        return row.object([&](json::Key key, json::Value& cell) {
          if (key == "p") return ++numbers, cell.decimal(level.price);
          if (key == "v") return ++numbers, cell.decimal(level.amount);
          return true;
        }) && numbers == 2;
      }
      return row.array([&](json::Value& cell) {
        return cell.decimal(numbers++ == 0 ? level.price : level.amount);
      }) && numbers == 2;
    });
  }

  // `m`: the buyer is the maker, so the taker sold.
  Result<FrameKind> on_trade(BingxRow& row, Sink& out) {
    if (row.buyer_is_maker == "true") row.side = "sell";
    if (row.buyer_is_maker == "false") row.side = "buy";
    return give_trade(id_, row, out);
  }

  // {"code":0,"data":[{"id":..,"price":..,"qty":..,"time":ms,"buyerMaker":..}]}; of swaps
  // isBuyerMaker, and an id that the stream does not have.
  Result<FrameKind> on_trades(const Reply& reply, Sink& out) {
    const Result<std::string> symbol = percent_decode(query_value(reply.request, "symbol"));
    if (!symbol || symbol->empty()) return malformed(id_, "trades to a request without symbol");
    code_ = {};
    clear();
    const auto read_trade = [&](json::Key key, json::Value& field) {
      BingxRow& row = rows_.back();
      if (key == "id") return id_ == kSwapId || field.text(row.id);
      if (key == "price") return field.text(row.price);
      if (key == "qty") return field.text(row.amount);
      if (key == "time") return field.text(row.time);
      if (key == "buyerMaker" || key == "isBuyerMaker") return field.text(row.buyer_is_maker);
      return true;
    };
    const bool read = parser_.read_object(reply.data, [&](json::Key key, json::Value& value) {
      if (key == "code") return value.text(code_);
      if (!(key == "data") || !value.is_array()) return true;
      return value.array([&](json::Value& trade) {
        rows_.emplace_back().symbol = *symbol;
        return trade.object(read_trade);
      });
    });
    if (!read) return malformed(id_, "broken list of trades");
    if (code_ != "0") return FrameKind::error;
    return give_each(rows_, [&](BingxRow& row) { return on_trade(row, out); });
  }

  Result<FrameKind> on_book(const BingxRow& row, Sink& out) {
    BookUpdate update{row.symbol, read_time(row.time), row.action == "all", bids_, asks_, {}, {},
                      {}};
    if (!update.is_snapshot && row.action != "update") return malformed(id_, "book lacks action");
    if (!read_integer(row.seq, update.seq.emplace()) || *update.seq < 0)
      return malformed(id_, "book lacks lastUpdateId");
    update.prev_seq = integer_before(*update.seq);
    return entry(orders_, row.symbol).add(update, out);
  }

  // The mark price is the clock of what comes by REST alone.
  Result<FrameKind> on_mark(BingxRow& row, Micros now, Sink& out) {
    row.mark = row.price;
    Micros& polled = entry(polled_, row.symbol);
    if (now - polled >= kIndexInterval) {
      polled = now;
      out.on_request(
          {Request::Kind::fetch, fmt::format("/openApi/swap/v2/quote/premiumIndex?symbol={}",
                                             percent_encode(row.symbol))});
    }
    return give_derivative_ticker(id_, row, out);
  }

  Result<FrameKind> on_last(BingxRow& row, Sink& out) {
    if (row.last.empty()) row.last = row.price;
    return give_derivative_ticker(id_, row, out);
  }

  const std::string_view id_;
  Inflater inflater_;
  json::Parser parser_;
  std::string_view code_, stream_, ping_, ping_time_, pushed_;
  bool has_id_ = false;
  std::vector<BingxRow> rows_;
  std::vector<Level> bids_, asks_;
  BySymbol<Order> orders_;
  BySymbol<Micros> polled_;
};

bool read_market(json::Key key, json::Value& value, MarketRow& row) {
  if (key == "symbol") return value.text(row.symbol);
  if (key == "status") return value.text(row.status);
  if (key == "tickSize" || key == "minTickSize") return value.text(row.tick);
  if (key == "stepSize") return value.text(row.step);
  if (key == "pricePrecision") return value.text(row.tick_decimals);
  if (key == "quantityPrecision") return value.text(row.step_decimals);
  return true;
}

// The list of spot stands a level deeper than those of swaps. What a coin-margined contract is
// worth is not told.
Result<void> read_spot_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list("bingx", data, "data.symbols", out, read_market,
                          [](const MarketRow& row, Market& market) {
                            const Halves names = split_last(row.symbol, '-');
                            market.base = names.before;
                            market.quote = names.behind;
                            market.active = row.status == "1";
                            return true;
                          });
}

Result<void> read_swap_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list("bingx-swap", data, "data", out, read_market,
                          [](const MarketRow& row, Market& market) {
                            const Halves names = split_last(row.symbol, '-');
                            market.base = names.before;
                            market.quote = names.behind;
                            market.kind = "perpetual";
                            market.active = row.status.empty() || row.status == "1";
                            return true;
                          });
}

std::vector<Connection> swap_connections(const Subscription& subscription) {
  std::vector<Connection> out = connections(kLinear, subscription);
  for (Connection& connection : connections(kCoin, subscription))
    out.push_back(std::move(connection));
  return out;
}

std::vector<std::string> resubscribe_swap(std::string_view symbol) {
  return resubscribe_book(is_coin(symbol) ? kCoin : kLinear, symbol);
}

// The latest: older ones of spot lack the side, those of swaps want a key. Of coin-margined swaps
// there are none, and the answer is an error.
std::string missing_spot_trades(const TradeHole& hole) {
  return fmt::format("/openApi/spot/v1/market/trades?symbol={}&limit=500",
                     percent_encode(hole.symbol));
}
std::string missing_swap_trades(const TradeHole& hole) {
  return fmt::format("/openApi/swap/v2/quote/trades?symbol={}&limit=1000",
                     percent_encode(hole.symbol));
}

constexpr std::string_view kSpotLists[] = {"/openApi/spot/v1/common/symbols"};
constexpr std::string_view kSwapLists[] = {"/openApi/swap/v2/quote/contracts",
                                           "/openApi/cswap/v1/market/contracts"};

// The server pings every five seconds. What it bears otherwise is not published; polite.
constexpr Limits kLimits{.send_interval_ms = 100,
                         .silence_ms = 30'000,
                         .connect_interval_ms = 1000,
                         .rest_interval_ms = 100};

}  // namespace

const Venue bingx{
    .id = kSpotId,
    .ws_url = kSpot.url,
    .rest_url = "https://open-api.bingx.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    .limits = kLimits,
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSpot, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = missing_spot_trades},
    .market_lists = kSpotLists,
    .connections = [](const Subscription& s) { return connections(kSpot, s); },
    .read_markets = read_spot_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<BingxSession>(kSpotId); },
};

const Venue bingx_swap{
    .id = kSwapId,
    .ws_url = kLinear.url,
    .rest_url = "https://open-api.bingx.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker},
    .limits = kLimits,
    .book = {.snapshot = BookRule::Snapshot::in_stream, .resubscribe = resubscribe_swap},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::none,
    .trade_history = {.request = missing_swap_trades},
    .market_lists = kSwapLists,
    .connections = swap_connections,
    .read_markets = read_swap_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<BingxSession>(kSwapId); },
};

}  // namespace md::venue
