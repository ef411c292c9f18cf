// Binance spot, as synthesised: combined streams <s>@trade, <s>@depth@100ms, <s>@bookTicker;
// /api/v3/exchangeInfo, /api/v3/depth and /api/v3/historicalTrades. A depth message covers update
// ids U to u, U being one more than the u before; the REST book says by lastUpdateId up to which u
// it goes.
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "base/symbol.hpp"
#include "sim/fixed_text.hpp"
#include "sim/target.hpp"
#include "sim/venue_dialects.hpp"

namespace md::sim {
namespace {

constexpr int kWireDigits = 8;  // of prices and amounts alike
constexpr std::size_t kDefaultLimit = 100;
constexpr std::size_t kMostLevels = 5000;
constexpr std::size_t kDefaultTrades = 500;
constexpr std::size_t kMostTrades = 1000;

class BinanceDialect final : public Dialect {
 public:
  explicit BinanceDialect(const std::vector<std::string>& symbols) : symbols_(symbols) {
    for (const std::string& symbol : symbols_)
      stream_heads_.push_back(R"({"stream":")" + to_lower(symbol) + "@");
  }

  bool encode(const Market& market, const Message& message, int, Buffer& out) override {
    const int digits = market.price_digits(message.symbol);
    out.append(stream_heads_[message.symbol]);
    switch (message.type) {
      case Type::trade:
        out.append(R"(trade","data":{"e":"trade")");
        time(R"(,"E":)", message.time, out);
        symbol(message, out);
        out.append(R"(,"t":)");
        append_integer(out, message.trade_id);
        price_and_amount(R"(,"p":")", R"(","q":")", message.fill, digits, out);
        time(R"(","T":)", message.time, out);
        out.append(message.taker_buys ? R"(,"m":false,"M":true}})" : R"(,"m":true,"M":true}})");
        return true;
      case Type::book_change:
        out.append(R"(depth@100ms","data":{"e":"depthUpdate")");
        time(R"(,"E":)", message.time, out);
        symbol(message, out);
        out.append(R"(,"U":)");
        append_integer(out, message.first_update);
        out.append(R"(,"u":)");
        append_integer(out, message.last_update);
        out.append(R"(,"b":[)");
        for (const Row& row : message.bids) level(row, digits, out);
        out.append(R"(],"a":[)");
        for (const Row& row : message.asks) level(row, digits, out);
        out.append("]}}");
        return true;
      default:
        out.append(R"(bookTicker","data":{"u":)");
        append_integer(out, message.last_update);
        symbol(message, out);
        price_and_amount(R"(,"b":")", R"(","B":")", message.best_bid, digits, out);
        price_and_amount(R"(","a":")", R"(","A":")", message.best_ask, digits, out);
        out.append(R"("}})");
        return true;
    }
  }

  bool begin_stream(const Market&, std::size_t, const Stream&, Buffer&) override { return false; }

  HttpAnswer get(const Market& market, std::string_view text) override {
    const Target target = parse_target(text);
    if (target.path == "/api/v3/exchangeInfo") return {200, exchange_info(market)};
    if (target.path == "/api/v3/depth") return depth(market, target);
    if (target.path == "/api/v3/historicalTrades") return past_trades(market, target);
    return {404, R"({"code":-1,"msg":"Not found"})"};
  }

  // As of 2026-11-20: a book by its levels; beyond what is synthesised, too.
  int weight(std::string_view text) const override {
    const Target target = parse_target(text);
    if (target.path == "/api/v3/exchangeInfo") return 20;
    if (target.path == "/api/v3/historicalTrades" || target.path == "/api/v3/trades") return 25;
    if (target.path == "/api/v3/aggTrades") return 4;
    if (target.path != "/api/v3/depth") return 1;
    std::int64_t limit = static_cast<std::int64_t>(kDefaultLimit);
    if (!read_parameter(target, "limit", limit)) limit = static_cast<std::int64_t>(kMostLevels);
    return limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1000 ? 50 : 250;
  }
  std::string_view used_weight_field() const override { return "x-mbx-used-weight-1m"; }

  Recording recording() const override {
    Recording out{.ws_url = "wss://stream.binance.com:9443/stream",
                  .rest_url = "https://api.binance.com",
                  .market_list = "/api/v3/exchangeInfo",
                  .subscribe = {},
                  .book_targets = {}};
    std::string names;
    for (const std::string& symbol : symbols_) {
      for (const char* channel : {"@trade", "@depth@100ms", "@bookTicker"}) {
        (names += names.empty() ? "\"" : ",\"") += to_lower(symbol) + channel + "\"";
      }
      out.book_targets.push_back("/api/v3/depth?symbol=" + symbol + "&limit=5000");
    }
    out.subscribe.push_back(R"({"method":"SUBSCRIBE","params":[)" + names + R"(],"id":1})");
    return out;
  }

 private:
  static void time(std::string_view key, Micros time, Buffer& out) {
    out.append(key);
    append_integer(out, time / 1000);
  }

  void symbol(const Message& message, Buffer& out) const {
    out.append(R"(,"s":")");
    out.append(symbols_[message.symbol]);
    out.append('"');
  }

  static void price_and_amount(std::string_view before, std::string_view between, const Row& row,
                               int digits, Buffer& out) {
    out.append(before);
    append_fixed(out, row.price, digits, kWireDigits - digits);
    out.append(between);
    append_fixed(out, row.amount, kAmountDigits);
  }

  static void level(const Row& row, int digits, Buffer& out) {
    if (out.view().back() == ']') out.append(',');
    price_and_amount("[\"", "\",\"", row, digits, out);
    out.append("\"]");
  }

  // What all requests about a symbol say: which, and how much of it at most.
  struct Asked {
    std::optional<HttpAnswer> refusal;
    std::size_t symbol = 0;
    std::size_t limit = 0;
  };
  Asked asked(const Market& market, const Target& target, std::size_t default_limit,
              std::size_t most) const {
    const auto refuse = [](std::string text) { return Asked{HttpAnswer{400, std::move(text)}}; };
    const auto name = target.parameter("symbol");
    if (!name)
      return refuse(R"({"code":-1102,"msg":"Mandatory parameter 'symbol' was not sent."})");
    const auto found = std::find(symbols_.begin(), symbols_.end(), *name);
    if (found == symbols_.end() ||
        !market.listed(static_cast<std::size_t>(found - symbols_.begin())))
      return refuse(R"({"code":-1121,"msg":"Invalid symbol."})");
    std::int64_t limit = static_cast<std::int64_t>(default_limit);
    if (!read_parameter(target, "limit", limit) || limit <= 0) return refuse(illegal("limit"));
    return {{},
            static_cast<std::size_t>(found - symbols_.begin()),
            std::min(static_cast<std::size_t>(limit), most)};
  }

  // False: it is there, and no number.
  static bool read_parameter(const Target& target, std::string_view name, std::int64_t& out) {
    const auto text = target.parameter(name);
    if (!text) return true;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), out);
    return error == std::errc{} && end == text->data() + text->size();
  }

  static std::string illegal(std::string_view parameter) {
    return R"({"code":-1100,"msg":"Illegal characters found in parameter ')" +
           std::string(parameter) + R"('."})";
  }

  // From fromId on, or the latest; oldest first.
  HttpAnswer past_trades(const Market& market, const Target& target) const {
    const Asked what = asked(market, target, kDefaultTrades, kMostTrades);
    if (what.refusal) return *what.refusal;
    const auto& past = market.past_trades(what.symbol);
    const std::int64_t end = market.last_trade(what.symbol) + 1;
    const std::int64_t first = end - static_cast<std::int64_t>(past.size());
    std::int64_t id = std::max(first, end - static_cast<std::int64_t>(what.limit));
    if (!read_parameter(target, "fromId", id)) return {400, illegal("fromId")};
    id = std::max(id, first);
    const int digits = market.price_digits(what.symbol);
    Buffer out;
    out.append('[');
    for (std::size_t given = 0; id < end && given < what.limit; ++id, ++given) {
      const PastTrade& trade = past[static_cast<std::size_t>(id - first)];
      out.append(given == 0 ? R"({"id":)" : R"(,{"id":)");
      append_integer(out, id);
      price_and_amount(R"(,"price":")", R"(","qty":")", trade.fill, digits, out);
      time(R"(","time":)", trade.time, out);
      out.append(trade.taker_buys ? R"(,"isBuyerMaker":false,"isBestMatch":true})"
                                  : R"(,"isBuyerMaker":true,"isBestMatch":true})");
    }
    out.append(']');
    return {200, std::string(out.view())};
  }

  HttpAnswer depth(const Market& market, const Target& target) const {
    const Asked what = asked(market, target, kDefaultLimit, kMostLevels);
    if (what.refusal) return *what.refusal;
    const std::size_t index = what.symbol, limit = what.limit;
    Buffer out;
    out.append(R"({"lastUpdateId":)");
    append_integer(out, market.last_update(index));
    out.append(R"(,"bids":[)");
    best_levels(market.bids_worst_first(index), limit, market.price_digits(index), out);
    out.append(R"(],"asks":[)");
    best_levels(market.asks_worst_first(index), limit, market.price_digits(index), out);
    out.append("]}");
    return {200, std::string(out.view())};
  }

  static void best_levels(std::span<const Row> side, std::size_t limit, int digits, Buffer& out) {
    side = side.last(std::min(limit, side.size()));
    for (auto row = side.rbegin(); row != side.rend(); ++row) level(*row, digits, out);
  }

  std::string exchange_info(const Market& market) const {
    Buffer out;
    out.append(R"({"timezone":"UTC","serverTime":)");
    append_integer(out, market.time() / 1000);
    out.append(R"(,"rateLimits":[],"exchangeFilters":[],"symbols":[)");
    for (std::size_t i = 0; i < symbols_.size(); ++i) {
      if (!market.listed(i)) continue;
      const auto [base, quote] = split_symbol(symbols_[i]);
      if (out.view().back() == '}') out.append(',');
      for (
          const std::string_view part :
          {std::string_view{R"({"symbol":")"}, std::string_view{symbols_[i]},
           std::string_view{R"(","status":"TRADING","baseAsset":")"}, std::string_view{base},
           std::string_view{R"(","baseAssetPrecision":8,"quoteAsset":")"}, std::string_view{quote},
           std::string_view{
               R"(","quotePrecision":8,"isSpotTradingAllowed":true,"filters":[{"filterType":"PRICE_FILTER","tickSize":")"}})
        out.append(part);
      append_fixed(out, 1, market.price_digits(i), kWireDigits - market.price_digits(i));
      out.append(R"("},{"filterType":"LOT_SIZE","stepSize":")");
      append_fixed(out, 1, kAmountDigits);
      out.append(R"("}]})");
    }
    out.append("]}");
    return std::string(out.view());
  }

  std::vector<std::string> symbols_;
  std::vector<std::string> stream_heads_;  // {"stream":"btcusdt@
};

}  // namespace

std::unique_ptr<Dialect> make_binance_dialect(const std::vector<std::string>& symbols) {
  return std::make_unique<BinanceDialect>(symbols);
}

}  // namespace md::sim
