// Bithumb, Korea: spot. Generation 2 of its API, which is Upbit's protocol.
// https://apidocs.bithumb.com (read 2026-11-20)
//
// Every book message is the whole of 30 levels. Trade ids are unique within the stream: REST has
// others for the same trades. A market's name is QUOTE-BASE.
//
// Generation 1 (wss://pubwss.bithumb.com/pub/ws) is still sent; it is not subscribed, but
// recordings of it are read. Its markets are BASE_QUOTE, its trades have no ids, its times are
// Korea's. Book:
//   1. orderbooksnapshot, on subscribing and at any time, replaces all;  2. orderbookdepth changes
//   it, with a later datetime;  3. neither numbers nor checksums: a loss does not show.
#include <fmt/format.h>

#include <algorithm>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/support.hpp"
#include "venue/upbit_family.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "bithumb";
constexpr Subscribing kSubscribing =
    upbit_family::subscribing("wss://ws-api.bithumb.com/websocket/v1");

// Frames of generation 1.
class FirstSession {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) {
    type_ = status_ = time_ = symbol_ = {};
    rows_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (type_ == "transaction")
      return give_each(rows_, [&](Row& row) { return on_trade(row, out); });
    if (type_ == "orderbookdepth") return on_changes(out);
    if (type_ == "orderbooksnapshot") return on_snapshot(out);
    if (type_ == "ticker") return FrameKind::ignored;
    if (!type_.empty() || status_.empty()) return FrameKind::unknown;
    return status_ == "0000" ? FrameKind::ack : FrameKind::error;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "type") return value.text(type_);
    if (key == "status") return value.text(status_);
    if (!(key == "content")) return true;
    return value.object([this](json::Key name, json::Value& field) {
      if (name == "list") return field.array([this](json::Value& row) { return read_row(row); });
      if (name == "datetime") return field.text(time_);
      if (name == "symbol") return field.text(symbol_);
      if (name == "bids") return field.levels(bids_);
      if (name == "asks") return field.levels(asks_);
      return true;
    });
  }

  bool read_row(json::Value& value) {
    Row& row = rows_.emplace_back();
    return value.object([&](json::Key key, json::Value& field) {
      if (key == "symbol") return field.text(row.symbol);
      if (key == "buySellGb" || key == "orderType") return field.text(row.side);
      if (key == "contPrice" || key == "price") return field.text(row.price);
      if (key == "contQty" || key == "quantity") return field.text(row.amount);
      if (key == "contDtm") return field.text(row.time);
      return true;
    });
  }

  // 1: the taker sold. The time says no zone: it is Korea's.
  Result<FrameKind> on_trade(Row& row, Sink& out) {
    row.side = row.side == "1" ? "sell" : row.side == "2" ? "buy" : row.side;
    const std::string time = std::string(row.time) + "+09:00";
    row.time = time;
    return give_trade(kId, row, out);
  }

  // Each row is one level; those of a symbol follow each other.
  Result<FrameKind> on_changes(Sink& out) {
    FrameKind of_frame = FrameKind::empty;
    for (std::span<const Row> rest{rows_}; !rest.empty();) {
      Row book;
      book.symbol = rest.front().symbol;
      book.time = time_;
      bids_.clear();
      asks_.clear();
      for (; !rest.empty() && rest.front().symbol == book.symbol; rest = rest.subspan(1)) {
        const Row& row = rest.front();
        Level level;
        if (!Decimal::parse_padded(row.price, level.price) ||
            !Decimal::parse_padded(row.amount, level.amount) ||
            (row.side != "bid" && row.side != "ask")) {
          return malformed(kId, "orderbookdepth lacks price, quantity or orderType");
        }
        (row.side == "bid" ? bids_ : asks_).push_back(level);
      }
      if (read_time(time_) <= entry(snapshot_at_, book.symbol)) continue;
      MD_TRY(of_frame, give_book(kId, book, false, bids_, asks_, out));
    }
    return of_frame;
  }

  Result<FrameKind> on_snapshot(Sink& out) {
    Row book;
    book.symbol = symbol_;
    book.time = time_;
    entry(snapshot_at_, symbol_) = read_time(time_);
    return give_book(kId, book, true, bids_, asks_, out);
  }

  json::Parser parser_;
  std::string_view type_, status_, time_, symbol_;
  std::vector<Row> rows_;
  std::vector<Level> bids_, asks_;
  BySymbol<Micros> snapshot_at_;
};

class BithumbSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    Result<FrameKind> kind = second_->on_frame(frame, out);
    if (!kind || *kind != FrameKind::unknown) return kind;
    return first_.on_frame(frame, out);
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    // What generation 1 has for a market list.
    if (url_path(reply.request).starts_with("/public/ticker/")) return FrameKind::markets;
    if (last_component(reply.request) == "ticks") return on_ticks(reply, out);
    return second_->on_reply(reply, out);
  }

 private:
  // [{"timestamp":ms,"trade_price":..,"trade_volume":..,"ask_bid":..}], newest first.
  Result<FrameKind> on_ticks(const Reply& reply, Sink& out) {
    if (reply.status != 200) return FrameKind::error;
    const Result<std::string> symbol = percent_decode(query_value(reply.request, "market"));
    if (!symbol || symbol->empty()) return malformed(kId, "trades to a request without market");
    rows_.clear();
    const bool read = parser_.read_array(reply.data, [&](json::Value& value) {
      Row& row = rows_.emplace_back();
      row.symbol = *symbol;
      return value.object([&row](json::Key key, json::Value& field) {
        if (key == "timestamp") return field.text(row.time);
        if (key == "trade_price") return field.text(row.price);
        if (key == "trade_volume") return field.text(row.amount);
        if (!(key == "ask_bid")) return true;
        const bool is_text = field.text(row.side);
        row.side = row.side == "BID" ? "buy" : row.side == "ASK" ? "sell" : row.side;
        return is_text;
      });
    });
    if (!read) return malformed(kId, "broken list of trades");
    std::reverse(rows_.begin(), rows_.end());
    return give_each(rows_, [&](const Row& row) { return give_trade(kId, row, out); });
  }

  json::Parser parser_;
  std::vector<Row> rows_;
  FirstSession first_;
  std::unique_ptr<Session> second_ = upbit_family::make_session(kId);
};

// The latest, without the ids of the stream.
std::string missing_trades(const TradeHole& hole) {
  return fmt::format("/v1/trades/ticks?market={}&count=500", percent_encode(hole.symbol));
}

constexpr std::string_view kMarketLists[] = {"/v1/market/all?isDetails=true"};

}  // namespace

const Venue bithumb{
    .id = "bithumb",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.bithumb.com",
    .types = {Type::trade, Type::book_change},
    // Closed after 120 s without a frame. Limits are not published: few connections, slowly.
    .limits = {.send_interval_ms = 600,
               .ping_interval_ms = 30'000,
               .ping = "PING",
               .silence_ms = 90'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 100},
    .book = {.snapshot = BookRule::Snapshot::every},
    .book_merge = BookMerge::content,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = missing_trades, .has_ids = false},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets =
        [](std::string_view data, std::vector<Market>& out) {
          return upbit_family::read_markets(kId, data, out);
        },
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<BithumbSession>(); },
};

}  // namespace md::venue
