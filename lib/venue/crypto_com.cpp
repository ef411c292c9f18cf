// Crypto.com Exchange, API v1: spot, perpetuals, futures.
// https://exchange-docs.crypto.com/exchange/v1/rest-ws/index.html (read 2026-11-20)
//
// Book (book.{instrument}.50, every 10 ms):
//   1. subscribe with SNAPSHOT_AND_UPDATE: channel `book` is a snapshot, `book.update` a change;
//   2. a change continues if its `pu` is the `u` before; changes without levels keep the chain;
//   3. else unsubscribe and subscribe. Levels that leave the window are deleted by the feed. How
//   `cs` is computed is not published.
// Trades come newest first. The first frame after subscribing may hold those of before (how many
// is not documented): it is skipped. Trades of one taker may share an id. Amounts are base units.
// Funding is hourly. An index belongs to all contracts of its base: BTCUSD-INDEX is told as that
// of BTCUSD-PERP.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/history.hpp"
#include "venue/markets.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "crypto-com";

bool is_perpetual(std::string_view symbol) { return symbol.ends_with("-PERP"); }
bool is_derivative(std::string_view symbol) { return symbol.find('-') != std::string_view::npos; }
std::string_view underlying(std::string_view symbol) { return split_last(symbol, '-').before; }

constexpr Channel kChannels[] = {
    {Type::trade, "trade"},
    {.type = Type::book_change, .name = "book", .option = ".50"},
    {Type::book_ticker, "ticker"},
    {Type::derivative_ticker, "ticker", {}, is_derivative},
    {Type::derivative_ticker, "mark", {}, is_derivative},
    {Type::derivative_ticker, "funding", {}, is_perpetual},
    {Type::derivative_ticker, "estimatedfunding", {}, is_perpetual},
    {Type::derivative_ticker, "index", {}, is_perpetual, "-INDEX", underlying},
};

// A request's nonce is needed where it is signed. The kind of book is that of the whole request.
constexpr Subscribing kSubscribing{
    .url = "wss://stream.crypto.com/exchange/v1/market",
    .channels = kChannels,
    .argument = R"("$channel.$symbol$option")",
    .subscribe =
        R"({"id":$id,"method":"subscribe","params":{"channels":[$arguments],"book_subscription_type":"SNAPSHOT_AND_UPDATE","book_update_frequency":10}})",
    .unsubscribe = R"({"id":$id,"method":"unsubscribe","params":{"channels":[$arguments]}})",
    .streams_per_connection = 400,
    .arguments_per_request = 100};

class CryptoComSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    id_ = method_ = code_ = channel_ = instrument_ = {};
    rows_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (!code_.empty() && code_ != "0") return FrameKind::error;
    if (method_ == "public/heartbeat") {
      out.on_request({Request::Kind::send,
                      fmt::format(R"({{"id":{},"method":"public/respond-heartbeat"}})", id_)});
      return FrameKind::heartbeat;
    }
    if (!channel_.empty()) return on_channel(out);
    if (method_ == "subscribe") has_ack_ = true;
    return method_ == "subscribe" || method_ == "unsubscribe" ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "get-trades") {
      return give_history(kId, reply, query_value(reply.request, "instrument_name"), "result.data",
                          read_trade_field,
                          [&](const Row& row) { return give_trade(kId, row, out); });
    }
    return what == "get-instruments" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "id") return value.whole(id_);
    if (key == "method") return value.text(method_);
    if (key == "code") return value.text(code_);
    if (key == "result" && value.is_object()) {
      return value.object([this](json::Key name, json::Value& field) {
        if (name == "channel") return field.text(channel_);
        if (name == "instrument_name") return field.text(instrument_);
        if (name == "data")
          return field.array([this](json::Value& row) {
            rows_.emplace_back();
            return row.object([this](json::Key k, json::Value& v) { return read_field(k, v); });
          });
        return true;
      });
    }
    return true;
  }

  bool read_field(json::Key key, json::Value& value) {
    BookRow& row = rows_.back();
    if (key == "bids") return row.bids.read(bids_, [&] { return value.levels(bids_); });
    if (key == "asks") return row.asks.read(asks_, [&] { return value.levels(asks_); });
    if (key == "update")
      return value.object([this](json::Key k, json::Value& v) { return read_field(k, v); });
    if (key == "u") return value.text(row.seq);
    if (key == "pu") return value.text(row.prev_seq);
    if (key == "b") return value.text(row.bid);
    if (key == "bs") return value.text(row.bid_amount);
    if (key == "k") return value.text(row.ask);
    if (key == "ks") return value.text(row.ask_amount);
    if (key == "a") return value.text(row.last);
    if (key == "oi") return value.text(row.open_interest);
    if (key == "v") return value.text(row.mark);  // what it is, the channel says
    return read_trade_field(key, value, row);
  }

  static bool read_trade_field(json::Key key, json::Value& value, Row& row) {
    if (key == "i") return value.text(row.symbol);
    if (key == "t") return !row.time.empty() || value.text(row.time);
    if (key == "tn") return value.text(row.time);  // the same in nanoseconds
    if (key == "d") return value.text(row.id);
    if (key == "p") return value.text(row.price);
    if (key == "q") return value.text(row.amount);
    if (key == "s") return value.text(row.side);
    return true;
  }

  Result<FrameKind> on_channel(Sink& out) {
    if (channel_ == "trade") return on_trades(out);
    if (channel_ == "book" || channel_ == "book.update")
      return each([&](const BookRow& row) { return on_book(row, out); });
    if (channel_ == "ticker") return each([&](const BookRow& row) { return on_ticker(row, out); });
    if (channel_ == "mark")
      return each([&](const BookRow& row) { return give_derivative_ticker(kId, row, out); });
    if (channel_ == "index") return each([&](BookRow& row) { return on_index(row, out); });
    if (channel_ == "funding")
      return each([&](const BookRow& row) { return on_funding(row, out); });
    if (channel_ == "estimatedfunding")
      return each([&](BookRow& row) { return on_estimate(row, out); });
    return channel_ == "candlestick" || channel_ == "settlement" ? FrameKind::ignored
                                                                 : FrameKind::unknown;
  }

  template <typename Give>  // Result<FrameKind>(BookRow&)
  Result<FrameKind> each(Give&& give) {
    return give_each(rows_, [&](BookRow& row) {
      if (row.symbol.empty()) row.symbol = instrument_;
      return give(row);
    });
  }

  // Without an acknowledgement, the recording began later than the subscription.
  Result<FrameKind> on_trades(Sink& out) {
    bool& was_subscribed = entry(trades_subscribed_, instrument_, !has_ack_);
    if (!was_subscribed) {
      was_subscribed = true;
      return FrameKind::history;
    }
    std::reverse(rows_.begin(), rows_.end());
    return each([&](const BookRow& row) { return give_trade(kId, row, out); });
  }

  Result<FrameKind> on_book(const BookRow& row, Sink& out) {
    const bool is_snapshot = channel_ == "book";
    if (row.seq.empty() || (!is_snapshot && row.prev_seq.empty()))
      return malformed(kId, "book message lacks u or pu");
    return give_book(kId, row, is_snapshot, row.bids.of(bids_), row.asks.of(asks_), out);
  }

  Result<FrameKind> on_ticker(const BookRow& row, Sink& out) {
    MD_TRY(const FrameKind best, give_book_ticker(kId, row, out));
    if (!is_derivative(row.symbol)) return best;
    return give_derivative_ticker(kId, row, out);
  }

  Result<FrameKind> on_index(BookRow& row, Sink& out) {
    const std::string symbol = fmt::format("{}-PERP", underlying(row.symbol));
    row.symbol = symbol;
    row.index = std::exchange(row.mark, {});
    return give_derivative_ticker(kId, row, out);
  }

  // Due at the next full hour.
  Result<FrameKind> on_funding(const BookRow& row, Sink& out) {
    DerivativeTicker ticker;
    const Micros time = read_time(row.time);
    if (row.symbol.empty() || time == 0 ||
        !Decimal::parse_padded(row.mark, ticker.funding_rate.emplace()))
      return malformed(kId, "funding lacks its instrument, t or v");
    ticker.funding_timestamp = (time / kHour + 1) * kHour;
    out.on_event({{}, row.symbol, time, 0, ticker});
    return FrameKind::data;
  }

  // Its time is when the funding will be due.
  Result<FrameKind> on_estimate(BookRow& row, Sink& out) {
    row.predicted_funding = std::exchange(row.mark, {});
    row.time = {};
    return give_derivative_ticker(kId, row, out);
  }

  json::Parser parser_;
  std::string_view id_, method_, code_, channel_, instrument_;
  std::vector<BookRow> rows_;
  std::vector<Level> bids_, asks_;
  bool has_ack_ = false;
  BySymbol<bool> trades_subscribed_;
};

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "result.data", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "inst_type") return value.text(row.kind);
        if (key == "base_ccy") return value.text(row.base);
        if (key == "quote_ccy") return value.text(row.quote);
        if (key == "price_tick_size") return value.text(row.tick);
        if (key == "qty_tick_size") return value.text(row.step);
        if (key == "tradable") return value.text(row.status);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        market.active = row.status == "true";
        if (row.kind == "PERPETUAL_SWAP") market.kind = "perpetual";
        if (row.kind == "FUTURE") market.kind = "future";
        return row.kind == "CCY_PAIR" || market.kind != "spot";
      });
}

// Newest first, from start_ts up to and without end_ts; in nanoseconds, of which we know the first
// six digits behind the second.
std::string missing_trades(const TradeHole& hole) {
  std::string request = fmt::format("/exchange/v1/public/get-trades?instrument_name={}&count=150",
                                    percent_encode(hole.symbol));
  if (hole.after != 0) request += fmt::format("&start_ts={}000", hole.after);
  if (hole.before != 0) request += fmt::format("&end_ts={}000", hole.before + 1);
  return request;
}

constexpr std::string_view kMarketLists[] = {"/exchange/v1/public/get-instruments"};

}  // namespace

const Venue crypto_com{
    .id = "crypto-com",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.crypto.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker},
    // 100 requests a second, of which a connection's first second has its rest alone: hence four a
    // second. A heartbeat every 30 seconds.
    .limits = {.send_interval_ms = 250,
               .silence_ms = 90'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 10},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::none,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<CryptoComSession>(); },
};

}  // namespace md::venue
