// Phemex: spot, coin-margined and old contracts, and perpetuals in USDT and USDC.
// https://phemex-docs.github.io/ and https://github.com/phemex/phemex-api-docs (read 2026-11-20)
//
// Three families on one socket, told apart by their names. Perpetuals in USDT and USDC have
// channels of their own (..._p) with decimals. Spot (small s before the name) and the old contracts
// send integers:
//   family         price     amount                ratio
//   spot           / 10^8    / 10^8 base coins     -
//   old contracts  / 10^4    contracts             / 10^8
// The market list tells these scales for each product; frames do not. They have been the same for
// all products of a family as long as there were recordings, so they are constants here: a frame
// means the same without a list at hand. A product that is listed with another scale is left out
// of our list rather than recorded wrongly.
//
// Case is data: sOLUSDT is spot, SOLUSDT a perpetual. Book (all levels, every 100 ms): a snapshot
// on subscribing and again every minute, changes between them. `sequence` rises, but with holes,
// and markets share it: it proves nothing and is left out. Trades have no ids and come newest
// first. The tickers are one channel for all markets of a family: those that this connection has no
// trades or books of are passed over.
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

constexpr std::string_view kId = "phemex";

bool is_spot(std::string_view symbol) { return symbol.starts_with('s'); }
bool is_hedged(std::string_view symbol) {
  return !is_spot(symbol) && (symbol.ends_with("USDT") || symbol.ends_with("USDC"));
}
bool is_scaled(std::string_view symbol) { return !is_hedged(symbol); }
bool is_old_contract(std::string_view symbol) { return !is_spot(symbol) && !is_hedged(symbol); }

struct Scales {
  int price, amount;
};
constexpr Scales kSpot{8, 8}, kOldContract{4, 0}, kDecimals{0, 0};
constexpr int kRatioScale = 8;

Scales scales_of(std::string_view symbol) {
  if (is_hedged(symbol)) return kDecimals;
  return is_spot(symbol) ? kSpot : kOldContract;
}

// `number` times 10^-scale; false where something that is scaled is no integer.
bool scale(Decimal& number, int scale) {
  if (scale == 0) return true;
  if (number.scale() != 0) return false;
  number = Decimal{number.mantissa(), scale};
  return true;
}
bool read_scaled(std::string_view text, int scale_by, Decimal& out) {
  return Decimal::parse_padded(text, out) && scale(out, scale_by);
}
bool read_scaled(std::string_view text, int scale_by, std::optional<Decimal>& out) {
  return text.empty() || text == "null" || read_scaled(text, scale_by, out.emplace());
}

constexpr Channel kChannels[] = {
    {Type::trade, R"("trade.subscribe","params":["$symbol"])", {}, is_scaled},
    {Type::trade, R"("trade_p.subscribe","params":["$symbol"])", {}, is_hedged},
    {Type::book_change, R"("orderbook.subscribe","params":["$symbol",true])", {}, is_scaled},
    {Type::book_change, R"("orderbook_p.subscribe","params":["$symbol",true])", {}, is_hedged},
};
// 20 streams a connection, of which two are left for the tickers.
constexpr Subscribing kSubscribing{.url = "wss://ws.phemex.com",
                                   .channels = kChannels,
                                   .argument = {},
                                   .subscribe = R"({"id":$id,"method":$channel})",
                                   .unsubscribe = {},  // a book is sent whole once more
                                   .streams_per_connection = 18};
constexpr std::string_view kOldTickers = R"({"id":101,"method":"market24h.subscribe","params":[]})";
constexpr std::string_view kHedgedTickers =
    R"({"id":102,"method":"perp_market24h_pack_p.subscribe","params":[]})";

// The latest ones: there is no way to ask for others.
std::string missing_trades(const TradeHole& hole) {
  return fmt::format("/md/{}trade?symbol={}", is_hedged(hole.symbol) ? "v2/" : "",
                     percent_encode(hole.symbol));
}

class PhemexSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    switch (what_) {
      case What::trades:
        return on_trades(out);
      case What::book:
        return on_book(out);
      case What::old_ticker:
        return on_old_ticker(out);
      case What::hedged_tickers:
        return on_hedged_tickers(out);
      case What::not_recorded:
        return FrameKind::ignored;
      case What::error:
        return FrameKind::error;
      case What::answer:
        return result_ == "pong" ? FrameKind::heartbeat : FrameKind::ack;
      case What::nothing:
        break;
    }
    return FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (last_component(reply.request) == "trade") return on_recent_trades(reply, out);
    return last_component(reply.request) == "products" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  enum class What : std::uint8_t {
    nothing,
    trades,
    book,
    old_ticker,
    hedged_tickers,
    not_recorded,
    answer,
    error
  };

  void clear() {
    what_ = What::nothing;
    symbol_ = type_ = time_ = result_ = {};
    ticker_ = {};
    bids_.clear();
    asks_.clear();
    cells_.clear();
    rows_.clear();
    fields_.clear();
  }

  bool read_root(json::Key key, json::Value& value) {
    if (key == "symbol") return value.text(symbol_);
    if (key == "type") return value.text(type_);
    if (key == "timestamp") return value.text(time_);
    if (key == "trades" || key == "trades_p") return is(What::trades) && read_rows(value);
    if (key == "book" || key == "orderbook_p") {
      return is(What::book) && value.object([this](json::Key side, json::Value& levels) {
        if (side == "bids") return levels.levels(bids_);
        return !(side == "asks") || levels.levels(asks_);
      });
    }
    if (key == "market24h") {
      return is(What::old_ticker) && value.object([this](json::Key name, json::Value& field) {
        return read_ticker(name, field);
      });
    }
    if (key == "method") {
      std::string_view method;
      if (!value.text(method)) return false;
      return method != "perp_market24h_pack_p.update" || is(What::hedged_tickers);
    }
    if (key == "data") return !value.is_array() || read_rows(value);
    if (key == "fields") {
      return value.array([this](json::Value& name) { return name.text(fields_.emplace_back()); });
    }
    if (key == "kline" || key == "kline_p" || key == "tick" || key == "tick_p" ||
        key == "spot_market24h" || key == "market24h_p") {
      return is(What::not_recorded);
    }
    if (key == "result") {
      if (what_ == What::nothing) what_ = What::answer;
      return value.is_object() || value.is_array() || value.text(result_);
    }
    if (key == "error" && value.first() != 'n') return is(What::error);
    return true;
  }

  bool is(What what) {
    what_ = what;
    return true;
  }

  // Arrays of texts, one after the other.
  bool read_rows(json::Value& value) {
    return value.array([this](json::Value& row) {
      rows_.push_back(cells_.size());
      return row.array([this](json::Value& cell) { return cell.text(cells_.emplace_back()); });
    });
  }

  std::span<const std::string_view> row(std::size_t index) const {
    const std::size_t end = index + 1 < rows_.size() ? rows_[index + 1] : cells_.size();
    return std::span{cells_}.subspan(rows_[index], end - rows_[index]);
  }

  bool read_ticker(json::Key key, json::Value& value) {
    if (key == "symbol") return value.text(ticker_.symbol);
    if (key == "close") return value.text(ticker_.last);
    if (key == "markPrice") return value.text(ticker_.mark);
    if (key == "indexPrice") return value.text(ticker_.index);
    if (key == "fundingRate") return value.text(ticker_.funding);
    if (key == "predFundingRate") return value.text(ticker_.predicted_funding);
    if (key == "openInterest") return value.text(ticker_.open_interest);
    return true;
  }

  // [time, taker's side, price, amount], newest first. A snapshot is history.
  Result<FrameKind> on_trades(Sink& out) {
    if (symbol_.empty()) return malformed(kId, "trades lack symbol");
    entry(carried_, symbol_) = true;
    if (type_ == "snapshot") return FrameKind::history;
    if (type_ != "incremental") return malformed(kId, "trades lack type");
    return give_trades(out);
  }

  // {"error":null,"id":0,"result":{"type":"snapshot","trades":[..],..}}
  Result<FrameKind> on_recent_trades(const Reply& reply, Sink& out) {
    clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    const Result<std::string> symbol = percent_decode(query_value(reply.request, "symbol"));
    const bool whole = parser_.read_object(reply.data, [&](json::Key key, json::Value& value) {
      return !(key == "result") || !value.is_object() || value.object(read);
    });
    if (!whole || !symbol) return malformed(kId, "broken list of trades");
    if (what_ != What::trades) return FrameKind::error;
    symbol_ = *symbol;
    return give_trades(out);
  }

  Result<FrameKind> give_trades(Sink& out) {
    const Scales scales = scales_of(symbol_);
    for (std::size_t i = rows_.size(); i-- > 0;) {
      const auto cells = row(i);
      Trade trade;
      if (cells.size() < 4 || !read_scaled(cells[2], scales.price, trade.price) ||
          !read_scaled(cells[3], scales.amount, trade.amount)) {
        return malformed(kId, "broken trade");
      }
      trade.side = cells[1] == "Buy" ? Side::buy : cells[1] == "Sell" ? Side::sell : Side::unknown;
      out.on_event({{}, symbol_, read_time(cells[0]), 0, trade});
    }
    return rows_.empty() ? FrameKind::empty : FrameKind::data;
  }

  Result<FrameKind> on_book(Sink& out) {
    const bool is_snapshot = type_ == "snapshot";
    if (!is_snapshot && type_ != "incremental") return malformed(kId, "book message lacks type");
    const Scales scales = scales_of(symbol_);
    for (std::vector<Level>* side : {&bids_, &asks_}) {
      for (Level& level : *side) {
        if (!scale(level.price, scales.price) || !scale(level.amount, scales.amount))
          return malformed(kId, "scaled level that is no integer");
      }
    }
    Row book;
    book.symbol = symbol_;
    book.time = time_;
    MD_TRY(const FrameKind kind, give_book(kId, book, is_snapshot, bids_, asks_, out));
    entry(carried_, symbol_) = true;
    return kind;
  }

  // Of spot markets there is a channel of its own.
  Result<FrameKind> on_old_ticker(Sink& out) {
    if (ticker_.symbol.empty()) return malformed(kId, "ticker lacks symbol");
    if (!carries(ticker_.symbol)) return FrameKind::empty;
    DerivativeTicker ticker;
    const int price = kOldContract.price;
    if (!read_scaled(ticker_.last, price, ticker.last_price) ||
        !read_scaled(ticker_.mark, price, ticker.mark_price) ||
        !read_scaled(ticker_.index, price, ticker.index_price) ||
        !read_scaled(ticker_.funding, kRatioScale, ticker.funding_rate) ||
        !read_scaled(ticker_.predicted_funding, kRatioScale, ticker.predicted_funding_rate) ||
        !read_scaled(ticker_.open_interest, 0, ticker.open_interest)) {
      return malformed(kId, "ticker has a broken number");
    }
    out.on_event({{}, ticker_.symbol, read_time(time_), 0, ticker});
    return FrameKind::data;
  }

  // Rows of texts; `fields` names the columns: symbol, lastRp, openInterestRv, indexRp, markRp, ...
  Result<FrameKind> on_hedged_tickers(Sink& out) {
    FrameKind of_frame = FrameKind::empty;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto cells = row(i);
      if (cells.size() != fields_.size()) return malformed(kId, "tickers and fields differ");
      Row ticker;
      ticker.time = time_;
      for (std::size_t column = 0; column < cells.size(); ++column) {
        const std::string_view name = fields_[column], cell = cells[column];
        if (name == "symbol") ticker.symbol = cell;
        if (name.starts_with("last")) ticker.last = cell;
        if (name.starts_with("mark")) ticker.mark = cell;
        if (name.starts_with("index")) ticker.index = cell;
        if (name.starts_with("fundingRate")) ticker.funding = cell;
        if (name.starts_with("predFundingRate")) ticker.predicted_funding = cell;
        if (name.starts_with("openInterest")) ticker.open_interest = cell;
      }
      if (!carries(ticker.symbol)) continue;
      MD_TRY(of_frame, give_derivative_ticker(kId, ticker, out));
    }
    return of_frame;
  }

  // All, where the connection has tickers alone.
  bool carries(std::string_view symbol) const {
    return carried_.empty() || carried_.find(symbol) != carried_.end();
  }

  json::Parser parser_;
  What what_ = What::nothing;
  std::string_view symbol_, type_, time_, result_;
  Row ticker_;
  std::vector<Level> bids_, asks_;
  std::vector<std::string_view> cells_, fields_;
  std::vector<std::size_t> rows_;  // where each begins in cells_
  BySymbol<bool> carried_;         // what had trades or books
};

// From trades the session learns whose tickers are wanted.
std::vector<Connection> connections(Subscription subscription) {
  const bool tickers = subscription.types.has(Type::derivative_ticker);
  if (tickers && !subscription.types.has(Type::book_change)) subscription.types.add(Type::trade);
  std::vector<Connection> out = venue::connections(kSubscribing, subscription);
  for (Connection& connection : out) {
    const auto add = [&](bool (*family)(std::string_view), std::string_view request) {
      if (std::any_of(connection.symbols.begin(), connection.symbols.end(), family))
        connection.send.emplace_back(request);
    };
    if (tickers) add(is_old_contract, kOldTickers);
    if (tickers) add(is_hedged, kHedgedTickers);
  }
  return out;
}

// One of the lists of products. Of scaled ones only those are ours that have the scales above.
Result<void> read_products(std::string_view data, std::string_view path, std::vector<Market>& out) {
  return read_market_list(
      kId, data, path, out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "baseCurrency" || key == "contractUnderlyingAssets") return value.text(row.base);
        if (key == "quoteCurrency") return value.text(row.quote);
        if (key == "settleCurrency") return value.text(row.extra);
        if (key == "status") return value.text(row.status);
        if (key == "type") return value.text(row.kind);
        if (key == "tickSize" || key == "quoteTickSizeEv") return value.text(row.tick);
        if (key == "lotSize" || key == "baseTickSizeEv" || key == "qtyStepSize")
          return value.text(row.step);
        if (key == "contractSize") return value.text(row.contract_size);
        if (key == "priceScale") return value.text(row.extra2);
        return true;
      },
      [](const MarketRow& row, Market& market) {
        market.active = row.status == "Listed";
        if (row.kind == "Spot") {
          return is_spot(row.symbol) && scale(market.tick, kSpot.price) &&
                 scale(market.step, kSpot.amount);
        }
        market.kind = "perpetual";
        if (row.kind == "PerpetualV2") {
          market.contract_size = {};  // amounts are base coins
          return is_hedged(row.symbol);
        }
        // Of an inverse contract the underlying asset is the quote currency.
        if (row.base == row.quote) market.base = row.extra;
        return row.kind == "Perpetual" && is_old_contract(row.symbol) && row.extra2 == "4";
      });
}

Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  MD_CHECK(read_products(data, "data.products", out));
  if (data.find(R"("perpProductsV2")") == std::string_view::npos) return {};  // before 2022
  return read_products(data, "data.perpProductsV2", out);
}

constexpr std::string_view kMarketLists[] = {"/public/products"};

}  // namespace

const Venue phemex{
    .id = kId,
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.phemex.com",
    .types = {Type::trade, Type::book_change, Type::derivative_ticker},
    // 20 requests a second on a connection, of which the venue allows five.
    .limits = {.send_interval_ms = 100,
               .ping_interval_ms = 5'000,
               .ping = R"({"id":0,"method":"server.ping","params":[]})",
               .silence_ms = 30'000,
               .connect_interval_ms = 1'000,
               .rest_interval_ms = 1'000},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::none,
    .trade_history = {.request = missing_trades},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<PhemexSession>(); },
};

}  // namespace md::venue
