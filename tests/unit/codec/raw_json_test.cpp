#include "codec/raw_json.hpp"

#include <gtest/gtest.h>

#include <string>

#include "codec/line_reader.hpp"

namespace md::codec {
namespace {

std::string padded(std::string text) { return text + std::string(kPadding, '#'); }

RawLine read(RawReader& reader, const std::string& with_padding) {
  return reader.read(std::string_view{with_padding}.substr(0, with_padding.size() - kPadding))
      .value();
}

std::string written(const RawLine& line) {
  Buffer out;
  append_raw(out, line);
  return std::string(out.view());
}

TEST(RawJson, WritesTheFormsOfTheManual) {
  RawLine line;
  line.exchange = "binance";
  line.local_timestamp = 1'795'170'769'669'123;
  line.connection = 1;
  line.url = "wss://h/s";
  line.kind = RawKind::connect;
  EXPECT_EQ(
      written(line),
      R"({"type":"connect","exchange":"binance","localTimestamp":"2026-11-20T10:32:49.669123Z","connection":1,"url":"wss://h/s"})"
      "\n");
  line.connection = 2;
  line.beside = 1;
  const std::string besides = written(line);
  EXPECT_EQ(
      besides,
      R"({"type":"connect","exchange":"binance","localTimestamp":"2026-11-20T10:32:49.669123Z","connection":2,"beside":1,"url":"wss://h/s"})"
      "\n");
  RawReader reader;
  EXPECT_EQ(read(reader, besides + std::string(kPadding, '#')).beside, 1u);
  line.connection = 1;
  line.beside = 0;
  line.kind = RawKind::frame;
  line.payload = Payload::text;
  line.data = R"({"e":"trade", "p":"0.10"})";
  EXPECT_EQ(
      written(line),
      R"({"type":"raw","exchange":"binance","localTimestamp":"2026-11-20T10:32:49.669123Z","connection":1,"url":"wss://h/s","data":{"e":"trade", "p":"0.10"}})"
      "\n");
  line.data = "pong\n\"x\"";
  EXPECT_EQ(
      written(line),
      R"({"type":"raw","exchange":"binance","localTimestamp":"2026-11-20T10:32:49.669123Z","connection":1,"url":"wss://h/s","text":"pong\n\"x\""})"
      "\n");
  line.payload = Payload::binary;
  line.data = std::string_view("\x00\xff\x10", 3);
  EXPECT_EQ(
      written(line),
      R"({"type":"raw","exchange":"binance","localTimestamp":"2026-11-20T10:32:49.669123Z","connection":1,"url":"wss://h/s","base64":"AP8Q"})"
      "\n");
  line = {};
  line.kind = RawKind::reply;
  line.exchange = "binance";
  line.request = "https://h/depth?symbol=A";
  line.status = 429;
  line.payload = Payload::text;
  line.data = "{\n}";
  EXPECT_EQ(
      written(line),
      R"({"type":"raw","exchange":"binance","localTimestamp":"1970-01-01T00:00:00.000000Z","request":"https://h/depth?symbol=A","status":429,"text":"{\n}"})"
      "\n");
}

TEST(RawJson, ReadsBackWhatItWrites) {
  RawReader reader;
  for (const std::string& data :
       {std::string("{\"a\":[1,2]}"), std::string("[1]"), std::string("pong"), std::string("12.50"),
        std::string("\"s\""), std::string("{broken"), std::string("a\nb\\\"\x01"), std::string()}) {
    for (const Payload payload : {Payload::text, Payload::binary}) {
      RawLine line;
      line.exchange = "okx";
      line.local_timestamp = 1'795'170'769'669'123;
      line.connection = 7;
      line.payload = payload;
      line.data = data;
      const std::string text = padded(written(line).substr(0, written(line).size() - 1));
      const RawLine back = read(reader, text);
      EXPECT_EQ(back.data, data);
      EXPECT_EQ(back.kind, RawKind::frame);
      EXPECT_EQ(back.exchange, "okx");
      EXPECT_EQ(back.connection, 7u);
      EXPECT_EQ(back.local_timestamp, line.local_timestamp);
    }
  }
}

TEST(RawJson, ReadsFieldsInAnyOrder) {
  RawReader reader;
  const std::string line = padded(
      R"({ "data" : {"x": 1}, "request":"https://h/p", "localTimestamp":"2026-11-20T10:32:49.669123Z","exchange":"x","type":"raw","more":1})");
  const RawLine raw = read(reader, line);
  EXPECT_EQ(raw.kind, RawKind::reply);
  EXPECT_EQ(raw.data, R"({"x": 1})");
  EXPECT_EQ(raw.request, "https://h/p");
}

TEST(RawJson, ReadsConnectionLinesWithTheirSymbols) {
  RawReader reader;
  const std::string line = padded(
      R"({"type":"disconnect","exchange":"x","localTimestamp":"2026-11-20T10:32:49.669123Z","connection":2,"url":"u","symbols":["A","B\n"],"reason":"r"})");
  const RawLine raw = read(reader, line);
  EXPECT_EQ(raw.kind, RawKind::disconnect);
  ASSERT_EQ(raw.symbols.size(), 2u);
  EXPECT_EQ(raw.symbols[1], "B\n");
  EXPECT_EQ(raw.reason, "r");
}

TEST(RawJson, ReadsStampedLinesOfOtherRecorders) {
  RawReader reader{"binance"};
  const std::string iso = padded(R"(2026-11-20T10:32:49.669123Z {"a":1})");
  EXPECT_EQ(read(reader, iso).data, R"({"a":1})");
  EXPECT_EQ(read(reader, iso).local_timestamp, 1'795'170'769'669'123);
  const std::string nanos = padded(R"(1795170769669123456 [1])");
  EXPECT_EQ(read(reader, nanos).local_timestamp, 1'795'170'769'669'123);
  EXPECT_EQ(read(reader, nanos).exchange, "binance");
}

TEST(RawJson, RefusesWhatIsNoRawLine) {
  RawReader reader;
  for (const char* text :
       {"", "x", "{}", R"({"type":"raw"})", "1795170769669123456 {}",
        R"({"type":"raw","exchange":"x","localTimestamp":"2026-11-20T10:32:49Z"})",
        R"({"type":"raw","exchange":"x","localTimestamp":"soon","data":1})",
        R"({"type":"odd","exchange":"x","localTimestamp":"2026-11-20T10:32:49Z","data":1})",
        R"({"type":"raw","exchange":"x","localTimestamp":"2026-11-20T10:32:49Z","base64":"A"})"}) {
    const std::string line = padded(text);
    EXPECT_FALSE(reader.read(std::string_view{line}.substr(0, line.size() - kPadding))) << text;
  }
}

TEST(RawJson, BytesAsPythonWritesThemAreBinary) {
  RawReader reader;
  const auto text_of = [&](const std::string& text) {
    const std::string line = padded(
        R"({"type":"raw","exchange":"htx","localTimestamp":"2021-04-17T16:47:50.733559Z","text":")" +
        text + "\"}");
    const RawLine raw = read(reader, line);
    return (raw.payload == Payload::binary ? "binary " : "text ") + std::string(raw.data);
  };
  EXPECT_EQ(text_of(R"(b'\\x1f\\x8b\\x08\\n\\\\\\'\"A')"), "binary \x1f\x8b\x08\n\\'\"A");
  EXPECT_EQ(text_of(R"(b\"it's\")"), "binary it's");
  for (const char* other : {"b'", "b'x", "b'\\\\xg0'", "b'\\\\x1'", "b'\\\\'", "bye", "b'x\\\""})
    EXPECT_TRUE(text_of(other).starts_with("text ")) << other;
  RawReader stamped{"htx"};
  const std::string line = padded(R"(2021-04-17T16:47:50.733559Z b'{"ping":1}')");
  EXPECT_EQ(read(stamped, line).data, R"({"ping":1})");
}

}  // namespace
}  // namespace md::codec
