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

#include "codec/json.hpp"
#include "venue/registry.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "coinbase";
constexpr std::string_view kUrl = "wss://ws-feed.exchange.coinbase.com";
constexpr std::size_t kMaxProducts = 100;  // a connection: slow readers are cut by the server

struct Channel {
  Type type;
  std::string_view name;
};
constexpr Channel kChannels[] = {
    {Type::trade, "matches"},
    {Type::book_change, "level2_batch"},
    {Type::book_ticker, "ticker"},
};

// Types of frames of channels that we know and do not record: full, status, auctionfeed, rfq.
constexpr std::string_view kIgnored[] = {"received", "open",   "done",    "change",
                                         "activate", "status", "auction", "rfq_match"};

// The fields of one frame, as texts: what they mean depends on `type`, which need not come first.
struct Fields {
  std::string_view type, product_id, time, trade_id, side, size, price, sequence;
  std::string_view best_bid, best_bid_size, best_ask, best_ask_size;
};

class CoinbaseSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    fields_ = {};
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_field(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    const std::string_view type = fields_.type;
    if (type == "l2update") return on_book(false, out);
    if (type == "match") return on_match(out);
    if (type == "ticker") return on_ticker(out);
    if (type == "snapshot") return on_book(true, out);
    if (type == "last_match") return on_last_match(out);
    if (type == "heartbeat") return FrameKind::heartbeat;
    if (type == "subscriptions") return FrameKind::ack;
    if (type == "error") return FrameKind::error;
    for (const std::string_view ignored : kIgnored) {
      if (type == ignored) return FrameKind::ignored;
    }
    return FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink&) override {
    if (reply.status != 200) return FrameKind::error;
    return url_path(reply.request) == "/products" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_field(json::Key key, json::Value& value) {
    if (key == "type") return value.text(fields_.type);
    if (key == "product_id") return value.text(fields_.product_id);
    if (key == "changes") return value.array([this](json::Value& row) { return read_change(row); });
    if (key == "time") return value.text(fields_.time);
    if (key == "trade_id") return value.text(fields_.trade_id);
    if (key == "side") return value.text(fields_.side);
    if (key == "size") return value.text(fields_.size);
    if (key == "price") return value.text(fields_.price);
    if (key == "sequence") return value.text(fields_.sequence);
    if (key == "best_bid") return value.text(fields_.best_bid);
    if (key == "best_bid_size") return value.text(fields_.best_bid_size);
    if (key == "best_ask") return value.text(fields_.best_ask);
    if (key == "best_ask_size") return value.text(fields_.best_ask_size);
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

  // Snapshots have a time since 2023 only.
  Micros time() const {
    Micros time = 0;
    parse_iso(fields_.time, time);
    return time;
  }

  Result<FrameKind> on_book(bool is_snapshot, Sink& out) {
    if (fields_.product_id.empty()) return malformed(kId, "book frame lacks product_id");
    if (!is_snapshot && bids_.empty() && asks_.empty()) return FrameKind::empty;
    out.on_book({fields_.product_id, time(), is_snapshot, bids_, asks_, {}, {}, {}});
    return FrameKind::data;
  }

  // `side` is the maker's.
  Result<FrameKind> on_match(Sink& out) {
    Trade trade;
    trade.id = fields_.trade_id;
    std::int64_t id;
    if (fields_.product_id.empty() || !read_integer(trade.id, id) ||
        !Decimal::parse_padded(fields_.price, trade.price) ||
        !Decimal::parse_padded(fields_.size, trade.amount)) {
      return malformed(kId, "match lacks product_id, trade_id, price or size");
    }
    if (fields_.side == "sell") {
      trade.side = Side::buy;
    } else if (fields_.side == "buy") {
      trade.side = Side::sell;
    } else {
      return malformed(kId, "match lacks side");
    }
    std::int64_t& last = entry(last_trade_, fields_.product_id, id - 1);
    if (id > last + 1) give_gap(last, id, out);
    if (id > last) last = id;
    out.on_event({{}, fields_.product_id, time(), 0, trade});
    return FrameKind::data;
  }

  // The latest earlier trade, sent on subscribing: not for us, but what was known before ends
  // before it.
  Result<FrameKind> on_last_match(Sink& out) {
    std::int64_t id;
    if (fields_.product_id.empty() || !read_integer(fields_.trade_id, id))
      return malformed(kId, "last_match lacks product_id or trade_id");
    std::int64_t& last = entry(last_trade_, fields_.product_id, id);
    if (id > last) {
      give_gap(last, id + 1, out);
      last = id;
    }
    return FrameKind::history;
  }

  // Ids have no holes, so a hole is a loss. (heartbeat has last_trade_id too, but nothing says that
  // it never overtakes its match; and the next match tells the same.)
  void give_gap(std::int64_t last, std::int64_t next, Sink& out) {
    out.on_event({{}, fields_.product_id, 0, 0, Gap{Type::trade, last, next, {}, {}}});
  }

  // Sent with each match. Sizes come since 2022 only.
  Result<FrameKind> on_ticker(Sink& out) {
    BookTicker ticker;
    if (fields_.product_id.empty() || !read_optional(fields_.best_ask_size, ticker.ask_amount) ||
        !read_optional(fields_.best_ask, ticker.ask_price) ||
        !read_optional(fields_.best_bid, ticker.bid_price) ||
        !read_optional(fields_.best_bid_size, ticker.bid_amount) ||
        !read_integer(fields_.sequence, ticker.seq.emplace())) {
      return malformed(kId, "ticker lacks product_id or sequence, or has a broken number");
    }
    if (!ticker.bid_price && !ticker.ask_price) return FrameKind::empty;
    out.on_event({{}, fields_.product_id, time(), 0, ticker});
    return FrameKind::data;
  }

  json::Parser parser_;
  Fields fields_;
  std::vector<Level> bids_, asks_;
  BySymbol<std::int64_t> last_trade_;
};

std::vector<Connection> connections(const Subscription& subscription) {
  std::vector<Connection> out;
  for (const auto products : portions(subscription.symbols, kMaxProducts)) {
    const std::string ids = json_list(products);
    std::string channels;
    for (const Channel& channel : kChannels) {
      if (subscription.types.has(channel.type))
        channels += fmt::format(R"({{"name":"{}","product_ids":[{}]}},)", channel.name, ids);
    }
    // Tells a quiet market from a dead connection.
    channels += fmt::format(R"({{"name":"heartbeat","product_ids":[{}]}})", ids);
    out.push_back({std::string(kUrl),
                   {products.begin(), products.end()},
                   {fmt::format(R"({{"type":"subscribe","channels":[{}]}})", channels)}});
  }
  return out;
}

std::vector<std::string> resubscribe(std::string_view symbol) {
  const std::string name{symbol};
  const std::string channel = fmt::format(R"({{"name":"level2_batch","product_ids":[{}]}})",
                                          json_list(std::span{&name, 1}));
  return {fmt::format(R"({{"type":"unsubscribe","channels":[{}]}})", channel),
          fmt::format(R"({{"type":"subscribe","channels":[{}]}})", channel)};
}

// [{"id":"BTC-USD","base_currency":..,"quote_currency":..,"status":"online",..}, ...]
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  json::Parser parser;
  const bool read = parser.read_array(data, [&](json::Value& product) {
    std::string_view id, base, quote, status;
    Decimal tick, step;
    bool disabled = false;
    const bool whole = product.object([&](json::Key key, json::Value& value) {
      if (key == "id") return value.text(id);
      if (key == "base_currency") return value.text(base);
      if (key == "quote_currency") return value.text(quote);
      if (key == "status") return value.text(status);
      if (key == "trading_disabled") return value.boolean(disabled);
      if (key == "quote_increment") return value.decimal(tick);
      if (key == "base_increment") return value.decimal(step);
      return true;
    });
    if (!whole || id.empty()) return false;
    out.push_back({std::string(id),
                   std::string(base),
                   std::string(quote),
                   "spot",
                   status == "online" && !disabled,
                   tick,
                   step,
                   {}});
    return true;
  });
  if (!read) return malformed(kId, "broken product list");
  return {};
}

constexpr std::string_view kAliases[] = {"gdax", "coinbasepro", "coinbase-pro"};
constexpr std::string_view kMarketLists[] = {"/products"};

}  // namespace

const Venue coinbase{
    .id = "coinbase",
    .aliases = kAliases,
    .ws_url = kUrl,
    .rest_url = "https://api.exchange.coinbase.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    // One heartbeat a second and product. 100 messages a second may come from us, 8 connections.
    .limits = {.send_interval_ms = 50,
               .silence_ms = 10'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 150},
    .book = {.snapshot = BookRule::Snapshot::in_stream, .resubscribe = resubscribe},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::contiguous,
    .market_lists = kMarketLists,
    .connections = connections,
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<CoinbaseSession>(); },
};

}  // namespace md::venue
