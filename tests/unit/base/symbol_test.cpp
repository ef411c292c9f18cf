#include "base/symbol.hpp"

#include <gtest/gtest.h>

namespace md {
namespace {

TEST(Symbol, KeyForgetsCaseAndSeparators) {
  EXPECT_EQ(symbol_key("BTC-USDT"), "btcusdt");
  EXPECT_EQ(symbol_key("BTC/USD"), "btcusd");
  EXPECT_EQ(symbol_key("btc_usdt:x y"), "btcusdtxy");
}

TEST(Symbol, CaseChangesAsciiOnly) {
  EXPECT_EQ(to_lower("BTCÄ币"), "btcÄ币");
  EXPECT_EQ(to_upper("btcä币"), "BTCä币");
}

TEST(Symbol, PercentEncodingIsOnePathComponentAndComesBack) {
  EXPECT_EQ(percent_encode("BTC/USD"), "BTC%2FUSD");
  EXPECT_EQ(percent_encode("../../x'; drop table t; --"),
            "..%2F..%2Fx%27%3B%20drop%20table%20t%3B%20--");
  EXPECT_EQ(percent_encode("."), "%2E");
  EXPECT_EQ(percent_encode(".."), "%2E%2E");
  EXPECT_EQ(percent_encode("a\nb"), "a%0Ab");
  for (const char* in : {"BTC/USD", "..", "비트코인", "100%", "a\nb", ""}) {
    EXPECT_EQ(percent_decode(percent_encode(in)).value(), in);
  }
  for (const char* in : {"%", "%2", "%zz", "a%2"}) EXPECT_FALSE(percent_decode(in)) << in;
}

}  // namespace
}  // namespace md
