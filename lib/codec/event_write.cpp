#include "codec/event_json.hpp"
#include "codec/json_write.hpp"

namespace md::codec {
namespace {

// Enough for all fixed text and numbers of any event: only strings and levels come on top.
constexpr std::size_t kFixedSize = 2048;
// {"price":,"amount":}, and two decimals.
constexpr std::size_t kLevelSize = 24 + 2 * Decimal::kMaxText;

std::size_t strings_size(std::span<const std::string_view> texts) {
  std::size_t size = 0;
  for (std::string_view text : texts) size += escaped_size(text.size()) + 3;
  return size;
}

struct SizeOf {
  std::size_t operator()(const Trade& e) const { return escaped_size(e.id.size()); }
  std::size_t operator()(const BookChange& e) const {
    return kLevelSize * (e.bids.size() + e.asks.size());
  }
  std::size_t operator()(const BookTicker&) const { return 0; }
  std::size_t operator()(const DerivativeTicker&) const { return 0; }
  std::size_t operator()(const Liquidation& e) const { return escaped_size(e.id.size()); }
  std::size_t operator()(const Connect& e) const {
    return strings_size(e.symbols) + escaped_size(e.reason.size());
  }
  std::size_t operator()(const Disconnect& e) const {
    return strings_size(e.symbols) + escaped_size(e.reason.size());
  }
  std::size_t operator()(const Gap& e) const { return strings_size(e.symbols); }
};

// Writes `,"name":value` pieces at a pointer into reserved space.
class Writer {
 public:
  explicit Writer(char* out) : out_(out) {}
  char* end() const { return out_; }

  // Text that is JSON already.
  template <std::size_t N>
  void raw(const char (&text)[N]) {
    std::memcpy(out_, text, N - 1);
    out_ += N - 1;
  }
  void text(std::string_view text) { out_ = write_escaped(out_, text); }
  void decimal(const Decimal& value) { out_ = value.write(out_); }
  void integer(std::int64_t value) { out_ = write_integer(out_, value); }
  void time(Micros value) { out_ = write_iso(value, out_); }

  void head(std::string_view type, const Event& event) {
    raw("{\"type\":\"");
    out_ = write_text(out_, type);
    if (!event.symbol.empty()) {
      raw("\",\"symbol\":\"");
      text(event.symbol);
    }
    raw("\",\"exchange\":\"");
    text(event.exchange);
    raw("\"");
  }
  void tail(const Event& event, bool with_timestamp = true) {
    if (with_timestamp) {
      raw(",\"timestamp\":\"");
      time(event.timestamp);
      raw("\"");
    }
    raw(",\"localTimestamp\":\"");
    time(event.local_timestamp);
    raw("\"}\n");
  }

  template <std::size_t N>
  void seq(const char (&key)[N], const Seq& value) {
    if (!value) return;
    raw(key);
    integer(*value);
  }
  template <std::size_t N>
  void optional(const char (&key)[N], const std::optional<Decimal>& value) {
    if (!value) return;
    raw(key);
    decimal(*value);
  }
  void levels(std::span<const Level> levels) {
    *out_++ = '[';
    for (const Level& level : levels) {
      raw("{\"price\":");
      decimal(level.price);
      raw(",\"amount\":");
      decimal(level.amount);
      raw("},");
    }
    if (!levels.empty()) --out_;
    *out_++ = ']';
  }
  void symbols(std::span<const std::string_view> symbols) {
    if (symbols.empty()) return;
    raw(",\"symbols\":[");
    for (std::string_view symbol : symbols) {
      raw("\"");
      text(symbol);
      raw("\",");
    }
    out_[-1] = ']';
  }

 private:
  char* out_;
};

struct Body {
  Writer& w;

  void operator()(const Trade& e) const {
    execution(e);
    w.seq(",\"seq\":", e.seq);
    if (e.backfilled) w.raw(",\"backfilled\":true");
  }
  void operator()(const BookChange& e) const {
    if (e.is_snapshot) {
      w.raw(",\"isSnapshot\":true,\"bids\":");
    } else {
      w.raw(",\"isSnapshot\":false,\"bids\":");
    }
    w.levels(e.bids);
    w.raw(",\"asks\":");
    w.levels(e.asks);
    w.seq(",\"prevSeq\":", e.prev_seq);
    w.seq(",\"seq\":", e.seq);
    if (e.rebuilt) w.raw(",\"rebuilt\":true");
  }
  void operator()(const BookTicker& e) const {
    w.optional(",\"askAmount\":", e.ask_amount);
    w.optional(",\"askPrice\":", e.ask_price);
    w.optional(",\"bidPrice\":", e.bid_price);
    w.optional(",\"bidAmount\":", e.bid_amount);
    w.seq(",\"seq\":", e.seq);
  }
  void operator()(const DerivativeTicker& e) const {
    w.optional(",\"lastPrice\":", e.last_price);
    w.optional(",\"openInterest\":", e.open_interest);
    w.optional(",\"fundingRate\":", e.funding_rate);
    if (e.funding_timestamp) {
      w.raw(",\"fundingTimestamp\":\"");
      w.time(*e.funding_timestamp);
      w.raw("\"");
    }
    w.optional(",\"predictedFundingRate\":", e.predicted_funding_rate);
    w.optional(",\"indexPrice\":", e.index_price);
    w.optional(",\"markPrice\":", e.mark_price);
  }
  void operator()(const Liquidation& e) const { execution(e); }
  void operator()(const Connect& e) const { connection(e.symbols, e.reason); }
  void operator()(const Disconnect& e) const { connection(e.symbols, e.reason); }
  void operator()(const Gap& e) const {
    w.symbols(e.symbols);
    w.raw(",\"channel\":\"");
    w.text(to_text(e.channel));
    w.raw("\"");
    w.seq(",\"prevSeq\":", e.prev_seq);
    w.seq(",\"seq\":", e.seq);
    w.raw(",\"reason\":\"");
    w.text(to_text(e.reason));
    w.raw("\"");
  }

 private:
  // What a trade and a liquidation share.
  void execution(const auto& e) const {
    if (!e.id.empty()) {
      w.raw(",\"id\":\"");
      w.text(e.id);
      w.raw("\"");
    }
    w.raw(",\"price\":");
    w.decimal(e.price);
    w.raw(",\"amount\":");
    w.decimal(e.amount);
    w.raw(",\"side\":\"");
    w.text(to_text(e.side));
    w.raw("\"");
  }
  void connection(std::span<const std::string_view> symbols, std::string_view reason) const {
    w.symbols(symbols);
    if (reason.empty()) return;
    w.raw(",\"reason\":\"");
    w.text(reason);
    w.raw("\"");
  }
};

}  // namespace

void append_event(Buffer& out, const Event& event) {
  const std::size_t size = kFixedSize + escaped_size(event.symbol.size() + event.exchange.size()) +
                           std::visit(SizeOf{}, event.body);
  Writer writer{out.reserve(size)};
  writer.head(to_text(event.type()), event);
  std::visit(Body{writer}, event.body);
  writer.tail(event, event.type() != Type::connect && event.type() != Type::disconnect);
  out.commit(writer.end());
}

}  // namespace md::codec
