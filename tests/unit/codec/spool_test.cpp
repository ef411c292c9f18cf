#include "codec/spool.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "codec/line_reader.hpp"
#include "codec/scratch.hpp"

namespace md::codec {
namespace {

namespace fs = std::filesystem;

constexpr Micros kStart = 1'795'170'769'669'123;  // 2026-11-20T10:32:49.669123Z

class Spool : public Scratch {
 protected:
  SpoolWriter::Options options() const {
    SpoolWriter::Options o;
    o.directory = directory_;
    o.recorder = "host/a";
    o.exchange = "binance";
    return o;
  }
  std::string home() const { return directory_ + "/host%2Fa/binance"; }
  // Names in the spool, the lock and the reserve apart.
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(home())) {
      if (!entry.path().filename().string().starts_with("."))
        names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  std::vector<std::string> lines(const std::string& name) const {
    std::vector<std::string> out;
    auto in = LineReader::open(home() + "/" + name).value();
    std::string_view line;
    for (auto read = in.next(line); read != LineReader::Read::end; read = in.next(line)) {
      out.push_back(read == LineReader::Read::line ? std::string(line) : "!");
    }
    return out;
  }
};

// A line that does not compress.
std::string noise(std::size_t size) {
  std::minstd_rand random;
  std::string line(size, '\n');
  for (char& c : line) c = static_cast<char>('0' + random() % 75);
  return line + "\n";
}

using List = std::vector<std::string>;

TEST_F(Spool, NamesFilesByTheirStartAndIsDueByTheClock) {
  auto spool = SpoolWriter::open(options()).value();
  EXPECT_TRUE(files().empty());
  EXPECT_FALSE(spool.due(kStart + kDay)) << "nothing is open";
  ASSERT_TRUE(spool.write("a\n", kStart));
  EXPECT_EQ(files(), List{"2026-11-20T103249Z.ndjson.zst.part"});
  EXPECT_FALSE(spool.due(kStart + 27 * kMinute));
  ASSERT_TRUE(spool.write("b\n", kStart + 27 * kMinute));
  EXPECT_TRUE(spool.due(kStart + 28 * kMinute)) << "11:00 has passed";
  ASSERT_TRUE(spool.close());
  ASSERT_TRUE(spool.write("c\n", kStart + 28 * kMinute));
  ASSERT_TRUE(spool.close());
  EXPECT_EQ(files(), (List{"2026-11-20T103249Z.ndjson.zst", "2026-11-20T110049Z.ndjson.zst"}));
  EXPECT_EQ(lines("2026-11-20T103249Z.ndjson.zst"), (List{"a", "b"}));
  EXPECT_EQ(lines("2026-11-20T110049Z.ndjson.zst"), List{"c"});
}

TEST_F(Spool, IsDueByItsSize) {
  auto o = options();
  o.rotate_bytes = 60;
  auto spool = SpoolWriter::open(o).value();
  for (int i = 0; !spool.due(kStart); ++i) {
    ASSERT_LT(i, 6) << "a frame has more than ten bytes";
    ASSERT_TRUE(spool.write("a\n", kStart));
    ASSERT_TRUE(spool.flush());
  }
  ASSERT_TRUE(spool.close());
  EXPECT_FALSE(spool.due(kStart));
  EXPECT_GE(fs::file_size(home() + "/" + files()[0]), 60u);
}

// Else nothing would be due until the clock is where it was.
TEST_F(Spool, IsDueWhenTheClockWasSetBack) {
  auto spool = SpoolWriter::open(options()).value();
  ASSERT_TRUE(spool.write("a\n", kStart));
  EXPECT_FALSE(spool.due(kStart - kMinute)) << "a line may have been under way";
  EXPECT_TRUE(spool.due(kStart - kMinute - 1));
  ASSERT_TRUE(spool.close());
  ASSERT_TRUE(spool.write("b\n", kStart - kHour));
  EXPECT_FALSE(spool.due(kStart - kHour + 27 * kMinute));
  EXPECT_TRUE(spool.due(kStart - kHour + 28 * kMinute)) << "10:00 has passed";
  EXPECT_EQ(files(), (List{"2026-11-20T103249Z.ndjson.zst", "2026-11-20T103250Z.ndjson.zst.part"}));
}

// Two files in one second, a clock set back, and the first file moved away meanwhile.
TEST_F(Spool, NeverUsesANameTwice) {
  auto spool = SpoolWriter::open(options()).value();
  for (const Micros at : {kStart, kStart, kStart - kHour}) {
    ASSERT_TRUE(spool.write("a\n", at));
    ASSERT_TRUE(spool.close());
    for (const std::string& name : files())
      fs::rename(home() + "/" + name, directory_ + "/" + name);
  }
  EXPECT_TRUE(fs::exists(directory_ + "/2026-11-20T103249Z.ndjson.zst"));
  EXPECT_TRUE(fs::exists(directory_ + "/2026-11-20T103250Z.ndjson.zst"));
  EXPECT_TRUE(fs::exists(directory_ + "/2026-11-20T103251Z.ndjson.zst"));
}

TEST_F(Spool, SetAsideKeepsWhatWasFlushedAndNoMore) {
  for (const Sync sync : {Sync::none, Sync::file, Sync::flush}) {
    auto o = options();
    o.sync = sync;
    auto spool = SpoolWriter::open(o).value();
    ASSERT_TRUE(spool.write("kept\n", kStart));
    ASSERT_TRUE(spool.flush());
    ASSERT_TRUE(spool.write(noise(std::size_t{1} << 20), kStart)) << "some of it is in the file";
    ASSERT_TRUE(spool.set_aside());
    ASSERT_EQ(files(), List{"2026-11-20T103249Z.ndjson.zst"});
    EXPECT_EQ(lines(files()[0]), List{"kept"});
    fs::remove(home() + "/" + files()[0]);
    ASSERT_TRUE(spool.write("never flushed\n", kStart + kMinute));
    ASSERT_TRUE(spool.set_aside());
    EXPECT_TRUE(files().empty()) << "a file without a line is none";
  }
}

TEST_F(Spool, RecordsALossInTheSpaceKeptForIt) {
  auto spool = SpoolWriter::open(options()).value();
  EXPECT_EQ(fs::file_size(home() + "/.reserve"), SpoolWriter::kReserveBytes);
  ASSERT_TRUE(spool.record_loss("lost\n", kStart));
  EXPECT_FALSE(fs::exists(home() + "/.reserve")) << "it has become the file";
  ASSERT_EQ(files(), List{"2026-11-20T103249Z.ndjson.zst"});
  EXPECT_EQ(lines(files()[0]), List{"lost"});
  ASSERT_TRUE(spool.record_loss("again\n", kStart)) << "without a reserve, where there is room";
  EXPECT_EQ(lines(files()[1]), List{"again"});
}

TEST_F(Spool, ARestartInTheSameSecondTakesTheNextFreeName) {
  for (const char* line : {"first\n", "second\n", "third\n"}) {
    auto spool = SpoolWriter::open(options()).value();
    ASSERT_TRUE(spool.write(line, kStart));
    ASSERT_TRUE(spool.close());
  }
  EXPECT_EQ(files(), (List{"2026-11-20T103249Z.ndjson.zst", "2026-11-20T103250Z.ndjson.zst",
                           "2026-11-20T103251Z.ndjson.zst"}));
  EXPECT_EQ(lines("2026-11-20T103249Z.ndjson.zst"), List{"first"});
  EXPECT_EQ(lines("2026-11-20T103251Z.ndjson.zst"), List{"third"});
}

TEST_F(Spool, WhatWasFlushedSurvivesAKill) {
  {
    auto spool = SpoolWriter::open(options()).value();
    ASSERT_TRUE(spool.write("flushed 1\nflushed 2\n", kStart));
    ASSERT_TRUE(spool.flush());
    ASSERT_TRUE(spool.write("flushed 3\n", kStart));
    ASSERT_TRUE(spool.flush());
    ASSERT_TRUE(spool.write("not flushed\n", kStart));
    // No close: as if killed. What stood in the file then is cut mid-frame, too.
  }
  const std::string part = home() + "/2026-11-20T103249Z.ndjson.zst.part";
  put(part, content(part) + "\x28\xB5\x2F\xFD torn");
  EXPECT_EQ(lines("2026-11-20T103249Z.ndjson.zst.part").back(), "!");
  auto spool = SpoolWriter::open(options()).value();
  ASSERT_EQ(spool.repairs().size(), 1u);
  EXPECT_EQ(spool.repairs()[0].cut_bytes, 9u);
  EXPECT_EQ(files(), List{"2026-11-20T103249Z.ndjson.zst"});
  EXPECT_EQ(lines("2026-11-20T103249Z.ndjson.zst"), (List{"flushed 1", "flushed 2", "flushed 3"}));
}

TEST_F(Spool, RepairTellsWhatItCut) {
  fs::create_directories(home());
  put(home() + "/x.ndjson.zst.part", "");
  put(home() + "/y.ndjson.zst.part", "\x28\xB5\x2F\xFD torn");
  const auto repairs = repair_spool(home()).value();
  ASSERT_EQ(repairs.size(), 2u);
  for (const Repair& repair : repairs) EXPECT_EQ(repair.path, "") << "nothing whole was in it";
  EXPECT_EQ(repairs[0].cut_bytes + repairs[1].cut_bytes, 9u);
  EXPECT_EQ(to_text({"x.part", "", 0, 9}),
            "removed 'x.part', left by a crash: no whole frame in its 9 bytes");
  EXPECT_EQ(to_text({"x.part", "x", 50, 9}),
            "closed 'x', left by a crash: 50 bytes kept, 9 torn ones cut");
  EXPECT_TRUE(files().empty());
}

TEST_F(Spool, OneWriterADirectory) {
  auto first = SpoolWriter::open(options()).value();
  const auto second = SpoolWriter::open(options());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::exists);
}

}  // namespace
}  // namespace md::codec
