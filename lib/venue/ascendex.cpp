// AscendEX (BitMax before): spot and USDT perpetuals. https://ascendex.github.io/ascendex-pro-api
// (read 2026-11-20)
//
// Failing: others dropped it in 2026, and whether its hosts still answer is not known.
// Book (depth: every 100 ms):
//   1. subscribe, then ask for the snapshot on the same stream;  2. changes up to the snapshot's
//   seqnum are in it; seqnum grows by 1 with each change;  3. on a gap, ask for a snapshot again.
// Trades' seqnum rises, with holes. Amounts are base units, those of perpetuals too.
#include <fmt/format.h>

#include <algorithm>

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

constexpr std::string_view kId = "ascendex";

// Channels that we know and do not record.
constexpr std::string_view kIgnored[] = {"bar", "summary", "ref-px"};

bool is_perpetual(std::string_view symbol) { return symbol.ends_with("-PERP"); }
bool is_spot(std::string_view symbol) { return !is_perpetual(symbol); }
std::string_view all_contracts(std::string_view) { return {}; }

constexpr Channel kChannels[] = {
    {Type::trade, "trades:", "/v1/stream", is_spot},
    {Type::book_change, "depth:", "/v1/stream", is_spot},
    {Type::book_ticker, "bbo:", "/v1/stream", is_spot},
    {Type::trade, "trades:", "/v2/stream", is_perpetual},
    {Type::book_change, "depth:", "/v2/stream", is_perpetual},
    {Type::book_ticker, "bbo:", "/v2/stream", is_perpetual},
    // Prices come of all contracts: which are wanted, the acknowledgements of another channel tell.
    {Type::derivative_ticker, "bbo:", "/v2/stream", is_perpetual},
    {Type::derivative_ticker,
     "futures-pricing-data",
     "/v2/stream",
     is_perpetual,
     {},
     all_contracts},
};
// No limits are published.
constexpr Subscribing kSubscribing{
    .url = "wss://ascendex.com/0/api/pro",
    .channels = kChannels,
    .argument = "$symbol",
    .subscribe = R"({"op":"sub","id":"$id","ch":"$channel$arguments"})",
    .unsubscribe = {},
    .request_per_channel = true,
    .streams_per_connection = 200,
    .arguments_per_request = 20};

std::string snapshot_request(std::string_view symbol) {
  return fmt::format(R"({{"op":"req","action":"depth-snapshot","args":{{"symbol":"{}"}}}})",
                     json_escape(symbol));
}

// The latest 100: it keeps no more.
std::string missing_trades(const TradeHole& hole) {
  return fmt::format("/api/pro/v1/trades?symbol={}&n=100", percent_encode(hole.symbol));
}

std::vector<Connection> connections_with_snapshots(const Subscription& subscription) {
  std::vector<Connection> out = connections(kSubscribing, subscription);
  if (!subscription.types.has(Type::book_change)) return out;
  for (Connection& connection : out)
    for (const std::string& symbol : connection.symbols)
      connection.send.push_back(snapshot_request(symbol));
  return out;
}

class AscendexSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    message_ = symbol_ = channel_ = code_ = {};
    rows_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (message_ == "trades") return each([&](Row& row) { return on_trade(row, out); });
    // The realtime form is the same book, uncut: a recording has one or the other.
    if (message_ == "depth" || message_ == "depth-realtime")
      return each([&](const Row& row) { return on_change(row, out); });
    if (message_ == "depth-snapshot" || message_ == "depth-snapshot-realtime")
      return each([&](const Row& row) { return on_snapshot(row, out); });
    if (message_ == "bbo")
      return each([&](const Row& row) { return give_book_ticker(kId, row, out); });
    if (message_ == "futures-pricing-data")
      return each([&](const Row& row) { return on_pricing(row, out); });
    if (message_ == "ping") {
      out.on_request({Request::Kind::send, R"({"op":"pong"})"});
      return FrameKind::heartbeat;
    }
    if (message_ == "pong") return FrameKind::heartbeat;
    if (message_ == "sub" || message_ == "unsub") return on_answer();
    if (message_ == "connected") return FrameKind::status;
    if (message_ == "error" || message_ == "disconnected") return FrameKind::error;
    return std::ranges::count(kIgnored, message_) != 0 ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "trades") return on_trades(reply, out);
    return what == "products" || what == "contract" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "m") return value.text(message_);
    if (key == "symbol" || key == "s") return value.text(symbol_);
    if (key == "data" || key == "con") {
      if (value.is_array()) return value.array([this](json::Value& row) { return read_row(row); });
      return !value.is_object() || read_row(value);
    }
    if (key == "ch") return value.text(channel_);
    if (key == "code") return value.text(code_);
    return true;
  }

  bool read_row(json::Value& value) {
    Row& row = rows_.emplace_back();
    return !value.is_object() || value.object([&](json::Key key, json::Value& field) {
      return read_field(key, field, row);
    });
  }

  bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "ts" || key == "t") return value.text(row.time);
    if (key == "p") return value.text(row.price);
    if (key == "q") return value.text(row.amount);
    if (key == "bm") return value.text(row.side);
    if (key == "seqnum") return value.text(row.seq);
    if (key == "bids") return value.levels(bids_);
    if (key == "asks") return value.levels(asks_);
    if (key == "bid") return read_best(value, row.bid, row.bid_amount);
    if (key == "ask") return read_best(value, row.ask, row.ask_amount);
    if (key == "s") return value.text(row.symbol);
    if (key == "mp") return value.text(row.mark);
    if (key == "ip") return value.text(row.index);
    if (key == "oi") return value.text(row.open_interest);
    if (key == "r") return value.text(row.funding);
    if (key == "f") return value.text(row.funding_time);
    return true;
  }

  // [price, amount]
  static bool read_best(json::Value& value, std::string_view& price, std::string_view& amount) {
    int column = 0;
    return !value.is_array() || value.array([&](json::Value& cell) {
      ++column;
      return column == 1 ? cell.text(price) : column != 2 || cell.text(amount);
    });
  }

  template <typename Give>  // Result<FrameKind>(Row&)
  Result<FrameKind> each(Give&& give) {
    return give_each(rows_, [&](Row& row) {
      if (row.symbol.empty()) row.symbol = symbol_;
      return give(row);
    });
  }

  // {"m":"sub","id":"1","ch":"trades:BTC/USDT","code":0}
  Result<FrameKind> on_answer() {
    if (code_ != "0" && !code_.empty()) return FrameKind::error;
    if (message_ == "sub") entry(carried_, split_first(channel_, ':').behind) = true;
    return FrameKind::ack;
  }

  // `bm`: the buyer is the maker, so the taker sold.
  static Result<FrameKind> on_trade(Row& row, Sink& out) {
    row.side = row.side == "true" ? "sell" : row.side == "false" ? "buy" : row.side;
    row.id = row.seq;
    row.seq = {};
    return give_trade(kId, row, out);
  }

  // {"code":0,"data":{"m":"trades","symbol":..,"data":[..]}}, of which `data` is as on the stream.
  Result<FrameKind> on_trades(const Reply& reply, Sink& out) {
    symbol_ = code_ = {};
    rows_.clear();
    const bool read = parser_.read_object(reply.data, [this](json::Key key, json::Value& value) {
      if (key == "code") return value.text(code_);
      if (!(key == "data") || !value.is_object()) return true;
      return value.object([this](json::Key k, json::Value& field) { return read_root(k, field); });
    });
    if (!read) return malformed(kId, "broken list of trades");
    if (code_ != "0") return FrameKind::error;
    return each([&](Row& row) { return on_trade(row, out); });
  }

  Result<FrameKind> on_snapshot(const Row& row, Sink& out) {
    std::int64_t seqnum;
    if (!read_integer(row.seq, seqnum)) return malformed(kId, "snapshot lacks seqnum");
    entry(snapshots_, row.symbol) = seqnum;
    return give_book(kId, row, true, bids_, asks_, out);
  }

  Result<FrameKind> on_change(const Row& row, Sink& out) {
    std::int64_t seqnum;
    if (!read_integer(row.seq, seqnum)) return malformed(kId, "depth lacks seqnum");
    if (seqnum <= entry(snapshots_, row.symbol)) return FrameKind::empty;
    return give_book(kId, row, false, bids_, asks_, out, integer_before(seqnum));
  }

  Result<FrameKind> on_pricing(const Row& row, Sink& out) {
    const bool is_ours = carried_.empty() || carried_.find(row.symbol) != carried_.end();
    return is_ours ? give_derivative_ticker(kId, row, out) : FrameKind::empty;
  }

  json::Parser parser_;
  std::string_view message_, symbol_, channel_, code_;
  std::vector<Row> rows_;
  std::vector<Level> bids_, asks_;
  BySymbol<bool> carried_;            // markets, by the acknowledgements
  BySymbol<std::int64_t> snapshots_;  // seqnum of the latest
};

// {"code":0,"data":[{"symbol":..,"baseAsset":..,"tickSize":..,..}, ...]}; contracts name their
// currencies and steps otherwise.
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "data", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        const auto filter = [&](json::Key name, json::Value& number) {
          if (name == "tickSize") return number.text(row.tick);
          if (name == "lotSize") return number.text(row.step);
          return true;
        };
        if (key == "symbol") return value.text(row.symbol);
        if (key == "baseAsset") return value.text(row.base);
        if (key == "quoteAsset") return value.text(row.quote);
        if (key == "underlying") return value.text(row.extra);
        if (key == "statusCode" || key == "status") return value.text(row.status);
        if (key == "tickSize") return value.text(row.tick);
        if (key == "lotSize") return value.text(row.step);
        if (key == "priceFilter" || key == "lotSizeFilter") return value.object(filter);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        if (is_perpetual(row.symbol)) {
          const Halves currencies = split_first(row.extra, '/');
          market.base = currencies.before;
          market.quote = currencies.behind;
          market.kind = "perpetual";
        }
        market.active = row.status == "Normal";
        return true;
      });
}

// Other recorders tell the perpetuals apart.
constexpr std::string_view kAliases[] = {"ascendex-futures", "bitmax"};
constexpr std::string_view kMarketLists[] = {"/api/pro/v1/cash/products",
                                             "/api/pro/v2/futures/contract"};

}  // namespace

const Venue ascendex{
    .id = "ascendex",
    .aliases = kAliases,
    .ws_url = kSubscribing.url,
    .rest_url = "https://ascendex.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker},
    // The server pings every 15 s and leaves after two that are not answered.
    .limits = {.send_interval_ms = 100,
               .ping_interval_ms = 15'000,
               .ping = R"({"op":"ping"})",
               .silence_ms = 60'000},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe =
                 [](std::string_view symbol) { return std::vector{snapshot_request(symbol)}; }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades},
    .market_lists = kMarketLists,
    .connections = connections_with_snapshots,
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<AscendexSession>(); },
};

}  // namespace md::venue
