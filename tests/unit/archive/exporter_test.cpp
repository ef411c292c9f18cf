// Export of a lake: every row of the month and no other, in an archive that appears whole or not at
// all.
#include "archive/exporter.hpp"

#include <gmock/gmock.h>

#include "archive/archive_file.hpp"
#include "archive/lake_source.hpp"
#include "archive/verifier.hpp"
#include "support.hpp"

namespace md::archive {
namespace {

using test::Scratch;
using test::to_line;
using test::write_file;
using testing::ElementsAre;

class ExportTest : public testing::Test {
 protected:
  static std::string trade(const std::string& id, const std::string& time,
                           const std::string& symbol = "A") {
    return R"({"type":"trade","symbol":")" + symbol + R"(","exchange":"x","id":")" + id +
           R"(","price":1,"amount":2,"side":"buy","timestamp":")" + time +
           R"(","localTimestamp":")" + time + "\"}\n";
  }
  void lake_file(const std::string& directory, const std::string& date, const std::string& lines) {
    write_file(scratch / "lake/" + directory + "/date=" + date + ".ndjson.zst", test::zstd(lines));
  }
  Result<Manifest> run(const std::string& month, ExportOptions options = {}) {
    MD_TRY(source,
           LakeSource::open(scratch / "lake",
                            [this](const Error& error, std::string_view) -> Result<void> {
                              rejects.push_back(error.text().substr(scratch.path().size() + 1));
                              return {};
                            }));
    options.month = month;
    options.path = scratch / "out.tar";
    options.replace = true;
    return export_month(*source, options);
  }
  // The ids of the trades in the archive's members, in order.
  std::vector<std::string> ids() {
    std::vector<std::string> out;
    const auto file = ArchiveFile::open(scratch / "out.tar");
    EXPECT_TRUE(file) << file.error().text();
    if (!file) return out;
    for (const Member& member : file->manifest().members) {
      RowReader rows = file->rows(member);
      Event event;
      while (*rows.next(event)) out.emplace_back(event.as<Trade>()->id);
    }
    return out;
  }

  Scratch scratch;
  std::unique_ptr<Source> source;
  std::vector<std::string> rejects;
};

// The trap: a month that ends at its last midnight has lost its last day.
TEST_F(ExportTest, MonthHoldsItsLastDayAndNothingOfTheNext) {
  const std::string of = "exchange=x/type=trade/symbol=A";
  lake_file(of, "2026-10-31", trade("before", "2026-10-31T23:59:59.999999Z"));
  lake_file(of, "2026-11-01", trade("first", "2026-11-01T00:00:00.000000Z"));
  lake_file(
      of, "2026-11-30",
      trade("noon", "2026-11-30T12:00:00.000000Z") + trade("last", "2026-11-30T23:59:59.999999Z"));
  lake_file(of, "2026-12-01", trade("after", "2026-12-01T00:00:00.000000Z"));
  const auto manifest = run("2026-11");
  ASSERT_TRUE(manifest) << manifest.error().text();
  EXPECT_THAT(ids(), ElementsAre("first", "noon", "last"));
  EXPECT_EQ(to_iso(*manifest->members[0].totals.last), "2026-11-30T23:59:59.999999Z");
  EXPECT_EQ(source->misfiled(), 0u);
}

TEST_F(ExportTest, LeapFebruaryAndDecember) {
  const std::string of = "exchange=x/type=trade/symbol=A";
  lake_file(of, "2028-02-29", trade("leap", "2028-02-29T23:59:59.999999Z"));
  lake_file(of, "2028-03-01", trade("march", "2028-03-01T00:00:00.000000Z"));
  lake_file(of, "2026-12-31", trade("silvester", "2026-12-31T23:59:59.999999Z"));
  lake_file(of, "2027-01-01", trade("new year", "2027-01-01T00:00:00.000000Z"));
  ASSERT_TRUE(run("2028-02"));
  EXPECT_THAT(ids(), ElementsAre("leap"));
  ASSERT_TRUE(run("2026-12"));
  EXPECT_THAT(ids(), ElementsAre("silvester"));
}

// The row's own timestamp says where it belongs, whatever file it lies in.
TEST_F(ExportTest, MisfiledRowsAreTakenAndCounted) {
  const std::string of = "exchange=x/type=trade/symbol=A";
  lake_file(of, "2026-11-02",
            trade("1", "2026-11-01T12:00:00.000000Z") + trade("2", "2026-11-02T12:00:00.000000Z"));
  lake_file(of, "2026-12-01",
            trade("3", "2026-11-30T23:59:59.999999Z") + trade("4", "2026-12-01T00:00:00.000000Z"));
  ASSERT_TRUE(run("2026-11"));
  EXPECT_THAT(ids(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(source->misfiled(), 2u);
}

TEST_F(ExportTest, StreamsAreSortedAndFiltered) {
  const std::string time = "2026-11-01T00:00:00.000000Z";
  lake_file("exchange=x/type=trade/symbol=b", "2026-11-01", trade("1", time, "b"));
  lake_file("exchange=x/type=trade/symbol=B", "2026-11-01", trade("2", time, "B"));
  lake_file("exchange=x/type=trade/symbol=A%2FB", "2026-11-01", trade("3", time, "A/B"));
  lake_file("exchange=x/type=trade_bar/symbol=A", "2026-11-01",
            "computed, and no part of an archive\n");
  lake_file("exchange=x/type=trade/symbol=old", "2026-01-01", "of another month\n");
  ASSERT_TRUE(run("2026-11"));
  EXPECT_THAT(ids(), ElementsAre("3", "2", "1"));
  EXPECT_THAT(rejects, ElementsAre());
  ExportOptions only;
  only.symbols = {"A/B", "none"};
  ASSERT_TRUE(run("2026-11", only));
  EXPECT_THAT(ids(), ElementsAre("3"));
  only.exchanges = {"y"};
  EXPECT_EQ(run("2026-11", only).error().code, Errc::not_found);
}

TEST_F(ExportTest, BadLinesAreReportedAndTheGoodOnesKept) {
  const std::string time = "2026-11-01T00:00:00.000000Z";
  lake_file("exchange=x/type=trade/symbol=A", "2026-11-01",
            trade("1", time) + "garbage\n" + trade("of B", time, "B") + trade("2", time));
  const auto manifest = run("2026-11");
  ASSERT_TRUE(manifest) << manifest.error().text();
  EXPECT_THAT(ids(), ElementsAre("1", "2"));
  const std::string file = "lake/exchange=x/type=trade/symbol=A/date=2026-11-01.ndjson.zst:";
  EXPECT_THAT(rejects,
              ElementsAre(testing::StartsWith(file + "2:"),
                          file + "3: not of the type, exchange and symbol of its directory"));
  EXPECT_EQ(manifest->rejected, 2u);
}

TEST_F(ExportTest, FeedEventsOfAnExchangeShareAMember) {
  const std::string at = R"("localTimestamp":"2026-11-01T00:00:0)";
  lake_file("exchange=x/type=disconnect/symbol=_", "2026-11-01",
            R"({"type":"disconnect","exchange":"x","reason":"r",)" + at + "1.000000Z\"}\n");
  lake_file("exchange=x/type=connect/symbol=_", "2026-11-01",
            R"({"type":"connect","exchange":"x","symbols":["A"],)" + at + "2.000000Z\"}\n");
  const auto manifest = run("2026-11");
  ASSERT_TRUE(manifest) << manifest.error().text();
  ASSERT_EQ(manifest->members.size(), 1u);
  EXPECT_EQ(manifest->members[0].name(), "feed_events/x.csv.zst");
  EXPECT_EQ(manifest->members[0].totals.events, 2u);
}

// Larger than the pieces handed to the compressor and than a frame.
TEST_F(ExportTest, BigMembersHaveSeveralFramesAndVerify) {
  std::string lines;
  for (int i = 0; i < 150000; ++i) lines += trade(std::to_string(i), "2026-11-15T00:00:00.000000Z");
  lake_file("exchange=x/type=trade/symbol=A", "2026-11-15", lines);
  const auto manifest = run("2026-11");
  ASSERT_TRUE(manifest);
  EXPECT_GT(manifest->members[0].csv_bytes, std::uint64_t{8} << 20);
  const auto verdict = verify(scratch / "out.tar", {});
  ASSERT_TRUE(verdict);
  EXPECT_TRUE(verdict->ok());
  EXPECT_EQ(verdict->rows, 150000u);
}

TEST_F(ExportTest, WithoutRowsThereIsNoArchive) {
  lake_file("exchange=x/type=trade/symbol=A", "2026-11-30",
            trade("1", "2026-11-30T00:00:00.000000Z"));
  const auto none = run("2026-12");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().text(), "no rows in 2026-12: no archive was written");
  EXPECT_THAT(scratch.names(), ElementsAre("lake"));
}

TEST_F(ExportTest, UnderscoreIsASymbolElsewhere) {
  lake_file("exchange=x/type=trade/symbol=_", "2026-11-01",
            trade("1", "2026-11-01T00:00:00.000000Z", "_"));
  const auto manifest = run("2026-11");
  ASSERT_TRUE(manifest) << manifest.error().text();
  EXPECT_EQ(manifest->members[0].name(), "trades/x/_.csv.zst");
  EXPECT_THAT(rejects, ElementsAre());
}

// What cannot be found again by its name would be left out unnoticed.
TEST_F(ExportTest, OtherSpellingsOfDirectoriesAreRefused) {
  const std::string rows = trade("1", "2026-11-01T00:00:00.000000Z", "A:B");
  lake_file("exchange=x/type=trade/symbol=A:B", "2026-11-01", rows);
  const auto manifest = run("2026-11");
  ASSERT_FALSE(manifest);
  EXPECT_EQ(manifest.error().text(), "'" + (scratch / "lake/exchange=x/type=trade/symbol=A:B") +
                                         "' is no directory of a lake");
}

TEST_F(ExportTest, TwoFilesOfADayAreRefused) {
  const std::string of = "lake/exchange=x/type=trade/symbol=A/date=2026-11-01.ndjson";
  write_file(scratch / of, trade("1", "2026-11-01T00:00:00.000000Z"));
  write_file(scratch / of + ".gz", trade("1", "2026-11-01T00:00:00.000000Z"));
  EXPECT_EQ(run("2026-11").error().code, Errc::malformed);
  EXPECT_THAT(scratch.names(), ElementsAre("lake"));
}

TEST_F(ExportTest, StoppedLeavesNothing) {
  lake_file("exchange=x/type=trade/symbol=A", "2026-11-30",
            trade("1", "2026-11-30T00:00:00.000000Z"));
  const std::atomic<bool> stop = true;
  ExportOptions options;
  options.stop = &stop;
  EXPECT_EQ(run("2026-11", options).error().code, Errc::temporary);
  EXPECT_THAT(scratch.names(), ElementsAre("lake"));
}

}  // namespace
}  // namespace md::archive
