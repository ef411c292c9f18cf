#include "record/selection.hpp"

#include <gtest/gtest.h>

namespace md::record {
namespace {

using Names = std::vector<std::string>;

venue::Market market(const std::string& symbol, const std::string& quote, bool active = true) {
  venue::Market market;
  market.symbol = symbol;
  market.quote = quote;
  market.active = active;
  return market;
}

const std::vector<venue::Market> kList = {
    market("ETH-USD", "USD"), market("BTC-USD", "USD"),         market("BTC-EUR", "EUR"),
    market("BTC-USD", "USD"), market("LUNA-USD", "USD", false), market("btc-usdt", "usdt"),
};

Names chosen(const Selection::Options& options) {
  const auto selection = Selection::create(options);
  EXPECT_TRUE(selection) << selection.error().message;
  if (!selection) return {};
  const auto symbols = selection->choose(kList);
  return symbols ? *symbols : Names{symbols.error().message};
}

std::string refusal(const Selection::Options& options) {
  const auto selection = Selection::create(options);
  if (selection) return "taken";
  EXPECT_EQ(selection.error().code, Errc::usage);
  return selection.error().message;
}

TEST(Selection, AllThatTradeEachOnce) {
  EXPECT_EQ(chosen({.all = true}), (Names{"BTC-EUR", "BTC-USD", "ETH-USD", "btc-usdt"}));
}

TEST(Selection, QuotesAndPatternsInAnyCase) {
  EXPECT_EQ(chosen({.quotes = {"eur", "USDT"}}), (Names{"BTC-EUR", "btc-usdt"}));
  EXPECT_EQ(chosen({.match = "^(btc|xrp)-"}), (Names{"BTC-EUR", "BTC-USD", "btc-usdt"}));
}

TEST(Selection, ConditionsAddUp) {
  EXPECT_EQ(chosen({.all = true, .quotes = {"usd"}, .match = "^btc"}), (Names{"BTC-USD"}));
  EXPECT_EQ(chosen({.quotes = {"eur"}, .match = "^eth"}),
            (Names{"no market that trades fits what is asked"}));
}

TEST(Selection, NamesAreFoundInTheList) {
  EXPECT_EQ(chosen({.names = {"ethusd", "BTC-EUR"}}), (Names{"ETH-USD", "BTC-EUR"}));
  EXPECT_FALSE(Selection::create({.names = {"a"}})->follows());
  EXPECT_TRUE(Selection::create({.quotes = {"a"}})->follows());
}

TEST(Selection, RefusesWhatCannotBeMeant) {
  EXPECT_EQ(refusal({}), "SYMBOL is missing; --list-markets shows them");
  EXPECT_EQ(refusal({.names = {"a"}, .all = true}), "--all takes no SYMBOL");
  EXPECT_EQ(refusal({.names = {"a"}, .quotes = {"b"}}), "--quote takes no SYMBOL");
  EXPECT_EQ(refusal({.match = "(btc"}), "--match: bad pattern '(btc': Unmatched ( or \\(");
  EXPECT_EQ(refusal({.match = std::string(257, 'a')}), "--match: a pattern has 256 bytes at most");
}

// std::regex would take longer than anyone lives.
TEST(Selection, NoPatternTakesForEver) {
  const auto selection = Selection::create({.match = "^((a*)*)*b$"});
  ASSERT_TRUE(selection);
  const std::vector<venue::Market> list = {market(std::string(40, 'a'), "USD")};
  EXPECT_FALSE(selection->choose(list));
}

}  // namespace
}  // namespace md::record
