// Kraken spot v2, as synthesised: channels trade, book, ticker; /0/public/AssetPairs. Numbers stand
// bare, with all digits of the instrument. A book message carries the CRC-32 of the ten best levels
// of each side after it.
#include <zlib.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "sim/fixed_text.hpp"
#include "sim/target.hpp"
#include "sim/venue_dialects.hpp"

namespace md::sim {
namespace {

constexpr std::size_t kChecksumLevels = 10;

// The best levels of one side as a client of some depth knows them, worst first.
using Side = std::vector<Row>;

std::span<const Row> best_of(std::span<const Row> side, int depth) {
  return side.last(std::min(static_cast<std::size_t>(depth), side.size()));
}

bool before(bool is_bid, std::int64_t a, std::int64_t b) {
  return is_bid ? a < b : a > b;
}  // in worst-first order

const Row* find_price(std::span<const Row> side, bool is_bid, std::int64_t price) {
  const auto at = std::lower_bound(
      side.begin(), side.end(), price,
      [&](const Row& row, std::int64_t p) { return before(is_bid, row.price, p); });
  return at != side.end() && at->price == price ? &*at : nullptr;
}

class KrakenDialect final : public Dialect {
 public:
  explicit KrakenDialect(const std::vector<std::string>& symbols) : symbols_(symbols) {}

  bool encode(const Market& market, const Message& message, int depth, Buffer& out) override {
    const int digits = market.price_digits(message.symbol);
    const std::string& name = symbols_[message.symbol];
    switch (message.type) {
      case Type::trade:
        out.append(R"({"channel":"trade","type":"update","data":[{"symbol":")");
        out.append(name);
        out.append(message.taker_buys ? R"(","side":"buy","price":)"
                                      : R"(","side":"sell","price":)");
        append_fixed(out, message.fill.price, digits);
        out.append(R"(,"qty":)");
        append_fixed(out, message.fill.amount, kAmountDigits);
        out.append(R"(,"ord_type":"market","trade_id":)");
        append_integer(out, message.trade_id);
        break;
      case Type::book_change:
        return book_update(market, message, depth, out);
      default:
        out.append(R"({"channel":"ticker","type":"update","data":[{"symbol":")");
        out.append(name);
        quote(R"(","bid":)", R"(,"bid_qty":)", message.best_bid, digits, out);
        quote(R"(,"ask":)", R"(,"ask_qty":)", message.best_ask, digits, out);
        break;
    }
    end_with_time(message.time, out);
    return true;
  }

  bool begin_stream(const Market& market, std::size_t symbol, const Stream& stream,
                    Buffer& out) override {
    if (stream.type != Type::book_change) return false;
    const auto bids = best_of(market.bids_worst_first(symbol), stream.depth);
    const auto asks = best_of(market.asks_worst_first(symbol), stream.depth);
    // A view that others follow stays as it was last told to them.
    views_.try_emplace({symbol, stream.depth}, View{.bids = {bids.begin(), bids.end()},
                                                    .asks = {asks.begin(), asks.end()}});
    const int digits = market.price_digits(symbol);
    out.append(R"({"channel":"book","type":"snapshot","data":[{"symbol":")");
    out.append(symbols_[symbol]);
    out.append(R"(","bids":[)");
    for (auto row = bids.rbegin(); row != bids.rend(); ++row) level(*row, digits, out);
    out.append(R"(],"asks":[)");
    for (auto row = asks.rbegin(); row != asks.rend(); ++row) level(*row, digits, out);
    end_with_checksum(market, symbol, market.time(), out);
    return true;
  }

  HttpAnswer get(const Market& market, std::string_view text) override {
    if (parse_target(text).path == "/0/public/AssetPairs") return {200, asset_pairs(market)};
    return {404, R"({"error":["EGeneral:Unknown method"]})"};
  }

  Recording recording() const override {
    Recording out{.ws_url = "wss://ws.kraken.com/v2",
                  .rest_url = "https://api.kraken.com",
                  .market_list = "/0/public/AssetPairs",
                  .subscribe = {},
                  .book_targets = {}};
    std::string names;
    for (const std::string& symbol : symbols_)
      (names += names.empty() ? "\"" : ",\"") += symbol + "\"";
    const auto subscribe = [&](const char* channel, const char* more) {
      out.subscribe.push_back(R"({"method":"subscribe","params":{"channel":")" +
                              std::string(channel) + R"(","symbol":[)" + names + "]" + more +
                              R"(},"req_id":)" + std::to_string(out.subscribe.size() + 1) + "}");
    };
    subscribe("trade", R"(,"snapshot":false)");
    subscribe("book", R"(,"depth":1000)");
    subscribe("ticker", R"(,"event_trigger":"bbo")");
    return out;
  }

 private:
  struct View {
    Side bids;
    Side asks;
  };

  bool book_update(const Market& market, const Message& message, int depth, Buffer& out) {
    const auto found = views_.find({message.symbol, depth});
    if (found == views_.end()) return false;
    const std::size_t begin = out.size();
    out.append(R"({"channel":"book","type":"update","data":[{"symbol":")");
    out.append(symbols_[message.symbol]);
    out.append(R"(","bids":[)");
    const int digits = market.price_digits(message.symbol);
    bool any = changes(found->second.bids, market.bids_worst_first(message.symbol), message.bids,
                       true, depth, digits, out);
    out.append(R"(],"asks":[)");
    any |= changes(found->second.asks, market.asks_worst_first(message.symbol), message.asks, false,
                   depth, digits, out);
    if (!any) {
      out.truncate(begin);
      return false;
    }
    end_with_checksum(market, message.symbol, message.time, out);
    return true;
  }

  // What a client of this depth must be told so that its side becomes the new one: levels that
  // changed, and levels that moved up into its depth. What falls out of the depth it cuts off by
  // itself.
  static bool changes(Side& view, std::span<const Row> book, std::span<const Row> changed,
                      bool is_bid, int depth, int digits, Buffer& out) {
    const auto now = best_of(book, depth);
    bool any = false;
    const auto tell = [&](const Row& row) {
      level(row, digits, out);
      any = true;
    };
    for (const Row& row : changed) {
      if (row.amount == 0 && find_price(view, is_bid, row.price) != nullptr) tell(row);
    }
    // Both sides of the comparison are sorted, so one walk finds what is new or different.
    auto old = view.begin();
    for (const Row& row : now) {
      while (old != view.end() && before(is_bid, old->price, row.price)) ++old;
      if (old == view.end() || *old != row) tell(row);
    }
    view.assign(now.begin(), now.end());
    return any;
  }

  static void quote(std::string_view price, std::string_view amount, const Row& row, int digits,
                    Buffer& out) {
    out.append(price);
    append_fixed(out, row.price, digits);
    out.append(amount);
    append_fixed(out, row.amount, kAmountDigits);
  }

  static void level(const Row& row, int digits, Buffer& out) {
    if (out.view().back() == '}') out.append(',');
    quote(R"({"price":)", R"(,"qty":)", row, digits, out);
    out.append('}');
  }

  // The digits of price and amount without point and leading zeros are those of our integers.
  void checksum_side(std::span<const Row> side) {
    const auto best = side.last(std::min(kChecksumLevels, side.size()));
    for (auto row = best.rbegin(); row != best.rend(); ++row) {
      append_integer(digits_, row->price);
      append_integer(digits_, row->amount);
    }
  }

  void end_with_checksum(const Market& market, std::size_t symbol, Micros time, Buffer& out) {
    digits_.clear();
    checksum_side(market.asks_worst_first(symbol));
    checksum_side(market.bids_worst_first(symbol));
    const auto crc =
        crc32(0, reinterpret_cast<const Bytef*>(digits_.data()), static_cast<uInt>(digits_.size()));
    out.append(R"(],"checksum":)");
    append_integer(out, static_cast<std::int64_t>(crc));
    end_with_time(time, out);
  }

  static void end_with_time(Micros time, Buffer& out) {
    out.append(R"(,"timestamp":")");
    out.commit(write_iso(time, out.reserve(kIsoLength)));
    out.append(R"("}]})");
  }

  std::string asset_pairs(const Market& market) const {
    Buffer out;
    out.append(R"({"error":[],"result":{)");
    for (std::size_t i = 0; i < symbols_.size(); ++i) {
      if (!market.listed(i)) continue;
      const auto slash = symbols_[i].find('/');
      const std::string base = symbols_[i].substr(0, slash);
      const std::string quote = symbols_[i].substr(slash + 1);
      if (out.view().back() == '}') out.append(',');
      const std::string digits = std::to_string(market.price_digits(i));
      const std::string amount_digits = std::to_string(kAmountDigits);
      for (const std::string_view part :
           {std::string_view{"\""}, std::string_view{base}, std::string_view{quote},
            std::string_view{R"(":{"altname":")"}, std::string_view{base}, std::string_view{quote},
            std::string_view{R"(","wsname":")"}, std::string_view{symbols_[i]},
            std::string_view{R"(","base":")"}, std::string_view{base},
            std::string_view{R"(","quote":")"}, std::string_view{quote},
            std::string_view{R"(","pair_decimals":)"}, std::string_view{digits},
            std::string_view{R"(,"lot_decimals":)"}, std::string_view{amount_digits},
            std::string_view{R"(,"ordermin":"0.00001","tick_size":")"}})
        out.append(part);
      append_fixed(out, 1, market.price_digits(i));
      out.append(R"(","status":"online"})");
    }
    out.append("}}");
    return std::string(out.view());
  }

  std::vector<std::string> symbols_;
  std::map<std::pair<std::size_t, int>, View> views_;  // by symbol and depth
  Buffer digits_;
};

}  // namespace

std::unique_ptr<Dialect> make_kraken_dialect(const std::vector<std::string>& symbols) {
  return std::make_unique<KrakenDialect>(symbols);
}

}  // namespace md::sim
