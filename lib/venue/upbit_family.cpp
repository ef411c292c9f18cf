#include "venue/upbit_family.hpp"

#include "codec/json.hpp"
#include "venue/history.hpp"
#include "venue/markets.hpp"
#include "venue/rows.hpp"

namespace md::venue::upbit_family {
namespace {

namespace json = codec::json;

// One recorder writes a binary frame as Python does: b'{...}'.
std::string_view without_quotes(std::string_view data) {
  if (data.size() < 3 || !data.starts_with("b'") || !data.ends_with('\'')) return data;
  return data.substr(2, data.size() - 3);
}

class UpbitSession final : public Session {
 public:
  explicit UpbitSession(std::string_view id) : id_(id) {}

  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    row_ = {};
    type_ = stream_ = pushed_ = status_ = {};
    bids_.clear();
    asks_.clear();
    has_error_ = has_units_ = false;
    const std::string_view data = without_quotes(frame.data);
    const auto read = [this](json::Key key, json::Value& value) { return read_field(key, value); };
    if (!parser_.read_object(data, read)) return not_an_object(id_, data);
    if (has_error_ || type_ == "error") return FrameKind::error;
    if (type_ == "trade") return on_trade(out);
    if (type_ == "orderbook") return on_book(out);
    if (type_ == "ticker" || type_.starts_with("candle.")) return FrameKind::ignored;
    return type_.empty() && status_ == "UP" ? FrameKind::heartbeat : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (url_path(reply.request) == "/v1/trades/ticks") return on_ticks(reply, out);
    return url_path(reply.request) == "/v1/market/all" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_field(json::Key key, json::Value& value) {
    if (key == "type" || key == "ty") return value.text(type_);
    if (key == "code" || key == "cd") return value.text(row_.symbol);
    if (key == "timestamp" || key == "tms") return value.text(pushed_);
    if (key == "trade_timestamp" || key == "ttms") return value.text(row_.time);
    if (key == "trade_price" || key == "tp") return value.text(row_.price);
    if (key == "trade_volume" || key == "tv") return value.text(row_.amount);
    if (key == "ask_bid" || key == "ab") return value.text(row_.side);
    if (key == "sequential_id" || key == "sid") return value.text(row_.id);
    if (key == "stream_type" || key == "st") return value.text(stream_);
    if (key == "orderbook_units" || key == "obu") {
      has_units_ = true;
      return value.array([this](json::Value& unit) { return read_unit(unit); });
    }
    if (key == "status") return value.text(status_);
    if (key == "error") return has_error_ = true;
    return true;
  }

  // The n-th bid and the n-th ask; where a side has fewer, its price is 0.
  bool read_unit(json::Value& unit) {
    Level bid, ask;
    int found = 0;
    const bool read = unit.object([&](json::Key key, json::Value& value) {
      if (key == "bid_price" || key == "bp") return ++found, value.decimal(bid.price);
      if (key == "bid_size" || key == "bs") return ++found, value.decimal(bid.amount);
      if (key == "ask_price" || key == "ap") return ++found, value.decimal(ask.price);
      if (key == "ask_size" || key == "as") return ++found, value.decimal(ask.amount);
      return true;
    });
    if (!bid.price.is_zero()) bids_.push_back(bid);
    if (!ask.price.is_zero()) asks_.push_back(ask);
    return read && found == 4;
  }

  // The side is the taker's.
  static std::string_view side_of(std::string_view word) {
    return word == "BID" ? "buy" : word == "ASK" ? "sell" : word;
  }

  // [{"market":..,"timestamp":ms,"trade_price":..,"trade_volume":..,"ask_bid":..,
  //   "sequential_id":..},..]
  Result<FrameKind> on_ticks(const Reply& reply, Sink& out) const {
    return give_trade_list(id_, reply, "", query_value(reply.request, "market"), out,
                           [](json::Key key, json::Value& value, Row& row) {
                             if (key == "timestamp") return value.text(row.time);
                             if (key == "trade_price") return value.text(row.price);
                             if (key == "trade_volume") return value.text(row.amount);
                             if (key == "sequential_id") return value.text(row.id);
                             if (!(key == "ask_bid")) return true;
                             if (!value.text(row.side)) return false;
                             row.side = side_of(row.side);
                             return true;
                           });
  }

  Result<FrameKind> on_trade(Sink& out) {
    if (stream_ == "SNAPSHOT") return FrameKind::history;
    row_.side = side_of(row_.side);
    return give_trade(id_, row_, out);
  }

  Result<FrameKind> on_book(Sink& out) {
    if (!has_units_) return malformed(id_, "orderbook lacks its units");
    row_.time = pushed_;
    const Micros time = read_time(row_.time);
    Micros& last = entry(last_book_, row_.symbol);
    if (time < last) return FrameKind::empty;
    last = time;
    return give_book(id_, row_, true, bids_, asks_, out);
  }

  const std::string_view id_;
  json::Parser parser_;
  Row row_;
  std::string_view type_, stream_, pushed_, status_;
  bool has_error_ = false, has_units_ = false;
  std::vector<Level> bids_, asks_;
  BySymbol<Micros> last_book_;
};

}  // namespace

std::unique_ptr<Session> make_session(std::string_view id) {
  return std::make_unique<UpbitSession>(id);
}

Result<void> read_markets(std::string_view id, std::string_view data, std::vector<Market>& out) {
  return read_market_list(
      id, data, "", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        return !(key == "market") || value.text(row.symbol);
      },
      [](const MarketRow& row, Market& market) {
        const Halves halves = split_first(row.symbol, '-');
        market.quote = halves.before;
        market.base = halves.behind;
        return true;
      });
}

}  // namespace md::venue::upbit_family
