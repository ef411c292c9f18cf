// Recorded lines in memory, and what sessions of a venue make of them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "codec/raw_json.hpp"
#include "venue/registry.hpp"
#include "venue/session_probe.hpp"

namespace md::conformance {

using venue::Padded;

// A raw line, and the reader that its views live in.
class Line {
 public:
  explicit Line(std::string_view text) : text_(text), raw_(reader_.read(text_.view())) {}
  bool is_raw() const { return raw_.has_value(); }
  const RawLine* operator->() const { return &*raw_; }
  const RawLine& operator*() const { return *raw_; }
  bool has_payload() const { return raw_->kind == RawKind::frame || raw_->kind == RawKind::reply; }
  std::string_view text() const { return text_.view(); }

 private:
  Padded text_;
  codec::RawReader reader_;
  Result<RawLine> raw_;
};

struct Case {
  std::string name;  // tests/golden/kraken/book.raw.ndjson
  std::vector<Line> lines;
};

// The golden cases of a venue, in order of their names. Fails the test where there is none.
std::vector<Case> golden_cases(const venue::Venue& venue);

// Everything a session says, as text.
class Transcript final : public venue::Sink {
 public:
  void on_event(const Event& event) override;
  void on_book(const venue::BookUpdate& update) override;
  void on_request(const venue::Request& request) override;

  std::string text;
  bool gave_data = false;  // an event or a book message
};

// The sessions of a recording: one a connection, and one that reads REST answers.
class Sessions {
 public:
  explicit Sessions(const venue::Venue& venue) : venue_(venue), replies_(venue.session()) {}

  // The line's payload, with kPadding readable bytes behind it; lines without one begin and end
  // sessions, and are `status`.
  Result<venue::FrameKind> take(const RawLine& line, std::uint32_t connection,
                                std::string_view data, venue::Sink& out);
  Result<venue::FrameKind> take(const RawLine& line, venue::Sink& out) {
    return take(line, line.connection, line.data, out);
  }

 private:
  const venue::Venue& venue_;
  std::map<std::uint32_t, std::unique_ptr<venue::Session>> sessions_;
  std::unique_ptr<venue::Session> replies_;
};

// Neither JSON nor compressed: a word such as "pong". Part of a word may be a word.
bool is_word(std::string_view data);

// Numbers that are the same on every machine; std::uniform_int_distribution's are not.
class Random {
 public:
  explicit Random(std::string_view seed) : engine_(hash64(seed)) {}
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }

 private:
  std::mt19937_64 engine_;
};

// known.txt: what stands there is expected of a venue, and a failure where it no longer is so.
class Known {
 public:
  explicit Known(std::string_view venue_or_capture);
  // Whether `what` is listed; it is then not asked for again.
  bool take(std::string_view what);
  // The number of "<what>=<number>", 0 where it is not listed.
  std::uint64_t take_number(std::string_view what);
  // Fails the test for each line that begins with one of these words and was not taken.
  void expect_all_taken(std::initializer_list<std::string_view> words) const;

 private:
  std::string owner_;
  std::vector<std::string> kinds_;
};

// One test a venue: the parameter's name is the venue's id with '_' for '-'.
class VenueTest : public testing::TestWithParam<const venue::Venue*> {
 protected:
  const venue::Venue& venue() const { return *GetParam(); }
};
std::string test_name(std::string_view id);

}  // namespace md::conformance

#define MD_FOR_EACH_VENUE(Suite)                                          \
  INSTANTIATE_TEST_SUITE_P(Venue, Suite, testing::ValuesIn(venue::all()), \
                           [](const auto& test) { return test_name(test.param->id); })
