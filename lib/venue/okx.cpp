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

#include "codec/json.hpp"
#include "venue/registry.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "okx";
constexpr std::string_view kPublic = "wss://ws.okx.com:8443/ws/v5/public";
constexpr std::string_view kBusiness = "wss://ws.okx.com:8443/ws/v5/business";
constexpr std::size_t kMaxSymbols = 100;         // a connection: the most of them have a book
constexpr std::size_t kMaxArgsPerRequest = 400;  // 64 KiB a request, 480 requests an hour
constexpr int kChecksumDepth = 25;

// Which instruments a channel is for.
enum class For : std::uint8_t { all, derivatives, funded };
struct Channel {
  Type type;
  std::string_view name;
  std::string_view url;
  For instruments;
};
constexpr Channel kChannels[] = {
    {Type::trade, "trades-all", kBusiness, For::all},
    {Type::book_change, "books", kPublic, For::all},
    {Type::book_ticker, "bbo-tbt", kPublic, For::all},
    {Type::derivative_ticker, "tickers", kPublic, For::derivatives},
    {Type::derivative_ticker, "mark-price", kPublic, For::derivatives},
    {Type::derivative_ticker, "open-interest", kPublic, For::derivatives},
    {Type::derivative_ticker, "funding-rate", kPublic, For::funded},
};
// Subscribed where liquidations alone are wanted: acknowledged by instrument.
constexpr std::string_view kTeller = "open-interest";

// Channels that we know and do not record; all candle channels too.
constexpr std::string_view kIgnored[] = {"books5",      "books-l2-tbt",    "books50-l2-tbt",
                                         "price-limit", "estimated-price", "instruments",
                                         "opt-summary", "status"};

// BTC-USDT is spot; BTC-USDT-SWAP, BTC-USD-261225 are derivatives.
bool is_derivative(std::string_view symbol) {
  return std::count(symbol.begin(), symbol.end(), '-') >= 2;
}
bool is_swap(std::string_view symbol) { return symbol.ends_with("-SWAP"); }
bool is_funded(std::string_view symbol) {
  return is_swap(symbol) || symbol.find("_XPERP-") != std::string_view::npos;
}
bool concerns(For instruments, std::string_view symbol) {
  return instruments == For::all ||
         (instruments == For::funded ? is_funded(symbol) : is_derivative(symbol));
}

// BTC-USDT-SWAP -> BTC-USDT, BTC-USD_UM_XPERP-310404 -> BTC-USD.
std::string_view index_id(std::string_view symbol) {
  const std::size_t base = symbol.find('-');
  if (base == std::string_view::npos) return symbol;
  return symbol.substr(0, symbol.find_first_of("-_", base + 1));
}

// One element of `data`, of whatever channel. Its levels and liquidations stand in the session's
// vectors.
struct Row {
  std::string_view symbol, trade_id, price, size, side, time, seq, prev_seq, checksum;
  std::string_view last, mark_price, index_price, open_interest;
  std::string_view funding_rate, funding_time, next_funding_rate;
  std::size_t first_bid, bids, first_ask, asks, first_detail, details;
};
struct Detail {
  std::string_view price, size, side, time;
};

class OkxSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    if (frame.data == "pong") return FrameKind::heartbeat;
    event_ = code_ = channel_ = arg_symbol_ = arg_type_ = action_ = {};
    rows_.clear();
    details_.clear();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (!event_.empty()) return on_control(out);
    if (channel_ == "books") return each([&](const Row& row) { return on_book(row, out); });
    if (channel_ == "trades" || channel_ == "trades-all")
      return each([&](const Row& row) { return on_trade(row, out); });
    if (channel_ == "bbo-tbt")
      return each([&](const Row& row) { return on_book_ticker(row, out); });
    if (channel_ == "tickers" || channel_ == "mark-price" || channel_ == "open-interest" ||
        channel_ == "funding-rate") {
      return each([&](const Row& row) { return on_derivative(row, out); });
    }
    if (channel_ == "index-tickers")
      return each([&](const Row& row) { return on_index(row, out); });
    if (channel_ == "liquidation-orders") return on_liquidations(out);
    if (channel_.find("candle") != std::string_view::npos) return FrameKind::ignored;
    const bool known =
        std::find(std::begin(kIgnored), std::end(kIgnored), channel_) != std::end(kIgnored);
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink&) override {
    if (reply.status != 200) return FrameKind::error;
    return last_component(reply.request) == "instruments" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  // ---- reading ----

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
    Row row{};
    if (!value.is_object()) {  // of channels that are not ours
      rows_.push_back(row);
      return true;
    }
    row.first_detail = details_.size();
    const bool read = value.object(
        [&](json::Key key, json::Value& field) { return read_field(key, field, row); });
    rows_.push_back(row);
    return read;
  }

  bool read_field(json::Key key, json::Value& value, Row& row) {
    if (key == "asks") return read_side(value, asks_, row.first_ask, row.asks);
    if (key == "bids") return read_side(value, bids_, row.first_bid, row.bids);
    if (key == "ts") return value.text(row.time);
    if (key == "checksum") return value.text(row.checksum);
    if (key == "prevSeqId") return value.text(row.prev_seq);
    if (key == "seqId") return value.text(row.seq);
    if (key == "instId") return value.text(row.symbol);
    if (key == "tradeId") return value.text(row.trade_id);
    if (key == "px") return value.text(row.price);
    if (key == "sz") return value.text(row.size);
    if (key == "side") return value.text(row.side);
    if (key == "last") return value.text(row.last);
    if (key == "markPx") return value.text(row.mark_price);
    if (key == "idxPx") return value.text(row.index_price);
    if (key == "oi") return value.text(row.open_interest);
    if (key == "fundingRate") return value.text(row.funding_rate);
    if (key == "fundingTime") return value.text(row.funding_time);
    if (key == "nextFundingRate") return value.text(row.next_funding_rate);
    if (key == "details") {
      return value.array([&](json::Value& detail) { return read_detail(detail, row); });
    }
    return true;
  }

  bool read_side(json::Value& value, std::vector<Level>& side, std::size_t& first,
                 std::size_t& count) {
    first = side.size();
    if (!value.levels(side)) return false;
    count = side.size() - first;
    return true;
  }

  bool read_detail(json::Value& value, Row& row) {
    Detail& detail = details_.emplace_back();
    ++row.details;
    return value.object([&](json::Key key, json::Value& field) {
      if (key == "bkPx") return field.text(detail.price);
      if (key == "sz") return field.text(detail.size);
      if (key == "side") return field.text(detail.side);
      if (key == "ts") return field.text(detail.time);
      return true;
    });
  }

  // ---- meaning ----

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

  template <typename Give>  // Result<FrameKind>(const Row&)
  Result<FrameKind> each(Give&& give) {
    FrameKind of_frame = FrameKind::empty;
    for (Row& row : rows_) {
      if (row.symbol.empty()) row.symbol = arg_symbol_;
      if (row.symbol.empty()) return malformed(kId, "frame lacks instId");
      MD_TRY(const FrameKind kind, give(row));
      if (of_frame != FrameKind::data) of_frame = kind;
    }
    return of_frame;
  }

  Result<FrameKind> on_book(const Row& row, Sink& out) {
    const bool is_snapshot = action_ == "snapshot";
    if (!is_snapshot && action_ != "update") return malformed(kId, "book frame lacks action");
    BookUpdate update{row.symbol,
                      read_time(row.time),
                      is_snapshot,
                      std::span{bids_}.subspan(row.first_bid, row.bids),
                      std::span{asks_}.subspan(row.first_ask, row.asks),
                      {},
                      {},
                      {}};
    std::int64_t prev_seq = -1, checksum = 0;
    if ((!row.seq.empty() && !read_integer(row.seq, update.seq.emplace())) ||
        (!row.prev_seq.empty() && !read_integer(row.prev_seq, prev_seq)) ||
        (!row.checksum.empty() && !read_integer(row.checksum, checksum))) {
      return malformed(kId, "book frame has a broken seqId, prevSeqId or checksum");
    }
    if (row.time == "0") return FrameKind::empty;
    if (!is_snapshot && prev_seq != -1) update.prev_seq = prev_seq;
    if (checksum != 0)
      update.checksum = static_cast<std::uint32_t>(checksum);  // signed on the wire
    const bool repeats = !update.seq || update.prev_seq == update.seq;
    if (!is_snapshot && row.bids == 0 && row.asks == 0 && repeats) return FrameKind::empty;
    out.on_book(update);
    return FrameKind::data;
  }

  // `side` is the taker's. Of trades (merged by taker order and price) and trades-all, which tell
  // the same with other ids, a symbol's trades come from the channel that spoke first.
  Result<FrameKind> on_trade(const Row& row, Sink& out) {
    Trade trade;
    trade.id = row.trade_id;
    const std::optional<Side> side = side_from(row.side);
    if (trade.id.empty() || !side || !Decimal::parse_padded(row.price, trade.price) ||
        !Decimal::parse_padded(row.size, trade.amount)) {
      return malformed(kId, "trade lacks tradeId, px, sz or side");
    }
    trade.side = *side;
    const bool all = channel_ == "trades-all";
    if (entry(trades_from_all_, row.symbol, all) != all) return FrameKind::ignored;
    out.on_event({{}, row.symbol, read_time(row.time), 0, trade});
    return FrameKind::data;
  }

  Result<FrameKind> on_book_ticker(const Row& row, Sink& out) {
    BookTicker ticker;
    if (row.asks != 0) {
      ticker.ask_amount = asks_[row.first_ask].amount;
      ticker.ask_price = asks_[row.first_ask].price;
    }
    if (row.bids != 0) {
      ticker.bid_price = bids_[row.first_bid].price;
      ticker.bid_amount = bids_[row.first_bid].amount;
    }
    if (!row.seq.empty() && !read_integer(row.seq, ticker.seq.emplace()))
      return malformed(kId, "bbo-tbt has a broken seqId");
    if (row.asks == 0 && row.bids == 0) return FrameKind::empty;
    out.on_event({{}, row.symbol, read_time(row.time), 0, ticker});
    return FrameKind::data;
  }

  // Each channel brings fields of its own. With method "current_period" there is no next rate.
  Result<FrameKind> on_derivative(const Row& row, Sink& out) {
    if (!is_derivative(row.symbol)) return FrameKind::ignored;
    remember(row.symbol);
    DerivativeTicker ticker;
    if (!read_optional(row.last, ticker.last_price) ||
        !read_optional(row.open_interest, ticker.open_interest) ||
        !read_optional(row.funding_rate, ticker.funding_rate) ||
        !read_optional(row.next_funding_rate, ticker.predicted_funding_rate) ||
        !read_optional(row.mark_price, ticker.mark_price)) {
      return malformed(kId, "derivative frame has a broken number");
    }
    if (const Micros time = read_time(row.funding_time); time != 0) ticker.funding_timestamp = time;
    if (!ticker.last_price && !ticker.open_interest && !ticker.funding_rate &&
        !ticker.predicted_funding_rate && !ticker.mark_price && !ticker.funding_timestamp) {
      return FrameKind::empty;
    }
    out.on_event({{}, row.symbol, read_time(row.time), 0, ticker});
    return FrameKind::data;
  }

  // An index belongs to all derivatives over it that this connection carries.
  Result<FrameKind> on_index(const Row& row, Sink& out) {
    DerivativeTicker ticker;
    if (!Decimal::parse_padded(row.index_price, ticker.index_price.emplace()))
      return malformed(kId, "index-tickers lacks idxPx");
    const auto found = by_index_.find(row.symbol);
    if (found == by_index_.end()) return FrameKind::empty;
    for (const std::string& symbol : found->second)
      out.on_event({{}, symbol, read_time(row.time), 0, ticker});
    return FrameKind::data;
  }

  // The channel is of the whole market: what this connection does not carry is passed over. The
  // first message after subscribing tells recent ones again.
  Result<FrameKind> on_liquidations(Sink& out) {
    bool& is_replay = entry(replays_, arg_type_);
    if (is_replay) {
      is_replay = false;
      return FrameKind::history;
    }
    FrameKind of_frame = FrameKind::empty;
    for (const Row& row : rows_) {
      if (row.symbol.empty()) return malformed(kId, "liquidation lacks instId");
      if (!carried_.empty() && carried_.find(row.symbol) == carried_.end()) continue;
      for (const Detail& detail : std::span{details_}.subspan(row.first_detail, row.details)) {
        Liquidation liquidation;
        const std::optional<Side> side = side_from(detail.side);
        if (!side || !Decimal::parse_padded(detail.price, liquidation.price) ||
            !Decimal::parse_padded(detail.size, liquidation.amount)) {
          return malformed(kId, "liquidation lacks bkPx, sz or side");
        }
        liquidation.side = *side;
        out.on_event({{}, row.symbol, read_time(detail.time), 0, liquidation});
        of_frame = FrameKind::data;
      }
    }
    return of_frame;
  }

  void remember(std::string_view symbol) {
    if (!is_derivative(symbol)) return;
    std::vector<std::string>& symbols = entry(by_index_, index_id(symbol));
    if (std::find(symbols.begin(), symbols.end(), symbol) == symbols.end())
      symbols.emplace_back(symbol);
  }

  static Micros read_time(std::string_view milliseconds) {
    std::int64_t number;
    Micros time = 0;
    if (read_integer(milliseconds, number)) micros_from_number(number, time);
    return time;
  }

  json::Parser parser_;
  std::string_view event_, code_, channel_, arg_symbol_, arg_type_, action_;
  std::vector<Row> rows_;
  std::vector<Detail> details_;
  std::vector<Level> bids_, asks_;
  BySymbol<bool> trades_from_all_;
  BySymbol<bool> replays_;                       // by instType: the next message is one
  BySymbol<bool> carried_;                       // instruments, by their acknowledgements
  BySymbol<std::vector<std::string>> by_index_;  // index id to derivatives
};

// ---- subscribing ----

std::string arg(std::string_view channel, std::string_view field, std::string_view value) {
  return fmt::format(R"({{"channel":"{}","{}":"{}"}})", channel, field, value);
}

std::string request(std::string_view op, std::span<const std::string> args) {
  return fmt::format(R"({{"op":"{}","args":[{}]}})", op, fmt::join(args, ","));
}

// What to subscribe for `symbols` on the host path `url`. Channels of single instruments come
// first: from their acknowledgements the session learns what it carries, which the market-wide
// channels need.
std::vector<std::string> args_for(std::span<const std::string> symbols, Types types,
                                  std::string_view url) {
  std::vector<std::string> args;
  std::vector<std::string> shared;
  const auto add_shared = [&shared](std::string text) {
    if (std::find(shared.begin(), shared.end(), text) == shared.end())
      shared.push_back(std::move(text));
  };
  for (const std::string& symbol : symbols) {
    bool alone = true;
    for (const Channel& channel : kChannels) {
      if (channel.url != url || !types.has(channel.type) || !concerns(channel.instruments, symbol))
        continue;
      args.push_back(arg(channel.name, "instId", symbol));
      alone = false;
    }
    if (url != kPublic || !is_derivative(symbol)) continue;
    if (types.has(Type::derivative_ticker))
      add_shared(arg("index-tickers", "instId", index_id(symbol)));
    if (types.has(Type::liquidation)) {
      if (alone) args.push_back(arg(kTeller, "instId", symbol));
      add_shared(arg("liquidation-orders", "instType", is_swap(symbol) ? "SWAP" : "FUTURES"));
    }
  }
  args.insert(args.end(), shared.begin(), shared.end());
  return args;
}

std::vector<Connection> connections(const Subscription& subscription) {
  std::vector<Connection> out;
  for (const std::string_view url : {kPublic, kBusiness}) {
    for (const auto symbols : portions(subscription.symbols, kMaxSymbols)) {
      const std::vector<std::string> args = args_for(symbols, subscription.types, url);
      if (args.empty()) continue;
      Connection& connection =
          out.emplace_back(Connection{std::string(url), {symbols.begin(), symbols.end()}, {}});
      for (const auto portion : portions(args, kMaxArgsPerRequest))
        connection.send.push_back(request("subscribe", portion));
    }
  }
  return out;
}

std::vector<std::string> resubscribe(std::string_view symbol) {
  const std::string book = arg("books", "instId", symbol);
  return {request("unsubscribe", {&book, 1}), request("subscribe", {&book, 1})};
}

// ---- markets ----

// Contract values have few digits; 0, not told, where a list has absurd ones.
Decimal product(const Decimal& a, const Decimal& b) {
  constexpr Int128 kMost = 1'000'000'000'000'000'000;
  const auto small = [](const Decimal& d) {
    return d.mantissa() < kMost && d.mantissa() > -kMost && d.scale() <= Decimal::kMaxScale / 2;
  };
  if (!small(a) || !small(b)) return {};
  return Decimal{a.mantissa() * b.mantissa(), a.scale() + b.scale()}.normalised();
}

// {"code":"0","data":[{"instId":..,"instType":"SWAP","uly":"BTC-USDT","ctVal":..,..}, ...]}
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  json::Parser parser;
  const auto read_instrument = [&out](json::Value& instrument) {
    std::string_view symbol, type, base, quote, family, state;
    std::optional<Decimal> tick, step, value, multiplier;
    const bool read = instrument.object([&](json::Key key, json::Value& field) {
      if (key == "instId") return field.text(symbol);
      if (key == "instType") return field.text(type);
      if (key == "baseCcy") return field.text(base);
      if (key == "quoteCcy") return field.text(quote);
      if (key == "state") return field.text(state);
      if (key == "tickSz") return field.decimal(tick);
      if (key == "lotSz") return field.decimal(step);
      if (key == "ctVal") return field.decimal(value);
      if (key == "ctMult") return field.decimal(multiplier);
      return true;
    });
    if (!read || symbol.empty()) return false;
    if (base.empty()) {  // given for spot only
      family = index_id(symbol);
      base = family.substr(0, family.find('-'));
      quote = family.substr(std::min(family.size(), base.size() + 1));
    }
    Market market{std::string(symbol), std::string(base),        std::string(quote),       "spot",
                  state == "live",     tick.value_or(Decimal{}), step.value_or(Decimal{}), {}};
    if (type == "SWAP" || is_funded(symbol)) {
      market.kind = "perpetual";
    } else if (type == "FUTURES") {
      market.kind = "future";
    } else if (type == "OPTION") {
      market.kind = "option";
    }
    if (value && multiplier) market.contract_size = product(*value, *multiplier);
    out.push_back(std::move(market));
    return true;
  };
  const bool read = parser.read_object(data, [&](json::Key key, json::Value& value) {
    return !(key == "data") || value.array(read_instrument);
  });
  if (!read) return malformed(kId, "broken instrument list");
  return {};
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
    .ws_url = kPublic,
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
             .resubscribe = resubscribe},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::contiguous,
    .market_lists = kMarketLists,
    .connections = connections,
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<OkxSession>(); },
};

}  // namespace md::venue
