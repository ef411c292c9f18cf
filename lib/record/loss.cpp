#include "record/loss.hpp"

#include <string_view>
#include <vector>

#include "codec/event_json.hpp"
#include "codec/raw_json.hpp"

namespace md::record {
namespace {

std::vector<std::string_view> symbols_of(const venue::Subscription& subscription) {
  return {subscription.symbols.begin(), subscription.symbols.end()};
}

class Appender final : public EventSink {
 public:
  explicit Appender(Buffer& out) : out_(out) {}
  void on_event(const Event& event) override { codec::append_event(out_, event); }

 private:
  Buffer& out_;
};

}  // namespace

void give_loss(EventSink& out, const venue::Venue& venue, const venue::Subscription& subscription,
               const Loss& loss) {
  const auto symbols = symbols_of(subscription);
  for (const Type type : {Type::trade, Type::book_change, Type::book_ticker,
                          Type::derivative_ticker, Type::liquidation}) {
    if (!subscription.types.has(type)) continue;
    const Gap gap{type, {}, {}, GapReason::overflow, symbols};
    out.on_event(Event{venue.id, {}, loss.first, loss.last, gap});
  }
}

void append_loss(Buffer& out, const venue::Venue& venue, const venue::Subscription& subscription,
                 bool raw, const Loss& loss) {
  if (!raw) {
    Appender lines{out};
    return give_loss(lines, venue, subscription, loss);
  }
  const auto symbols = symbols_of(subscription);
  const std::string reason = "overflow: lines lost since " + to_iso(loss.first);
  RawLine line;
  line.kind = RawKind::disconnect;
  line.exchange = venue.id;
  line.local_timestamp = loss.last;
  line.symbols = symbols;
  line.reason = reason;
  codec::append_raw(out, line);
}

}  // namespace md::record
