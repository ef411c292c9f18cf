#include "codec/lake.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "codec/scratch.hpp"

namespace md::codec {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class LakeTest : public Scratch {
 protected:
  // A file of the lake with a trade of `symbol`.
  static void write(const std::string& directory, const std::string& name,
                    const std::string& symbol) {
    std::filesystem::create_directories(directory);
    put(directory + "/" + name,
        R"({"type":"trade","symbol":")" + symbol +
            R"(","exchange":"x","id":"1","price":1,"amount":1,"side":"buy",)"
            R"("timestamp":"2026-11-20T00:00:00.000000Z",)"
            R"("localTimestamp":"2026-11-20T00:00:00.000000Z"})"
            "\n");
  }
  std::string directory(const std::string& symbol, Type type = Type::trade) const {
    return lake_directory(lake_, "x", type, symbol);
  }
  std::vector<std::string> symbols() const {
    const auto streams = lake_streams(lake_);
    std::vector<std::string> names;
    if (!streams) return {streams.error().text()};
    for (const LakeStream& stream : *streams) names.push_back(stream.symbol);
    return names;
  }

  const std::string lake_ = path("lake");
};

TEST_F(LakeTest, NamesAreThoseOfTheFormat) {
  EXPECT_EQ(lake_directory("L", "binance", Type::book_change, "BTC/USD"),
            "L/exchange=binance/type=book_change/symbol=BTC%2FUSD");
  EXPECT_EQ(lake_directory("L", "binance", Type::connect, ""),
            "L/exchange=binance/type=connect/symbol=_");
  EXPECT_EQ(lake_file(0), "date=1970-01-01.ndjson.zst");
}

TEST_F(LakeTest, StreamsHaveTheirSymbolsBack) {
  const std::string long_name(300, '/');
  for (const std::string& symbol : {std::string("../../x"), std::string("비트코인"), long_name})
    write(directory(symbol), lake_file(1), symbol);
  EXPECT_THAT(symbols(), UnorderedElementsAre("../../x", "비트코인", long_name));
}

TEST_F(LakeTest, TheEmptySymbolIsOfConnectionsOnly) {
  write(directory("", Type::connect), lake_file(1), "");
  write(directory("_"), lake_file(1), "_");
  EXPECT_THAT(symbols(), UnorderedElementsAre("", "_"));
}

TEST_F(LakeTest, AShortenedNameThatIsNotItsEventsIsRefused) {
  write(directory(std::string(300, 'a')), lake_file(1), std::string(300, 'b'));
  EXPECT_EQ(lake_streams(lake_).error().code, Errc::malformed);
}

TEST_F(LakeTest, OtherSpellingsAreRefused) {
  write(lake_ + "/exchange=x/type=trade/symbol=A:B", lake_file(1), "A:B");
  EXPECT_EQ(lake_streams(lake_).error().code, Errc::malformed);
}

TEST_F(LakeTest, ComputedTypesAreNoStreams) {
  write(lake_ + "/exchange=x/type=trade_bar/symbol=A", lake_file(1), "A");
  EXPECT_THAT(symbols(), IsEmpty());
}

TEST_F(LakeTest, DaysAreThoseOfTheRange) {
  for (const std::int64_t day : {1, 2, 3}) write(directory("A"), lake_file(day), "A");
  write(directory("A"), lake_file(2) + ".part", "A");
  EXPECT_THAT(lake_days(directory("A"), 2, 3).value(),
              ElementsAre(Pair(2, directory("A") + "/date=1970-01-03.ndjson.zst")));
  EXPECT_THAT(lake_days(directory("B"), 1, 9).value(), IsEmpty());
}

TEST_F(LakeTest, TwoFilesOfADayAreRefused) {
  write(directory("A"), "date=1970-01-02.ndjson", "A");
  write(directory("A"), "date=1970-01-02.ndjson.gz", "A");
  EXPECT_EQ(lake_days(directory("A"), 0, 9).error().code, Errc::malformed);
}

TEST_F(LakeTest, ALakeThatIsNotThereIsAnError) {
  EXPECT_EQ(lake_streams(lake_).error().code, Errc::not_found);
}

}  // namespace
}  // namespace md::codec
