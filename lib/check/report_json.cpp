// The report for programs: one JSON object a line, everything exact.
#include <fmt/format.h>

#include "check/json_record.hpp"
#include "check/report.hpp"

namespace md::check {
namespace {

class JsonReport final : public Report {
 public:
  explicit JsonReport(codec::Output output) : Report(std::move(output)) {}

 private:
  void write_finding(const Finding& f, Buffer& out) override {
    JsonRecord object{"finding"};
    object.text("kind", to_text(f.kind));
    object.stream(f.recorder, f.exchange, f.symbol,
                  f.kind == Kind::disconnect ? std::string_view{} : to_text(f.type));
    object.time("from", f.from);
    object.time("to", f.to);
    if (f.prev_seq) object.number("prevSeq", *f.prev_seq);
    if (f.seq) object.number("seq", *f.seq);
    if (!f.reason.empty()) object.text("reason", f.reason);
    if (f.messages != 0) object.number("messages", f.messages);
    object.end(out);
  }

  void write_stream(const StreamCheck& stream, Buffer& out) override {
    const Totals& t = stream.totals();
    JsonRecord object{"stream"};
    object.stream(stream.recorder(), stream.stream().exchange, stream.stream().symbol,
                  to_text(stream.stream().type));
    counts(object, t);
    object.time("first", t.first);
    object.time("last", t.last);
    if (t.has_latency) {
      object.number("minLatencyMicros", t.min_latency);
      object.number("maxLatencyMicros", t.max_latency);
    }
    object.number("coverage", stream.coverage());
    std::string hours;
    for (const Hour& hour : stream.hours()) {
      hours += fmt::format("{}{{\"hour\":\"{}\",\"messages\":{},\"coveredMicros\":{}}}",
                           hours.empty() ? "" : ",", to_iso(hour.hour * kHour), hour.messages,
                           hour.covered);
    }
    object.raw("hours", "[" + hours + "]");
    object.end(out);
  }

  void write_total(const Total& t, Buffer& out) override {
    JsonRecord object{"total"};
    object.number("streams", t.streams);
    counts(object, t);
    if (t.streams != 0) {
      object.time("first", t.first);
      object.time("last", t.last);
    }
    object.end(out);
  }

  template <typename Counts>
  static void counts(JsonRecord& object, const Counts& t) {
    object.number("messages", t.messages);
    object.number("holes", t.holes);
    object.number("duplicates", t.duplicates);
    object.number("disorder", t.disorder);
    object.number("backfilled", t.backfilled);
    object.number("silences", t.silences);
    object.number("disconnects", t.disconnects);
    object.number("crossed", t.crossed);
  }
};

}  // namespace

std::unique_ptr<Report> Report::json(codec::Output output) {
  return std::make_unique<JsonReport>(std::move(output));
}

}  // namespace md::check
