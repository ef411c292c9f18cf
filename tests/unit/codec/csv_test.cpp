#include "codec/csv.hpp"

#include <gtest/gtest.h>

namespace md::codec {
namespace {

Decimal d(const char* text) { return Decimal::parse(text).value(); }

std::string csv(const Event& event) {
  Buffer out;
  append_csv(out, event);
  return std::string(out.view());
}

Event event(auto body) {
  return {"x", "A,\"B\"", 1'795'170'769'669'123, 1'795'170'769'700'000, body};
}

constexpr const char* kHead = "x,\"A,\"\"B\"\"\",1795170769669123,1795170769700000";

TEST(Csv, WritesTheColumnsOfTardis) {
  EXPECT_EQ(csv_header(Type::trade),
            "exchange,symbol,timestamp,local_timestamp,id,side,price,amount\n");
  EXPECT_EQ(csv(event(Trade{"17", d("1.50"), d("2"), Side::sell, {}, false})),
            std::string(kHead) + ",17,sell,1.5,2\n");
  EXPECT_EQ(csv(event(Liquidation{"", d("1"), d("2"), Side::buy})),
            std::string(kHead) + ",,buy,1,2\n");
  EXPECT_EQ(csv(event(BookTicker{d("1"), d("2"), std::nullopt, d("4"), {}})),
            std::string(kHead) + ",1,2,,4\n");
  DerivativeTicker ticker;
  ticker.funding_rate = d("-0.0001");
  ticker.funding_timestamp = 5;
  ticker.mark_price = d("7");
  EXPECT_EQ(csv(event(ticker)), std::string(kHead) + ",5,-0.0001,,,,,7\n");
}

TEST(Csv, ABookChangeIsARowALevel) {
  const Level bids[] = {{d("1"), d("2")}, {d("0.9"), d("0")}};
  const Level asks[] = {{d("1.1"), d("3")}};
  EXPECT_EQ(csv(event(BookChange{true, bids, asks, {}, {}, false})),
            std::string(kHead) + ",true,bid,1,2\n" + kHead + ",true,bid,0.9,0\n" + kHead +
                ",true,ask,1.1,3\n");
  EXPECT_EQ(csv(event(BookChange{false, {}, {}, {}, {}, false})), "");
}

TEST(Csv, TypesWithoutAFormGiveNothing) {
  EXPECT_EQ(csv_name(Type::gap), "");
  EXPECT_EQ(csv(event(Gap{})), "");
}

}  // namespace
}  // namespace md::codec
