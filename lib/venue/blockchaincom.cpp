// Blockchain.com Exchange, spot. https://exchange.blockchain.com/api/ (read 2026-11-20)
//
// seqnum counts all frames of a connection, of whatever channel, from 0. Book (l2: all levels):
//   1. subscribe: a snapshot comes on the stream;  2. "updated" carries absolute amounts, 0
//   removes;
//   3. a hole in seqnum may concern any book: leave the connection, all begins anew on the next.
// So a book's messages have no number of their own. The handshake needs an Origin. Numbers are
// bare, some with exponents. Whose side a trade has is not documented: the taker's, as others take
// it. Trade ids prove nothing. Markets are quiet for long: heartbeats tell that a connection lives.
#include "codec/json.hpp"
#include "venue/markets.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "blockchaincom";

constexpr Channel kChannels[] = {{Type::trade, "trades"}, {Type::book_change, "l2"}};
constexpr std::string_view kFirst[] = {R"({"action":"subscribe","channel":"heartbeat"})"};
// Small connections: each loss costs a whole one.
constexpr Subscribing kSubscribing{
    .url = "wss://ws.blockchain.info/mercury-gateway/v1/ws",
    .channels = kChannels,
    .argument = "",
    .subscribe = R"({"action":"subscribe","channel":"$channel","symbol":"$symbol"})",
    .unsubscribe = R"({"action":"unsubscribe","channel":"$channel","symbol":"$symbol"})",
    .streams_per_connection = 100,
    .first = kFirst};

class BlockchaincomSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    channel_ = event_ = {};
    row_ = {};
    seqnum_.reset();
    bids_.clear();
    asks_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_field(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    follow_numbers(out);
    if (event_ == "subscribed" || event_ == "unsubscribed") return FrameKind::ack;
    if (event_ == "rejected") return FrameKind::error;
    if (event_ != "snapshot" && event_ != "updated") return FrameKind::unknown;
    if (channel_ == "l2") return give_book(kId, row_, event_ == "snapshot", bids_, asks_, out);
    if (channel_ == "trades")
      return event_ == "snapshot" ? FrameKind::history : give_trade(kId, row_, out);
    if (channel_ == "heartbeat") return FrameKind::heartbeat;
    if (channel_ == "symbols") return FrameKind::markets;
    const bool known = channel_ == "l3" || channel_ == "ticker" || channel_ == "prices";
    return known ? FrameKind::ignored : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink&) override {
    if (reply.status != 200) return FrameKind::error;
    // `instruments` until 2022.
    const std::string_view what = last_component(reply.request);
    return what == "symbols" || what == "instruments" ? FrameKind::markets : FrameKind::unknown;
  }

 private:
  bool read_field(json::Key key, json::Value& value) {
    if (key == "seqnum") return value.integer(seqnum_);
    if (key == "event") return value.text(event_);
    if (key == "channel") return value.text(channel_);
    if (key == "symbol") return value.text(row_.symbol);
    // Of `l3`, levels are orders, of the same names.
    if (key == "bids") return value.levels("px", "qty", bids_);
    if (key == "asks") return value.levels("px", "qty", asks_);
    if (key == "timestamp") return value.text(row_.time);
    if (key == "side") return value.text(row_.side);
    if (key == "qty") return value.text(row_.amount);
    if (key == "price") return value.is_array() || value.text(row_.price);  // a candle of `prices`
    if (key == "trade_id") return value.text(row_.id);
    return true;
  }

  // Says what is missing before this frame, which itself is whole.
  void follow_numbers(Sink& out) {
    if (!seqnum_) return;
    if (last_seqnum_ && *seqnum_ != integer_after(*last_seqnum_)) {
      out.on_event(
          {{}, {}, 0, 0, Gap{Type::book_change, last_seqnum_, seqnum_, GapReason::sequence, {}}});
      out.on_request({Request::Kind::reconnect, "a hole in seqnum"});
    }
    last_seqnum_ = seqnum_;
  }

  json::Parser parser_;
  std::string_view channel_, event_;
  Row row_;
  Seq seqnum_, last_seqnum_;
  std::vector<Level> bids_, asks_;
};

// {"BTC-USD":{"base_currency":"BTC","min_price_increment":10,"min_price_increment_scale":2,..},..}
// where steps are integers and the decimal places they stand at.
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  bool whole = true;
  MD_CHECK(read_market_list(
      kId, data, "", out,
      [](json::Key key, json::Value& value, MarketRow& row) {
        if (key == "symbol") return value.text(row.symbol);
        if (key == "base_currency") return value.text(row.base);
        if (key == "counter_currency") return value.text(row.quote);
        if (key == "status") return value.text(row.status);
        if (key == "min_price_increment") return value.text(row.tick);
        if (key == "min_price_increment_scale") return value.text(row.extra);
        if (key == "lot_size") return value.text(row.step);
        if (key == "lot_size_scale") return value.text(row.extra2);
        return true;
      },
      [&whole](const MarketRow& row, Market& market) {
        const auto scale = [&whole](Decimal& step, std::string_view decimals) {
          Decimal unit;
          std::int64_t places;
          if (!read_integer(decimals, places) || !step_of(places, unit) || step.scale() != 0)
            return whole = false;
          step = Decimal{step.mantissa(), unit.scale()};
          return true;
        };
        market.active = row.status == "open";
        return scale(market.tick, row.extra) && scale(market.step, row.extra2);
      }));
  if (!whole) return malformed(kId, "market without a scale");
  return {};
}

constexpr std::string_view kMarketLists[] = {"/v3/exchange/symbols"};
constexpr HttpField kHandshake[] = {{"Origin", "https://exchange.blockchain.com"}};

}  // namespace

const Venue blockchaincom{
    .id = "blockchaincom",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.blockchain.com",
    .handshake = kHandshake,
    .types = {Type::trade, Type::book_change},
    // A heartbeat every 5 seconds. 1200 messages a minute are said to be allowed.
    .limits = {.send_interval_ms = 50,
               .silence_ms = 30'000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 1000},
    .book = {.snapshot = BookRule::Snapshot::in_stream,
             .resubscribe = [](std::string_view s) { return resubscribe_book(kSubscribing, s); }},
    .book_merge = BookMerge::follow,
    .trade_ids = TradeIds::unique,
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> {
      return std::make_unique<BlockchaincomSession>();
    },
};

}  // namespace md::venue
