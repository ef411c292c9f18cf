// MEXC perpetual futures, contract API v1. https://www.mexc.com/api-docs/futures/websocket-api
// (read 2026-11-20)
//
// Book (depth, unmerged):
//   1. subscribe and hold the changes;  2. GET /api/v1/contract/depth/{symbol}?limit=5000;
//   3. drop changes with end <= version; if the first other begins behind version + 1, ask again;
//   4. begin must be the end before plus 1, else again from 2. Where begin and end are missing or
//   0, both are `version`; a change may have no levels.
// Amounts are contracts. Trades may come newest first; their ids seem to miss none, which is not
// promised. There are no channels of best prices and of liquidations.
#include <fmt/format.h>

#include <algorithm>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/markets.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "mexc-futures";

// "Compressed" pushes are merged ones; gzip would be the codec.
constexpr std::string_view kUnmerged = R"(,"compress":false)";

constexpr Channel kChannels[] = {
    {.type = Type::trade, .name = "deal", .option = kUnmerged},
    {.type = Type::book_change, .name = "depth", .option = kUnmerged},
    {Type::derivative_ticker, "ticker"},
    {Type::derivative_ticker, "funding.rate"},
};

// How many streams a connection bears is not documented.
constexpr Subscribing kSubscribing{
    .url = "wss://contract.mexc.com/edge",
    .channels = kChannels,
    .argument = {},
    .subscribe = R"({"method":"sub.$channel","param":{"symbol":"$symbol"$option},"gzip":false})",
    .unsubscribe = R"({"method":"unsub.$channel","param":{"symbol":"$symbol"}})",
    .streams_per_connection = 200};

// The latest 100: there is no way to ask for others.
std::string missing_trades(const TradeHole& hole) {
  return fmt::format("/api/v1/contract/deals/{}?limit=100", percent_encode(hole.symbol));
}

constexpr std::string_view kIgnored[] = {"push.depth.full",  "push.tickers",    "push.contract",
                                         "push.index.price", "push.fair.price", "push.kline"};

class MexcFuturesSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (channel_ == "push.deal") return on_deals(out);
    if (channel_ == "push.depth") return each([&](Row& row) { return on_depth(row, out); });
    if (channel_ == "push.ticker" || channel_ == "push.funding.rate")
      return each([&](const Row& row) { return give_derivative_ticker(kId, row, out); });
    if (channel_ == "pong") return FrameKind::heartbeat;
    if (channel_ == "rs.error" || success_ == "false") return FrameKind::error;
    if (channel_.starts_with("rs.")) return FrameKind::ack;
    const bool is_known = std::ranges::find(kIgnored, channel_) != std::end(kIgnored);
    return is_known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view path = url_path(reply.request);
    if (path.starts_with("/api/v1/contract/depth/")) return on_snapshot(reply, out);
    if (path.starts_with("/api/v1/contract/deals/")) return on_recent_deals(reply, out);
    return path == "/api/v1/contract/detail" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  void clear() {
    channel_ = symbol_ = pushed_ = success_ = {};
    rows_.clear();
    bids_.clear();
    asks_.clear();
  }

  bool read_root(json::Key key, json::Value& value) {
    if (key == "channel") return value.text(channel_);
    if (key == "symbol") return value.text(symbol_);
    if (key == "ts") return value.text(pushed_);
    if (key == "success") return value.text(success_);
    if (key == "data") {
      // Trades are an array since 2025, before it was a single one.
      if (value.is_array()) return value.array([this](json::Value& row) { return read_row(row); });
      return !value.is_object() || read_row(value);
    }
    return true;
  }

  bool read_row(json::Value& value) {
    Row& row = rows_.emplace_back();
    matched_ = begin_ = end_ = {};
    return !value.is_object() || value.object([&](json::Key key, json::Value& field) {
      return read_field(key, field, row);
    });
  }

  bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "symbol") return value.text(row.symbol);
    if (key == "i") return value.text(row.id);
    if (key == "p") return value.text(row.price);
    if (key == "v") return value.text(row.amount);
    if (key == "T") return value.text(row.side);
    if (key == "t" || key == "timestamp") return value.text(row.time);
    if (key == "cts") return value.text(matched_);
    if (key == "bids") return value.levels(bids_);
    if (key == "asks") return value.levels(asks_);
    if (key == "begin") return value.text(begin_);
    if (key == "end") return value.text(end_);
    if (key == "version") return value.text(row.seq);
    if (key == "lastPrice") return value.text(row.last);
    if (key == "fairPrice") return value.text(row.mark);
    if (key == "indexPrice") return value.text(row.index);
    if (key == "holdVol") return value.text(row.open_interest);
    if (key == "rate") return value.text(row.funding);
    if (key == "nextSettleTime") return value.text(row.funding_time);
    return true;
  }

  template <typename Give>  // Result<FrameKind>(Row&)
  Result<FrameKind> each(Give&& give) {
    return give_each(rows_, [&](Row& row) {
      if (row.symbol.empty()) row.symbol = symbol_;
      if (row.time.empty()) row.time = pushed_;
      return give(row);
    });
  }

  // `T`, 1 buy and 2 sell, is the taker's.
  Result<FrameKind> on_deals(Sink& out) {
    std::int64_t first, last;
    if (!rows_.empty() && read_integer(rows_.front().id, first) &&
        read_integer(rows_.back().id, last) && first > last)
      std::reverse(rows_.begin(), rows_.end());
    return each([&](Row& row) {
      row.side = row.side == "1" ? "buy" : row.side == "2" ? "sell" : row.side;
      return give_trade(kId, row, out);
    });
  }

  Result<FrameKind> on_depth(Row& row, Sink& out) {
    if (!matched_.empty()) row.time = matched_;
    const auto is_given = [](std::string_view number) {
      return !number.empty() && number != "null" && number != "0";
    };
    if (!is_given(begin_)) begin_ = row.seq;
    if (is_given(end_)) row.seq = end_;
    std::int64_t begin;
    if (rows_.size() != 1 || !read_integer(begin_, begin))
      return malformed(kId, "depth lacks its version");
    return give_book(kId, row, false, bids_, asks_, out, integer_before(begin));
  }

  // {"success":true,"code":0,"data":{"asks":[..],"bids":[..],"version":..,"timestamp":..}}
  Result<FrameKind> on_snapshot(const Reply& reply, Sink& out) {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    const Result<std::string> symbol = percent_decode(last_component(reply.request));
    if (!parser_.read_object(reply.data, read) || !symbol)
      return malformed(kId, "broken depth answer");
    if (success_ == "false") return FrameKind::error;
    if (rows_.size() != 1 || rows_[0].seq.empty())
      return malformed(kId, "depth answer lacks version");
    rows_[0].symbol = *symbol;
    return give_book(kId, rows_[0], true, bids_, asks_, out);
  }

  // {"success":true,"code":0,"data":[..]}: as the channel has them.
  Result<FrameKind> on_recent_deals(const Reply& reply, Sink& out) {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    const Result<std::string> symbol = percent_decode(last_component(reply.request));
    if (!parser_.read_object(reply.data, read) || !symbol)
      return malformed(kId, "broken list of trades");
    if (success_ == "false") return FrameKind::error;
    symbol_ = *symbol;
    return on_deals(out);
  }

  json::Parser parser_;
  std::string_view channel_, symbol_, pushed_, success_, matched_, begin_, end_;
  std::vector<Row> rows_;
  std::vector<Level> bids_, asks_;
};

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "data", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "baseCoin") return value.text(row.base);
        if (key == "quoteCoin") return value.text(row.quote);
        if (key == "contractSize") return value.text(row.contract_size);
        if (key == "priceUnit") return value.text(row.tick);
        if (key == "volUnit") return value.text(row.step);
        if (key == "state") return value.text(row.status);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        market.kind = "perpetual";
        market.active = row.status == "0";
        return true;
      });
}

constexpr std::string_view kMarketLists[] = {"/api/v1/contract/detail"};

}  // namespace

const Venue mexc_futures{
    .id = "mexc-futures",
    .ws_url = kSubscribing.url,
    .rest_url = "https://contract.mexc.com",
    .types = {Type::trade, Type::book_change, Type::derivative_ticker},
    // A connection without a ping ends after a minute. 20 REST requests in two seconds.
    .limits = {.send_interval_ms = 100,
               .ping_interval_ms = 15'000,
               .ping = R"({"method":"ping"})",
               .silence_ms = 60'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 100},
    .book = {.snapshot = BookRule::Snapshot::rest,
             .snapshot_request =
                 [](std::string_view symbol) {
                   return fmt::format("/api/v1/contract/depth/{}?limit=5000",
                                      percent_encode(symbol));
                 }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<MexcFuturesSession>(); },
};

}  // namespace md::venue
