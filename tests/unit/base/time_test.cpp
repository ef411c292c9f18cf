#include "base/time.hpp"

#include <gtest/gtest.h>

namespace md {
namespace {

// From date(1): date -u -d 2026-11-20T10:32:49Z +%s = 1795170769.
constexpr Micros kSome = 1'795'170'769'669'123;

TEST(Time, WritesIsoWithSixDecimals) {
  EXPECT_EQ(to_iso(kSome), "2026-11-20T10:32:49.669123Z");
  EXPECT_EQ(to_iso(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_iso(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(to_iso(951'782'399'999'999), "2000-02-28T23:59:59.999999Z");
  EXPECT_EQ(to_iso(951'782'400'000'000), "2000-02-29T00:00:00.000000Z");
}

TEST(Time, ReadsIso) {
  EXPECT_EQ(parse_iso("2026-11-20T10:32:49.669123Z").value(), kSome);
  EXPECT_EQ(parse_iso("2026-11-20T10:32:49.669123987Z").value(), kSome) << "cut, not rounded";
  EXPECT_EQ(parse_iso("2026-11-20 10:32:49.669123").value(), kSome);
  EXPECT_EQ(parse_iso("2026-11-20T12:32:49.669123+02:00").value(), kSome);
  EXPECT_EQ(parse_iso("2026-11-20T05:02:49.669123-05:30").value(), kSome);
  EXPECT_EQ(parse_iso("2026-11-20T10:32:49Z").value(), kSome - 669'123);
  EXPECT_EQ(parse_iso("2026-11-20T10:32:49.6Z").value(), kSome - 69'123);
  EXPECT_EQ(parse_iso("0001-01-01T00:00:00.000000Z").value(), -62'135'596'800 * kSecond);
}

TEST(Time, RefusesWhatIsNoTime) {
  for (const char* in :
       {"", "2026-11-20", "2026-13-20T10:32:49Z", "2026-02-29T10:32:49Z", "2026-11-20T24:00:00Z",
        "2026-11-20T10:60:49Z", "2026-11-20T10:32:4xZ", "2026-11-20T10:32:49.Z",
        "2026-11-20T10:32:49ZZ", "2026-11-20T10:32:49+2:00", "2026/11/20T10:32:49Z"}) {
    EXPECT_FALSE(parse_iso(in)) << in;
  }
}

TEST(Time, KnowsDaysAndMonths) {
  EXPECT_EQ(date_text(day_of(kSome)), "2026-11-20");
  EXPECT_EQ(day_of(-1), -1);
  EXPECT_EQ(day_of(0), 0);
  EXPECT_EQ(parse_date("1970-01-02").value(), 1);
  EXPECT_FALSE(parse_date("2026-11-31"));
  const auto length = [](const char* month) {
    const Days days = parse_month(month).value();
    return days.end - days.first;
  };
  EXPECT_EQ(length("2026-11"), 30);
  EXPECT_EQ(length("2026-12"), 31);
  EXPECT_EQ(length("2028-02"), 29);
  EXPECT_EQ(length("2100-02"), 28);
  EXPECT_EQ(date_text(parse_month("2026-12").value().end), "2027-01-01");
  for (const char* in : {"2026-13", "2026-00", "2026", "2026-1", "2026-111"})
    EXPECT_FALSE(parse_month(in)) << in;
}

TEST(Time, TellsTheUnitOfNumbersByTheirMagnitude) {
  const auto micros = [](std::int64_t number) {
    Micros out = -1;
    return micros_from_number(number, out) ? out : -1;
  };
  EXPECT_EQ(micros(1'795'170'769), 1'795'170'769'000'000);
  EXPECT_EQ(micros(1'795'170'769'669), 1'795'170'769'669'000);
  EXPECT_EQ(micros(1'795'170'769'669'123), kSome);
  EXPECT_EQ(micros(1'795'170'769'669'123'456), kSome);
  EXPECT_EQ(micros(0), -1);
  EXPECT_EQ(micros(-5), -1);
}

}  // namespace
}  // namespace md
