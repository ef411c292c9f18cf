// Export of a lake: every row of the month and no other, in an archive that appears whole or not at
// all.
#include "archive/exporter.hpp"

#include <gmock/gmock.h>

#include <map>

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
  Result<Manifest> run(const std::string& period, ExportOptions options = {}) {
    MD_TRY(const auto source,
           LakeSource::open(scratch / "lake",
                            [this](const Error& error, std::string_view) -> Result<void> {
                              rejects.push_back(error.text().substr(scratch.path().size() + 1));
                              return {};
                            }));
    MD_TRY(options.period, parse_period(period));
    options.path = scratch / "out.tar";
    options.replace = true;
    MD_TRY(done, export_archive(*source, options));
    return done.manifest;
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
  Exported done;
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
  EXPECT_EQ(done.misfiled, 0u);
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
  EXPECT_EQ(done.misfiled, 2u);
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

// Rows at both ends of days and months belong to one archive each; the last of February too.
TEST_F(ExportTest, DaysOfAMonthAreTheMonth) {
  const std::string of = "exchange=x/type=trade/symbol=A";
  for (const int year : {2024, 2028}) {
    const std::string february = std::to_string(year) + "-02-";
    lake_file(of, february + "28",
              trade("a", february + "28T00:00:00.000000Z") +
                  trade("b", february + "28T23:59:59.999999Z"));
    lake_file(of, february + "29",
              trade("c", february + "29T00:00:00.000000Z") +
                  trade("d", february + "29T23:59:59.999999Z"));
    lake_file(of, std::to_string(year) + "-03-01",
              trade("e", std::to_string(year) + "-03-01T00:00:00.000000Z"));
    ASSERT_TRUE(run(february + "28"));
    EXPECT_THAT(ids(), ElementsAre("a", "b"));
    ASSERT_TRUE(run(february + "29"));
    EXPECT_THAT(ids(), ElementsAre("c", "d"));
    EXPECT_EQ(done.manifest.period.name, february + "29");
    ASSERT_TRUE(run(std::to_string(year) + "-02"));
    EXPECT_THAT(ids(), ElementsAre("a", "b", "c", "d"));
    ASSERT_TRUE(run(std::to_string(year) + "-03-01"));
    EXPECT_THAT(ids(), ElementsAre("e"));
  }
  EXPECT_EQ(run("2027-02-29").error().code, Errc::malformed);
}

// The period's end is known to the archive, not the moment of its making.
TEST_F(ExportTest, PeriodThatHasNotEndedIsSaidToBeIncomplete) {
  lake_file("exchange=x/type=trade/symbol=A", "2026-11-01",
            trade("1", "2026-11-01T00:00:00.000000Z"));
  ExportOptions options;
  options.now = *parse_iso("2026-11-30T23:59:59.999999Z");
  ASSERT_TRUE(run("2026-11", options));
  EXPECT_FALSE(done.manifest.complete);
  ++options.now;
  ASSERT_TRUE(run("2026-11", options));
  EXPECT_TRUE(done.manifest.complete);
}

TEST_F(ExportTest, GzipHoldsTheSame) {
  std::string lines;
  for (int i = 0; i < 20000; ++i) lines += trade(std::to_string(i), "2026-11-15T00:00:00.000000Z");
  lake_file("exchange=x/type=trade/symbol=A", "2026-11-15", lines);
  ASSERT_TRUE(run("2026-11"));
  const auto as_zstd = ids();
  ExportOptions options;
  options.compression = codec::Compression::gzip;
  const auto manifest = run("2026-11", options);
  ASSERT_TRUE(manifest);
  EXPECT_EQ(manifest->members[0].name(), "trades/x/A.csv.gz");
  EXPECT_EQ(ids(), as_zstd);
  EXPECT_TRUE(verify(scratch / "out.tar", {})->ok());
}

TEST_F(ExportTest, SameBytesWithOneAndFourThreads) {
  for (int symbol = 0; symbol < 20; ++symbol) {
    const std::string name = "S" + std::to_string(symbol);
    std::string lines;
    for (int i = 0; i < 1000 * (symbol % 3); ++i)
      lines += trade(std::to_string(i), "2026-11-15T00:00:00.000000Z", name);
    lines += "garbage\n";
    lake_file("exchange=x/type=trade/symbol=" + name, "2026-11-15", lines);
  }
  ExportOptions options;
  std::uint64_t told = 0;
  options.on_event = [&] { ++told; };
  ASSERT_TRUE(run("2026-11", options));
  const std::string one = test::read_file(scratch / "out.tar");
  EXPECT_EQ(told, 7 * 1000u + 6 * 2000u);
  options.jobs = 4;
  ASSERT_TRUE(run("2026-11", options));
  EXPECT_TRUE(test::read_file(scratch / "out.tar") == one);
  EXPECT_EQ(done.manifest.rejected, 20u);
  EXPECT_EQ(rejects.size(), 40u);
  EXPECT_THAT(scratch.names(), ElementsAre("lake", "out.tar"));
}

// Streams A, B and C of one trade each, which can be made to fail or to change.
class Scripted final : public Source {
 public:
  struct Script {
    std::string failing;                          // reading this symbol fails
    std::map<std::string, std::string> versions;  // by symbol: what its fingerprint is
    std::map<std::string, int> reads;             // by symbol: how often it was read
    std::uint64_t rejected = 0;                   // of each stream
  };
  explicit Scripted(Script& script) : script_(script) {}

  Result<std::vector<Stream>> streams(const Period&) override {
    return std::vector<Stream>{
        {Table::trades, "x", "A"}, {Table::trades, "x", "B"}, {Table::trades, "x", "C"}};
  }
  Result<Oddities> read(const Stream& stream, const Period& period,
                        const TakeEvent& take) override {
    ++script_.reads[stream.symbol];
    Event event;
    event.exchange = stream.exchange;
    event.symbol = stream.symbol;
    event.timestamp = event.local_timestamp = period.from;
    event.body = Trade{};
    MD_CHECK(take(event));
    if (stream.symbol == script_.failing) return Error{Errc::unavailable, "lost", {}, 0, 0};
    return Oddities{script_.rejected, 0};
  }
  Result<std::string> fingerprint(const Stream& stream, const Period&) override {
    return script_.versions[stream.symbol];
  }
  Result<std::unique_ptr<Source>> another() override {
    return std::unique_ptr<Source>{new Scripted{script_}};
  }
  std::vector<std::string> arguments() const override { return {"--scripted"}; }

 private:
  Script& script_;
};

class ContinuedExportTest : public testing::Test {
 protected:
  Result<Exported> run() {
    script.reads.clear();
    Scripted source{script};
    ExportOptions options;
    options.period = *month_period("2026-11");
    options.path = scratch / "out.tar";
    options.replace = true;
    return export_archive(source, options);
  }
  // A run that makes A and B, and fails at C.
  void fail() {
    script.failing = "C";
    ASSERT_EQ(run().error().code, Errc::unavailable);
    script.failing.clear();
  }

  Scratch scratch;
  Scripted::Script script;
};

TEST_F(ContinuedExportTest, MembersAreNotMadeAgain) {
  ASSERT_TRUE(run());
  const std::string whole = test::read_file(scratch / "out.tar");
  fail();
  EXPECT_THAT(scratch.names(), ElementsAre("out.tar", "out.tar.parts"));
  const auto done = run();
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_EQ(done->continued, 2u);
  EXPECT_THAT(script.reads, ElementsAre(testing::Pair("C", 1)));
  EXPECT_TRUE(test::read_file(scratch / "out.tar") == whole);
  EXPECT_THAT(scratch.names(), ElementsAre("out.tar"));
}

TEST_F(ContinuedExportTest, MembersOfAChangedSourceAreMadeAgain) {
  fail();
  script.versions["B"] = "loaded since";
  ASSERT_TRUE(run());
  EXPECT_THAT(script.reads, ElementsAre(testing::Pair("B", 1), testing::Pair("C", 1)));
}

TEST_F(ContinuedExportTest, DamagedPartsAreMadeAgain) {
  fail();
  const std::string part = scratch / "out.tar.parts/trades%2Fx%2F";
  std::string content = test::read_file(part + "A.csv.zst");
  content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 1);
  write_file(part + "A.csv.zst", content);
  write_file(part + "B.csv.zst.json", "mdtools part");
  const auto done = run();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->continued, 0u);
  EXPECT_TRUE(verify(scratch / "out.tar", {})->ok());
}

// Whoever continues is to be told of bad lines too.
TEST_F(ContinuedExportTest, MembersWithBadLinesAreMadeAgain) {
  script.rejected = 1;
  fail();
  const auto done = run();
  ASSERT_TRUE(done);
  EXPECT_EQ(done->continued, 0u);
  EXPECT_EQ(done->manifest.rejected, 3u);
}

TEST_F(ContinuedExportTest, WhatIsNotOursStaysInTheDirectory) {
  fail();
  write_file(scratch / "out.tar.parts/notes.txt", "mine");
  ASSERT_TRUE(run());
  EXPECT_THAT(scratch.names(), ElementsAre("out.tar", "out.tar.parts"));
  EXPECT_EQ(test::read_file(scratch / "out.tar.parts/notes.txt"), "mine");
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
