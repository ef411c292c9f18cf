// Coinbase Exchange feed. https://docs.cdp.coinbase.com/exchange/docs/websocket-channels (read
// 2026-11-20)
//
// Book (level2_batch: changes of 50 ms together; level2, the same unbatched, needs a login):
//   1. subscribe;  2. a snapshot of full depth comes on the stream;  3. l2update carries absolute
//   sizes, 0 removes;  4. a snapshot at any time replaces the book.
// There is neither sequence nor checksum: a loss shows as a lost connection only. How changes are
// cut into batches differs between connections.
// Trades are numbered without holes per product. Seen: l2update with a time in the year 1, and
// sizes such as "0.-10000" (2021).
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

constexpr std::string_view kId = "coinbase";

constexpr Channel kChannels[] = {
    {Type::trade, "matches"},
    {Type::book_change, "level2_batch"},
    {Type::book_ticker, "ticker"},
    {Type::connect, "heartbeat"},  // tells a quiet market from a dead connection
};
// All products of a connection are one request. Slow readers are cut by the server, so they are
// few.
constexpr std::size_t kStreams = 400;
constexpr Subscribing kSubscribing{
    .url = "wss://ws-feed.exchange.coinbase.com",
    .channels = kChannels,
    .argument = R"({"name":"$channel","product_ids":[$symbols]})",
    .subscribe = R"({"type":"subscribe","channels":[$arguments]})",
    .unsubscribe = R"({"type":"unsubscribe","channels":[$arguments]})",
    .streams_per_connection = kStreams,
    .arguments_per_request = kStreams};

// Types of frames of channels that we know and do not record: full, status, auctionfeed, rfq.
constexpr std::string_view kIgnored[] = {"received", "open",   "done",    "change",
                                         "activate", "status", "auction", "rfq_match"};

class CoinbaseSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    row_ = {};
    type_ = sequence_ = {};
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_field(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (type_ == "l2update") return give_book(kId, row_, false, bids_, asks_, out);
    if (type_ == "match") return on_match(out);
    if (type_ == "ticker") return on_ticker(out);
    if (type_ == "snapshot") return give_book(kId, row_, true, bids_, asks_, out);
    if (type_ == "last_match") return on_last_match();
    if (type_ == "heartbeat") return FrameKind::heartbeat;
    if (type_ == "subscriptions") return FrameKind::ack;
    if (type_ == "error") return FrameKind::error;
    return std::ranges::count(kIgnored, type_) != 0 ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (last_component(reply.request) == "trades") return on_history(reply, out);
    return url_path(reply.request) == "/products" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_field(json::Key key, json::Value& value) {
    if (key == "type") return value.text(type_);
    if (key == "product_id") return value.text(row_.symbol);
    if (key == "changes") return value.array([this](json::Value& row) { return read_change(row); });
    if (key == "time") return value.text(row_.time);  // of snapshots since 2023 only
    if (key == "trade_id") return value.text(row_.id);
    if (key == "side") return value.text(row_.side);
    if (key == "size") return value.text(row_.amount);
    if (key == "price") return value.text(row_.price);
    if (key == "sequence") return value.text(sequence_);
    if (key == "best_bid") return value.text(row_.bid);
    if (key == "best_bid_size") return value.text(row_.bid_amount);
    if (key == "best_ask") return value.text(row_.ask);
    if (key == "best_ask_size") return value.text(row_.ask_amount);
    if (key == "bids") return read_levels(value, bids_);
    if (key == "asks") return read_levels(value, asks_);
    return true;
  }

  // [side, price, size]
  bool read_change(json::Value& row) {
    std::string_view cells[3];
    if (!read_cells(row, cells)) return false;
    if (cells[0] == "buy") return add_level(cells[1], cells[2], bids_);
    return cells[0] == "sell" && add_level(cells[1], cells[2], asks_);
  }

  // [[price, size], ...]
  static bool read_levels(json::Value& side, std::vector<Level>& out) {
    return side.array([&](json::Value& row) {
      std::string_view cells[2];
      return read_cells(row, cells) && add_level(cells[0], cells[1], out);
    });
  }

  template <std::size_t N>
  static bool read_cells(json::Value& row, std::string_view (&cells)[N]) {
    std::size_t count = 0;
    return row.array([&](json::Value& cell) { return count == N || cell.text(cells[count++]); }) &&
           count == N;
  }

  // A size that is no number drops its level, not the frame.
  static bool add_level(std::string_view price, std::string_view size, std::vector<Level>& out) {
    Level& level = out.emplace_back();
    if (!Decimal::parse_padded(price, level.price)) return false;
    if (!Decimal::parse_padded(size, level.amount)) out.pop_back();
    return true;
  }

  // `side` is the maker's.
  Result<FrameKind> on_match(Sink& out) {
    std::int64_t id;
    if (!read_integer(row_.id, id)) return malformed(kId, "match lacks trade_id");
    if (row_.side != "buy" && row_.side != "sell") return malformed(kId, "match lacks side");
    row_.side = row_.side == "sell" ? "buy" : "sell";
    return give_trade(kId, row_, out);
  }

  // The latest earlier trade, sent on subscribing: not for us. The first match tells by its id what
  // was missed.
  Result<FrameKind> on_last_match() {
    std::int64_t id;
    if (row_.symbol.empty() || !read_integer(row_.id, id))
      return malformed(kId, "last_match lacks product_id or trade_id");
    return FrameKind::history;
  }

  // `side` is the maker's here too.
  static Result<FrameKind> on_history(const Reply& reply, Sink& out) {
    const auto read_field = [](json::Key key, json::Value& value, Row& row) {
      if (key == "trade_id") return value.text(row.id);
      if (key == "side") return value.text(row.side);
      if (key == "size") return value.text(row.amount);
      if (key == "price") return value.text(row.price);
      if (key == "time") return value.text(row.time);
      return true;
    };
    return give_history(kId, reply, component_before_last(reply.request), {}, read_field,
                        [&](Row& row) {
                          row.side = row.side == "sell" ? "buy" : row.side == "buy" ? "sell" : "";
                          return give_trade(kId, row, out);
                        });
  }

  // Sent with each match; `sequence` numbers quotes, but no trades. Sizes come since 2022 only.
  Result<FrameKind> on_ticker(Sink& out) {
    row_.seq = sequence_;
    return give_book_ticker(kId, row_, out);
  }

  json::Parser parser_;
  std::string_view type_, sequence_;  // which need not come first
  Row row_;
  std::vector<Level> bids_, asks_;
};

// [{"id":"BTC-USD","base_currency":..,"quote_currency":..,"status":"online",..}, ...]
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  if (!data.starts_with('[')) return malformed(kId, "broken product list");  // a refusal
  return read_market_list(
      kId, data, {}, out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "id") return value.text(row.symbol);
        if (key == "base_currency") return value.text(row.base);
        if (key == "quote_currency") return value.text(row.quote);
        if (key == "status") return value.text(row.status);
        if (key == "trading_disabled") return value.text(row.extra);
        if (key == "quote_increment") return value.text(row.tick);
        if (key == "base_increment") return value.text(row.step);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        market.active = row.status == "online" && row.extra != "true";
        return true;
      });
}

// Newest first; `after` an id means older than it.
std::string missing_trades(const TradeHole& hole) {
  std::string request = fmt::format("/products/{}/trades?limit=1000", percent_encode(hole.symbol));
  if (!hole.before_id.empty()) request += fmt::format("&after={}", percent_encode(hole.before_id));
  return request;
}

constexpr std::string_view kAliases[] = {"gdax", "coinbasepro", "coinbase-pro"};
constexpr std::string_view kMarketLists[] = {"/products"};

}  // namespace

const Venue coinbase{
    .id = "coinbase",
    .aliases = kAliases,
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.exchange.coinbase.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    // One heartbeat a second and product. 100 messages a second may come from us, 8 connections.
    .limits = {.send_interval_ms = 50,
               .silence_ms = 10'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 150},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::contiguous,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<CoinbaseSession>(); },
};

}  // namespace md::venue
