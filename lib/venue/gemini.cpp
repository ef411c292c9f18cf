// Gemini spot and perpetuals. https://developer.gemini.com/websocket/introduction (read 2026-11-20)
//
// Frames have no wrapper: which fields they have says what they are, and case counts (u, U). Times
// are nanoseconds. Book (@depth@100ms: all levels, since the address asks for them):
//   1. the first message of a symbol after subscribing is the whole book: it has U equal u, and no
//   other mark;  2. of changes u <= the last u are old; one with U <= last u < u continues, and U
//   is then the last u, not the number behind it;  3. else unsubscribe and subscribe.
// A recording must begin with its connection. Numbers and trade ids count over all markets. Mark
// prices (@markPrice, not documented) have a connection of their own, because a stream name that
// the venue does not know makes it refuse the whole request. Its index is scaled by an unknown
// power of ten and @fundingAmount is an amount, not a rate: both are left out.
//
// Recordings of the archived protocol (v2/marketdata) are read too: upper case names, given in
// lower case; books without time and numbers, whose first message is known by the trades it
// repeats. The side of its trades is taken for the taker's, as all readers do; no page says so.
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

constexpr std::string_view kId = "gemini";

constexpr std::string_view kTrades = "/v1/trades/";

bool is_perpetual(std::string_view symbol) { return symbol.ends_with("perp"); }

constexpr std::string_view kWholeBooks = "/?snapshot=-1";
constexpr std::string_view kUndocumented = "/";

constexpr Channel kChannels[] = {
    {Type::trade, "$lower@trade", kWholeBooks},
    {Type::book_change, "$lower@depth@100ms", kWholeBooks},
    {Type::book_ticker, "$lower@bookTicker", kWholeBooks},
    {Type::derivative_ticker, "$lower@markPrice", kUndocumented, is_perpetual},
};
constexpr Subscribing kSubscribing{
    .url = "wss://ws.gemini.com",
    .channels = kChannels,
    .argument = R"("$channel")",
    .subscribe = R"({"id":$id,"method":"SUBSCRIBE","params":[$arguments]})",
    .unsubscribe = R"({"id":$id,"method":"UNSUBSCRIBE","params":[$arguments]})",
    .streams_per_connection = 300,
    .arguments_per_request = 60};

class GeminiSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    event_ = type_ = status_ = first_ = buyer_is_maker_ = result_ = {};
    row_ = {};
    has_changes_ = has_history_ = false;
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (!type_.empty()) return on_archived(out);
    if (event_ == "depthUpdate") return on_depth(out);
    if (event_ == "markPrice") {
      row_.mark = row_.price;
      return give_derivative_ticker(kId, row_, out);
    }
    if (event_ == "fundingAmount" || event_ == "contractStatus") return FrameKind::ignored;
    if (!event_.empty()) return FrameKind::unknown;
    if (!row_.id.empty()) return on_trade(out);
    if (!row_.bid_amount.empty() || !row_.ask_amount.empty())
      return give_book_ticker(kId, row_, out);
    if (!row_.symbol.empty() && !row_.seq.empty()) return FrameKind::empty;  // a number alone
    if (result_ == "error") return FrameKind::error;
    if (!status_.empty()) return status_ == "200" ? FrameKind::ack : FrameKind::error;
    return FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (url_path(reply.request).starts_with(kTrades)) {
      return give_history(kId, reply, last_component(reply.request), {}, read_past_trade,
                          [&](const Row& row) { return give_trade(kId, row, out); });
    }
    return url_path(reply.request).starts_with("/v1/symbols") ? FrameKind::markets
                                                              : FrameKind::unknown;
  }

  // The next message with U equal u is the whole book again.
  void on_book_lost(std::string_view symbol, Sink&) override {
    if (const auto found = last_.find(symbol); found != last_.end()) last_.erase(found);
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    switch (key.letter()) {
      case 'e':
        return value.text(event_);
      case 'E':
        return value.text(row_.time);
      case 's':
        return value.text(row_.symbol);
      case 't':
        return value.text(row_.id);
      case 'p':
        return value.text(row_.price);
      case 'q':
        return value.text(row_.amount);
      case 'm':
        return value.text(buyer_is_maker_);
      case 'U':
        return value.text(first_);
      case 'u':
        return value.text(row_.seq);
      case 'b':
        return value.is_array() ? value.levels(bids_) : value.text(row_.bid);
      case 'a':
        return value.is_array() ? value.levels(asks_) : value.text(row_.ask);
      case 'B':
        return value.text(row_.bid_amount);
      case 'A':
        return value.text(row_.ask_amount);
      default:
        break;
    }
    if (key == "status") return value.text(status_);
    if (key == "result") return value.is_object() || value.is_array() || value.text(result_);
    return read_archived(key, value);
  }

  bool read_archived(json::Key key, json::Value& value) {
    if (key == "type") return value.text(type_);
    if (key == "symbol") return value.text(row_.symbol);
    if (key == "timestamp") return value.text(row_.time);
    if (key == "event_id") return value.text(row_.id);
    if (key == "price") return value.text(row_.price);
    if (key == "quantity") return value.text(row_.amount);
    if (key == "side") return value.text(row_.side);
    if (key == "trades") return has_history_ = true;
    if (key == "changes") {
      has_changes_ = true;
      return type_ != "l2_updates" ||
             value.array([this](json::Value& v) { return read_change(v); });
    }
    return true;
  }

  static bool read_past_trade(json::Key key, json::Value& value, Row& row) {
    if (key == "tid") return value.text(row.id);
    if (key == "timestampms") return value.text(row.time);
    if (key == "price") return value.text(row.price);
    if (key == "amount") return value.text(row.amount);
    if (key == "type") return value.text(row.side);
    return true;
  }

  // ["buy","301.66","11.5"]
  bool read_change(json::Value& value) {
    std::string_view side;
    Level level;
    int column = 0;
    const bool read = value.array([&](json::Value& cell) {
      switch (column++) {
        case 0:
          return cell.text(side);
        case 1:
          return cell.decimal(level.price);
        case 2:
          return cell.decimal(level.amount);
        default:
          return true;
      }
    });
    if (!read || column < 3 || (side != "buy" && side != "sell")) return false;
    (side == "buy" ? bids_ : asks_).push_back(level);
    return true;
  }

  Result<FrameKind> on_trade(Sink& out) {
    if (buyer_is_maker_ != "true" && buyer_is_maker_ != "false")
      return malformed(kId, "trade lacks m");
    row_.side = buyer_is_maker_ == "true" ? "sell" : "buy";
    row_.seq = {};
    return give_trade(kId, row_, out);
  }

  Result<FrameKind> on_depth(Sink& out) {
    std::int64_t first, last;
    if (!read_integer(first_, first) || !read_integer(row_.seq, last))
      return malformed(kId, "depth message lacks U or u");
    const auto known = last_.find(row_.symbol);
    if (known == last_.end()) {
      if (first != last) return give_book(kId, row_, false, bids_, asks_, out, first);
      MD_TRY(const FrameKind kind, give_book(kId, row_, true, bids_, asks_, out));
      entry(last_, row_.symbol) = last;
      return kind;
    }
    if (last <= known->second) return FrameKind::empty;
    const std::int64_t before = std::max(first, known->second);
    known->second = last;
    // May forget the book, when there was a hole.
    return give_book(kId, row_, false, bids_, asks_, out, before);
  }

  // ---- v2/marketdata ----

  Result<FrameKind> on_archived(Sink& out) {
    if (type_ == "heartbeat") return FrameKind::heartbeat;
    if (type_ == "l2_updates" || type_ == "trade") {
      lower_ = to_lower(row_.symbol);
      row_.symbol = lower_;
      if (type_ == "trade") return give_trade(kId, row_, out);
      if (!has_changes_) return malformed(kId, "book message lacks changes");
      row_.time = {};
      return give_book(kId, row_, has_history_, bids_, asks_, out);
    }
    const bool known = type_.starts_with("auction") || type_.starts_with("candles_") ||
                       type_ == "mark_price_updates" || type_ == "funding_amount_updates";
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  json::Parser parser_;
  std::string_view event_, type_, status_, first_, buyer_is_maker_, result_;
  bool has_changes_ = false, has_history_ = false;
  Row row_;
  std::vector<Level> bids_, asks_;
  BySymbol<std::int64_t> last_;  // u of the books that are whole
  std::string lower_;
};

// Names are all that the list has, and they run together: "btcgusd" is BTC/GUSD because there is
// "btcusd" too, "paxgusd" is PAXG/USD.
Market market(const std::string& name, std::span<const std::string> names) {
  constexpr std::string_view kQuotes[] = {"rlusd", "gusd", "usdc", "usdt", "usd", "dai", "gbp",
                                          "eur",   "sgd",  "btc",  "eth",  "ltc", "bch", "fil"};
  Market out;
  out.symbol = name;
  out.kind = is_perpetual(name) ? "perpetual" : "spot";
  std::string_view pair = name;
  if (is_perpetual(name)) pair.remove_suffix(4);
  for (const std::string_view quote : kQuotes) {
    if (!pair.ends_with(quote) || pair.size() == quote.size()) continue;
    const std::string_view base = pair.substr(0, pair.size() - quote.size());
    const bool may_be_of_base = quote.size() > 3 && quote.ends_with("usd") && !is_perpetual(name);
    if (may_be_of_base &&
        std::find(names.begin(), names.end(), fmt::format("{}usd", base)) == names.end()) {
      continue;
    }
    out.base = to_upper(base);
    out.quote = to_upper(quote);
    break;
  }
  return out;
}

// The answer to /v1/symbols/details/{symbol}, in upper case.
Result<void> read_details(std::string_view data, std::vector<Market>& out) {
  MarketRow row;
  json::Parser parser;
  const bool read = parser.read_object(data, [&row](json::Key key, json::Value& value) {
    if (key == "symbol") return value.text(row.symbol);
    if (key == "base_currency") return value.text(row.base);
    if (key == "quote_currency") return value.text(row.quote);
    if (key == "quote_increment") return value.text(row.tick);
    if (key == "tick_size") return value.text(row.step);  // of amounts
    if (key == "status") return value.text(row.status);
    return true;
  });
  if (!read) return malformed(kId, "broken market");
  const std::string name = to_lower(row.symbol);
  row.symbol = name;
  MD_TRY(Market market, to_market(kId, row, is_perpetual(name) ? "perpetual" : "spot"));
  market.active = row.status != "closed";
  out.push_back(std::move(market));
  return {};
}

// ["btcusd","ethbtc",..]. Steps and status are told market by market, by 350 requests: we do not
// ask, but read what a recording has.
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  if (data.starts_with('{')) return read_details(data, out);
  std::vector<std::string> names;
  json::Parser parser;
  const bool read = parser.read_array(data, [&names](json::Value& value) {
    std::string_view name;
    if (!value.is_string() || !value.text(name) || name.empty()) return false;
    names.emplace_back(name);
    return true;
  });
  if (!read) return malformed(kId, "broken market list");
  for (const std::string& name : names) out.push_back(market(name, names));
  return {};
}

// The first ones behind an id (as those who page by it have it), the newest of them first.
std::string missing_trades(const TradeHole& hole) {
  std::string request = fmt::format("{}{}?limit_trades=500", kTrades, percent_encode(hole.symbol));
  if (!hole.after_id.empty())
    request += fmt::format("&since_tid={}", percent_encode(hole.after_id));
  return request;
}

constexpr std::string_view kMarketLists[] = {"/v1/symbols"};

}  // namespace

const Venue gemini{
    .id = kId,
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.gemini.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker},
    // 300 attempts to connect in five minutes. Protocol pings every 20 s.
    .limits = {.send_interval_ms = 100,
               .silence_ms = 60'000,
               .connect_interval_ms = 1'000,
               .rest_interval_ms = 1'000},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::forward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<GeminiSession>(); },
};

}  // namespace md::venue
