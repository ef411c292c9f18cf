#include "sim/rest_answers.hpp"

#include <gtest/gtest.h>

namespace md::sim {
namespace {

TEST(RestAnswers, MatchByPathAndSymbolWhateverHostAndLimit) {
  RestAnswers answers;
  answers.add("https://api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000", 0, "btc");
  answers.add("https://api.binance.com/api/v3/depth?symbol=ETHUSDT&limit=1000", 0, "eth");
  answers.add("https://www.bitstamp.net/api/v2/order_book/ethusd", 0, "stamp");
  EXPECT_EQ(answers.get("/api/v3/depth?limit=5000&symbol=ETHUSDT").body, "eth");
  EXPECT_EQ(answers.get("/api/v3/depth?symbol=BTCUSDT").body, "btc");
  EXPECT_EQ(answers.get("/api/v2/order_book/ethusd/?group=1").body, "stamp");
  EXPECT_EQ(answers.get("/api/v3/depth?symbol=LTCUSDT").status, 404);
  EXPECT_EQ(answers.get("/api/v3/depth").status, 404);
  EXPECT_EQ(answers.get("").status, 404);
}

TEST(RestAnswers, GiveSuccessiveAnswersAndRepeatTheLast) {
  RestAnswers answers;
  answers.add("https://h/p?symbol=A", 0, "1");
  answers.add("https://h/p?symbol=A", 429, "2");
  answers.add("https://h/p?symbol=A", 0, "3");
  EXPECT_TRUE(answers.waits_for("/p?symbol=A&limit=5"));
  EXPECT_EQ(answers.get("/p?symbol=A").body, "1");
  EXPECT_FALSE(answers.waits_for("/p?symbol=A"));
  EXPECT_FALSE(answers.waits_for("/p?symbol=B"));
  EXPECT_EQ(answers.get("/p?symbol=A").status, 429);
  EXPECT_EQ(answers.get("/p?symbol=A").body, "3");
  EXPECT_EQ(answers.get("/p?symbol=A").body, "3");
}

TEST(RestAnswers, ParametersMayBeEncodedAndInAnyOrder) {
  RestAnswers answers;
  answers.add("https://h/p?instType=SWAP&instId=%E5%B8%81-USDT", 0, "x");
  EXPECT_EQ(answers.get("/p?instId=\xE5\xB8\x81-USDT&instType=SWAP").body, "x");
  EXPECT_EQ(answers.get("/p?instType=SPOT&instId=%E5%B8%81-USDT").status, 404);
}

}  // namespace
}  // namespace md::sim
