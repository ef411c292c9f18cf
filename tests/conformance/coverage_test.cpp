// What the golden cases of a venue must show, taken together.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <set>

#include "book/feed.hpp"
#include "recordings.hpp"

namespace md::conformance {
namespace {

using venue::BookRule;
using venue::FrameKind;

class Coverage : public VenueTest {};
MD_FOR_EACH_VENUE(Coverage);

constexpr std::int64_t kExact = std::int64_t{1} << 53;  // of a double

bool beyond_double(std::string_view id) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
  return end == id.data() + id.size() &&
         (error == std::errc::result_out_of_range || (error == std::errc{} && number > kExact));
}
bool beyond_double(const Seq& seq) { return seq && *seq > kExact; }
bool beyond_double(const Decimal& number) {
  const Int128 digits = number.normalised().mantissa();
  return digits > kExact || digits < -kExact;
}
bool beyond_double(std::span<const Level> levels) {
  for (const Level& level : levels)
    if (beyond_double(level.price) || beyond_double(level.amount)) return true;
  return false;
}

class Shown final : public EventSink {
 public:
  void on_event(const Event& event) override {
    things.insert(std::string(to_text(event.type())));
    if (const auto* trade = event.as<Trade>()) {
      show_if(beyond_double(trade->id) || beyond_double(trade->seq) ||
                  beyond_double(trade->price) || beyond_double(trade->amount),
              "long-number");
    } else if (const auto* book = event.as<BookChange>()) {
      things.insert(book->is_snapshot ? "book-snapshot" : "book-update");
      show_if(beyond_double(book->seq) || beyond_double(book->bids) || beyond_double(book->asks),
              "long-number");
      for (const auto side : {book->bids, book->asks})
        for (const Level& level : side)
          show_if(!book->is_snapshot && level.amount.is_zero(), "zero-amount");
    }
  }
  void show_if(bool shown, std::string_view thing) {
    if (shown) things.emplace(thing);
  }
  std::set<std::string, std::less<>> things;
};

// What a venue of this kind has to show.
std::vector<std::string> expected(const venue::Venue& venue) {
  std::vector<std::string> things{"ack", "error", "unknown", "nothing", "long-number"};
  for (int type = 0; type < kTypes; ++type)
    if (venue.types.has(static_cast<Type>(type)))
      things.emplace_back(to_text(static_cast<Type>(type)));
  if (!venue.limits.ping.empty()) things.emplace_back("heartbeat");
  if (venue.types.has(Type::book_change)) {
    things.emplace_back("book-snapshot");
    if (venue.book.snapshot != BookRule::Snapshot::every) {
      things.emplace_back("book-update");
      things.emplace_back("zero-amount");
    }
  }
  return things;
}

// Every type that the venue says it records; an acknowledgement, an error, an unknown frame, a
// frame of which nothing comes (`nothing`: empty, history or ignored), an answer to our ping, both
// kinds of book message, an amount of zero, a number that no double holds. What cannot be shown
// stands in known.txt as "no-<thing>".
TEST_P(Coverage, GoldenCasesShowAllThereIs) {
  Shown shown;
  std::array<std::uint64_t, venue::kFrameKinds> kinds{};
  for (const Case& golden : golden_cases(venue())) {
    book::Feed feed{venue(), {}, shown};
    for (const Line& line : golden.lines) (void)feed.on_raw(*line);
    feed.finish(golden.lines.back()->local_timestamp);
    for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] += feed.counts().frames[i];
  }
  std::string counted;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] == 0) continue;
    counted += fmt::format(" {}={}", to_text(static_cast<FrameKind>(i)), kinds[i]);
    shown.things.emplace(to_text(static_cast<FrameKind>(i)));
  }
  for (const std::string_view kind : {"empty", "history", "ignored"})
    shown.show_if(shown.things.contains(kind), "nothing");
  fmt::print("{}: frames:{}\n", venue().id, counted);

  Known known{venue().id};
  std::string missing;
  for (const std::string& thing : expected(venue()))
    if (!shown.things.contains(thing) && !known.take("no-" + thing)) missing += ' ' + thing;
  EXPECT_EQ(missing, "") << "the golden cases of " << venue().id << " lack these";
  known.expect_all_taken({"no-"});
}

}  // namespace
}  // namespace md::conformance
