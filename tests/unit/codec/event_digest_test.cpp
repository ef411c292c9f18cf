#include "codec/event_digest.hpp"

#include <gtest/gtest.h>

#include <string>

namespace md::codec {
namespace {

Event trade(std::string_view id, Decimal price) {
  Event event;
  event.exchange = "x";
  event.symbol = "S";
  event.timestamp = event.local_timestamp = 1;
  Trade body;
  body.id = id;
  body.price = price;
  body.amount = Decimal{1, 0};
  event.body = body;
  return event;
}

EventDigest digest_of(std::initializer_list<Event> events) {
  EventDigester digester;
  EventDigest digest;
  for (const Event& event : events) digester.add(digest, event);
  return digest;
}

const Event kA = trade("1", Decimal{15, 1});
const Event kB = trade("2", Decimal{16, 1});

TEST(EventDigest, HasTheHashOfTheLine) {
  // The line as md-formats(5) writes it, by hand.
  const std::string line =
      R"({"type":"trade","symbol":"S","exchange":"x","id":"1","price":1.5,"amount":1,)"
      R"("side":"unknown","timestamp":"1970-01-01T00:00:00.000001Z",)"
      R"("localTimestamp":"1970-01-01T00:00:00.000001Z"})"
      "\n";
  const EventDigest digest = digest_of({kA});
  EXPECT_EQ(digest.events, 1u);
  EXPECT_EQ(digest.sum, hash128(line));
}

TEST(EventDigest, IsOfTheSetNotOfTheOrder) {
  EXPECT_EQ(digest_of({kA, kB}), digest_of({kB, kA}));
  EXPECT_NE(digest_of({kA, kB}), digest_of({kA, kA}));
}

TEST(EventDigest, CountsAnEventAsOftenAsItIsThere) {
  const EventDigest twice = digest_of({kA, kA});
  EXPECT_EQ(twice.events, 2u);
  EXPECT_NE(twice.sum, digest_of({kA}).sum);
  EXPECT_NE(twice.sum, Hash128{});  // what an exclusive or would give
}

TEST(EventDigest, IsOfValuesNotOfTheirSpelling) {
  EXPECT_EQ(digest_of({trade("1", Decimal{1500, 3})}), digest_of({kA}));
}

TEST(EventDigest, AddsUp) {
  EventDigest parts = digest_of({kA});
  parts.add(digest_of({kB}));
  EXPECT_EQ(parts, digest_of({kA, kB}));
}

TEST(EventDigest, CarriesBetweenTheHalves) {
  EventDigest digest{1, {~std::uint64_t{0}, 0}};
  digest.add({1, {1, 0}});
  EXPECT_EQ(digest.sum, (Hash128{0, 1}));
}

TEST(EventDigest, IsTextAndBack) {
  const Hash128 sum{0x1, 0xfedcba9876543210};
  EXPECT_EQ(to_hex(sum), "fedcba98765432100000000000000001");
  const auto back = hash128_from_hex(to_hex(sum));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, sum);
  EXPECT_FALSE(hash128_from_hex("fedcba9876543210000000000000001"));
  EXPECT_FALSE(hash128_from_hex("fedcba9876543210000000000000000G"));
  EXPECT_FALSE(hash128_from_hex("+edcba98765432100000000000000001"));
}

}  // namespace
}  // namespace md::codec
