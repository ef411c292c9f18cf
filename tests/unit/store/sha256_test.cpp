#include "store/sha256.hpp"

#include <gtest/gtest.h>

#include <string>

namespace md::store {
namespace {

// FIPS 180-2, appendix B, and the digest of nothing.
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(Sha256, OfBytesInPieces) {
  Sha256Hasher hasher;
  hasher.update("a");
  hasher.update("bc");
  EXPECT_EQ(to_hex(hasher.finish()), kOfAbc);
  EXPECT_EQ(to_hex(hasher.finish()), kOfNothing);
}

TEST(Sha256, HexBothWays) {
  const auto digest = sha256_from_hex(kOfAbc);
  ASSERT_TRUE(digest);
  EXPECT_EQ(to_hex(*digest), kOfAbc);
  EXPECT_FALSE(sha256_from_hex("ba78"));
  EXPECT_FALSE(sha256_from_hex(std::string(64, 'g')));
}

TEST(Sha256, OfWhatIsNoFile) {
  const auto missing = sha256_of_file("/nonexistent");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_EQ(missing.error().message, "cannot open '/nonexistent': No such file or directory");
  const auto directory = sha256_of_file("/");
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().message, "cannot read '/': Is a directory");
}

}  // namespace
}  // namespace md::store
