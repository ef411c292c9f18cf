#include "codec/json.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <string>

namespace md::codec::json {
namespace {

// A text with the padding that parsers need, filled with what a stale buffer may hold.
class Padded {
 public:
  explicit Padded(std::string_view text, std::string_view stale = R"(9"]],"x":9}])")
      : bytes_(text), size_(text.size()) {
    while (bytes_.size() < size_ + kPadding) bytes_ += stale;
  }
  operator std::string_view() const { return {bytes_.data(), size_}; }

 private:
  std::string bytes_;
  std::size_t size_;
};

// Everything in a value, as compact JSON: reads all of it through the visitors.
bool copy(Value& value, std::string& out) {
  if (value.is_object()) {
    out += '{';
    const bool read = value.object([&](Key key, Value& field) {
      out += '"' + std::string(key.text()) + "\":";
      const bool good = copy(field, out);
      out += ',';
      return good;
    });
    if (out.back() == ',') out.pop_back();
    out += '}';
    return read;
  }
  if (value.is_array()) {
    out += '[';
    const bool read = value.array([&](Value& element) {
      const bool good = copy(element, out);
      out += ',';
      return good;
    });
    if (out.back() == ',') out.pop_back();
    out += ']';
    return read;
  }
  std::string_view text;
  if (!value.text(text)) return false;
  out += value.is_string() ? '"' + std::string(text) + '"' : std::string(text);
  return true;
}

std::string copied(std::string_view text) {
  Parser parser;
  std::string out = "{";
  const bool read = parser.read_object(Padded{text}, [&](Key key, Value& value) {
    out += '"' + std::string(key.text()) + "\":";
    const bool good = copy(value, out);
    out += ',';
    return good;
  });
  if (out.back() == ',') out.pop_back();
  return read ? out + "}" : "malformed";
}

bool passes_over(std::string_view text) {
  Parser parser;
  return parser.read_object(Padded{text}, [](Key, Value&) { return true; });
}

TEST(Json, ReadsEveryKindOfValue) {
  EXPECT_EQ(copied(R"({})"), "{}");
  EXPECT_EQ(copied(R"({"a":{},"b":[],"c":""})"), R"({"a":{},"b":[],"c":""})");
  EXPECT_EQ(copied(" { \"a\" : [ 1 , \"x\" , true ] , \"b\" : null }\n"),
            R"({"a":[1,"x",true],"b":null})");
  EXPECT_EQ(copied(R"({"a":{"b":[[1,2],[3]]},"c":-1.5e3})"),
            R"({"a":{"b":[[1,2],[3]]},"c":-1.5e3})");
  EXPECT_EQ(copied(R"({"a":"}{][,:"})"), R"({"a":"}{][,:"})");
}

TEST(Json, RefusesWhatIsNoObject) {
  for (const char* text : {"",
                           " ",
                           "[]",
                           "1",
                           "\"x\"",
                           "{",
                           "}",
                           "{]",
                           R"({"a"})",
                           R"({"a":})",
                           R"({"a":1,})",
                           R"({,})",
                           R"({"a":1}})",
                           R"({"a":1}{)",
                           R"({"a":1} x)",
                           R"({"a" 1})",
                           R"({a:1})",
                           R"({"a":1 2})",
                           R"({"a":"x)",
                           R"({"a":"x"y})",
                           R"({"a":[1,]})",
                           R"({"a":[1 2]})",
                           R"({"a":[})",
                           R"({"a":]})",
                           R"({"a":{"b"}})",
                           R"({"a":,})",
                           R"({"a"::})",
                           "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(copied(text), "malformed") << text;
  }
}

TEST(Json, PassesOverWhatIsNotReadButNotOverAnOpenEnd) {
  EXPECT_TRUE(passes_over(R"({"a":[[{"b":[]}],2],"c":{"d":{}}})"));
  EXPECT_FALSE(passes_over(R"({"a":[[1],"c":{}})"));
  EXPECT_FALSE(passes_over(R"({"a":[1]]})"));
  EXPECT_FALSE(passes_over(R"({"a":})"));
  EXPECT_TRUE(passes_over("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}"));
}

TEST(Json, TruncatedAnywhereIsMalformed) {
  const std::string text =
      R"({"s":"BTC","b":[["1.5","2"],["3.25","40"]],"n":{"x":12,"y":null},"t":true,"e":"\u00e4\n"})";
  ASSERT_NE(copied(text), "malformed");
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_EQ(copied(text.substr(0, size)), "malformed") << size;
    EXPECT_FALSE(passes_over(text.substr(0, size))) << size;
  }
}

TEST(Json, RandomBytesChangedNeverCrash) {
  const std::string text = R"({"s":"A\"B","b":[["1.5","2"],[3.25,40]],"n":{"x":12},"t":true})";
  std::mt19937 random{7};
  const std::string_view letters = R"({}[]",:\ 019.-eEtn)";
  for (int i = 0; i < 20'000; ++i) {
    std::string changed = text;
    for (unsigned n = 1 + random() % 3; n > 0; --n)
      changed[random() % changed.size()] = letters[random() % letters.size()];
    copied(changed);
    passes_over(changed);
  }
}

TEST(Json, StringsAreUnescapedAndStayValid) {
  Parser parser;
  std::vector<std::string_view> texts;
  ASSERT_TRUE(
      parser.read_object(Padded{R"({"a":"1\"2","b":"plain","c":"\u20ac\\","d":"x\/y"})"},
                         [&](Key, Value& value) { return value.text(texts.emplace_back()); }));
  EXPECT_EQ(texts[0], "1\"2");
  EXPECT_EQ(texts[2], "\u20ac\\");
  EXPECT_EQ(texts[3], "x/y");
  EXPECT_FALSE(parser.read_object(Padded{R"({"a":"\q"})"}, [](Key, Value& value) {
    std::string_view text;
    return value.text(text);
  }));
}

// simdjson's first stage takes a control character for the begin of a value.
TEST(Json, AControlCharacterIsNoValue) {
  for (const char character : {'\x01', '\x1f', '\0'}) {
    std::string text = R"({"a":?,"b":"1"})";
    text[5] = character;
    Parser parser;
    std::string_view whole = "?";
    const auto read = [&](auto&& use) {
      return parser.read_object(Padded{text},
                                [&](Key key, Value& value) { return key == "b" || use(value); });
    };
    Decimal decimal;
    std::int64_t integer;
    Micros time;
    bool boolean;
    std::string_view part;
    EXPECT_FALSE(read([&](Value& value) { return value.text(part); }));
    EXPECT_FALSE(read([&](Value& value) { return value.decimal(decimal); }));
    EXPECT_FALSE(read([&](Value& value) { return value.integer(integer); }));
    EXPECT_FALSE(read([&](Value& value) { return value.time(time); }));
    EXPECT_FALSE(read([&](Value& value) { return value.boolean(boolean); }));
    EXPECT_TRUE(read([&](Value& value) { return value.whole(whole) && whole.size() == 1; }));
  }
}

TEST(Json, DeepNestingIsRefusedWhereItIsRead) {
  std::function<bool(Value&)> descend = [&](Value& value) {
    return !value.is_array() || value.array(descend);
  };
  const auto nested = [&](std::size_t depth) {
    Parser parser;
    return parser.read_array(Padded{std::string(depth, '[') + std::string(depth, ']')}, descend);
  };
  EXPECT_TRUE(nested(kMaxDepth));
  EXPECT_FALSE(nested(kMaxDepth + 1));
  EXPECT_FALSE(nested(1'000'000));
}

TEST(Json, NumbersWithAndWithoutQuotes) {
  Parser parser;
  Decimal d;
  std::int64_t i = 0;
  const auto decimal = [&](std::string_view text) {
    const bool read = parser.read_object(Padded{"{\"n\":" + std::string(text) + "}"},
                                         [&](Key, Value& value) { return value.decimal(d); });
    return read ? d.to_wire() : "malformed";
  };
  const auto integer = [&](std::string_view text) {
    const bool read = parser.read_object(Padded{"{\"n\":" + std::string(text) + "}"},
                                         [&](Key, Value& value) { return value.integer(i); });
    return read ? std::to_string(i) : "malformed";
  };
  for (const char* text :
       {"1", "0.10", "12345678", "123456789", "123456789012345", "1234567890123456", "0.12345678",
        "0.123456789", "12345678.12345678", "123456789.5", "-7.50", "1234567890123.123456789"}) {
    EXPECT_EQ(decimal(text), text);
    EXPECT_EQ(decimal('"' + std::string(text) + '"'), text);
  }
  EXPECT_EQ(decimal("1e-3"), "0.001");
  EXPECT_EQ(decimal("5."), "5");
  for (const char* text :
       {"\"\"", "\"x\"", "\"1x\"", "\"1 \"", "1x", "null", "{}", "[1]", "\"1.2.3\"", "1.2.3"})
    EXPECT_EQ(decimal(text), "malformed") << text;
  for (const char* text : {"0", "42", "-42", "9007199254740993", "9223372036854775807"}) {
    EXPECT_EQ(integer(text), text);
    EXPECT_EQ(integer('"' + std::string(text) + '"'), text);
  }
  for (const char* text : {"1.0", "1.5", "9223372036854775808", "\"\"", "true", "1e3"})
    EXPECT_EQ(integer(text), "malformed") << text;
}

TEST(Json, LevelsNeedTwoColumns) {
  Parser parser;
  std::vector<Level> levels;
  const auto read = [&](std::string_view text) {
    levels.clear();
    return parser.read_object(Padded{"{\"b\":" + std::string(text) + "}"},
                              [&](Key, Value& value) { return value.levels(levels); });
  };
  ASSERT_TRUE(read(R"([["1.5","2"],[3,4.0,"x",{"y":[]}]])"));
  ASSERT_EQ(levels.size(), 2u);
  EXPECT_EQ(levels[0].price.to_wire() + "/" + levels[0].amount.to_wire(), "1.5/2");
  EXPECT_EQ(levels[1].price.to_wire() + "/" + levels[1].amount.to_wire(), "3/4.0");
  EXPECT_TRUE(read("[]"));
  for (const char* text : {R"([["1"]])", R"([[]])", R"([1])", R"({})", R"([["1","x"]])", R"("x")"})
    EXPECT_FALSE(read(text)) << text;
}

TEST(Json, WholeGivesTheTextOfAValue) {
  Parser parser;
  const Padded text{R"({"a": {"x": [1, 2]} , "b":2})"};
  std::string_view whole;
  ASSERT_TRUE(parser.read_object(
      text, [&](Key key, Value& value) { return key == "a" ? value.whole(whole) : true; }));
  EXPECT_EQ(whole, R"({"x": [1, 2]})");
}

}  // namespace
}  // namespace md::codec::json
