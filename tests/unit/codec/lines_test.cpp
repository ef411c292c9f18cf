#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <vector>

#include "codec/line_reader.hpp"
#include "codec/output.hpp"
#include "codec/scratch.hpp"

namespace md::codec {
namespace {

class Lines : public Scratch {
 protected:
  // Lines of a file; damage shows as "!".
  static std::vector<std::string> read(LineReader in) {
    std::vector<std::string> out;
    std::string_view line;
    for (auto read = in.next(line); read != LineReader::Read::end; read = in.next(line)) {
      out.emplace_back(read == LineReader::Read::line ? std::string(line) : "!");
    }
    return out;
  }
  // The same, many lines at a time.
  static std::vector<std::string> read_blocks(LineReader in) {
    std::vector<std::string> out;
    LineReader::Block block;
    std::uint64_t number = 0;
    for (auto read = in.next_block(block); read != LineReader::Read::end;
         read = in.next_block(block)) {
      if (read == LineReader::Read::damage) {
        EXPECT_TRUE(block.lines.empty());
        out.emplace_back("!");
        number = in.line_number();
        continue;
      }
      EXPECT_FALSE(block.lines.empty());
      EXPECT_EQ(block.first, number + 1);
      number += block.lines.size();
      EXPECT_EQ(in.line_number(), number);
      EXPECT_GE(block.memory.data() + block.memory.capacity(),
                block.lines.back().data() + block.lines.back().size() + kPadding);
      out.insert(out.end(), block.lines.begin(), block.lines.end());
    }
    return out;
  }
  std::vector<std::string> read(const std::string& name) {
    auto lines = read(LineReader::open(path(name)).value());
    EXPECT_EQ(read_blocks(LineReader::open(path(name)).value()), lines);
    return lines;
  }

  void write(const std::string& name, int lines, std::size_t frame_size = 1 << 20) {
    Output::Options options;
    options.frame_size = frame_size;
    Output out = Output::open(path(name), options).value();
    for (int i = 0; i < lines; ++i) ASSERT_TRUE(out.write("line " + std::to_string(i) + "\n"));
    ASSERT_TRUE(out.finish());
  }
};

using List = std::vector<std::string>;

TEST_F(Lines, ComeBackFromEveryCompression) {
  for (const char* name : {"a.ndjson", "a.ndjson.gz", "a.ndjson.zst"}) {
    write(name, 50000, 10000);
    const List lines = read(name);
    ASSERT_EQ(lines.size(), 50000u) << name;
    EXPECT_EQ(lines[0], "line 0");
    EXPECT_EQ(lines[49999], "line 49999");
  }
  EXPECT_EQ(content(path("a.ndjson.zst")).substr(0, 4), "\x28\xB5\x2F\xFD");
  EXPECT_EQ(content(path("a.ndjson.gz")).substr(0, 2), "\x1F\x8B");
}

TEST_F(Lines, OtherProgramsReadTheFiles) {
  write("a.ndjson.gz", 1000, 3000);
  write("a.ndjson.zst", 1000, 3000);
  EXPECT_EQ(std::system(("[ $(gzip -dc " + path("a.ndjson.gz") + " | wc -l) = 1000 ]").c_str()), 0);
  EXPECT_EQ(std::system(("[ $(zstd -qdc " + path("a.ndjson.zst") + " | wc -l) = 1000 ]").c_str()),
            0);
}

TEST_F(Lines, EndsOfLines) {
  put(path("f"), "a\r\n\nb\nlast");
  EXPECT_EQ(read("f"), (List{"a", "", "b", "last"}));
  put(path("f"), "");
  EXPECT_EQ(read("f"), List{});
  put(path("f"), "\n");
  EXPECT_EQ(read("f"), List{""});
  EXPECT_EQ(read(LineReader::from_memory("x\ny")), (List{"x", "y"}));
}

TEST_F(Lines, ALineOverTheLimitIsDamageAndTheNextOnesAreRead) {
  const std::string name = path("long");
  put(name, "short\n" + std::string(5 << 20, 'x') + "\nafter\n" + std::string(3 << 20, 'y'));
  auto in = LineReader::open(name, {.max_line = 1 << 20}).value();
  std::string_view line;
  ASSERT_EQ(in.next(line), LineReader::Read::line);
  ASSERT_EQ(in.next(line), LineReader::Read::damage);
  EXPECT_EQ(in.damage().code, Errc::malformed);
  EXPECT_EQ(in.damage().line, 2u);
  ASSERT_EQ(in.next(line), LineReader::Read::line);
  EXPECT_EQ(line, "after");
  EXPECT_EQ(in.line_number(), 3u);
  ASSERT_EQ(in.next(line), LineReader::Read::damage);
  EXPECT_EQ(in.next(line), LineReader::Read::end);
  EXPECT_EQ(read_blocks(LineReader::open(name, {.max_line = 1 << 20}).value()),
            (List{"short", "!", "after", "!"}));
  // Between others, in a block that is longer than the limit.
  put(name, "a\nb\n" + std::string(70, 'x') + "\n" + std::string(60, 'y') + "\nc\n");
  EXPECT_EQ(read_blocks(LineReader::open(name, {.max_line = 64}).value()),
            (List{"a", "b", "!", std::string(60, 'y'), "c"}));
}

TEST_F(Lines, AfterALineTheRestComesInABlock) {
  auto in = LineReader::from_memory("a\nb\nc\nlast");
  std::string_view line;
  ASSERT_EQ(in.next(line), LineReader::Read::line);
  LineReader::Block block;
  ASSERT_EQ(in.next_block(block), LineReader::Read::line);
  EXPECT_EQ(block.lines, (std::vector<std::string_view>{"b", "c"}));
  EXPECT_EQ(block.first, 2U);
  EXPECT_EQ(in.line_number(), 3U);
  ASSERT_EQ(in.next(line), LineReader::Read::line);
  EXPECT_EQ(line, "last");
}

TEST_F(Lines, ATornFileGivesItsGoodLinesAndSaysSo) {
  for (const char* name : {"t.zst", "t.gz"}) {
    write(name, 100000, 1 << 30);
    const std::string whole = content(path(name));
    put(path(name), whole.substr(0, whole.size() / 2));
    const List lines = read(name);
    ASSERT_GT(lines.size(), 100u) << name;
    EXPECT_EQ(lines.back(), "!");
    for (std::size_t i = 0; i + 1 < lines.size(); ++i)
      ASSERT_EQ(lines[i], "line " + std::to_string(i));
  }
}

TEST_F(Lines, AfterDamageInAZstReadingGoesOnAtTheNextFrame) {
  write("d.zst", 30000, 20000);
  std::string bytes = content(path("d.zst"));
  bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
  put(path("d.zst"), bytes);
  const List lines = read("d.zst");
  const auto damages = std::count(lines.begin(), lines.end(), "!");
  EXPECT_GE(damages, 1);
  EXPECT_LE(damages, 3);
  EXPECT_GT(lines.size(), 25000u);
  EXPECT_EQ(lines.back(), "line 29999");
}

// Lines that hardly compress, so that the file is large enough for a thread of its own.
class LargeFile : public Lines {
 protected:
  LargeFile() {
    std::mt19937_64 random{7};
    Output::Options options;
    options.frame_size = 100'000;
    Output out = Output::open(file_, options).value();
    for (int i = 0; i < 20000; ++i) {
      lines_.push_back(std::to_string(i) + " " + std::to_string(random()) +
                       std::to_string(random()));
      EXPECT_TRUE(out.write(lines_.back() + "\n"));
    }
    EXPECT_TRUE(out.finish());
    EXPECT_GT(std::filesystem::file_size(file_), 400'000U);
  }
  List read_whole(bool ahead) const {
    const List lines = read(LineReader::open(file_, {.ahead = ahead}).value());
    EXPECT_EQ(read_blocks(LineReader::open(file_, {.ahead = ahead}).value()), lines);
    return lines;
  }

  const std::string file_ = path("large.zst");
  List lines_;
};

TEST_F(LargeFile, ReadAheadOrNotGivesTheSame) {
  EXPECT_EQ(read_whole(true), lines_);
  EXPECT_EQ(read_whole(false), lines_);
  auto in = LineReader::open(file_).value();
  std::string_view line;
  EXPECT_EQ(in.bytes_read(), 0U);
  while (in.next(line) != LineReader::Read::end) EXPECT_FALSE(in.may_wait());
  EXPECT_EQ(in.bytes_read(), in.bytes_total());
}

TEST_F(LargeFile, LinesMayBeLongerThanWhatIsReadAhead) {
  std::mt19937_64 random{7};
  Output out = Output::open(path("long.zst"), {}).value();
  List expected;
  for (const std::size_t size : {1U, 8'000U, 8'192U, 8'193U, 20'000U, 500'000U, 3U, 131'072U, 5U}) {
    std::string& line = expected.emplace_back();
    while (line.size() < size) line += std::to_string(random());
    EXPECT_TRUE(out.write(line + "\n"));
  }
  EXPECT_TRUE(out.finish());
  ASSERT_GT(std::filesystem::file_size(path("long.zst")), 256U << 10);
  EXPECT_EQ(read("long.zst"), expected);
}

TEST_F(LargeFile, AHugeLinesMemoryDoesNotStay) {
  std::mt19937_64 random{7};
  std::string huge;
  while (huge.size() < std::size_t{8} << 20) huge += std::to_string(random());
  Output out = Output::open(path("huge.zst"), {}).value();
  ASSERT_TRUE(out.write(huge + "\n"));
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(out.write(huge.substr(0, 80) + "\n"));
  ASSERT_TRUE(out.finish());

  // Each buffer of those that go round comes by here within a dozen blocks.
  auto in = LineReader::open(path("huge.zst"), {.ahead = true}).value();
  LineReader::Block block;
  std::vector<std::size_t> capacities;
  while (in.next_block(block) == LineReader::Read::line)
    capacities.push_back(block.memory.capacity());
  ASSERT_GT(capacities.size(), 24U);
  EXPECT_GT(*std::max_element(capacities.begin(), capacities.end()), huge.size());
  EXPECT_LT(*std::max_element(capacities.end() - 12, capacities.end()), std::size_t{2} << 20);
}

TEST_F(LargeFile, DamageShowsAtTheSamePlaceReadAheadOrNot) {
  std::string bytes = content(file_);
  bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
  bytes.resize(bytes.size() - 10);
  put(file_, bytes);
  const List damaged = read_whole(true);
  EXPECT_GE(std::count(damaged.begin(), damaged.end(), "!"), 2);
  EXPECT_EQ(damaged, read_whole(false));
}

TEST_F(LargeFile, AReaderMayBeLeftInTheMiddle) {
  auto in = LineReader::open(file_).value();
  std::string_view line;
  ASSERT_EQ(in.next(line), LineReader::Read::line);
  EXPECT_EQ(line, lines_.front());
}

TEST_F(Lines, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(LineReader::open(path("missing")).error().code, Errc::not_found);
  EXPECT_EQ(LineReader::open(directory_).error().code, Errc::not_found);
  EXPECT_NE(LineReader::open(directory_).error().message.find("Is a directory"), std::string::npos);
}

TEST_F(Lines, OutputAppearsOnlyWhenFinishedAndReplacesNothing) {
  {
    Output out = Output::open(path("o")).value();
    ASSERT_TRUE(out.write("x\n"));
    ASSERT_TRUE(out.flush());
    EXPECT_FALSE(std::filesystem::exists(path("o")));
    EXPECT_EQ(Output::open(path("o")).error().code, Errc::exists) << "two writers of one file";
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory_)) << "an abandoned output leaves nothing";
  put(path("o"), "old");
  EXPECT_EQ(Output::open(path("o")).error().code, Errc::exists);
  Output::Options replace;
  replace.replace = true;
  Output out = Output::open(path("o"), replace).value();
  ASSERT_TRUE(out.write("new\n"));
  EXPECT_EQ(content(path("o")), "old");
  ASSERT_TRUE(out.finish());
  EXPECT_EQ(content(path("o")), "new\n");
  EXPECT_EQ(Output::open(path("no/such/o")).error().code, Errc::create);
}

TEST_F(Lines, WhatCameUpMeanwhileIsNotReplaced) {
  Output out = Output::open(path("o")).value();
  ASSERT_TRUE(out.write("mine\n"));
  put(path("o"), "theirs");
  EXPECT_EQ(out.finish().error().code, Errc::exists);
  EXPECT_EQ(content(path("o")), "theirs");
}

TEST_F(Lines, AFullDiskIsAnError) {
  Output out = Output::open("/dev/full").value();
  Result<void> result = out.write(std::string(1 << 20, 'x') + "\n");
  if (result) result = out.finish();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::io);
}

TEST_F(Lines, AFullDiskIsAnErrorOfWhatIsCompressedToo) {
  Output out = Output::open("/dev/full", {.compression = Compression::zstd, .level = 0}).value();
  ASSERT_TRUE(out.write("x\n"));
  const auto result = out.finish();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::io);
}

TEST_F(Lines, WhatIsFlushedCanBeReadAlthoughItWasCompressedBeside) {
  Output out = Output::open(path("f.zst")).value();
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(out.write(std::string(10'000, 'x') + "\n"));
  ASSERT_TRUE(out.flush());
  EXPECT_EQ(read("f.zst.part").size(), 1000U);
}

}  // namespace
}  // namespace md::codec
