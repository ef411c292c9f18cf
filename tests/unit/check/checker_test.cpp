// Outages, told from events in memory; what else a Checker finds is shown by tests/e2e/mdcheck.
#include "check/checker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"

namespace md::check {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Lines final : public Input {
 public:
  explicit Lines(std::string lines) : lines_(codec::LineReader::from_memory(std::move(lines))) {}
  Result<const dedupe::LineKey*> next() override {
    if (lines_.next(line_) != codec::LineReader::Read::line) return nullptr;
    if (!keys_.read(line_, key_)) return keys_.error();
    return &key_;
  }
  bool event(Event& event) override { return events_.read(line_, event); }

 private:
  codec::LineReader lines_;
  std::string_view line_;
  dedupe::KeyReader keys_;
  dedupe::LineKey key_;
  codec::EventReader events_;
};

class Found final : public FindingSink {
 public:
  void on_finding(const Finding& finding) override {
    if (finding.kind != Kind::disconnect) return;
    const auto minutes = [](Micros time) { return std::to_string(time / kMinute); };
    text.push_back(minutes(finding.from) + " to " + minutes(finding.to) + ' ' +
                   std::string(finding.symbol) + ' ' + std::string(finding.reason));
  }
  std::vector<std::string> text;
};

std::string quote(std::string_view symbol, int minute) {
  const std::string time = to_iso(minute * kMinute);
  return R"({"type":"book_ticker","symbol":")" + std::string(symbol) +
         R"(","exchange":"kraken","bidPrice":1,"timestamp":")" + time + R"(","localTimestamp":")" +
         time + "\"}\n";
}
std::string connection(std::string_view type, std::string_view symbol, int minute) {
  return R"({"type":")" + std::string(type) + R"(","exchange":"kraken","symbols":[")" +
         std::string(symbol) + R"("],"localTimestamp":")" + to_iso(minute * kMinute) + "\"}\n";
}

struct Outcome {
  std::vector<std::string> findings;
  std::vector<std::uint64_t> disconnects;  // of each stream
  std::vector<std::uint64_t> silences;
};
Outcome check(const std::string& lines, Micros silence = 0) {
  Lines input{lines};
  Found found;
  Checker checker{"", input, silence, found};
  const std::atomic<bool> stop = false;
  EXPECT_TRUE(checker.run(stop));
  Outcome out{found.text, {}, {}};
  for (const StreamCheck* stream : checker.streams()) {
    out.disconnects.push_back(stream->totals().disconnects);
    out.silences.push_back(stream->totals().silences);
  }
  return out;
}

TEST(Checker, AKilledRecorderWasAway) {
  const auto out = check(connection("connect", "A", 0) + quote("A", 1) + quote("B", 2) +
                         connection("connect", "A", 62) + connection("connect", "B", 63) +
                         quote("A", 64) + quote("B", 64));
  EXPECT_THAT(out.findings, ElementsAre("2 to 62  recorder away"));
  EXPECT_THAT(out.disconnects, ElementsAre(1, 1));
}

TEST(Checker, ARecorderThatSaidSoHadNoConnection) {
  const auto out = check(quote("A", 1) + quote("B", 2) + connection("disconnect", "A", 2) +
                         connection("connect", "A", 62) + quote("A", 64) + quote("B", 64));
  EXPECT_THAT(out.findings, ElementsAre("2 to 2 A ", "2 to 62  no connection"));
  // A was told already; B was not.
  EXPECT_THAT(out.disconnects, ElementsAre(1, 1));
}

TEST(Checker, OneOfSeveralConnectionsIsNoOutage) {
  const auto out =
      check(quote("A", 1) + quote("B", 1) + connection("disconnect", "A", 1) + quote("B", 2) +
            quote("B", 3) + connection("connect", "A", 4) + quote("A", 5) + quote("B", 5));
  EXPECT_THAT(out.findings, ElementsAre("1 to 1 A "));
  EXPECT_THAT(out.disconnects, ElementsAre(1, 0));
}

TEST(Checker, TheLimitOfAnOutageIsThatOfASilence) {
  const std::string lines = quote("A", 1) + connection("connect", "A", 11) + quote("A", 12);
  EXPECT_THAT(check(lines, 10 * kMinute).findings, IsEmpty());
  EXPECT_THAT(check(lines, 9 * kMinute).findings, ElementsAre("1 to 11  recorder away"));
}

// In a lake connections lie in files of their own, read first.
TEST(Checker, ConnectionsBeforeAllMessagesShowNoOutage) {
  const auto out = check(connection("connect", "A", 0) + connection("connect", "A", 100) +
                         quote("A", 1) + quote("A", 101));
  EXPECT_THAT(out.findings, IsEmpty());
}

}  // namespace
}  // namespace md::check
