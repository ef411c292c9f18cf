#include "codec/last_lines.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "codec/compressor.hpp"
#include "codec/scratch.hpp"

namespace md::codec {
namespace {

class LastLinesTest : public Scratch {
 protected:
  // Text that does not compress much, in lines of 100 bytes that begin with their number.
  static std::string lines(int first, int end) {
    std::mt19937 random{static_cast<std::uint32_t>(first)};
    std::string text;
    for (int i = first; i < end; ++i) {
      std::string line = std::to_string(i) + ' ';
      while (line.size() < 99) line += static_cast<char>('!' + random() % 90);
      text += line + '\n';
    }
    return text;
  }
  static std::string frame(const std::string& text) {
    Buffer out;
    EXPECT_TRUE(make_compressor(Compression::zstd, 0)->add(text, true, out));
    return std::string(out.view());
  }
  struct Seen {
    int lines = 0;
    int damage = 0;
    std::string first;
    std::string last;
  };
  static Seen read(const std::string& file) {
    auto reader = open_last_lines(file);
    Seen seen;
    EXPECT_TRUE(reader);
    if (!reader) return seen;
    std::string_view line;
    for (auto got = reader->next(line); got != LineReader::Read::end; got = reader->next(line)) {
      if (got == LineReader::Read::damage) {
        ++seen.damage;
        continue;
      }
      const std::string number{line.substr(0, line.find(' '))};
      if (seen.lines++ == 0) seen.first = number;
      seen.last = number;
    }
    return seen;
  }
  const std::string file_ = path("file");
};

TEST_F(LastLinesTest, OfFramesThoseOfTheLastMegabyteAreRead) {
  std::string bytes;
  for (int i = 0; i < 10; ++i) bytes += frame(lines(i * 5000, (i + 1) * 5000));
  ASSERT_GT(bytes.size(), 3u << 20);
  bytes[1000] ^= 1;  // damage at the beginning is not met
  put(file_, bytes);
  const Seen seen = read(file_);
  EXPECT_EQ(seen.damage, 0);
  EXPECT_EQ(seen.last, "49999");
  EXPECT_EQ(std::stoi(seen.first) % 5000, 0);
  EXPECT_GT(std::stoi(seen.first), 20000);
}

TEST_F(LastLinesTest, OneLongFrameIsReadWhole) {
  put(file_, frame(lines(0, 30000)));
  const Seen seen = read(file_);
  EXPECT_EQ(seen.lines, 30000);
  EXPECT_EQ(seen.damage, 0);
}

// Frames do not end with the file: nothing says where one begins.
TEST_F(LastLinesTest, ATornFileIsReadWhole) {
  std::string bytes;
  for (int i = 0; i < 5; ++i) bytes += frame(lines(i * 5000, (i + 1) * 5000));
  bytes.resize(bytes.size() - 10);
  put(file_, bytes);
  const Seen seen = read(file_);
  EXPECT_EQ(seen.first, "0");
  EXPECT_EQ(seen.damage, 1);
}

TEST_F(LastLinesTest, ManyFramesBeforeATornOneCostLittle) {
  std::string bytes;
  const std::string one = frame(lines(0, 1));
  while (bytes.size() < 5u << 18) bytes += one;
  put(file_, bytes + frame(lines(0, 5000)).substr(0, 1000));
  const Seen seen = read(file_);
  EXPECT_EQ(seen.damage, 1);
}

TEST_F(LastLinesTest, OfPlainTextWholeLinesAreRead) {
  put(file_, lines(0, 30000));
  const Seen seen = read(file_);
  EXPECT_EQ(seen.last, "29999");
  EXPECT_EQ(seen.lines, (1 << 20) / 100);
  put(file_, lines(0, 3));
  EXPECT_EQ(read(file_).lines, 3);
  put(file_, std::string(2 << 20, 'x'));  // one line
  EXPECT_EQ(read(file_).lines, 1);
  put(file_, "");
  EXPECT_EQ(read(file_).lines, 0);
}

TEST_F(LastLinesTest, WhatIsMissingIsNotFound) {
  const auto reader = open_last_lines(path("nothing"));
  ASSERT_FALSE(reader);
  EXPECT_EQ(reader.error().code, Errc::not_found);
}

}  // namespace
}  // namespace md::codec
