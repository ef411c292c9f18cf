#include "record/snapshot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace md::record {
namespace {

double seconds(Micros time) { return static_cast<double>(time) / 1e6; }

// Families of samples, each behind its HELP and TYPE, with the samples of all venues.
class Page {
 public:
  // Of whom the samples to come are.
  void begin(std::string_view venue) { venue_ = venue; }

  Page& family(std::string_view name, std::string_view type, std::string_view help) {
    const auto same = [&](const Family& family) { return family.name == name; };
    const auto found = std::find_if(families_.begin(), families_.end(), same);
    current_ = static_cast<std::size_t>(found - families_.begin());
    if (found == families_.end()) {
      families_.push_back({std::string{name}, fmt::format("# HELP mdrecord_{0} {2}\n"
                                                          "# TYPE mdrecord_{0} {1}\n",
                                                          name, type, help)});
    }
    return *this;
  }
  // `labels`: further ones, such as `type="trade"`.
  template <typename Value>
  Page& sample(Value value, std::string_view labels = {}, std::string_view suffix = {}) {
    Family& family = families_[current_];
    fmt::format_to(std::back_inserter(family.text), "mdrecord_{}{}{{venue=\"{}\"{}{}}} {}\n",
                   family.name, suffix, venue_, labels.empty() ? "" : ",", labels, value);
    return *this;
  }
  std::string text() const {
    std::string all;
    for (const Family& family : families_) all += family.text;
    return all;
  }

 private:
  struct Family {
    std::string name;
    std::string text;
  };
  std::string_view venue_;
  std::vector<Family> families_;
  std::size_t current_ = 0;
};

void add_connections(const Snapshot& s, Page& page) {
  page.family("reconnects_total", "counter", "Connections that were lost and are back.")
      .sample(s.reconnects);
  page.family("connect_failures_total", "counter", "Attempts to connect that failed.")
      .sample(s.connect_failures);
  page.family("rollovers_total", "counter",
              "Connections replaced by others that were opened first.")
      .sample(s.rollovers);
  page.family("connection_open", "gauge", "Open connections of those that carry the same.");
  for (const Snapshot::Connection& c : s.connections)
    page.sample(c.open, fmt::format("connection=\"{}\"", c.number));
  page.family("seconds_since_last_message", "gauge",
              "Since a connection's last message, or since the start.");
  for (const Snapshot::Connection& c : s.connections)
    page.sample(static_cast<double>(c.silent_ms) / 1000,
                fmt::format("connection=\"{}\"", c.number));
}

void add_requests(const Snapshot& s, Page& page) {
  page.family("books", "gauge", "Books that had a message.").sample(s.books.known);
  page.family("books_live", "gauge", "Books that have their snapshot.").sample(s.books.live);
  page.family("rest_queue_requests", "gauge", "REST requests not answered yet, by urgency.");
  for (std::size_t i = 0; i < s.rest.queue.size(); ++i)
    page.sample(s.rest.queue[i],
                fmt::format("urgency=\"{}\"", venue::to_text(static_cast<venue::Urgency>(i))));
  page.family("rest_weight_used", "gauge",
              "Weight of REST requests in the venue's window, those of others included as far as "
              "it tells.")
      .sample(s.rest.weight_used);
  page.family("rest_refusals_total", "counter", "REST requests refused for their number: 429.")
      .sample(s.rest.refusals);
  page.family("rest_bans_total", "counter", "REST requests answered by a ban: 418 and 403.")
      .sample(s.rest.bans);
}

void add_streams(const Snapshot& s, Page& page) {
  page.family("silent_streams", "gauge",
              "Streams that should speak and do not, each with a warning.")
      .sample(s.streams.silent);
  page.family("dead_streams_total", "counter",
              "Streams found dead: the venue had newer data than they gave.")
      .sample(s.streams.dead);
}

void add_delays(const Snapshot& s, Page& page) {
  page.family("feed_delay_seconds", "summary",
              "From the venue's timestamp to ours, of trades, changes of books and tickers in the "
              "last minutes.");
  for (const double q : {0.5, 0.9, 0.99}) {
    if (const auto delay = s.delays.quantile(q))
      page.sample(seconds(*delay), fmt::format("quantile=\"{}\"", q));
  }
  page.sample(seconds(s.delays.sum()), {}, "_sum").sample(s.delays.count(), {}, "_count");
  page.family("clock_offset_seconds", "gauge",
              "How far our clock is ahead of the venue's at most: the least delay of the last "
              "minutes.");
  if (const auto least = s.delays.least()) page.sample(seconds(*least));
}

std::string bytes_text(std::uint64_t bytes) {
  const auto count = static_cast<double>(bytes);
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", count / 1024);
  if (bytes < std::uint64_t{1} << 30) return fmt::format("{:.1f} MiB", count / (1024 * 1024));
  return fmt::format("{:.1f} GiB", count / (1024 * 1024 * 1024));
}

std::string time_text(Micros time) { return to_iso(time).substr(0, 19) + "Z"; }

std::string duration_text(Micros time) {
  const std::int64_t whole = std::max<Micros>(time, 0) / kSecond;
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string_view state_text(const Snapshot& s) {
  if (s.stopped) return "stopped";
  if (s.waiting) return "waiting for the market list";
  return s.paused ? "recording; reading pauses, the output is slow" : "recording";
}

std::string open_connections(std::span<const Snapshot> snapshots) {
  int open = 0, wanted = 0;
  for (const Snapshot& s : snapshots) {
    for (const Snapshot::Connection& c : s.connections) {
      open += c.open;
      wanted += c.wanted;
    }
  }
  return fmt::format("{} of {}", open, wanted);
}

std::string connections_text(const Snapshot& s) {
  std::string text =
      fmt::format("{} open, {} reconnects, {} failed attempts, {} rollovers",
                  open_connections({&s, 1}), s.reconnects, s.connect_failures, s.rollovers);
  const auto quietest =
      std::max_element(s.connections.begin(), s.connections.end(),
                       [](const auto& a, const auto& b) { return a.silent_ms < b.silent_ms; });
  if (quietest != s.connections.end()) {
    text += fmt::format("; longest silence {:.1f} s (connection {})",
                        static_cast<double>(quietest->silent_ms) / 1000, quietest->number);
  }
  return text;
}

std::string requests_text(const Snapshot& s) {
  const std::size_t waiting =
      std::accumulate(s.rest.queue.begin(), s.rest.queue.end(), std::size_t{0});
  std::string text = fmt::format("{} by REST wait", waiting);
  if (s.rest.refusals + s.rest.bans != 0)
    text += fmt::format("; refused {} times, banned {} times", s.rest.refusals, s.rest.bans);
  return text;
}

std::string events_text(const Snapshot& s) {
  std::string text;
  for (std::size_t i = 0; i < s.feed.events.size(); ++i) {
    if (s.feed.events[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", s.feed.events[i],
                        to_text(static_cast<Type>(i)));
  }
  return text.empty() ? "none" : text;
}

std::string gaps_text(const Snapshot& s) {
  std::string text;
  for (std::size_t i = 0; i < s.gaps.size(); ++i) {
    if (s.gaps[i] == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", s.gaps[i],
                        to_text(static_cast<GapReason>(i)));
  }
  return text.empty() ? "none" : text;
}

std::string delay_text(const Snapshot& s) {
  const auto ms = [&](double q) { return seconds(*s.delays.quantile(q)) * 1000; };
  if (!s.delays.least()) return "unknown";
  return fmt::format("median {:.1f} ms, 90 % {:.1f} ms, 99 % {:.1f} ms", ms(0.5), ms(0.9),
                     ms(0.99));
}

std::string clock_text(const Snapshot& s) {
  const auto least = s.delays.least();
  if (!least) return "unknown";
  const double ms = seconds(*least) * 1000;
  return ms < 0 ? fmt::format("at least {:.1f} ms behind the venue's", -ms)
                : fmt::format("at most {:.1f} ms ahead of the venue's", ms);
}

void add_all(const Snapshot& s, Page& page) {
  page.begin(s.venue);
  page.family("start_time_seconds", "gauge", "When the recording began, since 1970.")
      .sample(fmt::format("{:.6f}", seconds(s.started)));
  page.family("symbols", "gauge", "Markets that are recorded.").sample(s.symbols);
  page.family("messages_total", "counter", "Messages received over WebSockets.").sample(s.messages);
  page.family("message_bytes_total", "counter", "Bytes of these messages.").sample(s.bytes);
  page.family("frames_total", "counter", "Messages and REST answers by what they were.");
  for (std::size_t i = 0; i < s.feed.frames.size(); ++i)
    page.sample(s.feed.frames[i],
                fmt::format("kind=\"{}\"", venue::to_text(static_cast<venue::FrameKind>(i))));
  page.sample(s.feed.malformed, "kind=\"malformed\"");
  page.family("events_total", "counter", "Events by type.");
  for (std::size_t i = 0; i < s.feed.events.size(); ++i)
    page.sample(s.feed.events[i], fmt::format("type=\"{}\"", to_text(static_cast<Type>(i))));
  page.family("repeated_total", "counter",
              "Messages known already: from a connection beside, or by their ids.")
      .sample(s.feed.repeated);
  page.family("gaps_total", "counter", "Gaps by reason.");
  for (std::size_t i = 0; i < s.gaps.size(); ++i)
    page.sample(s.gaps[i], fmt::format("reason=\"{}\"", to_text(static_cast<GapReason>(i))));
  page.family("checksum_failures_total", "counter", "Books that differed from their checksum.")
      .sample(s.gaps[static_cast<std::size_t>(GapReason::checksum)]);
  add_connections(s, page);
  add_requests(s, page);
  add_streams(s, page);
  add_delays(s, page);
  page.family("reading_paused", "gauge", "1 while the output is too slow and sockets are not read.")
      .sample(s.paused ? 1 : 0);
  page.family("queue_bytes", "gauge", "Bytes of lines that wait for the writer.")
      .sample(s.output.queued);
  page.family("queue_limit_bytes", "gauge", "Bytes from which on sockets are not read.")
      .sample(s.output.limit);
  page.family("output_line_bytes_total", "counter", "Bytes of lines recorded.")
      .sample(s.output.submitted);
  page.family("output_written_bytes_total", "counter",
              "Bytes written to the spool's files, compressed, or to standard output.")
      .sample(s.output.written);
}

}  // namespace

std::string metrics_text(std::span<const Snapshot> snapshots) {
  Page page;
  for (const Snapshot& s : snapshots) add_all(s, page);
  return page.text();
}

std::string status_text(const Snapshot& s, double rate, std::string_view watched_at) {
  std::string text = fmt::format("venue        {}\n", s.venue);
  const auto row = [&](std::string_view name, std::string_view value) {
    text += fmt::format("{:<13}{}\n", name, value);
  };
  row("state", state_text(s));
  row("at", fmt::format("{}, {} after the start", time_text(s.taken),
                        duration_text(s.taken - s.started)));
  row("markets", fmt::format("{}", s.symbols));
  row("connections", connections_text(s));
  row("streams", fmt::format("{} silent, {} found dead so far", s.streams.silent, s.streams.dead));
  row("messages", fmt::format("{}, {:.0f} a second, {}", s.messages, rate, bytes_text(s.bytes)));
  row("events", events_text(s));
  if (s.books.known != 0) row("books", books_text(s));
  row("requests", requests_text(s));
  row("gaps", gaps_text(s));
  row("feed delay", delay_text(s));
  row("clock", clock_text(s));
  row("output", fmt::format("{} written, {} of {} wait", bytes_text(s.output.written),
                            bytes_text(s.output.queued), bytes_text(s.output.limit)));
  if (!watched_at.empty()) row("metrics", watched_at);
  return text;
}

std::string books_text(const Snapshot& s) {
  return fmt::format("{} of {} have their snapshot", s.books.live, s.books.known);
}

std::string status_line(std::span<const Snapshot> snapshots, double rate) {
  const auto recording = std::count_if(snapshots.begin(), snapshots.end(),
                                       [](const Snapshot& s) { return !s.waiting && !s.stopped; });
  const std::string who =
      snapshots.size() == 1
          ? fmt::format("{}: {}", snapshots[0].venue, state_text(snapshots[0]))
          : fmt::format("{} of {} venues: recording", recording, snapshots.size());
  return fmt::format("{}; {} connections open, {:.0f} messages a second", who,
                     open_connections(snapshots), rate);
}

}  // namespace md::record
