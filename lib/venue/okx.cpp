// OKX v5: spot, swaps and futures. https://www.okx.com/docs-v5/en/#order-book-trading-market-data
// (read 2026-11-20)
//
// Book (books: 400 levels, every 100 ms):
//   1. subscribe;  2. action "snapshot" comes on the stream, prevSeqId -1;  3. each "update" has
//   prevSeqId == seqId before it; after maintenance seqId itself may step back;  4. a quiet book
//   repeats itself: no levels, prevSeqId == seqId;  5. on a gap, unsubscribe and subscribe again;
//   6. levels that fall out of the 400 are not deleted: cut.
// Recordings of before 2026 have a CRC-32 instead (0 since): of "bid:size:ask:size:.." over the
// best 25 levels, in the digits of the wire.
// Amounts of swaps and futures are contracts. Trades come one by one on a second host path.
#include <fmt/format.h>

#include <algorithm>

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

constexpr std::string_view kId = "okx";
constexpr int kChecksumDepth = 25;

// Channels that we know and do not record; all candle channels too.
constexpr std::string_view kIgnored[] = {"books5",      "books-l2-tbt",    "books50-l2-tbt",
                                         "price-limit", "estimated-price", "instruments",
                                         "opt-summary", "status"};

// BTC-USDT is spot; BTC-USDT-SWAP, BTC-USD-261225 are derivatives.
bool is_derivative(std::string_view symbol) { return std::ranges::count(symbol, '-') >= 2; }
bool is_swap(std::string_view symbol) { return symbol.ends_with("-SWAP"); }
bool is_perpetual(std::string_view symbol) {
  return is_swap(symbol) || symbol.find("_XPERP-") != std::string_view::npos;
}

// BTC-USDT-SWAP -> BTC-USDT, BTC-USD_UM_XPERP-310404 -> BTC-USD.
std::string_view index_id(std::string_view symbol) {
  const std::size_t base = symbol.find('-');
  if (base == std::string_view::npos) return symbol;
  return symbol.substr(0, symbol.find_first_of("-_", base + 1));
}
std::string_view instrument_type(std::string_view symbol) {
  return is_swap(symbol) ? "SWAP" : "FUTURES";
}

// From the acknowledgements of single instruments a session learns what it carries, which the
// indices and the liquidations of all need: so these come last, and liquidations bring one of
// those.
constexpr Channel kChannels[] = {
    {Type::book_change, "books", "/public", nullptr, "instId"},
    {Type::book_ticker, "bbo-tbt", "/public", nullptr, "instId"},
    {Type::derivative_ticker, "tickers", "/public", is_derivative, "instId"},
    {Type::derivative_ticker, "mark-price", "/public", is_derivative, "instId"},
    {Type::derivative_ticker, "open-interest", "/public", is_derivative, "instId"},
    {Type::liquidation, "open-interest", "/public", is_derivative, "instId"},
    {Type::derivative_ticker, "funding-rate", "/public", is_perpetual, "instId"},
    {Type::derivative_ticker, "index-tickers", "/public", is_derivative, "instId", index_id},
    {Type::liquidation, "liquidation-orders", "/public", is_derivative, "instType",
     instrument_type},
    {Type::trade, "trades-all", "/business", nullptr, "instId"},
};
// 64 KiB a request, 480 requests an hour. Few instruments: most of them have a book.
constexpr Subscribing kSubscribing{.url = "wss://ws.okx.com:8443/ws/v5",
                                   .channels = kChannels,
                                   .argument = R"({"channel":"$channel","$option":"$symbol"})",
                                   .subscribe = R"({"op":"subscribe","args":[$arguments]})",
                                   .unsubscribe = R"({"op":"unsubscribe","args":[$arguments]})",
                                   .streams_per_connection = 300,
                                   .arguments_per_request = 400};

// `after` means older than that id.
std::string missing_trades(const TradeHole& hole) {
  std::string request = fmt::format("/api/v5/market/history-trades?instId={}&type=1&limit=100",
                                    percent_encode(hole.symbol));
  if (!hole.before_id.empty()) request += fmt::format("&after={}", percent_encode(hole.before_id));
  return request;
}

class OkxSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    if (frame.data == "pong") return FrameKind::heartbeat;
    event_ = code_ = channel_ = arg_symbol_ = arg_type_ = action_ = {};
    rows_.clear();
    levels_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (!event_.empty()) return on_control(out);
    if (channel_ == "books") return each([&](BookRow& row) { return on_book(row, out); });
    if (channel_ == "trades" || channel_ == "trades-all")
      return each([&](Row& row) { return on_trade(row, out); });
    if (channel_ == "bbo-tbt") return each([&](const BookRow& row) { return on_best(row, out); });
    if (channel_ == "tickers" || channel_ == "mark-price" || channel_ == "open-interest" ||
        channel_ == "funding-rate") {
      return each([&](const Row& row) { return on_derivative(row, out); });
    }
    if (channel_ == "index-tickers") return each([&](Row& row) { return on_index(row, out); });
    if (channel_ == "liquidation-orders") return on_liquidations(out);
    if (channel_.find("candle") != std::string_view::npos) return FrameKind::ignored;
    return std::ranges::count(kIgnored, channel_) != 0 ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (last_component(reply.request) == "history-trades") return on_history(reply.data, out);
    return last_component(reply.request) == "instruments" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_root(json::Key key, json::Value& value) {
    if (key == "arg") {
      return value.object([this](json::Key k, json::Value& v) {
        if (k == "channel") return v.text(channel_);
        if (k == "instId") return v.text(arg_symbol_);
        if (k == "instType") return v.text(arg_type_);
        return true;
      });
    }
    if (key == "action") return value.text(action_);
    if (key == "data") return value.array([this](json::Value& row) { return read_row(row); });
    if (key == "event") return value.text(event_);
    if (key == "code") return value.text(code_);
    return true;
  }

  bool read_row(json::Value& value) {
    if (!value.is_object()) return rows_.emplace_back(), true;  // of channels that are not ours
    // A liquidation's details are rows of their own, under its symbol.
    const std::size_t details = rows_.size();
    bool has_details = false;
    BookRow row;
    const bool read = value.object([&](json::Key key, json::Value& field) {
      if (!(key == "details")) return read_field(key, field, row);
      has_details = true;
      return field.array([this](json::Value& detail) { return read_row(detail); });
    });
    for (Row& detail : std::span{rows_}.subspan(details)) detail.symbol = row.symbol;
    if (!has_details) rows_.push_back(row);
    return read;
  }

  bool read_field(json::Key key, json::Value& value, BookRow& row) {
    const auto read_levels = [&] { return value.levels(levels_); };
    if (key == "asks") return row.asks.read(levels_, read_levels);
    if (key == "bids") return row.bids.read(levels_, read_levels);
    if (key == "ts") return value.text(row.time);
    if (key == "checksum") return value.text(row.checksum);
    if (key == "prevSeqId") return value.text(row.prev_seq);
    if (key == "seqId") return value.text(row.seq);
    if (key == "instId") return value.text(row.symbol);
    if (key == "tradeId") return value.text(row.id);
    if (key == "px" || key == "bkPx") return value.text(row.price);
    if (key == "sz") return value.text(row.amount);
    if (key == "side") return value.text(row.side);  // the taker's, the liquidation order's
    if (key == "last") return value.text(row.last);
    if (key == "markPx") return value.text(row.mark);
    if (key == "idxPx") return value.text(row.index);
    if (key == "oi") return value.text(row.open_interest);
    if (key == "fundingRate") return value.text(row.funding);
    if (key == "fundingTime") return value.text(row.funding_time);
    // Empty where the method is "current_period".
    if (key == "nextFundingRate") return value.text(row.predicted_funding);
    return true;
  }

  // Acknowledgements tell what this connection carries.
  Result<FrameKind> on_control(Sink& out) {
    if (event_ == "error") return FrameKind::error;
    if (event_ == "notice") {
      if (code_ == "64008") out.on_request({Request::Kind::reconnect, "service upgrade"});
      return FrameKind::status;
    }
    if (event_ == "channel-conn-count") return FrameKind::status;
    if (event_ == "subscribe") {
      if (channel_ == "liquidation-orders") {
        entry(replays_, arg_type_) = true;
      } else if (channel_ != "index-tickers" && !arg_symbol_.empty()) {
        entry(carried_, arg_symbol_) = true;
        remember(arg_symbol_);
      }
      return FrameKind::ack;
    }
    return event_ == "unsubscribe" ? FrameKind::ack : FrameKind::unknown;
  }

  template <typename Give>  // Result<FrameKind>(BookRow&)
  Result<FrameKind> each(Give&& give) {
    return give_each(rows_, [&](BookRow& row) {
      if (row.symbol.empty()) row.symbol = arg_symbol_;
      return give(row);
    });
  }

  Result<FrameKind> on_book(BookRow& row, Sink& out) {
    const bool is_snapshot = action_ == "snapshot";
    if (!is_snapshot && action_ != "update") return malformed(kId, "book frame lacks action");
    const bool repeats = row.bids.empty() && row.asks.empty() && row.prev_seq == row.seq;
    if (row.time == "0" || (!is_snapshot && repeats)) return FrameKind::empty;
    if (row.prev_seq == "-1") row.prev_seq = {};
    if (row.checksum == "0") row.checksum = {};
    return give_book(kId, row, is_snapshot, row.bids.of(levels_), row.asks.of(levels_), out);
  }

  // Of trades (merged by taker order and price) and trades-all, which tell the same with other ids,
  // a symbol's trades come from the channel that spoke first.
  Result<FrameKind> on_trade(Row& row, Sink& out) {
    const bool all = channel_ == "trades-all";
    if (entry(trades_from_all_, row.symbol, all) != all) return FrameKind::ignored;
    row.seq = {};  // the book's
    return give_trade(kId, row, out);
  }

  // {"code":"0","data":[..]}: trades-all of before.
  Result<FrameKind> on_history(std::string_view data, Sink& out) {
    code_ = {};
    rows_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(data, read)) return malformed(kId, "broken list of trades");
    if (code_ != "0") return FrameKind::error;
    return give_each(rows_, [&](Row& row) {
      row.seq = {};
      return give_trade(kId, row, out);
    });
  }

  Result<FrameKind> on_best(const BookRow& row, Sink& out) {
    return give_book_ticker(kId, row, row.bids.of(levels_), row.asks.of(levels_), out);
  }

  // Each channel brings fields of its own.
  Result<FrameKind> on_derivative(const Row& row, Sink& out) {
    if (!is_derivative(row.symbol)) return FrameKind::ignored;
    remember(row.symbol);
    return give_derivative_ticker(kId, row, out);
  }

  // An index belongs to all derivatives over it that this connection carries.
  Result<FrameKind> on_index(Row& row, Sink& out) {
    const auto found = by_index_.find(row.symbol);
    if (found == by_index_.end()) return FrameKind::empty;
    return give_each(found->second, [&](const std::string& symbol) {
      row.symbol = symbol;
      return give_derivative_ticker(kId, row, out);
    });
  }

  // The channel is of the whole market: what this connection does not carry is passed over. The
  // first message after subscribing tells recent ones again.
  Result<FrameKind> on_liquidations(Sink& out) {
    bool& is_replay = entry(replays_, arg_type_);
    if (is_replay) {
      is_replay = false;
      return FrameKind::history;
    }
    return give_each(rows_, [&](const Row& row) -> Result<FrameKind> {
      const bool is_ours = carried_.empty() || carried_.find(row.symbol) != carried_.end();
      return is_ours ? give_liquidation(kId, row, out) : FrameKind::empty;
    });
  }

  void remember(std::string_view symbol) {
    if (!is_derivative(symbol)) return;
    std::vector<std::string>& symbols = entry(by_index_, index_id(symbol));
    if (std::find(symbols.begin(), symbols.end(), symbol) == symbols.end())
      symbols.emplace_back(symbol);
  }

  json::Parser parser_;
  std::string_view event_, code_, channel_, arg_symbol_, arg_type_, action_;
  std::vector<BookRow> rows_;
  std::vector<Level> levels_;
  BySymbol<bool> trades_from_all_;
  BySymbol<bool> replays_;                       // by instType: the next message is one
  BySymbol<bool> carried_;                       // instruments, by their acknowledgements
  BySymbol<std::vector<std::string>> by_index_;  // index id to derivatives
};

// Contract values have few digits; 0, not told, where a list has absurd ones.
Decimal product(const Decimal& a, const Decimal& b) {
  constexpr Int128 kMost = 1'000'000'000'000'000'000;
  const auto small = [](const Decimal& d) {
    return d.mantissa() < kMost && d.mantissa() > -kMost && d.scale() <= Decimal::kMaxScale / 2;
  };
  if (!small(a) || !small(b)) return {};
  return Decimal{a.mantissa() * b.mantissa(), a.scale() + b.scale()}.normalised();
}

// {"code":"0","data":[{"instId":..,"instType":"SWAP","ctVal":..,..}, ...]}
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      kId, data, "data", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "instId") return value.text(row.symbol);
        if (key == "instType") return value.text(row.kind);
        if (key == "baseCcy") return value.text(row.base);
        if (key == "quoteCcy") return value.text(row.quote);
        if (key == "state") return value.text(row.status);
        if (key == "tickSz") return value.text(row.tick);
        if (key == "lotSz") return value.text(row.step);
        if (key == "ctVal") return value.text(row.contract_size);
        if (key == "ctMult") return value.text(row.extra);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        if (row.base.empty()) {  // given for spot only
          const Halves currencies = split_first(index_id(row.symbol), '-');
          market.base = currencies.before;
          market.quote = currencies.behind;
        }
        if (row.kind == "FUTURES") market.kind = "future";
        if (row.kind == "OPTION") market.kind = "option";
        if (row.kind == "SWAP" || is_perpetual(row.symbol)) market.kind = "perpetual";
        market.active = row.status == "live";
        Decimal multiplier;
        if (!row.extra.empty() && !Decimal::parse_padded(row.extra, multiplier)) return false;
        market.contract_size = product(market.contract_size, multiplier);
        return true;
      });
}

constexpr std::string_view kAliases[] = {"okex"};
constexpr std::string_view kMarketLists[] = {
    "/api/v5/public/instruments?instType=SPOT",
    "/api/v5/public/instruments?instType=SWAP",
    "/api/v5/public/instruments?instType=FUTURES",
};

}  // namespace

const Venue okx{
    .id = "okx",
    .aliases = kAliases,
    .ws_url = kSubscribing.url,
    .rest_url = "https://www.okx.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    // Closed after 30 s without a message; protocol pings do not count. 3 connections a second.
    .limits = {.send_interval_ms = 200,
               .ping_interval_ms = 20'000,
               .ping = "ping",
               .silence_ms = 30'000,
               .connect_interval_ms = 500,
               .rest_interval_ms = 200},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .depth = 400,
             .checksum_depth = kChecksumDepth,
             .checksum = crc32_of_pairs,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::contiguous,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<OkxSession>(); },
};

}  // namespace md::venue
