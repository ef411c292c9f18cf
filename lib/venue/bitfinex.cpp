// Bitfinex spot and perpetuals, WebSocket v2. https://docs.bitfinex.com/docs/ws-general (read
// 2026-11-20)
//
// Frames are arrays that name their channel by a number, which the acknowledgement of the
// subscription gives and which differs on each connection: a recording needs its acknowledgements.
// Behind the payload stand, as the `conf` flags say, the frame's number and its time. Book (P0: 250
// levels of full precision):
//   1. the first data frame of a channel is the snapshot;  2. [price, count, amount]: amount > 0 is
//   a bid, else an ask; count 0 removes the level; levels that leave the window are removed too;
//   3. about every 2.5 s `cs`, a CRC-32 over the best 25 levels of each side, price:amount of bid
//   and ask in turn, asks negative, numbers as JavaScript writes them;  4. where it differs,
//   unsubscribe the channel's number and subscribe again.
// The frames of a connection, heartbeats included, are numbered without holes: that alone proves
// the loss of a trade, since trade ids count over all markets. Trades come twice, as te and, later,
// tu: te is taken. `ticker` comes every 15 s: no quotes. Liquidations are one channel for all
// markets: what the connection does not carry otherwise is passed over.
#include <fmt/format.h>

#include <algorithm>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/frame_counter.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "bitfinex";
constexpr std::size_t kChecksumDepth = 25;

// Sum of what `conf` switches on. Bulk updates are not asked for: they look like snapshots.
constexpr std::int64_t kTimestamp = 32768, kSeqAll = 65536, kChecksum = 131072, kBulk = 536870912;
static_assert(kTimestamp + kSeqAll + kChecksum == 229376);
constexpr std::string_view kConf[] = {R"({"event":"conf","flags":229376})"};

// tBTCF0:USTF0
bool is_perpetual(std::string_view symbol) { return symbol.ends_with("F0"); }

constexpr Channel kChannels[] = {
    {Type::trade, R"("channel":"trades","symbol":")"},
    {Type::book_change, R"("channel":"book","prec":"P0","freq":"F0","len":"250","symbol":")"},
    {Type::derivative_ticker, R"("channel":"status","key":"deriv:)", {}, is_perpetual},
};
// 25 channels a connection, of which one is left for the liquidations.
constexpr Subscribing kSubscribing{.url = "wss://api-pub.bitfinex.com/ws/2",
                                   .channels = kChannels,
                                   .argument = {},
                                   .subscribe = R"({"event":"subscribe",$channel$symbol"})",
                                   .unsubscribe = {},  // by chanId: on_book_lost
                                   .streams_per_connection = 24,
                                   .first = kConf};
constexpr std::string_view kLiquidations =
    R"({"event":"subscribe","channel":"status","key":"liq:global"})";

constexpr std::string_view kTradesPath = "/v2/trades/";

// Up to 10000 from the hole's beginning on; where that is not known, the latest.
std::string missing_trades(const TradeHole& hole) {
  std::string request =
      fmt::format("{}{}/hist?limit=10000", kTradesPath, percent_encode(hole.symbol));
  if (hole.after != 0) request += fmt::format("&sort=1&start={}", hole.after / 1000);
  if (hole.before != 0) request += fmt::format("&end={}", hole.before / 1000 + 1);
  return request;
}

class BitfinexSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    id_ = name_ = {};
    cells_.clear();
    rows_.clear();
    tail_.clear();
    has_payload_ = false;
    is_list_ = true;
    if (frame.data.starts_with('{')) return on_notice(frame.data, out);
    const auto read = [this](json::Value& value) { return read_element(value); };
    if (!parser_.read_array(frame.data, read)) return malformed(kId, "broken frame");
    MD_TRY(const std::string_view time, take_tail(out));
    if (name_ == "hb") return FrameKind::heartbeat;
    const auto found = streams_.find(id_);
    if (found == streams_.end()) return FrameKind::unknown;
    if (!has_payload_ && name_ != "cs") return malformed(kId, "frame without payload");
    return on_data(found->second, time, out);
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    if (url_path(reply.request).starts_with(kTradesPath)) return on_trades(reply, out);
    const std::string_view list = last_component(reply.request);
    if (list.starts_with("pub:list:pair")) return FrameKind::markets;
    return list.starts_with("pub:") ? FrameKind::ignored : FrameKind::unknown;
  }

  void on_book_lost(std::string_view symbol, Sink& out) override {
    for (const auto& [id, stream] : streams_) {
      if (stream.content == Content::book && stream.symbol == symbol) {
        out.on_request(
            {Request::Kind::send, fmt::format(R"({{"event":"unsubscribe","chanId":{}}})", id)});
      }
    }
  }

 private:
  enum class Content : std::uint8_t { trades, book, status, liquidations, ignored };
  struct Stream {
    Content content;
    std::string symbol;
    bool entered = false;  // its snapshot was there
  };

  // ---- {"event":..} ----

  Result<FrameKind> on_notice(std::string_view data, Sink& out) {
    std::string_view event, channel, symbol, key, precision, id, flags, code;
    const bool read = parser_.read_object(data, [&](json::Key k, json::Value& value) {
      if (k == "event") return value.text(event);
      if (k == "channel") return value.text(channel);
      if (k == "symbol") return value.text(symbol);
      if (k == "key") return value.text(key);
      if (k == "prec") return value.text(precision);
      if (k == "chanId") return value.text(id);
      if (k == "flags") return value.text(flags);
      if (k == "code") return value.text(code);
      return true;
    });
    if (!read) return malformed(kId, "broken frame");
    if (event == "subscribed") {
      if (id.empty()) return malformed(kId, "acknowledgement lacks chanId");
      streams_.insert_or_assign(std::string(id), stream(channel, symbol, key, precision));
      return FrameKind::ack;
    }
    if (event == "unsubscribed") {
      if (const auto found = streams_.find(id); found != streams_.end()) streams_.erase(found);
      return FrameKind::ack;
    }
    if (event == "conf") {
      if (!read_integer(flags, flags_)) return malformed(kId, "conf lacks flags");
      counter_.reset();
      return FrameKind::ack;
    }
    if (event == "info") {
      // 20051: the server restarts; 20061: maintenance ended, all must be subscribed again.
      if (code == "20051" || code == "20061") {
        out.on_request({Request::Kind::reconnect, fmt::format("info {}", code)});
      }
      return FrameKind::status;
    }
    if (event == "pong") return FrameKind::heartbeat;
    return event == "error" ? FrameKind::error : FrameKind::unknown;
  }

  // Margin funding (fUSD), other book precisions, tickers and candles are not recorded.
  Stream stream(std::string_view channel, std::string_view symbol, std::string_view key,
                std::string_view precision) {
    Stream out{Content::ignored, std::string(symbol)};
    if (channel == "trades" && symbol.starts_with('t')) out.content = Content::trades;
    if (channel == "book" && symbol.starts_with('t') && precision == "P0")
      out.content = Content::book;
    if (channel == "status" && key.starts_with("deriv:")) {
      out.content = Content::status;
      out.symbol = key.substr(key.find(':') + 1);
    }
    if (channel == "status" && key == "liq:global") out.content = Content::liquidations;
    return out;
  }

  // ---- [chanId, ("name",) payload, seq, time] ----

  bool read_element(json::Value& value) {
    if (id_.empty()) return value.text(id_) && !id_.empty();
    if (value.is_string()) return value.text(name_);
    if (value.is_array()) return read_payload(value);
    return value.text(tail_.emplace_back());
  }

  // One row, [1, 2, 3], or several, [[1, 2, 3], [4, 5, 6]].
  bool read_payload(json::Value& value) {
    has_payload_ = true;
    return value.array([this](json::Value& element) {
      if (element.is_array()) {
        rows_.push_back(cells_.size());
        return element.array([this](json::Value& cell) { return read_cell(cell); });
      }
      if (rows_.empty()) rows_.push_back(0);
      is_list_ = false;
      return read_cell(element);
    });
  }

  bool read_cell(json::Value& cell) {
    std::string_view& text = cells_.emplace_back();
    return cell.is_array() || cell.is_object() || cell.text(text);
  }

  // Follows the connection's numbers, and gives the time; what remains of the tail is the
  // payload's.
  Result<std::string_view> take_tail(Sink& out) {
    std::string_view time;
    if ((flags_ & kTimestamp) != 0) {
      if (tail_.empty()) return malformed(kId, "frame lacks its time");
      time = tail_.back();
      tail_.pop_back();
    }
    if ((flags_ & kSeqAll) != 0) {
      std::int64_t number;
      if (tail_.empty() || !read_integer(tail_.back(), number))
        return malformed(kId, "frame lacks its number");
      tail_.pop_back();
      counter_.on_number(number, out);
    }
    return time;
  }

  static Row row_of(std::string_view symbol, std::string_view time) {
    Row row;
    row.symbol = symbol;
    row.time = time;
    return row;
  }

  std::span<const std::string_view> row(std::size_t index) const {
    const std::size_t end = index + 1 < rows_.size() ? rows_[index + 1] : cells_.size();
    return std::span{cells_}.subspan(rows_[index], end - rows_[index]);
  }

  Result<FrameKind> on_data(Stream& stream, std::string_view time, Sink& out) {
    switch (stream.content) {
      case Content::trades:
        if (name_.empty()) return FrameKind::history;  // the first frame
        if (name_ == "tu") return FrameKind::ignored;
        if (name_ != "te") return FrameKind::unknown;
        if (rows_.size() != 1) return malformed(kId, "not one trade");
        return on_trade(stream.symbol, row(0), out);
      case Content::book:
        if (name_ == "cs") return on_checksum(stream, time, out);
        return name_.empty() ? on_book(stream, time, out) : FrameKind::unknown;
      case Content::status:
        return on_status(stream, out);
      case Content::liquidations:
        return on_liquidations(out);
      case Content::ignored:
        break;
    }
    return FrameKind::ignored;
  }

  // [id, time, amount, price]: a negative amount was sold by the taker.
  static Result<FrameKind> on_trade(std::string_view symbol,
                                    std::span<const std::string_view> cells, Sink& out) {
    if (cells.size() < 4) return malformed(kId, "trade without four fields");
    Row trade = row_of(symbol, cells[1]);
    trade.id = cells[0];
    trade.price = cells[3];
    trade.amount = cells[2];
    trade.side = trade.amount.starts_with('-') ? "sell" : "buy";
    return give_trade(kId, trade, out);
  }

  // /v2/trades/tBTCUSD/hist: [[id, time, amount, price], ..]
  Result<FrameKind> on_trades(const Reply& reply, Sink& out) {
    cells_.clear();
    rows_.clear();
    is_list_ = true;
    const std::string_view rest = url_path(reply.request).substr(kTradesPath.size());
    const Result<std::string> symbol = percent_decode(split_first(rest, '/').before);
    const bool read =
        parser_.read(reply.data, [this](json::Value& value) { return read_payload(value); });
    if (!read || !is_list_ || !symbol) return malformed(kId, "broken list of trades");
    FrameKind of_answer = FrameKind::empty;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      MD_TRY(of_answer, on_trade(*symbol, row(i), out));
    }
    return of_answer;
  }

  Result<FrameKind> on_book(Stream& stream, std::string_view time, Sink& out) {
    bids_.clear();
    asks_.clear();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (!read_level(row(i))) return malformed(kId, "broken book level");
    }
    const bool is_snapshot = is_list_ && (!stream.entered || (flags_ & kBulk) == 0);
    stream.entered |= is_snapshot;
    const Row book = row_of(stream.symbol, time);
    return give_book(kId, book, is_snapshot, bids_, asks_, out);
  }

  // [price, count, amount]
  bool read_level(std::span<const std::string_view> cells) {
    Level level;
    if (cells.size() != 3 || !Decimal::parse_padded(cells[0], level.price) ||
        !Decimal::parse_padded(cells[2], level.amount)) {
      return false;
    }
    const bool is_ask = level.amount.is_negative();
    if (cells[1] == "0") {
      level.amount = {};
    } else if (is_ask) {
      level.amount = Decimal{-level.amount.mantissa(), level.amount.scale()};
    }
    (is_ask ? asks_ : bids_).push_back(level);
    return true;
  }

  Result<FrameKind> on_checksum(const Stream& stream, std::string_view time, Sink& out) {
    if (tail_.size() != 1) return malformed(kId, "checksum frame lacks the checksum");
    Row book = row_of(stream.symbol, time);
    book.checksum = tail_.front();
    return give_book(kId, book, false, {}, {}, out);
  }

  // Sent every second, and mostly as it was before.
  Result<FrameKind> on_status(const Stream& stream, Sink& out) {
    if (rows_.size() != 1 || row(0).size() < 18) return malformed(kId, "status lacks fields");
    const auto cells = row(0);
    Row status = row_of(stream.symbol, cells[0]);
    status.last = cells[2];
    status.index = cells[3];
    status.funding_time = cells[7];
    status.predicted_funding = cells[8];  // accrued for the next time
    status.funding = cells[11];
    status.mark = cells[14];
    status.open_interest = cells[17];
    return give_derivative_ticker(kId, status, out);
  }

  // ["pos", id, time, -, symbol, amount, base price, -, is match, is market sold, -, price]: told
  // when the liquidation is triggered and, as a match, again when it is filled. A negative amount
  // is a short position.
  Result<FrameKind> on_liquidations(Sink& out) {
    FrameKind of_frame = FrameKind::empty;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      const auto cells = row(i);
      if (cells.size() < 9 || cells[0] != "pos") return malformed(kId, "broken liquidation");
      if (cells[8] != "0" || !carries(cells[4])) continue;
      Row position = row_of(cells[4], cells[2]);
      position.id = cells[1];
      position.price = cells[6];
      position.amount = cells[5];
      position.side = position.amount.starts_with('-') ? "buy" : "sell";
      MD_TRY(of_frame, give_liquidation(kId, position, out));
    }
    return of_frame;
  }

  // All, where the connection has no other channel.
  bool carries(std::string_view symbol) const {
    bool has_other = false;
    for (const auto& [id, stream] : streams_) {
      if (stream.content == Content::ignored || stream.content == Content::liquidations) continue;
      if (stream.symbol == symbol) return true;
      has_other = true;
    }
    return !has_other;
  }

  json::Parser parser_;
  std::int64_t flags_ = 0;  // as acknowledged
  FrameCounter counter_;
  BySymbol<Stream> streams_;  // by chanId
  std::string_view id_, name_;
  std::vector<std::string_view> cells_;
  std::vector<std::size_t> rows_;               // where each begins in cells_
  bool has_payload_ = false, is_list_ = false;  // a list has several rows
  std::vector<std::string_view> tail_;          // numbers behind the payload
  std::vector<Level> bids_, asks_;
};

// As JavaScript writes numbers: below a millionth with an exponent.
void append_number(std::string& out, const Decimal& number) {
  const Decimal d = number.normalised();
  std::string digits = Decimal{d.mantissa(), 0}.to_text();
  const int exponent = d.scale() - static_cast<int>(digits.size()) + 1;
  if (exponent < 7) {
    out += d.to_text();
    return;
  }
  if (digits.size() > 1) digits.insert(1, 1, '.');
  out += fmt::format("{}e-{}", digits, exponent);
}

std::uint32_t checksum(const BookSides& book) {
  std::string text;
  const auto add = [&text](std::span<const Level> side, std::size_t i, std::string_view sign) {
    if (i >= side.size()) return;
    if (!text.empty()) text += ':';
    append_number(text, side[i].price);
    text += ':';
    text += sign;
    append_number(text, side[i].amount);
  };
  for (std::size_t i = 0; i < kChecksumDepth; ++i) {
    add(book.bids, i, "");
    add(book.asks, i, "-");
  }
  return crc32(text);
}

// Liquidations need a channel that tells the session which markets are carried.
std::vector<Connection> connections(Subscription subscription) {
  const bool liquidations = subscription.types.has(Type::liquidation);
  if (liquidations && !subscription.types.has(Type::trade) &&
      !subscription.types.has(Type::book_change)) {
    subscription.types.add(Type::derivative_ticker);
  }
  std::vector<Connection> out = venue::connections(kSubscribing, subscription);
  for (Connection& connection : out) {
    if (liquidations &&
        std::any_of(connection.symbols.begin(), connection.symbols.end(), is_perpetual))
      connection.send.emplace_back(kLiquidations);
  }
  return out;
}

// BTCUSD, DOGE:USD, BTCF0:USTF0
Market market(std::string_view pair) {
  Market out;
  out.symbol = fmt::format("t{}", pair);
  auto [base, quote] = split_first(pair, ':');
  if (quote.empty() && pair.size() > 3) {
    base = pair.substr(0, pair.size() - 3);
    quote = pair.substr(base.size());
  }
  out.kind = "spot";
  if (is_perpetual(pair)) {
    out.kind = "perpetual";
    if (base.ends_with("F0")) base.remove_suffix(2);
    if (quote.ends_with("F0")) quote.remove_suffix(2);
  }
  out.base = base;
  out.quote = quote;
  return out;
}

// [["BTCUSD","DOGE:USD",..],["BTCF0:USTF0",..]]. Prices have five significant digits, not a tick.
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  json::Parser parser;
  const bool read = parser.read_array(data, [&out](json::Value& list) {
    return list.array([&out](json::Value& value) {
      std::string_view pair;
      if (!value.is_string() || !value.text(pair) || pair.empty()) return false;
      out.push_back(market(pair));
      return true;
    });
  });
  if (!read) return malformed(kId, "broken market list");
  return {};
}

constexpr std::string_view kMarketLists[] = {
    "/v2/conf/pub:list:pair:exchange,pub:list:pair:futures"};

}  // namespace

const Venue bitfinex{
    .id = kId,
    .ws_url = kSubscribing.url,
    .rest_url = "https://api-pub.bitfinex.com",
    .types = {Type::trade, Type::book_change, Type::derivative_ticker, Type::liquidation},
    // Heartbeats of each channel every 15 s. 20 connections a minute.
    .limits = {.send_interval_ms = 100,
               .silence_ms = 45'000,
               .connect_interval_ms = 3'000,
               .rest_interval_ms = 4'000},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .checksum_depth = kChecksumDepth,
             .checksum = checksum,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::forward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> { return std::make_unique<BitfinexSession>(); },
};

}  // namespace md::venue
