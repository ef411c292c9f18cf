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

TEST(Symbol, PathComponentIsTheEncodingWhileThatIsShort) {
  EXPECT_EQ(path_component("BTC/USD"), "BTC%2FUSD");
  EXPECT_EQ(path_component(std::string(200, 'a')), std::string(200, 'a'));
  EXPECT_FALSE(is_shortened(path_component(std::string(200, 'a'))));
}

TEST(Symbol, PathComponentOfALongNameFitsAndIsItsOwn) {
  // NAME_MAX is 255; "symbol=" or ".csv.zst" must fit beside it.
  for (const std::string& name : {std::string(201, 'a'), std::string(300, '/'),
                                  std::string(199, 'a') + "비트", std::string(1000, '.')}) {
    const std::string component = path_component(name);
    EXPECT_TRUE(is_shortened(component)) << name;
    EXPECT_LE(component.size(), 233u) << name;
    EXPECT_EQ(component.find('/'), std::string::npos) << name;
    const std::string beginning = component.substr(0, component.rfind('~'));
    EXPECT_TRUE(percent_encode(name).starts_with(beginning)) << name;
    EXPECT_TRUE(percent_decode(beginning)) << name;  // no escape is cut in two
    EXPECT_EQ(component.size(), beginning.size() + 33) << name;
    EXPECT_NE(component, path_component(name + "b")) << name;
  }
}

}  // namespace
}  // namespace md
