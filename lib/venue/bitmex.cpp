// BitMEX: futures, perpetuals and spot. https://www.bitmex.com/app/wsAPI (read 2026-11-20)
//
// The exchange closed on 2026-09-23: this reads recordings. What was sent to it stands here still,
// since recordings are made by others in the same way.
//
// Everything is a table that is told as partial (the whole), insert, update and delete. Book
// (orderBookL2, all levels):
//   1. the partial is the snapshot, what comes before it is ignored;  2. rows have an id, which
//   stands for a price; in older recordings update and delete do not repeat the price, so it is
//   kept from partial and insert;  3. a delete has no size;  4. there are no numbers: an id that
//   nobody inserted is the only sign of loss, then all is ignored until the next partial.
// A partial of trades, quotes or liquidations tells what was. Sizes are contracts, of spot too.
// Rows of indices (.BXBT) are no trades. The side of a liquidation is that of its order: Buy = a
// short was liquidated. Liquidations have no time.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

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

constexpr std::string_view kId = "bitmex";

bool is_index(std::string_view symbol) { return symbol.starts_with('.'); }
bool is_contract(std::string_view symbol) {
  return !is_index(symbol) && symbol.find('_') == std::string_view::npos;  // XBT_USDT is spot
}

constexpr Channel kChannels[] = {
    {Type::trade, "trade"},
    {Type::book_change, "orderBookL2"},
    {Type::book_ticker, "quote"},
    {Type::derivative_ticker, "instrument", {}, is_contract},
    {Type::liquidation, "liquidation", {}, is_contract},
};
constexpr Subscribing kSubscribing{.url = "wss://ws.bitmex.com/realtime",
                                   .channels = kChannels,
                                   .argument = R"("$channel:$symbol")",
                                   .subscribe = R"({"op":"subscribe","args":[$arguments]})",
                                   .unsubscribe = R"({"op":"unsubscribe","args":[$arguments]})",
                                   .arguments_per_request = 10};

// Tables that we know and do not record.
constexpr std::string_view kIgnored[] = {
    "orderBook10", "orderBookL2_25",      "funding",  "settlement", "insurance",   "chat",
    "connected",   "publicNotifications", "tradeBin", "quoteBin",   "announcement"};

// Up to 1000 from the hole's beginning on; where that is not known, the latest.
std::string missing_trades(const TradeHole& hole) {
  std::string request = fmt::format("/api/v1/trade?symbol={}&count=1000&reverse={}",
                                    percent_encode(hole.symbol), hole.after == 0);
  if (hole.after != 0) request += "&startTime=" + percent_encode(to_iso(hole.after));
  return request;
}

class BitmexSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    if (frame.data == "pong") return FrameKind::heartbeat;
    table_ = action_ = filter_ = {};
    has_data_ = is_ack_ = is_error_ = is_info_ = false;
    rows_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (!table_.empty()) return on_table(out);
    if (is_error_) return FrameKind::error;
    if (is_ack_) return FrameKind::ack;
    return is_info_ ? FrameKind::status : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "trade") return on_trades(reply, out);
    return what == "active" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "table") return value.text(table_);
    if (key == "action") return value.text(action_);
    if (key == "filter" && value.is_object()) {
      return value.object([this](json::Key name, json::Value& symbol) {
        return !(name == "symbol") || symbol.text(filter_);
      });
    }
    if (key == "data" && value.is_array()) {
      has_data_ = true;
      return value.array([this](json::Value& row) { return read_row(row); });
    }
    if (key == "success") is_ack_ = true;
    if (key == "error") is_error_ = true;
    if (key == "info") is_info_ = true;
    return true;
  }

  bool read_row(json::Value& value) {
    Row& row = rows_.emplace_back();
    return value.object(
        [&](json::Key key, json::Value& field) { return read_field(key, field, row); });
  }

  static bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "symbol") return value.text(row.symbol);
    if (key == "timestamp") return value.text(row.time);
    if (key == "id" || key == "trdMatchID" || key == "orderID") return value.text(row.id);
    if (key == "side") return value.text(row.side);
    if (key == "price") return value.text(row.price);
    if (key == "size" || key == "leavesQty") return value.text(row.amount);
    if (key == "bidPrice") return value.text(row.bid);
    if (key == "bidSize") return value.text(row.bid_amount);
    if (key == "askPrice") return value.text(row.ask);
    if (key == "askSize") return value.text(row.ask_amount);
    if (key == "lastPrice") return value.text(row.last);
    if (key == "markPrice") return value.text(row.mark);
    if (key == "indicativeSettlePrice") return value.text(row.index);
    if (key == "fundingRate") return value.text(row.funding);
    if (key == "fundingTimestamp") return value.text(row.funding_time);
    if (key == "indicativeFundingRate") return value.text(row.predicted_funding);
    if (key == "openInterest") return value.text(row.open_interest);
    return true;
  }

  Result<FrameKind> on_table(Sink& out) {
    if (!has_data_ || action_.empty()) return malformed(kId, "table lacks action or data");
    if (table_ == "orderBookL2") return on_book(out);
    const bool is_insert = action_ == "insert", is_partial = action_ == "partial";
    if (table_ == "instrument") {
      if (action_ == "delete") return FrameKind::empty;
      return give_each(rows_, [&](const Row& row) -> Result<FrameKind> {
        if (!is_contract(row.symbol)) return FrameKind::empty;
        return give_derivative_ticker(kId, row, out);
      });
    }
    if (table_ == "trade" || table_ == "quote" || table_ == "liquidation") {
      if (is_partial) return FrameKind::history;
      if (!is_insert) return FrameKind::empty;  // the liquidation order changed, or is done
      return give_each(rows_, [&](Row& row) { return on_insert(row, out); });
    }
    const bool known = std::any_of(std::begin(kIgnored), std::end(kIgnored),
                                   [this](std::string_view t) { return table_.starts_with(t); });
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_insert(Row& row, Sink& out) {
    if (table_ == "quote") return give_book_ticker(kId, row, out);
    if (table_ == "liquidation") return give_liquidation(kId, row, out);
    return on_trade(row, out);
  }

  static Result<FrameKind> on_trade(Row& row, Sink& out) {
    if (is_index(row.symbol)) return FrameKind::empty;
    if (row.side.empty()) row.side = "unknown";  // off the book
    return give_trade(kId, row, out);
  }

  // Rows as on the stream.
  Result<FrameKind> on_trades(const Reply& reply, Sink& out) {
    rows_.clear();
    const auto read = [this](json::Value& row) { return read_row(row); };
    if (!parser_.read_array(reply.data, read)) return malformed(kId, "broken list of trades");
    return give_each(rows_, [&](Row& row) { return on_trade(row, out); });
  }

  // Rows of one symbol stand together.
  Result<FrameKind> on_book(Sink& out) {
    const bool is_partial = action_ == "partial";
    if (is_partial && rows_.empty() && !filter_.empty()) {  // an empty book
      Row& row = rows_.emplace_back();
      row.symbol = filter_;
    }
    FrameKind of_frame = FrameKind::empty;
    for (std::span<const Row> rest{rows_}; !rest.empty();) {
      std::size_t count = 1;
      while (count < rest.size() && rest[count].symbol == rest[0].symbol) ++count;
      MD_TRY(const FrameKind kind, on_rows(rest.first(count), is_partial, out));
      if (of_frame != FrameKind::data) of_frame = kind;
      rest = rest.subspan(count);
    }
    return of_frame;
  }

  using Prices = std::unordered_map<std::int64_t, Decimal>;  // by the row's id

  Result<FrameKind> on_rows(std::span<const Row> rows, bool is_partial, Sink& out) {
    bids_.clear();
    asks_.clear();
    Row book;
    book.symbol = rows[0].symbol;
    const auto found = prices_.find(book.symbol);
    if (!is_partial && found == prices_.end()) return FrameKind::empty;
    Prices& prices = is_partial ? entry(prices_, book.symbol) : found->second;
    if (is_partial) prices.clear();
    for (const Row& row : rows) {
      if (row.id.empty() && is_partial) continue;  // stands for an empty book
      book.time = std::max(book.time, row.time);   // a level's time is that of its last change
      MD_TRY(const bool is_known, read_level(row, prices));
      if (is_known) continue;
      prices_.erase(prices_.find(book.symbol));
      out.on_event(
          {{}, book.symbol, 0, 0, Gap{Type::book_change, {}, {}, GapReason::sequence, {}}});
      out.on_request({Request::Kind::reconnect, "a book level that nobody inserted"});
      return FrameKind::data;
    }
    return give_book(kId, book, is_partial, bids_, asks_, out);
  }

  // False where the row's price was never told.
  Result<bool> read_level(const Row& row, Prices& prices) {
    const bool is_delete = action_ == "delete";
    Level level;
    std::int64_t id;
    if (!read_integer(row.id, id)) return malformed(kId, "book row lacks id");
    if (!is_delete && !Decimal::parse_padded(row.amount, level.amount))
      return malformed(kId, "book row lacks size");
    if (!row.price.empty()) {
      if (!Decimal::parse_padded(row.price, level.price))
        return malformed(kId, "book row has a broken price");
      prices.insert_or_assign(id, level.price);
    } else if (const auto known = prices.find(id); known != prices.end()) {
      level.price = known->second;
    } else {
      return false;
    }
    if (is_delete) prices.erase(id);
    if (row.side != "Buy" && row.side != "Sell") return malformed(kId, "book row lacks side");
    (row.side == "Buy" ? bids_ : asks_).push_back(level);
    return true;
  }

  json::Parser parser_;
  std::string_view table_, action_, filter_;
  bool has_data_ = false, is_ack_ = false, is_error_ = false, is_info_ = false;
  std::vector<Row> rows_;
  std::vector<Level> bids_, asks_;
  BySymbol<Prices> prices_;  // of the books whose partial was there
};

// "1000000": a contract is one millionth. 0 where it is no power of ten.
Decimal one_over(std::string_view number) {
  if (!number.starts_with('1') || number.find_first_not_of('0', 1) != std::string_view::npos)
    return {};
  return Decimal{1, static_cast<int>(number.size()) - 1};
}

// Of quanto contracts, whose value is neither in base nor in quote, the contract size is left open.
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "underlying") return value.text(row.base);
        if (key == "quoteCurrency") return value.text(row.quote);
        if (key == "state") return value.text(row.status);
        if (key == "typ") return value.text(row.kind);
        if (key == "tickSize") return value.text(row.tick);
        if (key == "lotSize") return value.text(row.step);
        if (key == "underlyingToPositionMultiplier") return value.text(row.extra);
        if (key == "isInverse" || key == "isQuanto") {
          bool is = false;
          if (!value.boolean(is)) return false;
          if (is) row.extra2 = key == "isInverse" ? "inverse" : "quanto";
        }
        return true;
      },
      [](const MarketRow& row, Market& market) {
        if (row.kind == "FFWCSX" || row.kind == "FFWCSF") {
          market.kind = "perpetual";
        } else if (row.kind == "FFCCSX") {
          market.kind = "future";
        } else if (row.kind != "IFXXXP") {
          return false;
        }
        market.active = row.status == "Open";
        if (row.extra2 == "inverse") market.contract_size = Decimal{1, 0};
        if (row.extra2.empty()) market.contract_size = one_over(row.extra);
        return true;
      });
}

constexpr std::string_view kMarketLists[] = {"/api/v1/instrument/active"};

}  // namespace

const Venue bitmex{
    .id = kId,
    .ws_url = kSubscribing.url,
    .rest_url = "https://www.bitmex.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    .limits = {.send_interval_ms = 100,
               .ping_interval_ms = 5'000,
               .ping = "ping",
               .silence_ms = 60'000,
               .connect_interval_ms = 1'000,
               .rest_interval_ms = 2'000},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::forward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<BitmexSession>(); },
};

}  // namespace md::venue
