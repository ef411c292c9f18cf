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

#include <charconv>

#include "codec/json.hpp"
#include "venue/registry.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "kraken";
constexpr std::string_view kUrl = "wss://ws.kraken.com/v2";
constexpr std::size_t kMaxSymbols = 200;  // a connection
constexpr int kDepth = 1000;
constexpr int kChecksumDepth = 10;

struct Channel {
  Type type;
  std::string_view name;
  std::string_view options;  // behind the symbols
};
constexpr Channel kChannels[] = {
    {Type::trade, "trade", R"("snapshot":false)"},
    {Type::book_change, "book", R"("depth":1000)"},
    // On a change of the best prices, not with every trade.
    {Type::book_ticker, "ticker", R"("event_trigger":"bbo")"},
};

// One element of `data`, of whatever channel. Its levels stand in the session's vectors.
struct Row {
  std::string_view symbol, side, price, qty, trade_id, time, checksum;
  std::string_view bid, bid_qty, ask, ask_qty;
  std::size_t first_bid, bids, first_ask, asks;
};

class KrakenSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    channel_ = type_ = method_ = success_ = {};
    has_error_ = false;
    rows_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (channel_ == "book") return each([&](const Row& row) { return on_book(row, out); });
    if (channel_ == "trade") {
      if (type_ == "snapshot") return FrameKind::history;
      return each([&](const Row& row) { return on_trade(row, out); });
    }
    if (channel_ == "ticker") return each([&](const Row& row) { return on_ticker(row, out); });
    if (channel_ == "heartbeat") return FrameKind::heartbeat;
    if (channel_ == "status") return FrameKind::status;
    if (channel_ == "instrument") return FrameKind::markets;
    if (channel_ == "ohlc" || channel_ == "level3") return FrameKind::ignored;
    if (has_error_ || success_ == "false") return FrameKind::error;
    if (method_ == "pong") return FrameKind::heartbeat;
    return method_ == "subscribe" || method_ == "unsubscribe" ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink&) override {
    if (reply.status != 200) return FrameKind::error;
    return last_component(reply.request) == "AssetPairs" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  // ---- reading ----

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
    Row row{};
    if (!value.is_object()) {  // of channels that are not ours
      rows_.push_back(row);
      return true;
    }
    const bool read = value.object(
        [&](json::Key key, json::Value& field) { return read_field(key, field, row); });
    rows_.push_back(row);
    return read;
  }

  bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "symbol") return value.text(row.symbol);
    if (key == "bids") return read_side(value, bids_, row.first_bid, row.bids);
    if (key == "asks") return read_side(value, asks_, row.first_ask, row.asks);
    if (key == "checksum") return value.text(row.checksum);
    if (key == "timestamp") return value.text(row.time);
    if (key == "side") return value.text(row.side);
    if (key == "price") return value.text(row.price);
    if (key == "qty") return value.text(row.qty);
    if (key == "trade_id") return value.text(row.trade_id);
    if (key == "bid") return value.text(row.bid);
    if (key == "bid_qty") return value.text(row.bid_qty);
    if (key == "ask") return value.text(row.ask);
    if (key == "ask_qty") return value.text(row.ask_qty);
    return true;
  }

  // [{"price":0.5666,"qty":4831.75496356}, ...]. Other channels have other things under these
  // names.
  static bool read_side(json::Value& value, std::vector<Level>& side, std::size_t& first,
                        std::size_t& count) {
    first = side.size();
    const bool read = value.array([&side](json::Value& element) {
      Level& level = side.emplace_back();
      bool has_price = false, has_qty = false;
      return element.object([&](json::Key key, json::Value& field) {
        if (key == "price") return has_price = field.decimal(level.price);
        if (key == "qty") return has_qty = field.decimal(level.amount);
        return true;
      }) && has_price &&
             has_qty;
    });
    count = side.size() - first;
    return read;
  }

  // ---- meaning ----

  template <typename Give>  // Result<FrameKind>(const Row&)
  Result<FrameKind> each(Give&& give) {
    FrameKind of_frame = FrameKind::empty;
    for (const Row& row : rows_) {
      if (row.symbol.empty()) return malformed(kId, "frame lacks symbol");
      MD_TRY(const FrameKind kind, give(row));
      if (of_frame != FrameKind::data) of_frame = kind;
    }
    return of_frame;
  }

  // Snapshots have a timestamp since 2026 only.
  static Micros read_time(std::string_view text) {
    Micros time = 0;
    parse_iso(text, time);
    return time;
  }

  Result<FrameKind> on_book(const Row& row, Sink& out) {
    const bool is_snapshot = type_ == "snapshot";
    if (!is_snapshot && type_ != "update") return malformed(kId, "book frame lacks type");
    std::int64_t checksum;
    if (!read_integer(row.checksum, checksum) || checksum < 0 || checksum > UINT32_MAX)
      return malformed(kId, "book frame lacks checksum");
    if (!is_snapshot && row.bids == 0 && row.asks == 0) return FrameKind::empty;
    out.on_book({row.symbol,
                 read_time(row.time),
                 is_snapshot,
                 std::span{bids_}.subspan(row.first_bid, row.bids),
                 std::span{asks_}.subspan(row.first_ask, row.asks),
                 {},
                 {},
                 static_cast<std::uint32_t>(checksum)});
    return FrameKind::data;
  }

  // `side` is the taker's.
  Result<FrameKind> on_trade(const Row& row, Sink& out) {
    Trade trade;
    trade.id = row.trade_id;
    const std::optional<Side> side = side_from(row.side);
    if (trade.id.empty() || !side || !Decimal::parse_padded(row.price, trade.price) ||
        !Decimal::parse_padded(row.qty, trade.amount)) {
      return malformed(kId, "trade lacks trade_id, side, price or qty");
    }
    trade.side = *side;
    out.on_event({{}, row.symbol, read_time(row.time), 0, trade});
    return FrameKind::data;
  }

  // A price of 0 is an empty side, a time of 1970 no ticker at all.
  Result<FrameKind> on_ticker(const Row& row, Sink& out) {
    BookTicker ticker;
    if (!read_quote(row.ask, row.ask_qty, ticker.ask_price, ticker.ask_amount) ||
        !read_quote(row.bid, row.bid_qty, ticker.bid_price, ticker.bid_amount)) {
      return malformed(kId, "ticker lacks bid, bid_qty, ask or ask_qty");
    }
    if ((!ticker.ask_price && !ticker.bid_price) || row.time.starts_with("1970"))
      return FrameKind::empty;
    out.on_event({{}, row.symbol, read_time(row.time), 0, ticker});
    return FrameKind::data;
  }

  static bool read_quote(std::string_view price, std::string_view amount,
                         std::optional<Decimal>& out_price, std::optional<Decimal>& out_amount) {
    Decimal p, a;
    if (!Decimal::parse_padded(price, p) || !Decimal::parse_padded(amount, a)) return false;
    if (p.is_zero()) return true;
    out_price = p;
    out_amount = a;
    return true;
  }

  json::Parser parser_;
  std::string_view channel_, type_, method_, success_;
  bool has_error_ = false;
  std::vector<Row> rows_;
  std::vector<Level> bids_, asks_;
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

// ---- subscribing ----

std::string request(std::string_view method, const Channel& channel, std::string_view symbols,
                    int id) {
  return fmt::format(
      R"({{"method":"{}","params":{{"channel":"{}","symbol":[{}],{}}},"req_id":{}}})", method,
      channel.name, symbols, channel.options, id);
}

std::vector<Connection> connections(const Subscription& subscription) {
  std::vector<Connection> out;
  for (const auto symbols : portions(subscription.symbols, kMaxSymbols)) {
    Connection& connection =
        out.emplace_back(Connection{std::string(kUrl), {symbols.begin(), symbols.end()}, {}});
    int id = 0;
    for (const Channel& channel : kChannels) {
      if (subscription.types.has(channel.type))
        connection.send.push_back(request("subscribe", channel, json_list(symbols), ++id));
    }
    if (connection.send.empty()) out.pop_back();
  }
  return out;
}

std::vector<std::string> resubscribe(std::string_view symbol) {
  constexpr const Channel& kBook = kChannels[1];
  const std::string name{symbol};
  const std::string symbols = json_list({&name, 1});
  return {request("unsubscribe", kBook, symbols, 1), request("subscribe", kBook, symbols, 2)};
}

// ---- markets ----

std::string_view modern(std::string_view currency) {
  if (currency == "XBT") return "BTC";
  if (currency == "XDG") return "DOGE";
  return currency;
}

// {"error":[],"result":{"XXBTZUSD":{"wsname":"XBT/USD","status":"online",..}, ...}}
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  json::Parser parser;
  const auto read_pair = [&out](json::Value& pair) {
    std::string_view name, alternative, status = "online";  // not told before 2022
    std::optional<Decimal> tick;
    Decimal unit, step;
    const auto read_step = [](json::Value& value, Decimal& to) {
      std::int64_t decimals;
      return value.integer(decimals) && step_of(decimals, to);
    };
    const bool read = pair.object([&](json::Key key, json::Value& value) {
      if (key == "wsname") return value.text(name);
      if (key == "altname") return value.text(alternative);
      if (key == "status") return value.text(status);
      if (key == "tick_size") return value.decimal(tick);
      if (key == "pair_decimals") return read_step(value, unit);
      if (key == "lot_decimals") return read_step(value, step);
      return true;
    });
    if (!read) return false;
    const std::size_t slash = name.find('/');
    // Dark pools, and what the WebSocket does not carry.
    if (alternative.ends_with(".d") || slash == std::string_view::npos) return true;
    const std::string_view base = modern(name.substr(0, slash));
    const std::string_view quote = modern(name.substr(slash + 1));
    out.push_back({fmt::format("{}/{}", base, quote),
                   std::string(base),
                   std::string(quote),
                   "spot",
                   status == "online",
                   tick.value_or(unit),
                   step,
                   {}});
    return true;
  };
  const bool read = parser.read_object(data, [&](json::Key key, json::Value& value) {
    return !(key == "result") ||
           value.object([&](json::Key, json::Value& pair) { return read_pair(pair); });
  });
  if (!read) return malformed(kId, "broken pair list");
  return {};
}

constexpr std::string_view kMarketLists[] = {"/0/public/AssetPairs"};

}  // namespace

const Venue kraken{
    .id = "kraken",
    .ws_url = kUrl,
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
             .resubscribe = resubscribe},
    .book_merge = BookMerge::content,
    .trade_ids = TradeIds::contiguous,
    .market_lists = kMarketLists,
    .connections = connections,
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<KrakenSession>(); },
};

}  // namespace md::venue
