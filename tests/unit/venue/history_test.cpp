// Where the trades of an answer stand, and what an answer without any means.
#include "venue/history.hpp"

#include <gmock/gmock.h>

#include "session_probe.hpp"

namespace md::venue {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kTwo =
    R"([{"id":"1","price":"2","size":"3","side":"buy"},{"id":"2","price":"2","size":"3","side":"sell"}])";

Result<FrameKind> read(std::string_view answer, std::string_view path, Probe& out,
                       std::string_view name = "BTC%2FUSD") {
  const Padded text{answer};
  const auto read_field = [](codec::json::Key key, codec::json::Value& value, Row& row) {
    if (key == "id") return value.text(row.id);
    if (key == "price") return value.text(row.price);
    if (key == "size") return value.text(row.amount);
    if (key == "side") return value.text(row.side);
    return true;
  };
  return give_history("here", {"https://here/trades", 200, text.view(), 0}, name, path, read_field,
                      [&](const Row& row) { return give_trade("here", row, out); });
}

TEST(History, FollowsThePathAndDecodesTheSymbol) {
  const std::string two{kTwo};
  const std::string groups =
      R"({"data":[{"data":)" + two + R"(},{"data":[]},{"data":)" + two + "}]}";
  Probe plain, nested, grouped;
  EXPECT_EQ(read(two, "", plain).value(), FrameKind::data);
  EXPECT_EQ(
      read(R"({"a":1,"result":{"list":)" + two + R"(,"b":[2]}})", "result.list", nested).value(),
      FrameKind::data);
  EXPECT_EQ(read(groups, "data.data", grouped).value(), FrameKind::data);
  EXPECT_THAT(plain.events, SizeIs(2));
  EXPECT_EQ(nested.events, plain.events);
  EXPECT_THAT(grouped.events, SizeIs(4));
  EXPECT_THAT(plain.events[0], HasSubstr(R"("symbol":"BTC/USD")"));
}

TEST(History, NoTradesAreNoRefusal) {
  Probe out;
  EXPECT_EQ(read("[]", "", out).value(), FrameKind::empty);
  EXPECT_EQ(read(R"({"data":[]})", "data.data", out).value(), FrameKind::empty);
  EXPECT_EQ(read(R"({"code":1,"data":{}})", "data", out).value(), FrameKind::error);
  EXPECT_EQ(read(R"({"code":1,"data":null})", "data.list", out).value(), FrameKind::error);
  EXPECT_EQ(read(R"({"code":1})", "", out).value(), FrameKind::error);
}

TEST(History, GivesNothingOfABrokenAnswer) {
  Probe out;
  EXPECT_FALSE(read(kTwo.substr(0, kTwo.size() - 1), "", out).has_value());
  EXPECT_FALSE(read(std::string(kTwo) + "x", "", out).has_value());
  EXPECT_FALSE(read("[7]", "", out).has_value());
  EXPECT_FALSE(read(R"({"data":[)", "data.data", out).has_value());
  EXPECT_FALSE(read(kTwo, "", out, "").has_value());
  EXPECT_TRUE(out.empty());
}

TEST(History, PartsOfRequests) {
  EXPECT_EQ(component_before_last("https://here/products/BTC%2DUSD/trades?limit=1"), "BTC%2DUSD");
  EXPECT_EQ(component_before_last("https://here/trades"), "");
  EXPECT_EQ(iso_milliseconds(1'795'168'801'250'999), "2026-11-20T10:00:01.250Z");
}

}  // namespace
}  // namespace md::venue
