#include "codec/spool.hpp"

#include <algorithm>
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
  // Names in the spool, the lock apart.
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(home())) {
      if (entry.path().filename() != ".lock") names.push_back(entry.path().filename());
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

using List = std::vector<std::string>;

TEST_F(Spool, NamesFilesByTheirStartAndRotatesByTheClock) {
  auto spool = SpoolWriter::open(options()).value();
  EXPECT_TRUE(files().empty());
  ASSERT_TRUE(spool.write("a\n", kStart));
  EXPECT_EQ(files(), List{"2026-11-20T103249Z.ndjson.zst.part"});
  ASSERT_TRUE(spool.write("b\n", kStart + 27 * kMinute));
  ASSERT_TRUE(spool.write("c\n", kStart + 28 * kMinute)) << "11:00 has passed";
  ASSERT_TRUE(spool.close());
  EXPECT_EQ(files(), (List{"2026-11-20T103249Z.ndjson.zst", "2026-11-20T110049Z.ndjson.zst"}));
  EXPECT_EQ(lines("2026-11-20T103249Z.ndjson.zst"), (List{"a", "b"}));
  EXPECT_EQ(lines("2026-11-20T110049Z.ndjson.zst"), List{"c"});
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
