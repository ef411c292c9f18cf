#include "archive/manifest.hpp"

#include <gmock/gmock.h>

#include "archive/seal.hpp"

namespace md::archive {
namespace {

using testing::HasSubstr;

Manifest example() {
  Manifest manifest{
      *parse_period("2026-11"), false, {"mdbackup 0.1.0", {"export", "--lake", "a \"b\""}}, 3, {}};
  Member member;
  member.stream = {Table::trades, "x", "a/\"b\"\n"};
  member.totals = {9007199254740993, 7, *parse_iso("2026-11-01T00:00:00Z"),
                   *parse_iso("2026-11-30T23:59:59.999999Z")};
  member.days = {{*parse_date("2026-11-01"), {3, {1, 2}}},
                 {*parse_date("2026-11-30"), {4, {UINT64_MAX, 0}}}};
  member.bytes = 123;
  member.csv_bytes = 456;
  member.sha256.fill(0xab);
  member.header = {{0, 512}, {}};
  manifest.members.push_back(member);
  return manifest;
}

// The manifest's JSON with one text in it replaced.
std::string changed(std::string_view from, std::string_view to) {
  std::string json = to_json(example());
  const auto at = json.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return json.replace(at, from.size(), to);
}

std::string problem(std::string_view from, std::string_view to) {
  const auto manifest = parse_manifest(changed(from, to));
  return manifest ? "none" : manifest.error().text();
}

TEST(Manifest, ComesBack) {
  const auto back = parse_manifest(to_json(example()));
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(to_json(*back), to_json(example()));
  EXPECT_EQ(back->period.name, "2026-11");
  EXPECT_EQ(back->period.to, *parse_iso("2026-12-01T00:00:00Z"));
  EXPECT_FALSE(back->complete);
  EXPECT_EQ(back->origin, example().origin);
  EXPECT_EQ(back->rejected, 3u);
  ASSERT_EQ(back->members.size(), 1u);
  EXPECT_EQ(back->members[0].stream, example().members[0].stream);
  EXPECT_EQ(back->members[0].totals, example().members[0].totals);
  EXPECT_EQ(back->members[0].days, example().members[0].days);
  EXPECT_EQ(back->members[0].header, example().members[0].header);
}

TEST(Manifest, NamesWhatIsWrong) {
  EXPECT_THAT(problem("{", ""), HasSubstr("manifest.json: not JSON"));
  EXPECT_EQ(problem("mdtools archive", "other"),
            "manifest.json: manifest: 'format' is missing or wrong");
  EXPECT_EQ(problem("\"version\": 2", "\"version\": 3"),
            "manifest.json: manifest: 'version' is missing or wrong");
  EXPECT_EQ(problem("\"2026-11\"", "\"2026-13\""),
            "manifest.json: manifest: 'period' is missing or wrong");
  EXPECT_EQ(problem("\"trades\"", "\"trade\""),
            "manifest.json: member 1: 'table' is missing or wrong");
  EXPECT_EQ(problem("\"rows\": 9", "\"rows\": -9"),
            "manifest.json: member 1: 'rows' is missing or wrong");
  EXPECT_EQ(problem("\"schema\": 1", "\"schema\": 2"),
            "manifest.json: member 1: 'schema' is missing or wrong");
  EXPECT_EQ(problem("abab", "abax"), "manifest.json: member 1: 'sha256' is missing or wrong");
  EXPECT_EQ(problem("\"arguments\": [", "\"arguments\": [1, "),
            "manifest.json: manifest: 'arguments' is missing or wrong");
  EXPECT_EQ(problem("\"members\"", "\"numbers\""),
            "manifest.json: manifest: 'members' is missing or wrong");
}

TEST(Manifest, DaysAddUpAndLieInOrder) {
  const std::string wrong = "manifest.json: member 1: 'days' is missing or wrong";
  EXPECT_EQ(problem("\"days\"", "\"dates\""), wrong);
  EXPECT_EQ(problem("\"events\": 3", "\"events\": 2"), wrong);
  EXPECT_EQ(problem("{\"date\": \"2026-11-01\"", "{\"date\": \"2026-11-02\""), wrong);
  EXPECT_EQ(problem("{\"date\": \"2026-11-30\"", "{\"date\": \"2026-11-01\""), wrong);
  EXPECT_EQ(problem("{\"date\": \"2026-11-30\"", "{\"date\": \"2026-11-31\""), wrong);
  EXPECT_EQ(problem("ffffffffffffffff", "fffffffffffffffg"), wrong);
}

// Archives of version 1 are read as ever.
TEST(Manifest, VersionOneHasNoDays) {
  std::string json = changed("\"version\": 2", "\"version\": 1");
  const std::string period = R"("period": "2026-11",)"
                             "\n  "
                             R"("complete": false)";
  json.replace(json.find(period), period.size(), R"("month": "2026-11")");
  const auto begin = json.find(", \"days\"");
  json.erase(begin, json.find("]}", begin) + 1 - begin);
  const auto manifest = parse_manifest(json);
  ASSERT_TRUE(manifest) << manifest.error().text();
  EXPECT_TRUE(manifest->members[0].days.empty());
  EXPECT_EQ(manifest->period.name, "2026-11");
  EXPECT_TRUE(manifest->complete);
}

// The name is ours to make: one that leads elsewhere is refused.
TEST(Manifest, NameMustBeThatOfTheStream) {
  EXPECT_EQ(problem("trades/x/a%2F%22b%22%0A.csv.zst", "../../x"),
            "manifest.json: member 1: 'name' is missing or wrong");
}

TEST(Manifest, TimesLieInTheMonth) {
  EXPECT_EQ(problem("2026-11-01T00:00:00.000000Z", "2026-10-31T23:59:59.999999Z"),
            "manifest.json: member 1: 'first' is missing or wrong");
  EXPECT_EQ(problem("2026-11-30T23:59:59.999999Z", "2026-12-01T00:00:00.000000Z"),
            "manifest.json: member 1: 'last' is missing or wrong");
}

TEST(Manifest, OfADay) {
  Manifest manifest = example();
  manifest.period = *parse_period("2026-11-30");
  EXPECT_EQ(parse_manifest(to_json(manifest)).error().text(),
            "manifest.json: member 1: 'first' is missing or wrong");
  Member& member = manifest.members[0];
  member.totals = {7, 4, member.totals.last, member.totals.last};
  member.days.erase(member.days.begin());
  const auto back = parse_manifest(to_json(manifest));
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->period.from, *parse_iso("2026-11-30T00:00:00Z"));
  EXPECT_EQ(back->period.to, *parse_iso("2026-12-01T00:00:00Z"));
}

// The name says how a member is compressed.
TEST(Manifest, GzipMembers) {
  Manifest manifest = example();
  manifest.members[0].compression = codec::Compression::gzip;
  const std::string json = to_json(manifest);
  EXPECT_THAT(json, HasSubstr("trades/x/a%2F%22b%22%0A.csv.gz\""));
  const auto back = parse_manifest(json);
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(back->members[0].compression, codec::Compression::gzip);
}

TEST(Manifest, NoMemberTwice) {
  Manifest manifest = example();
  manifest.members.push_back(manifest.members.front());
  EXPECT_EQ(parse_manifest(to_json(manifest)).error().text(),
            "manifest.json: manifest: 'members' is missing or wrong");
}

TEST(Seal, ComesBackAndNothingElseDoes) {
  const Seal seal{{{1, 2}, {}}, {{UINT64_MAX, UINT64_MAX}, {}}, {{5, 6}, {}}};
  const std::string text = to_text(seal);
  EXPECT_EQ(text.size(), kSealBytes);
  ASSERT_TRUE(parse_seal(text));
  EXPECT_EQ(*parse_seal(text), seal);
  for (const std::string& bad : {std::string{}, text.substr(1), text + "x", "x" + text.substr(1)}) {
    EXPECT_FALSE(parse_seal(bad));
  }
  std::string spaced = text;
  spaced.replace(spaced.find(" 1 2 "), 5, " 01 2");
  EXPECT_FALSE(parse_seal(spaced));
}

}  // namespace
}  // namespace md::archive
