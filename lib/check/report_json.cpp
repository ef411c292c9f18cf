// The report for programs: one JSON object a line, everything exact.
#include <fmt/format.h>

#include <iterator>

#include "check/report.hpp"
#include "codec/json_write.hpp"

namespace md::check {
namespace {

// Members of an object, one after another.
class Object {
 public:
  explicit Object(std::string_view record) { text("record", record); }

  void text(std::string_view key, std::string_view value) {
    name(key);
    std::string escaped(codec::escaped_size(value.size()), '\0');
    escaped.resize(
        static_cast<std::size_t>(codec::write_escaped(escaped.data(), value) - escaped.data()));
    out_ += fmt::format("\"{}\"", escaped);
  }
  template <typename T>
  void number(std::string_view key, T value) {
    name(key);
    out_ += fmt::format("{}", value);
  }
  void raw(std::string_view key, std::string_view json) {
    name(key);
    out_ += json;
  }
  void time(std::string_view key, Micros value) { text(key, to_iso(value)); }
  void stream(std::string_view recorder, std::string_view exchange, std::string_view symbol,
              std::string_view type) {
    if (!recorder.empty()) text("recorder", recorder);
    text("exchange", exchange);
    if (!symbol.empty()) text("symbol", symbol);
    if (!type.empty()) text("type", type);
  }
  std::string end() const { return out_ + "}"; }

 private:
  void name(std::string_view key) {
    out_ += fmt::format("{}\"{}\":", out_.empty() ? "{" : ",", key);
  }
  std::string out_;
};

class JsonReport final : public Report {
 public:
  explicit JsonReport(codec::Output output) : Report(std::move(output)) {}

 private:
  void write_finding(const Finding& f, Buffer& out) override {
    Object object{"finding"};
    object.text("kind", to_text(f.kind));
    object.stream(f.recorder, f.exchange, f.symbol,
                  f.kind == Kind::disconnect ? std::string_view{} : to_text(f.type));
    object.time("from", f.from);
    object.time("to", f.to);
    if (f.prev_seq) object.number("prevSeq", *f.prev_seq);
    if (f.seq) object.number("seq", *f.seq);
    if (!f.reason.empty()) object.text("reason", f.reason);
    if (f.messages != 0) object.number("messages", f.messages);
    line(object, out);
  }

  void write_stream(const StreamCheck& stream, Buffer& out) override {
    const Totals& t = stream.totals();
    Object object{"stream"};
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
    line(object, out);
  }

  void write_total(const Total& t, Buffer& out) override {
    Object object{"total"};
    object.number("streams", t.streams);
    counts(object, t);
    if (t.streams != 0) {
      object.time("first", t.first);
      object.time("last", t.last);
    }
    line(object, out);
  }

  template <typename Counts>
  static void counts(Object& object, const Counts& t) {
    object.number("messages", t.messages);
    object.number("holes", t.holes);
    object.number("duplicates", t.duplicates);
    object.number("disorder", t.disorder);
    object.number("backfilled", t.backfilled);
    object.number("silences", t.silences);
    object.number("disconnects", t.disconnects);
    object.number("crossed", t.crossed);
  }
  static void line(const Object& object, Buffer& out) {
    out.append(object.end());
    out.append('\n');
  }
};

}  // namespace

std::unique_ptr<Report> Report::json(codec::Output output) {
  return std::make_unique<JsonReport>(std::move(output));
}

}  // namespace md::check
