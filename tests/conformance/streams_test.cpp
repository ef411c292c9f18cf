// The same frames give the same events: however connections take turns, and however often they are
// read.
#include <fmt/format.h>

#include "book/feed.hpp"
#include "book/normaliser.hpp"
#include "codec/event_json.hpp"
#include "recordings.hpp"

namespace md::conformance {
namespace {

class Streams : public VenueTest {};
MD_FOR_EACH_VENUE(Streams);

constexpr std::uint32_t kCopies = 3;

// Whose turn it is: each of the streams has `left[i]` lines left.
std::size_t pick(const std::vector<std::size_t>& left, Random& random) {
  std::size_t all = 0;
  for (const std::size_t count : left) all += count;
  std::size_t at = random.below(all);
  for (std::size_t i = 0;; ++i) {
    if (at < left[i]) return i;
    at -= left[i];
  }
}

// What a session says depends on the lines of its connection alone: copies of a recording under
// other numbers, their connections mixed at random, say what each connection says by itself.
TEST_P(Streams, SessionsAreTheirOwn) {
  for (const Case& golden : golden_cases(venue())) {
    SCOPED_TRACE(golden.name);
    // REST answers are a stream of their own, whose session all copies share, as in a feed.
    std::map<std::uint32_t, std::vector<const Line*>> connections;
    std::vector<const Line*> replies;
    for (const Line& line : golden.lines)
      (line->kind == RawKind::reply ? replies : connections[line->connection]).push_back(&line);
    struct Stream {
      std::uint32_t connection;
      const std::vector<const Line*>& lines;
      Transcript out{}, alone{};
    };
    std::vector<Stream> streams;
    for (std::uint32_t copy = 0; copy < kCopies; ++copy) {
      for (const auto& [connection, lines] : connections)
        streams.push_back({connection + copy * 1000, lines});
      streams.push_back({0, replies});
    }
    std::vector<std::size_t> left;
    for (Stream& stream : streams) {
      Sessions sessions{venue()};
      for (const Line* line : stream.lines) (void)sessions.take(**line, stream.alone);
      left.push_back(stream.lines.size());
    }
    Random random{golden.name};
    Sessions sessions{venue()};
    for (std::size_t lines = golden.lines.size() * kCopies; lines > 0; --lines) {
      const std::size_t turn = pick(left, random);
      Stream& stream = streams[turn];
      const RawLine& raw = **stream.lines[stream.lines.size() - left[turn]--];
      (void)sessions.take(raw, stream.connection, raw.data, stream.out);
    }
    for (const Stream& stream : streams) EXPECT_EQ(stream.out.text, stream.alone.text);
  }
}

class Lines final : public EventSink {
 public:
  void on_event(const Event& event) override { codec::append_event(events_, event); }
  std::string take() {
    std::string text{events_.view()};
    events_.clear();
    return text;
  }

 private:
  Buffer events_;
};

// All but derivative tickers, which a feed completes with what other connections told of a symbol,
// and trades, of which it gives each once, from whichever connection has it first.
constexpr Types kOfOneConnection{Type::book_change, Type::book_ticker, Type::liquidation,
                                 Type::connect,     Type::disconnect,  Type::gap};

// The books of a feed belong to their connections: copies of a recording under other numbers, mixed
// at random, give the events that the recording gives. A REST answer reaches the books of all
// connections; so all copies come up to it, and it is given once.
TEST_P(Streams, BooksAreTheirOwn) {
  for (const Case& golden : golden_cases(venue())) {
    SCOPED_TRACE(golden.name);
    const std::vector<Line>& lines = golden.lines;
    std::vector<std::string> alone;  // of each line, and of the end
    Lines out;
    {
      book::Feed feed{venue(), kOfOneConnection, out};
      for (const Line& line : lines) (void)feed.on_raw(*line), alone.push_back(out.take());
      feed.finish(lines.back()->local_timestamp);
      alone.push_back(out.take());
    }
    const auto of_all = [&](std::size_t line) {
      std::string all;
      for (std::uint32_t copy = 0; copy < kCopies; ++copy) all += alone[line];
      return all;
    };
    Random random{golden.name};
    book::Feed feed{venue(), kOfOneConnection, out};
    for (std::size_t begin = 0; begin < lines.size();) {
      if (lines[begin]->kind == RawKind::reply) {
        (void)feed.on_raw(*lines[begin]);
        EXPECT_EQ(out.take(), of_all(begin)) << "of line " << begin + 1;
        ++begin;
        continue;
      }
      std::size_t end = begin;
      while (end < lines.size() && lines[end]->kind != RawKind::reply) ++end;
      std::vector<std::size_t> left(kCopies, end - begin);
      for (std::size_t turns = kCopies * (end - begin); turns > 0; --turns) {
        const std::size_t copy = pick(left, random);
        const std::size_t line = end - left[copy]--;
        RawLine raw = *lines[line];
        raw.connection += static_cast<std::uint32_t>(copy) * 1000;
        (void)feed.on_raw(raw);
        EXPECT_EQ(out.take(), alone[line]) << "of line " << line + 1 << ", copy " << copy;
      }
      begin = end;
    }
    feed.finish(lines.back()->local_timestamp);
    EXPECT_EQ(out.take(), of_all(lines.size())) << "at the end";
  }
}

// The events of a file, whatever was read before it in the same program.
std::string normalised(const Case& golden) {
  auto in = codec::LineReader::open(fmt::format("{}/{}", MD_SOURCE_DIR, golden.name));
  if (!in) return in.error().text();
  book::Normaliser normaliser{{}};
  std::string_view line;
  while (in->next(line) == codec::LineReader::Read::line) (void)normaliser.add(line);
  normaliser.finish();
  return std::string{normaliser.events().view()};
}

TEST_P(Streams, AreDeterministic) {
  for (const Case& golden : golden_cases(venue())) {
    SCOPED_TRACE(golden.name);
    const std::string whole = normalised(golden);
    EXPECT_EQ(normalised(golden), whole);
    // Line by line, each in memory of its own, into a feed that is told nothing else.
    Lines out;
    book::Feed feed{venue(), {}, out};
    std::string pieces;
    for (const Line& line : golden.lines) {
      (void)feed.on_raw(*line);
      pieces += out.take();
      ASSERT_TRUE(whole.starts_with(pieces)) << "behind " << line.text();
    }
    feed.finish(golden.lines.back()->local_timestamp);
    EXPECT_EQ(pieces + out.take(), whole);
  }
}

}  // namespace
}  // namespace md::conformance
