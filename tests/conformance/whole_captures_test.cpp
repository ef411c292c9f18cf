// What exchanges really sent: the captures of $MD_CAPTURES, whole, through the feed.
//
// <id>.raw.ndjson.zst must be understood to the last frame. <id>-v1.raw.ndjson.zst and
// <id>-legacy.raw.ndjson.zst speak a protocol that the venue has replaced: its adapters must say so
// and invent nothing. Prints what was counted.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "book/book.hpp"
#include "book/feed.hpp"
#include "recordings.hpp"

namespace md::conformance {
namespace {

using venue::FrameKind;

struct Capture {
  std::string name, path;          // empty without MD_CAPTURES
  const venue::Venue* venue = {};  // null: none of ours
  bool legacy = false;
};

// "kraken-v1-legacy" is "kraken" without what says that its protocol is of before.
std::string venue_of(std::string name, bool& legacy) {
  constexpr std::string_view kLegacy = "-legacy";
  legacy = name.ends_with(kLegacy);
  if (legacy) name.resize(name.size() - kLegacy.size());
  const std::size_t digits = name.find_last_not_of("0123456789") + 1;
  if (digits >= 2 && digits < name.size() && name.compare(digits - 2, 2, "-v") == 0) {
    legacy = true;
    name.resize(digits - 2);
  }
  return name;
}

std::vector<Capture> captures() {
  const char* const directory = std::getenv("MD_CAPTURES");
  if (directory == nullptr) return {{"none", {}}};
  constexpr std::string_view kSuffix = ".raw.ndjson.zst";
  std::vector<Capture> out;
  for (const auto& entry : std::filesystem::directory_iterator{directory}) {
    const std::string file = entry.path().filename().string();
    if (!file.ends_with(kSuffix)) continue;
    const std::string name = file.substr(0, file.size() - kSuffix.size());
    bool legacy = false;
    const std::string id = venue_of(name, legacy);
    const venue::Venue* const same = venue::find(id);  // by its id or an alias
    std::size_t of_venues = 0;
    // Of an old recording nobody knows which of a family's venues it would be.
    for (const venue::Venue* v : venue::all())
      if (v == same || (legacy && v->id.starts_with(id + '-')))
        out.push_back({legacy ? fmt::format("{}_as_{}", name, v->id) : name, entry.path().string(),
                       v, legacy}),
            ++of_venues;
    if (of_venues == 0) out.push_back({name, entry.path().string(), nullptr, legacy});
  }
  if (out.empty()) out.push_back({"none", {}});
  std::sort(out.begin(), out.end(),
            [](const Capture& a, const Capture& b) { return a.name < b.name; });
  return out;
}

// Rebuilds each book, and finds where it is broken or stays crossed.
class Rebuilder final : public EventSink {
 public:
  void on_event(const Event& event) override {
    if (!event.symbol.empty()) symbols.emplace(event.symbol);
    if (const auto* gap = event.as<Gap>()) {
      if (gap->reason != GapReason::sequence && gap->reason != GapReason::checksum) return;
      ++gaps;
      note(event, fmt::format("gap {} {} -> {}", to_text(gap->reason), text(gap->prev_seq),
                              text(gap->seq)));
    }
    const auto* change = event.as<BookChange>();
    if (change == nullptr) return;
    State& state = books[std::string(event.symbol)];
    if (!change->is_snapshot &&
        (!state.begun || (change->prev_seq && change->prev_seq != state.seq))) {
      ++unchained;
      note(event, fmt::format("change {} -> {} behind {}", text(change->prev_seq),
                              text(change->seq), text(state.seq)));
    }
    state.begun = true;
    state.seq = change->seq;
    state.book.apply(*change);
    const bool was_crossed = std::exchange(state.crossed, state.book.crossed());
    if (was_crossed && state.crossed) {
      ++crossed;
      note(event, fmt::format("crossed: bid {} ask {}", state.book.best_bid()->price.to_text(),
                              state.book.best_ask()->price.to_text()));
    }
  }

  std::set<std::string, std::less<>> symbols;
  std::uint64_t gaps = 0, unchained = 0, crossed = 0;
  std::string notes;  // the first of each symbol's troubles

 private:
  struct State {
    book::Book book;
    bool begun = false, crossed = false;
    Seq seq;
  };
  static std::string text(const Seq& seq) { return seq ? std::to_string(*seq) : "-"; }
  void note(const Event& event, const std::string& trouble) {
    if (++noted[std::string(event.symbol)] > 3) return;
    notes += fmt::format("  {} {} {}\n", event.symbol, to_iso(event.local_timestamp), trouble);
  }

  std::map<std::string, State> books;
  std::map<std::string, int> noted;
};

// Recordings by cryptofeed have compressed frames as Python prints bytes: b'\x1f\x8b\t'. The bytes,
// with the padding that adapters need; nothing where it is not such a text.
std::optional<Padded> python_bytes(std::string_view text) {
  if (text.size() < 3 || text[0] != 'b' || (text[1] != '\'' && text[1] != '"') ||
      text.back() != text[1]) {
    return {};
  }
  std::string bytes;
  text = text.substr(2, text.size() - 3);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      bytes += text[i];
      continue;
    }
    const char kind = text[++i];
    unsigned code = 0;
    if (kind == 'x' &&
        std::from_chars(&text[i] + 1, text.data() + std::min(i + 3, text.size()), code, 16).ec ==
            std::errc{}) {
      bytes += static_cast<char>(code);
      i += 2;
    } else {
      bytes += kind == 'n' ? '\n' : kind == 'r' ? '\r' : kind == 't' ? '\t' : kind;
    }
  }
  return Padded{bytes};
}

// What a capture's frames made, with an example of each frame that was not understood.
struct Outcome {
  Rebuilder out;
  book::Feed::Counts counts;
  std::string examples;
  std::set<std::string, std::less<>> listed;  // markets
  std::uint64_t broken_lists = 0;
};

void read_capture(const Capture& capture, Outcome& o) {
  auto in = codec::LineReader::open(capture.path);
  ASSERT_TRUE(in) << in.error().text();
  book::Feed feed{*capture.venue, {}, o.out};
  codec::RawReader reader;
  Micros last = 0;
  std::size_t shown = 0;
  std::string_view line;
  for (auto read = in->next(line); read != codec::LineReader::Read::end; read = in->next(line)) {
    RawLine raw;
    ASSERT_EQ(read, codec::LineReader::Read::line) << in->damage().text();
    ASSERT_TRUE(reader.read(line, raw)) << reader.error().text();
    last = raw.local_timestamp;
    const std::optional<Padded> bytes = python_bytes(raw.data);
    if (bytes) raw.data = bytes->view();
    const auto kind = feed.on_raw(raw);
    if ((!kind || *kind == FrameKind::unknown) && ++shown <= (capture.legacy ? 1u : 5u))
      o.examples += fmt::format(
          "  line {} {}: {}{}\n", in->line_number(), kind ? "unknown" : kind.error().message,
          raw.request.empty() ? "" : fmt::format("{} ", raw.request), raw.data.substr(0, 300));
    if (!kind || *kind != FrameKind::markets || raw.kind != RawKind::reply) continue;
    std::vector<venue::Market> markets;
    if (const auto list = capture.venue->read_markets(raw.data, markets); !list) {
      if (++o.broken_lists <= 5)
        o.examples += fmt::format("  line {} {}\n", in->line_number(), list.error().message);
    }
    for (venue::Market& market : markets) o.listed.insert(std::move(market.symbol));
  }
  feed.finish(last);
  o.counts = feed.counts();
}

void print(const Capture& capture, const Outcome& o) {
  std::string text = fmt::format("{}: frames:", capture.name);
  for (std::size_t i = 0; i < o.counts.frames.size(); ++i)
    if (o.counts.frames[i] != 0)
      text += fmt::format(" {}={}", to_text(static_cast<FrameKind>(i)), o.counts.frames[i]);
  text += fmt::format(" malformed={}\n{}: events:", o.counts.malformed, capture.name);
  for (std::size_t i = 0; i < o.counts.events.size(); ++i)
    if (o.counts.events[i] != 0)
      text += fmt::format(" {}={}", to_text(static_cast<Type>(i)), o.counts.events[i]);
  fmt::print("{}; {} symbols, {} markets listed; unanswered={} impossible_times={}\n{}{}", text,
             o.out.symbols.size(), o.listed.size(), o.counts.unanswered, o.counts.impossible_times,
             o.examples, o.out.notes);
}

class WholeCaptures : public testing::TestWithParam<Capture> {};

TEST_P(WholeCaptures, AreUnderstood) {
  const Capture& capture = GetParam();
  if (capture.path.empty()) GTEST_SKIP() << "MD_CAPTURES names no directory of captures";
  if (capture.venue == nullptr) {
    fmt::print("{}: no venue of ours\n", capture.name);
    return;
  }
  Outcome o;
  read_capture(capture, o);
  if (HasFatalFailure()) return;
  print(capture, o);

  Known known{capture.name};
  const auto given = [&](Type type) { return o.counts.events[static_cast<std::size_t>(type)]; };
  if (capture.legacy) {
    std::uint64_t events = 0;
    for (const Type type : {Type::trade, Type::book_change, Type::book_ticker,
                            Type::derivative_ticker, Type::liquidation})
      events += given(type);
    EXPECT_EQ(events, known.take_number("events")) << "from a protocol that is not spoken";
    known.expect_all_taken({""});
    return;
  }
  // Each number is that of known.txt, 0 where it does not stand there.
  EXPECT_EQ(o.counts.frames[static_cast<std::size_t>(FrameKind::unknown)],
            known.take_number("unknown"));
  EXPECT_EQ(o.counts.malformed, known.take_number("malformed"));
  EXPECT_EQ(o.counts.impossible_times, known.take_number("impossible-times"));
  EXPECT_EQ(o.out.gaps, known.take_number("gap"));
  EXPECT_EQ(o.out.unchained, known.take_number("unchained"));
  EXPECT_EQ(o.out.crossed, known.take_number("crossed"));
  EXPECT_EQ(o.broken_lists, known.take_number("broken-lists"));
  std::string unlisted;
  std::uint64_t missing = 0;
  for (const std::string& symbol : o.out.symbols)
    if (!o.listed.empty() && !o.listed.contains(symbol)) unlisted += ' ' + symbol, ++missing;
  EXPECT_EQ(missing, known.take_number("unlisted")) << "not in the market list:" << unlisted;
  known.expect_all_taken({"unknown", "malformed", "impossible-times", "gap", "unchained", "crossed",
                          "broken-lists", "unlisted"});
}

INSTANTIATE_TEST_SUITE_P(Capture, WholeCaptures, testing::ValuesIn(captures()),
                         [](const auto& test) { return test_name(test.param.name); });

}  // namespace
}  // namespace md::conformance
