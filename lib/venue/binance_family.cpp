#include "venue/binance_family.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/markets.hpp"
#include "venue/rows.hpp"
#include "venue/support.hpp"

namespace md::venue::binance_family {
namespace {

namespace json = codec::json;

constexpr Micros kOpenInterestInterval = kMinute;

// The fields of one payload. Nearly all have one letter; what a letter means depends on the event
// type `e`, which need not come first: so they are kept as texts.
class Payload {
 public:
  std::string_view operator[](char letter) const {
    return has(letter) ? letters_[slot(letter)] : std::string_view{};
  }
  bool has(char letter) const { return (present_ >> slot(letter) & 1) != 0; }
  bool decimal(char letter, Decimal& out) const {
    return Decimal::parse_padded((*this)[letter], out);
  }
  bool integer(char letter, std::int64_t& out) const { return read_integer((*this)[letter], out); }
  Micros time(char letter) const {
    std::int64_t number;
    Micros time = 0;
    if (integer(letter, number)) micros_from_number(number, time);
    return time;
  }

  void clear() {
    present_ = 0;
    pu = average_price = {};
    bids.clear();
    asks.clear();
  }

  bool read(json::Key key, json::Value& value) {
    const char letter = key.letter();
    if (letter >= 'A') {
      switch (value.first()) {
        case '[':
          return letter == 'b' ? value.levels(bids) : letter != 'a' || value.levels(asks);
        case '{':  // forceOrder has its order in `o`; a kline's `k` is not ours
          return letter != 'o' || value.object([this](json::Key inner, json::Value& field) {
            return read(inner, field);
          });
        default:
          if (!value.text(letters_[slot(letter)])) return false;
          // An empty text says as little as none.
          if (!letters_[slot(letter)].empty()) present_ |= std::uint64_t{1} << slot(letter);
          return true;
      }
    }
    if (key == "pu") return value.text(pu);
    if (key == "ap") return value.text(average_price);
    return true;
  }

  std::string_view pu, average_price;
  std::vector<Level> bids, asks;

 private:
  // 'A' to 'z' differ in their low six bits.
  static unsigned slot(char letter) { return static_cast<unsigned char>(letter) & 63; }

  std::string_view letters_[64];
  std::uint64_t present_ = 0;  // bit per slot
};

class BinanceSession final : public Session {
 public:
  explicit BinanceSession(const Dialect& dialect) : dialect_(dialect) {}

  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    payload_.clear();
    bool has_result = false, has_error = false;
    const auto root = [&](json::Key key, json::Value& value) {
      if (key == "data")
        return value.object([this](json::Key k, json::Value& v) { return payload_.read(k, v); });
      if (key == "stream") return true;  // the payload says it all
      if (key == "result" || key == "id") return has_result = true;
      if (key == "error" || key == "code" || key == "msg") return has_error = true;
      return payload_.read(key, value);  // the raw form, without an envelope
    };
    if (!parser_.read_object(frame.data, root)) return not_an_object(dialect_.id, frame.data);
    if (has_error) return FrameKind::error;
    const std::string_view event = payload_['e'];
    if (event == "depthUpdate") return on_depth(out);
    if (event == "bookTicker" || (event.empty() && payload_.has('u') && payload_.has('B')))
      return on_book_ticker(out);
    if (event == "trade") return on_trade('t', out);
    if (event == "aggTrade") return on_trade('a', out);
    if (event == "markPriceUpdate") return on_mark_price(frame, out);
    if (event == "indexPriceUpdate") return on_index_price(out);
    if (event == "24hrTicker") return on_ticker(out);
    if (event == "forceOrder") return on_liquidation(out);
    if (event == "kline" || event == "24hrMiniTicker") return FrameKind::ignored;
    if (event == "serverShutdown") {
      out.on_request({Request::Kind::reconnect, "serverShutdown"});
      return FrameKind::status;
    }
    return has_result && event.empty() ? FrameKind::ack : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what == "exchangeInfo") return FrameKind::markets;
    if (what == "depth") return on_snapshot(reply, out);
    if (what == "openInterest") return on_open_interest(reply, out);
    if (what == "historicalTrades" || what == "trades") return on_trades(reply, out);
    return FrameKind::unknown;
  }

 private:
  Event event(Micros timestamp) const { return {{}, payload_['s'], timestamp, 0, {}}; }

  // Continuity: spot U == previous u + 1, futures pu == previous u.
  Result<FrameKind> on_depth(Sink& out) {
    BookUpdate update{payload_['s'],
                      payload_.time(payload_.has('T') ? 'T' : 'E'),
                      false,
                      payload_.bids,
                      payload_.asks,
                      {},
                      {},
                      {}};
    std::int64_t first;
    if (!payload_.integer('U', first) || first < 0 ||
        !payload_.integer('u', update.seq.emplace()) || update.symbol.empty()) {
      return malformed(dialect_.id, "depthUpdate lacks s, U or u");
    }
    if (payload_.pu.empty()) {
      update.prev_seq = integer_before(first);
    } else if (!read_integer(payload_.pu, update.prev_seq.emplace())) {
      return malformed(dialect_.id, "depthUpdate has a broken pu");
    }
    out.on_book(update);
    return FrameKind::data;
  }

  // `m`: the buyer is the maker, so the taker sold.
  Result<FrameKind> on_trade(char id, Sink& out) {
    Trade trade;
    trade.id = payload_[id];
    const std::string_view buyer_is_maker = payload_['m'];
    if (trade.id.empty() || !payload_.decimal('p', trade.price) ||
        !payload_.decimal('q', trade.amount) || !payload_.has('s')) {
      return malformed(dialect_.id, "trade lacks s, its id, p or q");
    }
    if (buyer_is_maker != "true" && buyer_is_maker != "false")
      return malformed(dialect_.id, "trade lacks m");
    trade.side = buyer_is_maker == "true" ? Side::sell : Side::buy;
    // Not matches on the book: insurance fund, auto-deleveraging.
    const std::string_view execution = payload_['X'];
    if (execution == "INSURANCE_FUND" || execution == "ADL" || execution == "NA")
      return FrameKind::empty;
    if (!is_trade_source(payload_['s'], id)) return FrameKind::ignored;
    Event whole = event(payload_.time('T'));
    whole.body = trade;
    out.on_event(whole);
    return FrameKind::data;
  }

  // trade and aggTrade tell the same trades with other ids: of a connection that has both, one
  // symbol's trades come from the stream that spoke first.
  bool is_trade_source(std::string_view symbol, char id) {
    return entry(trade_source_, symbol, id) == id;
  }

  Result<FrameKind> on_book_ticker(Sink& out) {
    BookTicker ticker;
    if (!payload_.decimal('b', ticker.bid_price.emplace()) ||
        !payload_.decimal('B', ticker.bid_amount.emplace()) ||
        !payload_.decimal('a', ticker.ask_price.emplace()) ||
        !payload_.decimal('A', ticker.ask_amount.emplace()) ||
        !payload_.integer('u', ticker.seq.emplace()) || !payload_.has('s')) {
      return malformed(dialect_.id, "bookTicker lacks s, u, b, B, a or A");
    }
    Event whole = event(payload_.time('T'));
    whole.body = ticker;
    out.on_event(whole);
    return FrameKind::data;
  }

  // `T` is the next funding; with T 0 or r empty there is none (a delivery or delisted contract).
  Result<FrameKind> on_mark_price(const Frame& frame, Sink& out) {
    DerivativeTicker ticker;
    if (!payload_.has('s') || !payload_.decimal('p', ticker.mark_price.emplace())) {
      return malformed(dialect_.id, "markPriceUpdate lacks s or p");
    }
    if (!payload_.has('i')) {
      index_by_pair(payload_['s']);
    } else if (!payload_.decimal('i', ticker.index_price.emplace())) {
      return malformed(dialect_.id, "markPriceUpdate has a broken i");
    }
    const Micros funding_time = payload_.time('T');
    if (payload_.has('r') && funding_time != 0) {
      if (!payload_.decimal('r', ticker.funding_rate.emplace()))
        return malformed(dialect_.id, "markPriceUpdate has a broken r");
      ticker.funding_timestamp = funding_time;
    }
    Event whole = event(payload_.time('E'));
    whole.body = ticker;
    out.on_event(whole);
    poll_open_interest(frame.local_timestamp, out);
    return FrameKind::data;
  }

  // Of a pair, `i`: for its contracts whose mark price came without the index.
  Result<FrameKind> on_index_price(Sink& out) {
    DerivativeTicker ticker;
    if (!payload_.has('i') || !payload_.decimal('p', ticker.index_price.emplace()))
      return malformed(dialect_.id, "indexPriceUpdate lacks i or p");
    const auto found = by_pair_.find(payload_['i']);
    if (found == by_pair_.end()) return FrameKind::empty;
    for (const std::string& symbol : found->second)
      out.on_event({{}, symbol, payload_.time('E'), 0, ticker});
    return FrameKind::data;
  }

  void index_by_pair(std::string_view symbol) {
    std::vector<std::string>& symbols = entry(by_pair_, split_first(symbol, '_').before);
    if (std::ranges::find(symbols, symbol) == symbols.end()) symbols.emplace_back(symbol);
  }

  // There is no stream of it; the mark price, once a second and symbol, is the clock.
  void poll_open_interest(Micros now, Sink& out) {
    if (dialect_.open_interest_path.empty()) return;
    const std::string_view symbol = payload_['s'];
    Micros& polled = entry(polled_, symbol);
    if (now - polled < kOpenInterestInterval) return;
    polled = now;
    out.on_request({Request::Kind::fetch, fmt::format("{}?symbol={}", dialect_.open_interest_path,
                                                      percent_encode(symbol))});
  }

  Result<FrameKind> on_ticker(Sink& out) {
    DerivativeTicker ticker;
    if (!payload_.has('s') || !payload_.decimal('c', ticker.last_price.emplace()))
      return malformed(dialect_.id, "ticker lacks s or c");
    Event whole = event(payload_.time('E'));
    whole.body = ticker;
    out.on_event(whole);
    return FrameKind::data;
  }

  // `S` is the order's side: BUY closes a short. p is the limit, ap the average price filled, z the
  // amount filled.
  Result<FrameKind> on_liquidation(Sink& out) {
    if (payload_['X'] != "FILLED") return FrameKind::empty;
    Liquidation liquidation;
    const std::string_view price =
        dialect_.liquidates_at_limit ? payload_['p'] : payload_.average_price;
    if (!payload_.has('s') || !Decimal::parse_padded(price, liquidation.price) ||
        !payload_.decimal('z', liquidation.amount)) {
      return malformed(dialect_.id, "forceOrder lacks s, its price or z");
    }
    liquidation.side = payload_['S'] == "BUY"    ? Side::buy
                       : payload_['S'] == "SELL" ? Side::sell
                                                 : Side::unknown;
    Event whole = event(payload_.time('T'));
    whole.body = liquidation;
    out.on_event(whole);
    return FrameKind::data;
  }

  // GET depth: {"lastUpdateId":..,"E":..,"T":..,"bids":[[price,amount]],"asks":[..]}. A new listing
  // may answer -1.
  Result<FrameKind> on_snapshot(const Reply& reply, Sink& out) {
    payload_.clear();
    std::int64_t last_update_id = 0;
    bool has_id = false;
    const bool read = parser_.read_object(reply.data, [&](json::Key key, json::Value& value) {
      if (key == "lastUpdateId") return has_id = value.integer(last_update_id);
      if (key == "bids") return value.levels(payload_.bids);
      if (key == "asks") return value.levels(payload_.asks);
      return payload_.read(key, value);
    });
    if (!read || !has_id) return malformed(dialect_.id, "broken depth answer");
    const Result<std::string> symbol = percent_decode(query_value(reply.request, "symbol"));
    if (!symbol || symbol->empty())
      return malformed(dialect_.id, "depth answer to a request without symbol");
    BookUpdate update{*symbol,
                      payload_.time(payload_.has('T') ? 'T' : 'E'),
                      true,
                      payload_.bids,
                      payload_.asks,
                      {},
                      {},
                      {}};
    if (last_update_id != -1) update.seq = last_update_id;
    out.on_book(update);
    return FrameKind::data;
  }

  // [{"id":..,"price":"..","qty":"..","time":ms,"isBuyerMaker":..}]
  Result<FrameKind> on_trades(const Reply& reply, Sink& out) {
    const Result<std::string> symbol = percent_decode(query_value(reply.request, "symbol"));
    if (!symbol || symbol->empty())
      return malformed(dialect_.id, "trades to a request without symbol");
    std::vector<Row> rows;
    const bool read = parser_.read_array(reply.data, [&](json::Value& value) {
      Row& row = rows.emplace_back();
      row.symbol = *symbol;
      return value.object([&](json::Key key, json::Value& field) {
        if (key == "id") return field.text(row.id);
        if (key == "price") return field.text(row.price);
        if (key == "qty") return field.text(row.amount);
        if (key == "time") return field.text(row.time);
        if (key == "isBuyerMaker") {
          if (!field.text(row.side)) return false;
          row.side = row.side == "true" ? "sell" : row.side == "false" ? "buy" : "";
        }
        return true;
      });
    });
    if (!read) return malformed(dialect_.id, "broken list of trades");
    return give_each(rows, [&](const Row& row) { return give_trade(dialect_.id, row, out); });
  }

  Result<FrameKind> on_open_interest(const Reply& reply, Sink& out) {
    DerivativeTicker ticker;
    std::string_view symbol;
    Micros time = 0;
    const bool read = parser_.read_object(reply.data, [&](json::Key key, json::Value& value) {
      if (key == "symbol") return value.text(symbol);
      if (key == "openInterest") return value.decimal(ticker.open_interest.emplace());
      if (key == "time") return value.time(time);
      return true;
    });
    if (!read || symbol.empty() || !ticker.open_interest)
      return malformed(dialect_.id, "broken openInterest answer");
    out.on_event({{}, symbol, time, 0, ticker});
    return FrameKind::data;
  }

  const Dialect& dialect_;
  json::Parser parser_;
  Payload payload_;
  BySymbol<char> trade_source_;
  BySymbol<Micros> polled_;
  BySymbol<std::vector<std::string>> by_pair_;  // pairs to contracts
};

}  // namespace

std::unique_ptr<Session> make_session(const Dialect& dialect) {
  return std::make_unique<BinanceSession>(dialect);
}

std::string historical_trades(std::string_view path, const TradeHole& hole) {
  std::string request = recent_trades(path, hole);
  if (const Seq last = whole_number(hole.after_id))
    request += fmt::format("&fromId={}", integer_after(*last));
  return request;
}

std::string recent_trades(std::string_view path, const TradeHole& hole) {
  return fmt::format("{}?symbol={}&limit=1000", path, percent_encode(hole.symbol));
}

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  const auto read_filter = [](json::Value& value, MarketRow& row) {
    std::string_view type, tick, step;
    const bool read = value.object([&](json::Key key, json::Value& field) {
      if (key == "filterType") return field.text(type);
      if (key == "tickSize") return field.text(tick);
      if (key == "stepSize") return field.text(step);
      return true;
    });
    if (type == "PRICE_FILTER") row.tick = tick;
    if (type == "LOT_SIZE") row.step = step;
    return read;
  };
  return read_market_list(
      "binance", data, "symbols", out,
      [&](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "baseAsset") return value.text(row.base);
        if (key == "quoteAsset") return value.text(row.quote);
        if (key == "status" || key == "contractStatus") return value.text(row.status);
        if (key == "contractSize") return value.text(row.contract_size);
        if (key == "contractType") {
          row.extra = "contract";
          return value.text(row.kind);
        }
        if (key == "filters")
          return value.array([&](json::Value& filter) { return read_filter(filter, row); });
        return true;
      },
      [](const MarketRow& row, Market& market) {
        // A contract that does not trade yet has an empty type: then its name tells.
        if (!row.extra.empty()) {
          const bool is_future = row.kind.empty()
                                     ? row.symbol.find('_') != std::string_view::npos
                                     : row.kind.find("PERPETUAL") == std::string_view::npos;
          market.kind = is_future ? "future" : "perpetual";
        }
        market.active = row.status == "TRADING";
        return true;
      });
}

}  // namespace md::venue::binance_family
