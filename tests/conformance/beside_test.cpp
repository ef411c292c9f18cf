// Connections beside each other: what several carry becomes events once, and no more and no less
// than one of them would have given.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "book/feed.hpp"
#include "codec/event_json.hpp"
#include "recordings.hpp"

namespace md::conformance {
namespace {

class Beside : public VenueTest {};
MD_FOR_EACH_VENUE(Beside);

constexpr std::uint32_t kCopy = 1000;
// Derivative tickers are completed with what came before, whichever connection brought it.
constexpr Types kCompared{Type::trade, Type::book_change, Type::book_ticker, Type::liquidation,
                          Type::gap};
constexpr Types kOfBooks{Type::book_change, Type::gap};

// Events as lines. Not compared: when they came, which a message that had to wait changes; and the
// order of different symbols and types.
class Lines final : public EventSink {
 public:
  void on_event(const Event& given) override {
    if (!types.has(given.type())) return;
    Event event = given;
    if (event.timestamp == event.local_timestamp) event.timestamp = 0;
    event.local_timestamp = 0;
    Buffer line;
    codec::append_event(line, event);
    streams[fmt::format("{} {}", event.symbol, to_text(event.type()))] += line.view();
  }
  Types types;
  std::map<std::string, std::string> streams;
};

// Up to the first end of a connection.
std::span<const Line> uninterrupted(const Case& golden) {
  std::size_t end = 0;
  while (end < golden.lines.size() && golden.lines[end]->kind != RawKind::disconnect) ++end;
  return std::span{golden.lines}.first(end);
}

// A feed whose connections are open before their first line, with copies beside them.
class Feeds {
 public:
  Feeds(const venue::Venue& venue, std::span<const Line> lines, Types types)
      : feed_(venue, {}, out) {
    out.types = types;
    std::set<std::uint32_t> numbers;
    for (const Line& line : lines)
      if (line->kind != RawKind::reply) numbers.insert(line->connection);
    for (const std::uint32_t number : numbers) {
      feed_.on_connect(number, {}, 1);
      originals_.push_back(number);
    }
  }
  void copy() {
    for (const std::uint32_t number : originals_) feed_.on_connect(number + kCopy, {}, 1, number);
  }
  void close_originals(Micros now) {
    for (const std::uint32_t number : originals_) feed_.on_disconnect(number, {}, "replaced", now);
  }
  venue::FrameKind take(const Line& line, std::uint32_t offset = 0) {
    if (line->kind == RawKind::connect) return venue::FrameKind::status;
    RawLine raw = *line;
    raw.connection += offset;
    const auto kind = feed_.on_raw(raw);
    return kind ? *kind : venue::FrameKind::unknown;
  }
  void finish(Micros now) { feed_.finish(now); }

  Lines out;

 private:
  book::Feed feed_;
  std::vector<std::uint32_t> originals_;
};

std::map<std::string, std::string> alone(const venue::Venue& venue, std::span<const Line> lines,
                                         Types types) {
  Feeds feed{venue, lines, types};
  for (const Line& line : lines) feed.take(line);
  feed.finish(lines.back()->local_timestamp);
  return feed.out.streams;
}

bool is_of_a_book(const std::pair<const std::string, std::string>& stream) {
  return stream.first.ends_with(" book_change") || stream.first.ends_with(" gap");
}

bool has_gap(const std::map<std::string, std::string>& streams) {
  return std::ranges::any_of(streams, [](const auto& s) { return s.first.ends_with(" gap"); });
}

std::map<std::string, std::string> without_handover_gaps(
    std::map<std::string, std::string> streams) {
  for (auto& [name, lines] : streams) {
    std::string kept;
    for (std::size_t begin = 0, end = 0; begin < lines.size(); begin = end) {
      end = lines.find('\n', begin) + 1;
      const std::string_view line = std::string_view{lines}.substr(begin, end - begin);
      if (line.find(R"("reason":"disconnect")") == std::string_view::npos) kept += line;
    }
    lines = kept;
  }
  std::erase_if(streams, [](const auto& stream) { return stream.second.empty(); });
  return streams;
}

// Both get all, now this one ahead, now that one. REST answers come to both.
TEST_P(Beside, TwoGiveWhatOneGives) {
  // A session that is told of a lost book reads what follows in another way; here it is told later
  // than the recording's was.
  const bool asks_in_order = Known{venue().id}.take("told-of-lost-books");
  for (const Case& golden : golden_cases(venue())) {
    const auto lines = uninterrupted(golden);
    if (lines.empty()) continue;
    SCOPED_TRACE(golden.name);
    Random random{golden.name};
    Feeds feed{venue(), lines, kCompared};
    feed.copy();
    for (std::size_t begin = 0; begin < lines.size();) {
      if (lines[begin]->kind == RawKind::reply) {
        feed.take(lines[begin++]);
        continue;
      }
      std::size_t end = begin;
      while (end < lines.size() && lines[end]->kind != RawKind::reply) ++end;
      for (std::size_t first = begin, second = begin; first < end || second < end;) {
        const bool is_first = second == end || (first < end && random.below(2) == 0);
        is_first ? feed.take(lines[first++]) : feed.take(lines[second++], kCopy);
      }
      begin = end;
    }
    feed.finish(lines.back()->local_timestamp);
    auto given = feed.out.streams, expected = alone(venue(), lines, kCompared);
    // Where books are followed, a hole of one connection is another's turn.
    const bool differ = venue().book_merge != venue::BookMerge::chain || asks_in_order;
    if (differ && has_gap(expected))
      std::erase_if(given, is_of_a_book), std::erase_if(expected, is_of_a_book);
    EXPECT_EQ(given, expected);
  }
}

// A connection takes over from another at every place of a recording: what follows the book's
// numbers goes on as if nothing had been.
TEST_P(Beside, TakingOverLosesNothing) {
  if (venue().book_merge != venue::BookMerge::chain) return;  // follow_book_test.cpp
  // One that joins without a snapshot of its own understands nothing.
  if (Known{venue().id}.take("chain-by-session")) return;
  for (const Case& golden : golden_cases(venue())) {
    const auto lines = uninterrupted(golden);
    if (lines.empty()) continue;
    SCOPED_TRACE(golden.name);
    const auto expected = without_handover_gaps(alone(venue(), lines, kOfBooks));
    for (std::size_t joins = 0; joins < lines.size(); ++joins) {
      const std::size_t leaves = std::min(lines.size(), joins + 1 + joins % 5);
      SCOPED_TRACE(fmt::format("joins at line {}, takes over at {}", joins + 1, leaves + 1));
      Feeds feed{venue(), lines, kOfBooks};
      // The new one knows what it is subscribed to.
      std::vector<const Line*> known;
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (i == joins) {
          feed.copy();
          for (const Line* line : known) feed.take(*line, kCopy);
        }
        if (i == leaves) feed.close_originals(lines[i]->local_timestamp);
        if (lines[i]->kind == RawKind::reply) {
          feed.take(lines[i]);
          continue;
        }
        if (i < leaves && feed.take(lines[i]) == venue::FrameKind::ack) known.push_back(&lines[i]);
        if (i >= joins) feed.take(lines[i], kCopy);
      }
      feed.finish(lines.back()->local_timestamp);
      // A connection that begins with a snapshot says nothing of what was right before it.
      auto given = without_handover_gaps(feed.out.streams);
      EXPECT_EQ(given, expected);
      if (HasFailure()) return;
    }
  }
}

}  // namespace
}  // namespace md::conformance
