#include "sim/recording.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "codec/raw_json.hpp"
#include "sim/wire.hpp"

namespace md::sim {
namespace {

constexpr Micros kLatency = 1'500;  // from the venue's clock to the recorder's
constexpr std::uint32_t kConnection = 1;
constexpr std::size_t kBatch = std::size_t{256} << 10;

}  // namespace

SyntheticRecording::SyntheticRecording(VenueMarket venue, const MarketOptions& market)
    : venue_(std::move(venue)),
      asked_(venue_.dialect->recording()),
      market_([&] {
        MarketOptions options = market;
        options.symbols = venue_.symbols;
        return options;
      }()),
      book_depths_(venue_.symbols.size(), 0),
      book_asked_(venue_.symbols.size(), asked_.book_targets.empty()) {}

Result<void> SyntheticRecording::write(std::uint64_t messages, const std::atomic<bool>& stop,
                                       codec::Output& out) {
  Buffer lines;
  begin(lines);
  for (std::uint64_t made = 0; (messages == 0 || made < messages) && !stop; ++made) {
    next(lines);
    if (lines.size() < kBatch) continue;
    MD_CHECK(out.write(lines.view()));
    lines.clear();
  }
  return out.write(lines.view());
}

void SyntheticRecording::begin(Buffer& out) {
  const Micros time = market_.time();
  reply(asked_.market_list, time, out);
  line(RawKind::connect, time, {}, {}, out);

  const auto wire = make_wire(venue_.venue, venue_.symbols);
  Talk talk;
  wire->on_open(asked_.ws_url, talk);
  for (const std::string& text : asked_.subscribe) {
    line(RawKind::sent, time, {}, text, out);
    wire->on_text(text, talk);
  }
  for (const std::string& answer : talk.answers)
    line(RawKind::frame, time + kLatency, {}, answer, out);
  for (const Stream& stream : talk.subscribe) {
    const auto found = std::find(venue_.symbols.begin(), venue_.symbols.end(), stream.symbol);
    const auto symbol = static_cast<std::size_t>(found - venue_.symbols.begin());
    if (stream.type == Type::book_change) book_depths_[symbol] = stream.depth;
    frame_.clear();
    if (venue_.dialect->begin_stream(market_, symbol, stream, frame_)) {
      line(RawKind::frame, time + kLatency, {}, frame_.view(), out);
    }
  }
}

void SyntheticRecording::next(Buffer& out) {
  const Message& message = market_.next();
  const bool is_book = message.type == Type::book_change;
  const Micros time = message.time + kLatency;
  frame_.clear();
  if (!venue_.dialect->encode(market_, message, is_book ? book_depths_[message.symbol] : 0, frame_))
    return;
  line(RawKind::frame, time, {}, frame_.view(), out);
  if (is_book && !book_asked_[message.symbol]) {
    book_asked_[message.symbol] = true;
    reply(asked_.book_targets[message.symbol], time, out);
  }
}

void SyntheticRecording::line(RawKind kind, Micros time, std::string_view request,
                              std::string_view data, Buffer& out) const {
  RawLine raw;
  raw.kind = kind;
  raw.exchange = venue_.venue;
  raw.local_timestamp = time;
  if (kind == RawKind::reply) {
    raw.request = request;
  } else {
    raw.connection = kConnection;
    raw.url = asked_.ws_url;
  }
  std::vector<std::string_view> symbols;
  if (kind == RawKind::connect) {
    symbols.assign(venue_.symbols.begin(), venue_.symbols.end());
    raw.symbols = symbols;
  } else {
    raw.payload = Payload::json;
    raw.data = data;
  }
  codec::append_raw(out, raw);
}

void SyntheticRecording::reply(const std::string& target, Micros time, Buffer& out) {
  line(RawKind::reply, time, asked_.rest_url + target, venue_.dialect->get(market_, target).body,
       out);
}

}  // namespace md::sim
