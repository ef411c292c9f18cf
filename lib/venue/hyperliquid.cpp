// Hyperliquid: perpetuals (those of builders too, as dex:COIN) and spot.
// https://hyperliquid.gitbook.io/hyperliquid-docs/for-developers/api/websocket (read 2026-11-20)
//
// Book (l2Book: 20 levels, about every two seconds): each message is the whole book. "fast" has
// five levels twice a second under the same name; to record both would mix them, so its frames are
// passed over, and bbo is there for the best prices. Names are case-sensitive: kPEPE is 1000 PEPE,
// @107 a spot pair.
// The first trades message of a coin on a connection repeats recent trades: skipped. Trade ids are
// random. Funding is paid every full hour, which no message says. Liquidations are not published.
#include <fmt/format.h>

#include "codec/json.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "hyperliquid";

bool is_perpetual(std::string_view symbol) {
  return symbol.find('/') == std::string_view::npos && !symbol.starts_with('@');
}

constexpr Channel kChannels[] = {
    {Type::trade, "trades"},
    {Type::book_change, "l2Book"},
    {Type::book_ticker, "bbo"},
    {Type::derivative_ticker, "activeAssetCtx", {}, is_perpetual},
};
// An address may have 1000 subscriptions and 10 connections, and send 2000 messages a minute: each
// connection takes its tenth of the messages.
constexpr Subscribing kSubscribing{
    .url = "wss://api.hyperliquid.xyz/ws",
    .channels = kChannels,
    .subscribe = R"({"method":"subscribe","subscription":{"type":"$channel","coin":"$symbol"}})",
    .unsubscribe =
        R"({"method":"unsubscribe","subscription":{"type":"$channel","coin":"$symbol"}})",
    .streams_per_connection = 400};

// The latest ones: there is no way to ask for others.
std::string missing_trades(const TradeHole& hole) {
  return fmt::format(R"(POST /info {{"type":"recentTrades","coin":"{}"}})",
                     json_escape(hole.symbol));
}

// Channels that we know and do not record.
constexpr std::string_view kIgnored[] = {"allMids",          "candle",       "activeSpotAssetCtx",
                                         "allDexsAssetCtxs", "notification", "spotAssetCtxs"};

class HyperliquidSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    channel_ = {};
    is_fast_ = false;
    rows_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (channel_ == "trades") return on_trades(out);
    if (channel_ == "l2Book") {
      if (is_fast_) return FrameKind::ignored;
      return give_each(
          rows_, [&](const Row& row) { return give_book(kId, row, true, bids_, asks_, out); });
    }
    if (channel_ == "bbo")
      return give_each(rows_, [&](const Row& row) { return give_book_ticker(kId, row, out); });
    if (channel_ == "activeAssetCtx") {
      return give_each(rows_,
                       [&](const Row& row) { return give_derivative_ticker(kId, row, out); });
    }
    if (channel_ == "subscriptionResponse") return FrameKind::ack;
    if (channel_ == "pong") return FrameKind::heartbeat;
    if (channel_ == "error") return FrameKind::error;
    for (const std::string_view ignored : kIgnored) {
      if (channel_ == ignored) return FrameKind::ignored;
    }
    return FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (reply.request.find(R"("recentTrades")") != std::string_view::npos)
      return on_recent_trades(reply.data, out);
    const bool is_list = reply.request.find("allPerpMetas") != std::string_view::npos ||
                         reply.request.find("spotMeta") != std::string_view::npos;
    return is_list ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "channel") return value.text(channel_);
    if (key == "data") {
      if (value.is_array()) return value.array([this](json::Value& row) { return read_row(row); });
      return read_row(value);
    }
    return true;
  }

  bool read_row(json::Value& value) {
    if (!value.is_object()) return true;  // the text of an error
    Row& row = rows_.emplace_back();
    return value.object(
        [&](json::Key key, json::Value& field) { return read_field(key, field, row); });
  }

  bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "coin") return value.text(row.symbol);
    if (key == "time") return value.text(row.time);
    if (key == "levels") return read_levels(value);
    if (key == "bbo") return read_best(value, row);
    if (key == "fast") return value.boolean(is_fast_);
    if (key == "side") return value.text(row.side);
    if (key == "px") return value.text(row.price);
    if (key == "sz") return value.text(row.amount);
    if (key == "tid") return value.text(row.id);
    if (key == "ctx") {
      return value.object([&](json::Key name, json::Value& field) {
        if (name == "funding") return field.text(row.funding);
        if (name == "openInterest") return field.text(row.open_interest);
        if (name == "oraclePx") return field.text(row.index);
        if (name == "markPx") return field.text(row.mark);
        return true;
      });
    }
    return true;
  }

  // [[bid, ...], [ask, ...]]
  bool read_levels(json::Value& value) {
    int side = 0;
    return value.array([&](json::Value& levels) {
      return side++ == 0 ? levels.levels("px", "sz", bids_) : levels.levels("px", "sz", asks_);
    });
  }

  // [bid, ask]: null or nothing where there is none.
  static bool read_best(json::Value& value, Row& row) {
    int side = 0;
    return value.array([&](json::Value& level) {
      const bool is_bid = side++ == 0;
      return !level.is_object() || level.object([&](json::Key key, json::Value& field) {
        if (key == "px") return field.text(is_bid ? row.bid : row.ask);
        if (key == "sz") return field.text(is_bid ? row.bid_amount : row.ask_amount);
        return true;
      });
    });
  }

  Result<FrameKind> on_trades(Sink& out) {
    if (rows_.empty()) return FrameKind::empty;
    bool& replayed = entry(replayed_, rows_.front().symbol);
    if (!std::exchange(replayed, true)) return FrameKind::history;
    return give_trades(out);
  }

  // As the channel has them.
  Result<FrameKind> on_recent_trades(std::string_view data, Sink& out) {
    rows_.clear();
    const auto read = [this](json::Value& row) { return read_row(row); };
    if (!parser_.read_array(data, read)) return malformed(kId, "broken list of trades");
    return give_trades(out);
  }

  // The taker's side: B bought, A sold.
  Result<FrameKind> give_trades(Sink& out) {
    return give_each(rows_, [&](Row& row) {
      row.side = row.side == "B" ? "buy" : row.side == "A" ? "sell" : row.side;
      return give_trade(kId, row, out);
    });
  }

  json::Parser parser_;
  std::string_view channel_;
  bool is_fast_ = false;
  std::vector<Row> rows_;
  std::vector<Level> bids_, asks_;
  BySymbol<bool> replayed_;
};

// ---- markets ----

// Prices have at most five significant digits: there is no step of prices.
bool read_step(json::Value& value, Decimal& step) {
  std::int64_t decimals;
  return value.integer(decimals) && step_of(decimals, step);
}

// [{"universe":[{"name":"BTC","szDecimals":5,"isDelisted":true},..],"collateralToken":0}, ...]: a
// list for each dex. Token 0 is USDC; what the others are, only the spot list tells.
bool read_perpetuals(json::Value& dex, std::vector<Market>& out) {
  const std::size_t first = out.size();
  std::int64_t collateral = 0;
  bool found = false;
  const bool read = dex.object([&](json::Key key, json::Value& value) {
    if (key == "collateralToken") return value.integer(collateral);
    if (!(key == "universe")) return true;
    return found = value.array([&](json::Value& row) {
      Market market;
      std::string_view name;
      bool delisted = false;
      const bool whole = row.object([&](json::Key field, json::Value& of_row) {
        if (field == "name") return of_row.text(name);
        if (field == "szDecimals") return read_step(of_row, market.step);
        if (field == "isDelisted") return of_row.boolean(delisted);
        return true;
      });
      if (!whole || name.empty()) return false;
      market.symbol = name;
      market.base = name.substr(name.find(':') + 1);
      market.kind = "perpetual";
      market.active = !delisted;
      out.push_back(std::move(market));
      return true;
    });
  });
  for (std::size_t i = first; i < out.size() && collateral == 0; ++i) out[i].quote = "USDC";
  return read && found;
}

// {"tokens":[{"name":"USDC","szDecimals":8,"index":0},..],
//  "universe":[{"name":"PURR/USDC","tokens":[1,0]},..]}
Result<void> read_spot(std::string_view data, std::vector<Market>& out) {
  struct Token {
    std::string_view name;
    Decimal step;
  };
  std::unordered_map<std::int64_t, Token> tokens;
  struct Pair {
    std::string_view name;
    std::vector<std::int64_t> tokens;
  };
  std::vector<Pair> pairs;
  const auto read_token = [&](json::Value& value) {
    Token token;
    std::int64_t index = -1;
    const bool whole = value.object([&](json::Key key, json::Value& field) {
      if (key == "name") return field.text(token.name);
      if (key == "szDecimals") return read_step(field, token.step);
      if (key == "index") return field.integer(index);
      return true;
    });
    tokens[index] = token;
    return whole;
  };
  const auto read_pair = [&](json::Value& value) {
    Pair& pair = pairs.emplace_back();
    return value.object([&](json::Key key, json::Value& field) {
      if (key == "name") return field.text(pair.name);
      if (key == "tokens") {
        return field.array(
            [&](json::Value& token) { return token.integer(pair.tokens.emplace_back()); });
      }
      return true;
    });
  };
  json::Parser parser;
  bool found = false;
  const bool read = parser.read_object(data, [&](json::Key key, json::Value& value) {
    if (key == "tokens") return value.array(read_token);
    if (key == "universe") return found = value.array(read_pair);
    return true;
  });
  if (!read || !found) return malformed(kId, "broken spot list");
  for (const Pair& pair : pairs) {
    if (pair.name.empty() || pair.tokens.size() != 2 || !tokens.contains(pair.tokens[0]) ||
        !tokens.contains(pair.tokens[1])) {
      return malformed(kId, "spot pair of unknown tokens");
    }
    const Token& base = tokens[pair.tokens[0]];
    out.push_back({std::string(pair.name),
                   std::string(base.name),
                   std::string(tokens[pair.tokens[1]].name),
                   "spot",
                   true,
                   {},
                   base.step,
                   {}});
  }
  return {};
}

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  if (!data.starts_with('[')) return read_spot(data, out);
  json::Parser parser;
  if (parser.read_array(data, [&](json::Value& dex) { return read_perpetuals(dex, out); }))
    return {};
  return malformed(kId, "broken list of perpetuals");
}

constexpr std::string_view kMarketLists[] = {R"(POST /info {"type":"allPerpMetas"})",
                                             R"(POST /info {"type":"spotMeta"})"};

}  // namespace

const Venue hyperliquid{
    .id = "hyperliquid",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.hyperliquid.xyz",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker},
    // What the venue sent nothing on for 60 seconds it closes. 30 new connections a minute, 1200 of
    // REST weight of which a list costs 20.
    .limits = {.send_interval_ms = 300,
               .ping_interval_ms = 30'000,
               .ping = R"({"method":"ping"})",
               .silence_ms = 90'000,
               .connect_interval_ms = 2000,
               .rest_interval_ms = 1000},
    .book = {.snapshot = BookRule::Snapshot::every},
    .book_merge = BookMerge::content,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = missing_trades, .weight = 20},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<HyperliquidSession>(); },
};

}  // namespace md::venue
