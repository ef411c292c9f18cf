#include "store/copy_sender.hpp"

#include "store/local_database.hpp"
#include "store/pg_binary.hpp"
#include "store/schema.hpp"

namespace md::store {
namespace {

class CopySenderTest : public LocalDatabase {
 protected:
  void SetUp() override {
    LocalDatabase::SetUp();
    if (IsSkipped()) return;
    database_.emplace(connect());
    ASSERT_TRUE(database_->execute(
        "CREATE TABLE one (n bigint CHECK (n >= 0)); CREATE TABLE two (n bigint)"));
    ASSERT_TRUE(database_->begin());
  }

  static std::string copy(const std::string& table) {
    return "COPY " + table + " (n) FROM STDIN (FORMAT binary)";
  }
  static Buffer rows(std::int64_t from, std::int64_t to) {
    Buffer buffer;
    for (std::int64_t n = from; n < to; ++n) {
      RowWriter row(buffer, Numbers::exact);
      row.begin(1);
      row.bigint(n);
    }
    return buffer;
  }
  std::string sum(const std::string& table) {
    const auto rows = database_->query("SELECT concat(count(*), ' ', sum(n)) FROM " + table);
    return rows ? std::string(rows->text(0, 0)) : rows.error().message;
  }

  std::optional<Database> database_;
};

TEST_F(CopySenderTest, RowsOfTablesThatAlternateAreStored) {
  CopySender sender(*database_);
  for (int i = 0; i < 100; ++i) {
    Buffer block = rows(100 * i, 100 * (i + 1));
    ASSERT_TRUE(sender.send(copy(i % 3 == 0 ? "one" : "two"), block));
    EXPECT_TRUE(block.empty());
  }
  EXPECT_EQ(sender.finish().value(), 10'000U);
  EXPECT_EQ(sum("one"), "3400 16998300");
  EXPECT_EQ(sum("two"), "6600 32996700");
}

TEST_F(CopySenderTest, AHugeBlockIsStoredAndItsMemoryDoesNotComeBack) {
  CopySender sender(*database_);
  Buffer block = rows(0, 400'000);
  ASSERT_GT(block.size(), std::size_t{4} << 20);
  ASSERT_TRUE(sender.send(copy("one"), block));
  for (std::size_t i = 0; i < 2 * CopySender::kWaiting; ++i) {
    block.append(rows(0, 1).view());
    ASSERT_TRUE(sender.send(copy("two"), block));
    EXPECT_LT(block.capacity(), std::size_t{1} << 20);
  }
  EXPECT_EQ(sender.finish().value(), 400'000 + 2 * CopySender::kWaiting);
}

TEST_F(CopySenderTest, WhatTheServerHasAgainstARowIsTold) {
  CopySender sender(*database_);
  Result<void> sent;
  for (int i = 0; i < 1000 && sent; ++i) {
    Buffer block = rows(-1, 10'000);
    sent = sender.send(copy("one"), block);
  }
  const auto finished = sent ? sender.finish() : Result<std::uint64_t>{sent.error()};
  ASSERT_FALSE(finished);
  EXPECT_NE(finished.error().message.find("one_n_check"), std::string::npos)
      << finished.error().message;
}

TEST_F(CopySenderTest, ATableThatIsNotThereIsToldAtTheEndAtTheLatest) {
  CopySender sender(*database_);
  Buffer block = rows(0, 1);
  static_cast<void>(sender.send(copy("none"), block));
  EXPECT_FALSE(sender.finish());
}

TEST_F(CopySenderTest, WithoutFinishTheTransactionCanBeAbandoned) {
  {
    CopySender sender(*database_);
    Buffer block = rows(0, 100'000);
    ASSERT_TRUE(sender.send(copy("one"), block));
  }
  database_->abandon();
  EXPECT_FALSE(database_->in_transaction());
  EXPECT_EQ(sum("one"), "0 ");
}

}  // namespace
}  // namespace md::store
