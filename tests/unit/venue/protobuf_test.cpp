// The wire format, byte by byte as the encoding guide has it.
#include "venue/protobuf.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace md::venue::protobuf {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A block of its own size, so that a sanitizer sees a step beyond it.
class Exact {
 public:
  explicit Exact(std::string_view bytes) : bytes_(bytes.begin(), bytes.end()) {}
  std::string_view view() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::vector<char> bytes_;
};

template <std::size_t N>
std::string bytes(const char (&literal)[N]) {  // with its zeros
  return {literal, N - 1};
}

bool reads(std::string_view message) {
  const Exact exact{message};
  return read_message(exact.view(), [](const Field&) { return true; });
}

// "number=value" of each field.
std::vector<std::string> fields(std::string_view message) {
  std::vector<std::string> out;
  const Exact exact{message};
  EXPECT_TRUE(read_message(exact.view(), [&](const Field& field) {
    std::int64_t integer;
    std::string_view text;
    const std::string value = field.integer(integer) ? std::to_string(integer)
                              : field.text(text)     ? std::string(text)
                                                     : "?";
    out.push_back(std::to_string(field.number()) + "=" + value);
    return true;
  }));
  return out;
}

TEST(Protobuf, ReadsFieldsOfAllTypes) {
  EXPECT_THAT(fields(""), IsEmpty());
  EXPECT_THAT(fields("\x08\x96\x01"), ElementsAre("1=150"));
  EXPECT_THAT(fields("\x12\x07testing"), ElementsAre("2=testing"));
  EXPECT_THAT(fields(bytes("\x1a\x00")), ElementsAre("3="));
  EXPECT_THAT(fields("\xCA\x13\x01x"), ElementsAre("313=x"));
  EXPECT_THAT(fields(bytes("\x08\x01\x11\0\0\0\0\0\0\0\0\x1d\0\0\0\0\x20\x02")),
              ElementsAre("1=1", "2=?", "3=?", "4=2"));
}

TEST(Protobuf, ReadsNumbersOf64Bits) {
  EXPECT_THAT(fields("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F"),
              ElementsAre("1=9223372036854775807"));
  EXPECT_THAT(fields("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"), ElementsAre("1=-1"));
  EXPECT_FALSE(reads("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02"));
  EXPECT_FALSE(reads("\x08\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"));
}

TEST(Protobuf, FieldsOfAnotherTypeAreRefused) {
  const auto refuses = [](std::string_view message, auto&& read) {
    return !read_message(message, read);
  };
  EXPECT_TRUE(refuses("\x08\x01", [](const Field& field) {
    std::string_view out;
    return field.text(out) || field.message(out);
  }));
  EXPECT_TRUE(refuses("\x0a\x01x", [](const Field& field) {
    std::int64_t out;
    return field.integer(out);
  }));
}

TEST(Protobuf, CutMessagesAreMalformed) {
  const std::string whole =
      bytes("\x08\x96\x01\x12\x07testing\xCA\x13\x03\x08\x96\x01\x25\1\2\3\4");
  const std::size_t ends[] = {0, 3, 12, 18, 23};
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const bool is_end = std::find(std::begin(ends), std::end(ends), size) != std::end(ends);
    EXPECT_EQ(reads(std::string_view{whole}.substr(0, size)), is_end) << size;
  }
}

TEST(Protobuf, BrokenFieldsAreMalformed) {
  EXPECT_FALSE(reads(bytes("\x00\x01")));                                // field 0
  EXPECT_FALSE(reads("\x0b\x0c"));                                       // a group
  EXPECT_FALSE(reads("\x0e\x01"));                                       // no type
  EXPECT_FALSE(reads("\xF8\xFF\xFF\xFF\x7F\x01"));                       // a number beyond 29 bits
  EXPECT_FALSE(reads("\x0a\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01x"));  // longer than all there is
}

TEST(Protobuf, TextIsUtf8) {
  const auto is_text = [](std::string_view text) {
    const std::string message =
        std::string("\x0a") + static_cast<char>(text.size()) + std::string(text);
    return read_message(message, [](const Field& field) {
      std::string_view out;
      return field.text(out);
    });
  };
  EXPECT_TRUE(is_text("币安人生USDT"));
  EXPECT_TRUE(is_text("\xC2\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
  EXPECT_FALSE(is_text("\x80"));              // not a beginning
  EXPECT_FALSE(is_text("\xE5\xB8"));          // cut
  EXPECT_FALSE(is_text("\xE5\xB8x"));         // not continued
  EXPECT_FALSE(is_text("\xC1\xBF"));          // longer than needed
  EXPECT_FALSE(is_text("\xE0\x9F\xBF"));      // likewise
  EXPECT_FALSE(is_text("\xF0\x8F\xBF\xBF"));  // likewise
  EXPECT_FALSE(is_text("\xED\xA0\x80"));      // a surrogate
  EXPECT_FALSE(is_text("\xF4\x90\x80\x80"));  // beyond Unicode
  EXPECT_FALSE(is_text("\xF5\x80\x80\x80"));
}

}  // namespace
}  // namespace md::venue::protobuf
