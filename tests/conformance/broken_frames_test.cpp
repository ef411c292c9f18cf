// Frames cut short, and frames of garbage.
#include <fmt/format.h>

#include "../fuzz/harness.hpp"
#include "book/feed.hpp"
#include "recordings.hpp"
#include "venue/inflate.hpp"

namespace md::conformance {
namespace {

using venue::FrameKind;

class BrokenFrames : public VenueTest {};
MD_FOR_EACH_VENUE(BrokenFrames);

std::string_view kind_of(const Result<FrameKind>& kind) {
  return kind ? to_text(*kind) : std::string_view{"malformed"};
}

// What is wrong with how a part of a line's payload was taken; empty where nothing is.
std::string judge_part(const Line& line, const Result<FrameKind>& kind, const Transcript& given) {
  if (given.gave_data) return "gives " + given.text;
  if (is_word(line->data)) return {};  // a ping's beginning may be a ping
  if (!given.text.empty()) return "asks for something: " + given.text;
  // An answer is judged by what was asked: a list is read by others, and a failure is an error.
  if (line->kind == RawKind::reply || !kind || *kind == FrameKind::unknown) return {};
  return fmt::format("is taken for {}", kind_of(kind));
}

// Each payload of a case is cut at every byte, in the state that the lines before it made; then it
// comes whole. The parts give nothing and leave nothing behind; those that are whole frames of
// their own are counted.
void cut_everywhere(const venue::Venue& venue, const Case& golden, bool parts_may_be_whole,
                    std::size_t& whole_parts) {
  Sessions sessions{venue}, spared{venue};
  std::size_t number = 0;
  for (const Line& line : golden.lines) {
    ++number;
    for (std::size_t size = 0; line.has_payload() && size < line->data.size(); ++size) {
      const Padded part{line->data.substr(0, size)};
      Transcript given;
      const auto kind = sessions.take(*line, line->connection, part.view(), given);
      const std::string wrong = judge_part(line, kind, given);
      if (wrong.empty()) continue;
      ++whole_parts;
      ASSERT_TRUE(parts_may_be_whole)
          << "line " << number << ", its first " << size << " bytes: " << wrong << '\n'
          << part.view();
    }
    Transcript out, expected;
    (void)sessions.take(*line, out);
    (void)spared.take(*line, expected);
    if (parts_may_be_whole) continue;
    ASSERT_EQ(out.text, expected.text) << "line " << number << " behind parts of it\n"
                                       << line.text();
  }
}

TEST_P(BrokenFrames, APartGivesNothing) {
  Known known{venue().id};
  const bool parts_may_be_whole = known.take("parts-are-whole");
  std::size_t whole_parts = 0;
  for (const Case& golden : golden_cases(venue())) {
    SCOPED_TRACE(golden.name);
    cut_everywhere(venue(), golden, parts_may_be_whole, whole_parts);
  }
  if (parts_may_be_whole) {
    EXPECT_GT(whole_parts, 0u) << "known.txt says parts-are-whole: none was";
  }
}

// ---- Garbage ----

void put(std::string& text, std::size_t at, std::size_t size, std::string_view instead) {
  at = std::min(at, text.size());
  text.replace(at, std::min(size, text.size() - at), instead);
}

// A value of JSON gives way to one of another kind, a number to one out of range.
void change_value(std::string& text, Random& random) {
  constexpr std::string_view kValues[] = {"null",
                                          "\"\"",
                                          "0",
                                          "-1",
                                          "[]",
                                          "{}",
                                          "[[]]",
                                          "true",
                                          "\"x\"",
                                          "1e400",
                                          "-0.0",
                                          "\"NaN\"",
                                          "99999999999999999999999999999999999999999",
                                          "9223372036854775807",
                                          "-9223372036854775808",
                                          "18446744073709551616",
                                          "0.0000000000000000000000000000000000000000000000000001",
                                          "\"\\u0000\\ud83d\\ude00\\\"\"",
                                          "253402300800000000",
                                          "[[\"1\",\"2\"]]",
                                          "[null,null]"};
  const std::size_t from = text.find_first_of(":,[", random.below(text.size()));
  if (from == std::string::npos) return;
  const std::size_t end = std::min(text.find_first_of(",]}", from + 1), text.size());
  put(text, from + 1, end - from - 1, kValues[random.below(std::size(kValues))]);
}

std::string random_bytes(std::size_t size, Random& random) {
  std::string bytes;
  while (bytes.size() < size) bytes += static_cast<char>(random.below(256));
  return bytes;
}

std::string garbled(std::string_view frame, std::string_view other, Random& random) {
  std::string text{frame};
  for (std::size_t changes = 1 + random.below(4); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = random.below(text.size()), size = 1 + random.below(16);
    switch (random.below(8)) {
      case 0:
        text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
        break;
      case 1:
        put(text, at, size, random_bytes(size, random));
        break;
      case 2:
        put(text, at, size, {});
        break;
      case 3:
        text.insert(at, text.substr(at, size));
        break;
      case 4:  // of another frame: what is whole in itself, in the wrong place
        text = text.substr(0, at) + std::string(other.substr(random.below(other.size() + 1)));
        break;
      default:
        change_value(text, random);
    }
  }
  return text;
}

// In the state that the lines before it made, each payload comes garbled many times. No step beyond
// the text's end (the sanitizer builds see those), and each event that comes is a valid line.
TEST_P(BrokenFrames, GarbageIsSurvived) {
  constexpr int kTimes = 200;
  venue::Inflater inflater;
  std::size_t events = 0;
  for (const Case& golden : golden_cases(venue())) {
    SCOPED_TRACE(golden.name);
    Random random{golden.name};
    for (std::size_t i = 0; i < golden.lines.size(); ++i) {
      if (!golden.lines[i].has_payload()) continue;
      RawLine raw = *golden.lines[i];
      // Damage of compressed bytes is all the same: what matters is in their text.
      std::string_view text = raw.data;
      if (is_word(text) || !inflater.inflate(text, text)) text = raw.data;
      const std::string payload{text};
      fuzz::Survival out;
      book::Feed feed{venue(), {}, out};
      for (std::size_t before = 0; before < i; ++before) (void)feed.on_raw(*golden.lines[before]);
      for (int time = 0; time < kTimes; ++time) {
        const std::string_view other = golden.lines[random.below(golden.lines.size())]->data;
        const Padded data{time % 8 == 7 ? garbled(raw.data, other, random)
                                        : garbled(payload, other, random)};
        RawLine broken = raw;
        broken.data = data.view();
        (void)feed.on_raw(broken);
        ASSERT_EQ(out.problem(), "") << "from " << data.view();
      }
      for (std::size_t behind = i; behind < golden.lines.size(); ++behind)
        (void)feed.on_raw(*golden.lines[behind]);
      feed.finish(raw.local_timestamp);
      ASSERT_EQ(out.problem(), "");
      events += out.events();
    }
  }
  EXPECT_GT(events, 0u);
}

}  // namespace
}  // namespace md::conformance
