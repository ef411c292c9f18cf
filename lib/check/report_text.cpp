// The report for people.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/words.hpp"
#include "check/report.hpp"
#include "check/words.hpp"

namespace md::check {
namespace {

constexpr std::size_t kRows = 60;  // of streams without findings; the others are counted

std::string seconds(Micros time) {
  return fmt::format("{:.3f} s", static_cast<double>(time) / kSecond);
}

// Never 100 % when something is missing.
std::string percent(double share) {
  if (share >= 1) return "100";
  return fmt::format("{:.2f}", std::min(99.99, share * 100));
}

// What part of an hour could be covered: the stream began and ended somewhere.
double share_of(const Hour& hour, const Totals& totals) {
  const Micros from = std::max(totals.first, hour.hour * kHour);
  const Micros to = std::min(totals.last, (hour.hour + 1) * kHour);
  return to <= from ? 1.0 : static_cast<double>(hour.covered) / static_cast<double>(to - from);
}

// One sign for each hour: '#' whole, a digit for tenths, '.' none, ' ' before and after the stream.
char sign(double share) {
  if (share >= 0.9999) return '#';
  if (share <= 0) return '.';
  return static_cast<char>('0' + std::min(9, static_cast<int>(share * 10)));
}

class TextReport final : public Report {
 public:
  explicit TextReport(codec::Output output) : Report(std::move(output)) {}

 private:
  void write_finding(const Finding& f, Buffer& out) override {
    const bool of_connection = f.kind == Kind::disconnect;
    const std::string_view type = of_connection ? std::string_view{} : to_text(f.type);
    std::string line = fmt::format("{:<10} {}: ", to_text(f.kind),
                                   stream_name(f.recorder, f.exchange, f.symbol, type));
    if (f.prev_seq && f.seq) line += fmt::format("{} to {}, ", *f.prev_seq, *f.seq);
    if (f.messages != 0)
      line += counted(f.messages, f.kind == Kind::crossed ? "message" : "trade") + ", ";
    line += f.from == f.to ? to_iso(f.to)
                           : fmt::format("{} to {} ({})", to_iso(f.from), to_iso(f.to),
                                         seconds(f.to - f.from));
    if (!f.reason.empty() && f.reason != "trade-id") line += ", " + printable(f.reason);
    line += '\n';
    out.append(line);
  }

  void write_stream(const StreamCheck& stream, Buffer& out) override {
    const Totals& t = stream.totals();
    const bool clean =
        t.holes + t.duplicates + t.disorder + t.silences + t.disconnects + t.crossed == 0;
    if (clean && ++clean_rows_ > kRows) return;
    const auto& s = stream.stream();
    std::string line =
        fmt::format("{:<10} {}: {}, {} to {}, {} % covered", clean ? "ok" : "stream",
                    stream_name(stream.recorder(), s.exchange, s.symbol, to_text(s.type)),
                    counted(t.messages, "message"), to_the_second(t.first), to_the_second(t.last),
                    percent(stream.coverage()));
    const std::pair<std::uint64_t, std::string_view> counts[] = {
        {t.holes, "hole"},       {t.duplicates, "duplicate"},   {t.disorder, "line out of order"},
        {t.silences, "silence"}, {t.disconnects, "disconnect"}, {t.crossed, "crossed book"}};
    for (const auto& [number, what] : counts) {
      if (number == 0) continue;
      line += what == "line out of order" ? fmt::format(", {} out of order", number)
                                          : ", " + counted(number, what);
    }
    if (t.backfilled != 0) line += fmt::format(", {} backfilled", t.backfilled);
    line += '\n';
    if (stream.coverage() < 0.999) append_hours(stream, line);
    out.append(line);
  }

  // A row of 24 signs for each day that is not whole.
  static void append_hours(const StreamCheck& stream, std::string& line) {
    const auto& hours = stream.hours();
    for (auto it = hours.begin(); it != hours.end();) {
      const std::int64_t day = it->hour / 24;
      const std::int64_t first = stream.totals().first / kHour;
      const std::int64_t last = stream.totals().last / kHour;
      std::string signs(24, ' ');
      for (std::int64_t h = 0; h < 24; ++h) {
        if (day * 24 + h >= first && day * 24 + h <= last) signs[static_cast<std::size_t>(h)] = '.';
      }
      for (; it != hours.end() && it->hour / 24 == day; ++it) {
        signs[static_cast<std::size_t>(it->hour % 24)] = sign(share_of(*it, stream.totals()));
      }
      if (signs.find_first_not_of("# ") == std::string::npos) continue;
      line += fmt::format("{:<10} {} [{}] by hour: # whole, 0-9 tenths, . none\n", "",
                          date_text(day), signs);
    }
  }

  void write_total(const Total& t, Buffer& out) override {
    if (clean_rows_ > kRows) {
      out.append(fmt::format("{:<10} {} without findings\n", "ok",
                             counted(clean_rows_ - kRows, "more stream")));
    }
    std::string line =
        fmt::format("{}, {}", counted(t.streams, "stream"), counted(t.messages, "message"));
    if (t.streams != 0)
      line += fmt::format(", {} to {}", to_the_second(t.first), to_the_second(t.last));
    line += ": " + (t.holes == 0 ? "no holes" : counted(t.holes, "hole"));
    if (t.duplicates != 0) line += ", " + counted(t.duplicates, "duplicate");
    if (t.disorder != 0) line += fmt::format(", {} out of order", t.disorder);
    if (t.silences != 0) line += ", " + counted(t.silences, "silence");
    if (t.disconnects != 0) line += ", " + counted(t.disconnects, "disconnect");
    if (t.crossed != 0) line += ", " + counted(t.crossed, "crossed book");
    if (t.backfilled != 0) line += fmt::format(", {} backfilled", t.backfilled);
    out.append(line);
    out.append('\n');
  }

  std::uint64_t clean_rows_ = 0;
};

}  // namespace

std::unique_ptr<Report> Report::text(codec::Output output) {
  return std::make_unique<TextReport>(std::move(output));
}

}  // namespace md::check
