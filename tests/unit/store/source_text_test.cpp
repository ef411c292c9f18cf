#include "store/source_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace md::store {
namespace {

// printf 'a\nb\n' | sha256sum
constexpr std::string_view kAB = "911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2";

Position after(std::initializer_list<std::string_view> lines) {
  Sha256Hasher hasher;
  for (const std::string_view line : lines) {
    hasher.update(line);
    hasher.update("\n");
  }
  return {lines.size(), hasher.finish()};
}

TEST(SourceText, ANewOneIsStoredWhole) {
  SourceText text{"x", {}};
  EXPECT_FALSE(text.at_stored());
  EXPECT_TRUE(text.take("a").value());
  EXPECT_TRUE(text.take("b").value());
  EXPECT_TRUE(text.end());
  EXPECT_EQ(text.position().lines, 2u);
  EXPECT_EQ(to_hex(text.position().digest), kAB);
}

TEST(SourceText, WhatIsStoredIsPassedOver) {
  SourceText text{"x", after({"a", "b"})};
  EXPECT_TRUE(text.at_stored());
  EXPECT_FALSE(text.take("a").value());
  EXPECT_FALSE(text.take("b").value());
  EXPECT_FALSE(text.at_stored());
  EXPECT_TRUE(text.take("").value());
  EXPECT_TRUE(text.end());
  EXPECT_EQ(text.position(), after({"a", "b", ""}));
}

TEST(SourceText, PositionsMayBeAskedForInBetween) {
  SourceText text{"x", {}};
  EXPECT_TRUE(text.take("a"));
  EXPECT_EQ(text.position(), after({"a"}));
  EXPECT_TRUE(text.take("b"));
  EXPECT_EQ(text.position(), after({"a", "b"}));
}

TEST(SourceText, AnotherTextIsRefusedBeforeAnythingOfItIsStored) {
  SourceText text{"feed", after({"a", "b"})};
  EXPECT_FALSE(text.take("a").value());
  const auto taken = text.take("c");
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Errc::exists);
  EXPECT_NE(taken.error().message.find("'feed'"), std::string::npos);
}

// The same bytes in other lines.
TEST(SourceText, LinesAreTheirNewlinesToo) {
  SourceText text{"x", after({"ab"})};
  EXPECT_FALSE(text.take("a"));
}

TEST(SourceText, ATextThatEndsTooEarlyIsAnother) {
  SourceText text{"x", after({"a", "b"})};
  EXPECT_FALSE(text.take("a").value());
  ASSERT_FALSE(text.end());
  EXPECT_EQ(text.end().error().code, Errc::exists);
}

TEST(Batch, GivesItsLinesBack) {
  Batch batch;
  EXPECT_TRUE(batch.empty());
  batch.add("first");
  batch.add("");
  batch.add("third");
  ASSERT_EQ(batch.size(), 3u);
  EXPECT_EQ(batch.line(0), "first");
  EXPECT_EQ(batch.line(1), "");
  EXPECT_EQ(batch.line(2), "third");
  batch.clear();
  EXPECT_TRUE(batch.empty());
  batch.add("again");
  EXPECT_EQ(batch.line(0), "again");
}

TEST(Batch, IsFullByLinesOrBytes) {
  Batch lines;
  for (std::size_t i = 0; i < Batch::kMaxLines; ++i) {
    EXPECT_FALSE(lines.full());
    lines.add("x");
  }
  EXPECT_TRUE(lines.full());
  Batch bytes;
  bytes.add(std::string(Batch::kMaxBytes, 'x'));
  EXPECT_TRUE(bytes.full());
}

}  // namespace
}  // namespace md::store
