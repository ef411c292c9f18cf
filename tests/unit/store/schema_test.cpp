#include "store/schema.hpp"

#include <gtest/gtest.h>

namespace md::store {
namespace {

TEST(Schema, MigrationsAreNumberedWithoutHoles) {
  int expected = 1;
  for (const Migration& migration : migrations()) {
    EXPECT_EQ(migration.number, expected++) << migration.name;
    EXPECT_FALSE(migration.sql.empty()) << migration.name;
  }
  EXPECT_GT(expected, 1);
}

}  // namespace
}  // namespace md::store
