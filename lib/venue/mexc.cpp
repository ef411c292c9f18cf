// MEXC spot, API v3. https://www.mexc.com/api-docs/spot-v3/websocket-market-streams (read
// 2026-11-20)
//
// Market data comes as protobuf (https://github.com/mexcdevelop/websocket-proto), the answers to
// requests as JSON. Book (aggre.depth, every 10 ms):
//   1. subscribe and hold the changes;  2. GET /api/v3/depth?symbol=S&limit=5000;  3. if
//   lastUpdateId < fromVersion - 1 of the first held change, ask again;  4. drop changes with
//   toVersion <= lastUpdateId, apply the rest;  5. fromVersion must be the toVersion before plus
//   1, else again from 2.
// Trades have ids since June 2026, of which it is not known whether they miss none. A connection
// bears 30 topics; one too many is answered like a success, by a text.
#include <fmt/format.h>

#include <charconv>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/history.hpp"
#include "venue/markets.hpp"
#include "venue/protobuf.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;
using protobuf::Field;
using protobuf::read_message;

constexpr std::string_view kId = "mexc";

constexpr Channel kChannels[] = {
    {Type::trade, "deals"},
    {Type::book_change, "depth"},
    {Type::book_ticker, "bookTicker"},
};

constexpr Subscribing kSubscribing{
    .url = "wss://wbs-api.mexc.com/ws",
    .channels = kChannels,
    .argument = R"("spot@public.aggre.$channel.v3.api.pb@10ms@$symbol")",
    .subscribe = R"({"method":"SUBSCRIPTION","params":[$arguments]})",
    .unsubscribe = R"({"method":"UNSUBSCRIPTION","params":[$arguments]})",
    .streams_per_connection = 30,
    .arguments_per_request = 30};

// The latest ones. Others can be had as aggregates only (aggTrades), which the channel does not
// have.
std::string missing_trades(const TradeHole& hole) {
  return fmt::format("/api/v3/trades?symbol={}&limit=1000", percent_encode(hole.symbol));
}

// The bodies of a PushDataV3ApiWrapper, by their field's number.
enum Body : std::uint32_t {
  kNone = 0,
  kFirst = 301,  // up to kLast, all kinds of pushes
  kAggreDepths = 313,
  kAggreDeals = 314,
  kAggreBookTicker = 315,
  kLast = 315,
};

// Rows have their times as texts.
class TimeText {
 public:
  std::string_view of(std::int64_t number) {
    const auto end = std::to_chars(text_, text_ + kDigits, number).ptr;
    return {text_, static_cast<std::size_t>(end - text_)};
  }

 private:
  static constexpr std::size_t kDigits = 20;
  char text_[kDigits + Decimal::kReadAhead] = {};
};

struct Deal : Row {
  std::int64_t at = 0;
};

class MexcSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    if (frame.data.starts_with('{')) return on_answer(frame.data);
    Row row;
    std::string_view body;
    std::uint32_t kind = kNone;
    std::int64_t sent = 0;
    const bool read = read_message(frame.data, [&](const Field& field) {
      switch (field.number()) {
        case 3:
          return field.text(row.symbol);
        case 6:
          return field.integer(sent);
        default:
          if (field.number() < kFirst || field.number() > kLast) return true;
          kind = field.number();
          return field.message(body);
      }
    });
    if (!read || frame.data.empty()) return malformed(kId, "broken frame");
    if (kind == kAggreDeals) return on_deals(row.symbol, body, out);
    row.time = time_.of(sent);
    if (kind == kAggreDepths) return on_depths(row, body, out);
    if (kind == kAggreBookTicker) return on_book_ticker(row, body, out);
    return kind == kNone ? FrameKind::unknown : FrameKind::ignored;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "exchangeInfo") return FrameKind::markets;
    if (what == "trades") return on_recent_trades(reply, out);
    return what == "depth" ? on_snapshot(reply, out) : FrameKind::unknown;
  }

 private:
  // A refusal has the code 0 as well: then `msg` is not the topics'.
  Result<FrameKind> on_answer(std::string_view data) {
    std::string_view code, message;
    const bool read = parser_.read_object(data, [&](json::Key key, json::Value& value) {
      if (key == "code") return value.text(code);
      if (key == "msg") return value.text(message);
      return true;
    });
    if (!read) return malformed(kId, "broken answer");
    if (code.empty()) return FrameKind::unknown;
    if (code != "0") return FrameKind::error;
    if (message == "PONG") return FrameKind::heartbeat;
    return message.starts_with("spot@") ? FrameKind::ack : FrameKind::error;
  }

  // `tradeType`, 1 buy and 2 sell, is the taker's.
  Result<FrameKind> on_deals(std::string_view symbol, std::string_view body, Sink& out) {
    deals_.clear();
    const auto read_deal = [](const Field& field, Deal& deal) {
      std::int64_t type;
      switch (field.number()) {
        case 1:
          return field.text(deal.price);
        case 2:
          return field.text(deal.amount);
        case 3:
          if (!field.integer(type)) return false;
          deal.side = type == 1 ? "buy" : type == 2 ? "sell" : "unknown";
          return true;
        case 4:
          return field.integer(deal.at);
        case 5:
          return field.text(deal.id);
        default:
          return true;
      }
    };
    const bool read = read_message(body, [&](const Field& field) {
      std::string_view item;
      if (field.number() != 1) return true;
      Deal& deal = deals_.emplace_back();
      deal.symbol = symbol;
      return field.message(item) &&
             read_message(item, [&](const Field& inner) { return read_deal(inner, deal); });
    });
    if (!read) return malformed(kId, "broken deals");
    return give_each(deals_, [&](Deal& deal) {
      deal.time = time_.of(deal.at);
      return give_trade(kId, deal, out);
    });
  }

  Result<FrameKind> on_depths(Row row, std::string_view body, Sink& out) {
    bids_.clear();
    asks_.clear();
    std::int64_t from = 0;
    const bool read = read_message(body, [&](const Field& field) {
      std::string_view first;
      switch (field.number()) {
        case 1:
          return read_level(field, asks_);
        case 2:
          return read_level(field, bids_);
        case 4:
          return field.text(first) && read_integer(first, from);
        case 5:
          return field.text(row.seq);
        default:
          return true;
      }
    });
    if (!read || from == 0 || row.seq.empty()) return malformed(kId, "broken depths");
    return give_book(kId, row, false, bids_, asks_, out, integer_before(from));
  }

  static bool read_level(const Field& of, std::vector<Level>& out) {
    std::string_view item, price, amount;
    const bool read = of.message(item) && read_message(item, [&](const Field& field) {
                        if (field.number() == 1) return field.text(price);
                        return field.number() != 2 || field.text(amount);
                      });
    Level& level = out.emplace_back();
    return read && Decimal::parse_padded(price, level.price) &&
           Decimal::parse_padded(amount, level.amount);
  }

  Result<FrameKind> on_book_ticker(Row row, std::string_view body, Sink& out) {
    const bool read = read_message(body, [&](const Field& field) {
      switch (field.number()) {
        case 1:
          return field.text(row.bid);
        case 2:
          return field.text(row.bid_amount);
        case 3:
          return field.text(row.ask);
        case 4:
          return field.text(row.ask_amount);
        case 5:
          return field.text(row.seq);
        default:
          return true;
      }
    });
    if (!read) return malformed(kId, "broken bookTicker");
    return give_book_ticker(kId, row, out);
  }

  // {"lastUpdateId":..,"bids":[[price,amount]],"asks":[..],"timestamp":..}
  Result<FrameKind> on_snapshot(const Reply& reply, Sink& out) {
    bids_.clear();
    asks_.clear();
    Row row;
    const bool read = parser_.read_object(reply.data, [&](json::Key key, json::Value& value) {
      if (key == "lastUpdateId") return value.text(row.seq);
      if (key == "bids") return value.levels(bids_);
      if (key == "asks") return value.levels(asks_);
      if (key == "timestamp") return value.text(row.time);
      return true;
    });
    const Result<std::string> symbol = percent_decode(query_value(reply.request, "symbol"));
    if (!read || !symbol || row.seq.empty()) return malformed(kId, "broken depth answer");
    row.symbol = *symbol;
    return give_book(kId, row, true, bids_, asks_, out);
  }

  // [{"id":null,"price":"..","qty":"..","time":ms,"isBuyerMaker":..,..},..]
  static Result<FrameKind> on_recent_trades(const Reply& reply, Sink& out) {
    return give_trade_list(kId, reply, "", query_value(reply.request, "symbol"), out,
                           [](json::Key key, json::Value& value, Row& row) {
                             if (key == "price") return value.text(row.price);
                             if (key == "qty") return value.text(row.amount);
                             if (key == "time") return value.text(row.time);
                             return !(key == "isBuyerMaker") || read_buyer_is_maker(value, row);
                           });
  }

  json::Parser parser_;
  TimeText time_;
  std::vector<Deal> deals_;
  std::vector<Level> bids_, asks_;
};

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "symbols", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "baseAsset") return value.text(row.base);
        if (key == "quoteAsset") return value.text(row.quote);
        if (key == "status") return value.text(row.status);
        if (key == "isSpotTradingAllowed") return value.text(row.extra);
        if (key == "quotePrecision") return value.text(row.tick_decimals);
        if (key == "baseSizePrecision") return value.text(row.step);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        market.active = row.status == "1" && row.extra != "false";
        return true;
      });
}

constexpr std::string_view kMarketLists[] = {"/api/v3/exchangeInfo"};

}  // namespace

const Venue mexc{
    .id = "mexc",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.mexc.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    // 100 messages a second may come from us; a connection without data ends after a minute, any
    // after a day. 500 units of REST weight in ten seconds.
    .limits = {.send_interval_ms = 20,
               .ping_interval_ms = 15'000,
               .ping = R"({"method":"PING"})",
               .silence_ms = 60'000,
               .max_age_ms = 24 * 3600 * 1000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 100},
    .book = {.snapshot = BookRule::Snapshot::rest,
             .snapshot_request =
                 [](std::string_view symbol) {
                   return fmt::format("/api/v3/depth?symbol={}&limit=5000", percent_encode(symbol));
                 }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = missing_trades, .has_ids = false, .weight = 5},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<MexcSession>(); },
};

}  // namespace md::venue
