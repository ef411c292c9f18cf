// Book checksums, from the venues' own examples.
#include <gtest/gtest.h>

#include "venue/registry.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

std::vector<Level> levels(std::initializer_list<std::pair<const char*, const char*>> texts) {
  std::vector<Level> out;
  for (const auto& [price, amount] : texts)
    out.push_back({*Decimal::parse(price), *Decimal::parse(amount)});
  return out;
}

TEST(Checksum, Crc32IsThatOfZlib) { EXPECT_EQ(crc32("123456789"), 0xCBF43926u); }

// https://docs.kraken.com/api/docs/guides/spot-ws-book-v2 (read 2026-11-20): the example's levels,
// as its two digit strings spell them, and its result.
TEST(Checksum, KrakensExample) {
  const auto asks = levels({{"45285.2", "0.00100000"},
                            {"45286.4", "1.54571953"},
                            {"45286.6", "1.54571109"},
                            {"45289.6", "1.54560911"},
                            {"45290.2", "0.15890660"},
                            {"45291.8", "1.54553491"},
                            {"45294.7", "0.04454749"},
                            {"45296.1", "0.35380000"},
                            {"45297.5", "0.09945542"},
                            {"45299.5", "0.18772827"},
                            {"45300.0", "9.99999999"}});  // the eleventh does not count
  const auto bids = levels({{"45283.5", "0.10000000"},
                            {"45283.4", "1.54582015"},
                            {"45282.1", "0.10000000"},
                            {"45281.0", "0.10000000"},
                            {"45280.3", "1.54592586"},
                            {"45279.0", "0.07990000"},
                            {"45277.6", "0.03310103"},
                            {"45277.5", "0.30000000"},
                            {"45277.3", "1.54602737"},
                            {"45276.6", "0.15445238"}});
  EXPECT_EQ(crc32("45285210000045286415457195345286615457110945289615456091145290215890660452918154"
                  "55349145294744547494529613538000045297599455424529951877282745283510000000452834"
                  "15458201545282110000000452810100000004528031545925864527907990000452776331010345"
                  "277530000000452773154602737"
                  "45276615445238"),
            3310070434u);
  EXPECT_EQ(find("kraken")->book.checksum({bids, asks}), 3310070434u);
}

TEST(Checksum, KrakenTakesWhatThereIs) {
  EXPECT_EQ(find("kraken")->book.checksum({{}, {}}), 0u);
  const auto bids = levels({{"0.00000280", "1.50"}});
  EXPECT_EQ(find("kraken")->book.checksum({bids, {}}), crc32("280150"));
}

// https://www.okx.com/docs-v5/en/ (read 2026-11-20): "bid:size:ask:size:..", and where one side is
// shorter the rest of the other follows.
TEST(Checksum, OkxInterleavesTheWiresDigits) {
  const auto bids = levels({{"3366.1", "7"}});
  const auto asks = levels({{"3366.8", "9"}, {"3368", "8.00"}, {"3372", "8"}});
  const auto checksum = find("okx")->book.checksum;
  EXPECT_EQ(checksum({bids, asks}), crc32("3366.1:7:3366.8:9:3368:8.00:3372:8"));
  EXPECT_EQ(checksum({asks, bids}), crc32("3366.8:9:3366.1:7:3368:8.00:3372:8"));
  EXPECT_EQ(checksum({{}, {}}), crc32(""));
}

}  // namespace
}  // namespace md::venue
