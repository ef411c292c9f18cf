// Missing trades: what each venue is asked, and what its answer says, by hand from its documents.
//
// tests/golden/<venue>/history.txt has one or more blocks:
//
//   hole symbol=BTCUSDT after_id=100 after=2026-11-20T10:00:00.000000Z before_id=.. before=..
//   request /api/v3/historicalTrades?symbol=BTCUSDT&limit=1000&fromId=101
//   answer [{"id":101,..}]
//   {"type":"trade",..}            one line a trade given; localTimestamp is kReceived
#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "recordings.hpp"

namespace md::conformance {
namespace {

class TradeHistory : public VenueTest {};
MD_FOR_EACH_VENUE(TradeHistory);

constexpr std::string_view kReceived = "2026-11-20T12:00:00.000000Z";

// What the feed adds to a session's events.
class Lines final : public venue::Sink {
 public:
  Lines(std::string_view venue, std::vector<std::string>& out) : venue_(venue), out_(out) {
    EXPECT_TRUE(parse_iso(kReceived, received_));
  }
  void on_event(const Event& given) override {
    Event event = given;
    event.exchange = venue_;
    event.local_timestamp = received_;
    if (event.timestamp == 0) event.timestamp = received_;
    Buffer line;
    codec::append_event(line, event);
    out_.emplace_back(line.view().substr(0, line.size() - 1));
  }
  void on_book(const venue::BookUpdate&) override { ADD_FAILURE() << "a book"; }
  void on_request(const venue::Request&) override { ADD_FAILURE() << "a request"; }

 private:
  std::string_view venue_;
  std::vector<std::string>& out_;
  Micros received_ = 0;
};

struct Block {
  std::string hole, request, answer;
  std::vector<std::string> trades;
};

std::vector<Block> read_blocks(const std::filesystem::path& path) {
  std::vector<Block> blocks;
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);) {
    const std::size_t space = line.find(' ');
    const std::string word = line.substr(0, space);
    if (word == "hole") {
      blocks.emplace_back().hole = line.substr(space + 1);
    } else if (blocks.empty()) {
      ADD_FAILURE() << path << " does not begin with a hole";
    } else if (word == "request") {
      blocks.back().request = line.substr(space + 1);
    } else if (word == "answer") {
      blocks.back().answer = line.substr(space + 1);
    } else if (!line.empty()) {
      blocks.back().trades.push_back(line);
    }
  }
  return blocks;
}

venue::TradeHole parse_hole(std::string_view text) {
  venue::TradeHole hole;
  while (!text.empty()) {
    const std::string_view field = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), field.size() + 1));
    const std::string_view name = field.substr(0, field.find('='));
    const std::string_view value = field.substr(name.size() + 1);
    if (name == "symbol") hole.symbol = value;
    if (name == "after_id") hole.after_id = value;
    if (name == "before_id") hole.before_id = value;
    if (name == "after" && !parse_iso(value, hole.after)) ADD_FAILURE() << value;
    if (name == "before" && !parse_iso(value, hole.before)) ADD_FAILURE() << value;
  }
  return hole;
}

TEST_P(TradeHistory, IsAskedForAndRead) {
  Known known{venue().id};
  const bool excused = known.take("without-history");
  known.expect_all_taken({"without-history"});
  if (venue().trade_history.request == nullptr) {
    EXPECT_TRUE(excused) << "no way to ask for missing trades, and no reason in known.txt";
    return;
  }
  EXPECT_FALSE(excused) << "known.txt says that there is none";
  const auto blocks = read_blocks(std::filesystem::path{MD_SOURCE_DIR} / "tests/golden" /
                                  venue().id / "history.txt");
  EXPECT_FALSE(blocks.empty());
  for (const Block& block : blocks) {
    SCOPED_TRACE(block.hole);
    EXPECT_EQ(venue().trade_history.request(parse_hole(block.hole)), block.request);
    std::vector<std::string> trades;
    Lines out{venue().id, trades};
    const std::string url = block.request.starts_with("POST ")
                                ? block.request
                                : std::string(venue().rest_url) + block.request;
    const Padded answer{block.answer};
    EXPECT_TRUE(venue().session()->on_reply({url, 200, answer.view(), 0}, out).has_value());
    EXPECT_EQ(trades, block.trades);
  }
}

// A refusal and half an answer give no trade.
TEST_P(TradeHistory, BrokenAnswersGiveNothing) {
  if (venue().trade_history.request == nullptr) return;
  for (const Block& block : read_blocks(std::filesystem::path{MD_SOURCE_DIR} / "tests/golden" /
                                        venue().id / "history.txt")) {
    std::vector<std::string> trades;
    Lines out{venue().id, trades};
    const std::string url = std::string(venue().rest_url) + block.request;
    const Padded whole{block.answer};
    const auto session = venue().session();
    (void)session->on_reply({url, 429, whole.view(), 0}, out);
    EXPECT_TRUE(trades.empty());
    const Padded half{std::string_view{block.answer}.substr(0, block.answer.size() / 2)};
    EXPECT_FALSE(session->on_reply({url, 200, half.view(), 0}, out).has_value());
    EXPECT_TRUE(trades.empty());
  }
}

}  // namespace
}  // namespace md::conformance
