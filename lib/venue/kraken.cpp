// Kraken spot, WebSocket v2. https://docs.kraken.com/api/docs/websocket-v2/book (read 2026-11-20)
//
// Book (book: 1000 levels, a CRC-32 in every message instead of numbers):
// https://docs.kraken.com/api/docs/guides/spot-ws-book-v2 (read 2026-11-20)
//   1. subscribe: a snapshot comes on the stream, updates follow;  2. apply all levels of a message
//   (0 removes, of unknown prices too), then cut both sides to the depth: levels that fall out are
//   not deleted;  3. the best ten asks, low to high, then the best ten bids, high to low: of each,
//   price and qty without their points and leading zeros;  4. the CRC-32 of that text is
//   `checksum`, else unsubscribe and subscribe again.
// Numbers arrive bare and their trailing zeros count. Trades are numbered without holes per pair.
// Names are case sensitive (AAPLx/USD) and say BTC and DOGE where the REST list says XBT and XDG.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

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

constexpr std::string_view kId = "kraken";
constexpr int kDepth = 1000;
constexpr int kChecksumDepth = 10;

constexpr Channel kChannels[] = {
    {Type::trade, "trade", {}, nullptr, R"("snapshot":false)"},
    {Type::book_change, "book", {}, nullptr, R"("depth":1000)"},
    // On a change of the best prices, not with every trade.
    {Type::book_ticker, "ticker", {}, nullptr, R"("event_trigger":"bbo")"},
};
constexpr Subscribing kSubscribing{
    .url = "wss://ws.kraken.com/v2",
    .channels = kChannels,
    .argument = R"("$symbol")",
    .subscribe =
        R"({"method":"subscribe","params":{"channel":"$channel","symbol":[$arguments],$option},"req_id":$id})",
    .unsubscribe =
        R"({"method":"unsubscribe","params":{"channel":"$channel","symbol":[$arguments],$option},"req_id":$id})",
    .request_per_channel = true,
    .streams_per_connection = 600,  // ours: three of 200 symbols
    .arguments_per_request = 200};

std::string_view modern(std::string_view currency) {
  if (currency == "XBT") return "BTC";
  if (currency == "XDG") return "DOGE";
  return currency;
}

std::string_view old_name(std::string_view currency) {
  if (currency == "BTC") return "XBT";
  if (currency == "DOGE") return "XDG";
  return currency;
}

// `since` is in nanoseconds, and exclusive: a microsecond earlier, for the others of that one. REST
// has names of its own, in requests and in answers: so the request says ours too, which the venue
// does not read.
std::string missing_trades(const TradeHole& hole) {
  const Halves currencies = split_first(hole.symbol, '/');
  std::string request = fmt::format("/0/public/Trades?pair={}{}&count=1000",
                                    percent_encode(old_name(currencies.before)),
                                    percent_encode(old_name(currencies.behind)));
  if (hole.after != 0) request += fmt::format("&since={}", (hole.after - 1) * 1000);
  return with_query_value(request, "symbol", hole.symbol);
}

class KrakenSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    channel_ = type_ = method_ = success_ = {};
    has_error_ = false;
    rows_.clear();
    levels_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (channel_ == "book")
      return give_each(rows_, [&](const BookRow& row) { return on_book(row, out); });
    if (channel_ == "trade") {
      if (type_ == "snapshot") return FrameKind::history;
      return give_each(rows_, [&](const Row& row) { return give_trade(kId, row, out); });
    }
    if (channel_ == "ticker")
      return give_each(rows_, [&](const Row& row) { return on_ticker(row, out); });
    if (channel_ == "heartbeat") return FrameKind::heartbeat;
    if (channel_ == "status") return FrameKind::status;
    if (channel_ == "instrument") return FrameKind::markets;
    if (channel_ == "ohlc" || channel_ == "level3") return FrameKind::ignored;
    if (has_error_ || success_ == "false") return FrameKind::error;
    if (method_ == "pong") return FrameKind::heartbeat;
    return method_ == "subscribe" || method_ == "unsubscribe" ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (last_component(reply.request) == "Trades") return on_past_trades(reply, out);
    return last_component(reply.request) == "AssetPairs" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "channel") return value.text(channel_);
    if (key == "type") return value.text(type_);
    if (key == "data") {  // of `instrument`, an object
      return !value.is_array() || value.array([this](json::Value& row) { return read_row(row); });
    }
    if (key == "method") return value.text(method_);
    if (key == "success") return value.text(success_);
    if (key == "error") return has_error_ = true;
    return true;
  }

  bool read_row(json::Value& value) {
    BookRow& row = rows_.emplace_back();
    // Other channels have other things here.
    return !value.is_object() || value.object([&](json::Key key, json::Value& field) {
      return read_field(key, field, row);
    });
  }

  bool read_field(json::Key key, json::Value& value, BookRow& row) {
    const auto read_levels = [&] { return value.levels("price", "qty", levels_); };
    if (key == "symbol") return value.text(row.symbol);
    if (key == "bids") return row.bids.read(levels_, read_levels);
    if (key == "asks") return row.asks.read(levels_, read_levels);
    if (key == "checksum") return value.text(row.checksum);
    if (key == "timestamp") return value.text(row.time);
    if (key == "side") return value.text(row.side);  // the taker's
    if (key == "price") return value.text(row.price);
    if (key == "qty") return value.text(row.amount);
    if (key == "trade_id") return value.text(row.id);
    if (key == "bid") return value.text(row.bid);
    if (key == "bid_qty") return value.text(row.bid_amount);
    if (key == "ask") return value.text(row.ask);
    if (key == "ask_qty") return value.text(row.ask_amount);
    return true;
  }

  // {"error":[],"result":{"XXBTZUSD":[[price,amount,time,side,order type,"",id],..],"last":..}}
  Result<FrameKind> on_past_trades(const Reply& reply, Sink& out) {
    const Result<std::string> symbol = percent_decode(query_value(reply.request, "symbol"));
    rows_.clear();
    bool found = false;
    const auto read_trade = [&](json::Value& trade) {
      Row& row = rows_.emplace_back();
      if (symbol) row.symbol = *symbol;
      std::string_view other;
      std::string_view* const columns[] = {&row.price, &row.amount, &row.time, &row.side,
                                           &other,     &other,      &row.id};
      std::size_t column = 0;
      return trade.array([&](json::Value& cell) {
        return column == std::size(columns) || cell.text(*columns[column++]);
      });
    };
    const bool read = parser_.read_object(reply.data, [&](json::Key key, json::Value& value) {
      return !(key == "result") || value.object([&](json::Key, json::Value& list) {
        return !list.is_array() || (found = true, list.array(read_trade));
      });
    });
    if (!read || !symbol) return malformed(kId, "broken list of trades");
    if (!found) return FrameKind::error;
    return give_each(rows_, [&](Row& row) {
      row.side = row.side == "b" ? "buy" : row.side == "s" ? "sell" : row.side;
      return give_trade(kId, row, out);
    });
  }

  // Snapshots have a timestamp since 2026 only.
  Result<FrameKind> on_book(const BookRow& row, Sink& out) {
    const bool is_snapshot = type_ == "snapshot";
    if (!is_snapshot && type_ != "update") return malformed(kId, "book frame lacks type");
    if (row.checksum.empty() || row.checksum.front() == '-')
      return malformed(kId, "book frame lacks checksum");
    if (!is_snapshot && row.bids.empty() && row.asks.empty()) return FrameKind::empty;
    return give_book(kId, row, is_snapshot, row.bids.of(levels_), row.asks.of(levels_), out);
  }

  // A time of 1970 says that there is no ticker yet.
  Result<FrameKind> on_ticker(const Row& row, Sink& out) {
    return row.time.starts_with("1970") ? FrameKind::empty : give_book_ticker(kId, row, out);
  }

  json::Parser parser_;
  std::string_view channel_, type_, method_, success_;
  bool has_error_ = false;
  std::vector<BookRow> rows_;
  std::vector<Level> levels_;
};

// The wire's digits are the mantissa's. Runs with every book message: no allocation.
std::uint32_t checksum(const BookSides& book) {
  constexpr std::size_t kDigits = 20;  // of 64 bits
  char text[2 * 2 * kChecksumDepth * kDigits];
  char* end = text;
  const auto add = [&](const Decimal& number) {
    // Larger ones do not occur; cut, they fail the check.
    end = std::to_chars(end, end + kDigits, static_cast<std::uint64_t>(number.mantissa())).ptr;
  };
  const auto add_best = [&](std::span<const Level> side) {
    for (const Level& level : side.first(std::min<std::size_t>(side.size(), kChecksumDepth))) {
      add(level.price);
      add(level.amount);
    }
  };
  add_best(book.asks);
  add_best(book.bids);
  return crc32({text, static_cast<std::size_t>(end - text)});
}

// {"error":[],"result":{"XXBTZUSD":{"wsname":"XBT/USD","status":"online",..}, ...}}
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "result", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "altname") return value.text(row.symbol);
        if (key == "wsname") return value.text(row.extra);
        if (key == "status") return value.text(row.status);
        if (key == "tick_size") return value.text(row.tick);
        if (key == "pair_decimals") return value.text(row.tick_decimals);
        if (key == "lot_decimals") return value.text(row.step_decimals);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        const Halves name = split_first(row.extra, '/');
        // Dark pools, and what the WebSocket does not carry.
        if (row.symbol.ends_with(".d") || name.behind.empty()) return false;
        market.base = modern(name.before);
        market.quote = modern(name.behind);
        market.symbol = market.base + '/' + market.quote;
        market.active = row.status == "online" || row.status.empty();  // not told before 2022
        return true;
      });
}

constexpr std::string_view kMarketLists[] = {"/0/public/AssetPairs"};

}  // namespace

const Venue kraken{
    .id = "kraken",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.kraken.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    // One heartbeat a second where nothing else flows. 150 connections in ten minutes.
    .limits = {.send_interval_ms = 200,
               .silence_ms = 15'000,
               .connect_interval_ms = 4000,
               .rest_interval_ms = 1000},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .depth = kDepth,
             .checksum_depth = kChecksumDepth,
             .checksum = checksum,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::content,
    .trade_ids = TradeIds::contiguous,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::forward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<KrakenSession>(); },
};

}  // namespace md::venue
