#include <gmock/gmock.h>

#include "archive/row_reader.hpp"
#include "archive/row_writer.hpp"
#include "codec/csv.hpp"
#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"
#include "support.hpp"

namespace md::archive {
namespace {

using test::read_rows;
using testing::HasSubstr;
using testing::StartsWith;

// Event lines of one stream to the CSV of its member.
std::string to_csv(Table table, const std::string& lines) {
  Buffer out;
  out.append(row_header(table));
  auto reader = codec::LineReader::from_memory(lines);
  codec::EventReader events;
  RowWriter writer;
  std::string_view line;
  while (reader.next(line) == codec::LineReader::Read::line) {
    auto event = events.read(line);
    EXPECT_TRUE(event) << event.error().text();
    if (event) writer.append(out, *event);
  }
  return std::string{out.view()};
}

constexpr std::string_view kTrades =
    R"({"type":"trade","symbol":"BTCUSDT","exchange":"binance","id":"9007199254740993","price":1234567890123.123456789,"amount":0.00000000123,"side":"buy","seq":9223372036854775807,"timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"}
{"type":"trade","symbol":"BTCUSDT","exchange":"binance","price":1,"amount":2,"side":"unknown","backfilled":true,"timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"}
{"type":"trade","symbol":"BTCUSDT","exchange":"binance","price":1,"amount":2,"side":"unknown","backfilled":true,"timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700000Z"}
)";

TEST(Rows, TradesHaveTheColumnsOfTardisFirstAndComeBack) {
  const std::string csv = to_csv(Table::trades, std::string{kTrades});
  EXPECT_EQ(csv,
            "exchange,symbol,timestamp,local_timestamp,id,side,price,amount,seq,backfilled\n"
            "binance,BTCUSDT,1795170769669123,1795170769700000,9007199254740993,buy,1234567890123."
            "123456789,"
            "0.00000000123,9223372036854775807,false\n"
            "binance,BTCUSDT,1795170769669123,1795170769700000,,unknown,1,2,,true\n"
            "binance,BTCUSDT,1795170769669123,1795170769700000,,unknown,1,2,,true\n");
  EXPECT_EQ(read_rows({Table::trades, "binance", "BTCUSDT"}, csv), kTrades);
}

TEST(Rows, BookMessagesAreGroupedAndAnEmptyOneIsARow) {
  const std::string lines =
      R"({"type":"book_change","symbol":"A","exchange":"x","isSnapshot":true,"bids":[{"price":10,"amount":1},{"price":9.5,"amount":2}],"asks":[{"price":11,"amount":0}],"seq":5,"rebuilt":true,"timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"}
{"type":"book_change","symbol":"A","exchange":"x","isSnapshot":false,"bids":[],"asks":[],"prevSeq":5,"seq":6,"timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"}
{"type":"book_change","symbol":"A","exchange":"x","isSnapshot":false,"bids":[],"asks":[{"price":11,"amount":3}],"timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"}
{"type":"book_change","symbol":"A","exchange":"x","isSnapshot":false,"bids":[],"asks":[{"price":11,"amount":3}],"timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"}
)";
  const std::string csv = to_csv(Table::incremental_book_L2, lines);
  EXPECT_EQ(csv,
            "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount,message,prev_"
            "seq,seq,rebuilt\n"
            "x,A,1000000,2000000,true,bid,10,1,1,,5,true\n"
            "x,A,1000000,2000000,true,bid,9.5,2,1,,5,true\n"
            "x,A,1000000,2000000,true,ask,11,0,1,,5,true\n"
            "x,A,1000000,2000000,false,,,,2,5,6,false\n"
            "x,A,1000000,2000000,false,ask,11,3,3,,,false\n"
            "x,A,1000000,2000000,false,ask,11,3,4,,,false\n");
  EXPECT_EQ(read_rows({Table::incremental_book_L2, "x", "A"}, csv), lines);
}

TEST(Rows, WhatTheVenueDidNotGiveStaysAbsent) {
  const std::string quotes =
      R"({"type":"book_ticker","symbol":"A","exchange":"x","bidPrice":0,"seq":1,"timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"}
{"type":"book_ticker","symbol":"A","exchange":"x","askAmount":1,"askPrice":2,"bidPrice":3,"bidAmount":4,"timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"}
)";
  EXPECT_EQ(read_rows({Table::quotes, "x", "A"}, to_csv(Table::quotes, quotes)), quotes);
  const std::string tickers =
      R"({"type":"derivative_ticker","symbol":"A","exchange":"x","timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"}
{"type":"derivative_ticker","symbol":"A","exchange":"x","lastPrice":1,"openInterest":2,"fundingRate":-0.0001,"fundingTimestamp":"1970-01-01T08:00:00.000000Z","predictedFundingRate":4,"indexPrice":5,"markPrice":6,"timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"}
)";
  EXPECT_EQ(
      read_rows({Table::derivative_ticker, "x", "A"}, to_csv(Table::derivative_ticker, tickers)),
      tickers);
  const std::string liquidations =
      R"({"type":"liquidation","symbol":"A","exchange":"x","price":1,"amount":2,"side":"sell","timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"}
)";
  EXPECT_EQ(read_rows({Table::liquidations, "x", "A"}, to_csv(Table::liquidations, liquidations)),
            liquidations);
}

TEST(Rows, FeedEventsKeepAllTheirFields) {
  const std::string lines =
      R"({"type":"connect","exchange":"x","symbols":["A,B","\"q\"","back\\slash"],"reason":"start, \"now\"","localTimestamp":"1970-01-01T00:00:02.000000Z"}
{"type":"disconnect","exchange":"x","reason":"line 1\r\nline 2","localTimestamp":"1970-01-01T00:00:02.000000Z"}
{"type":"gap","exchange":"x","symbols":["A","B"],"channel":"trade","prevSeq":1,"seq":9007199254740993,"reason":"sequence","timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"}
)";
  EXPECT_EQ(read_rows({Table::feed_events, "x", ""}, to_csv(Table::feed_events, lines)), lines);
}

TEST(Rows, HostileSymbolsAreQuoted) {
  const std::string symbol = "a,\"b\"\r\nc";
  const std::string line =
      R"({"type":"trade","symbol":"a,\"b\"\r\nc","exchange":"x","price":1,"amount":2,"side":"sell","timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"}
)";
  const std::string csv = to_csv(Table::trades, line);
  EXPECT_THAT(csv, HasSubstr("\nx,\"a,\"\"b\"\"\r\nc\",1000000,"));
  EXPECT_EQ(read_rows({Table::trades, "x", symbol}, csv), line);
}

TEST(Rows, TrailingZerosAreKept) {
  Event event;
  event.exchange = "x";
  event.symbol = "A";
  event.body =
      Trade{"1", *Decimal::parse("0.35130000"), *Decimal::parse("1.0"), Side::buy, {}, false};
  Buffer out;
  RowWriter{}.append(out, event);
  EXPECT_EQ(out.view(), "x,A,0,0,1,buy,0.35130000,1.0,,false\n");
}

// Tardis' readers take the first columns; they must not drift from what `--csv` writes.
TEST(Rows, BeginLikeTheCsvOfCodec) {
  const Level bids[] = {{*Decimal::parse("1.5"), *Decimal::parse("2")}};
  Event event;
  event.exchange = "x";
  event.symbol = "A,B";
  event.timestamp = 1;
  event.local_timestamp = 2;
  const decltype(event.body) bodies[] = {Trade{}, BookChange{true, bids, bids, {}, {}, false},
                                         BookTicker{}, DerivativeTicker{}, Liquidation{}};
  for (const auto& body : bodies) {
    event.body = body;
    Buffer ours, theirs;
    ours.append(row_header(table_of(event.type())));
    RowWriter{}.append(ours, event);
    theirs.append(codec::csv_header(event.type()));
    codec::append_csv(theirs, event);
    auto our_lines = codec::LineReader::from_memory(std::string{ours.view()});
    auto their_lines = codec::LineReader::from_memory(std::string{theirs.view()});
    std::string_view our_line, their_line;
    while (their_lines.next(their_line) == codec::LineReader::Read::line) {
      ASSERT_EQ(our_lines.next(our_line), codec::LineReader::Read::line);
      EXPECT_THAT(std::string{our_line}, StartsWith(std::string{their_line}));
    }
  }
}

TEST(Rows, ManyRecordsCrossTheReadersChunks) {
  std::string csv = row_header(Table::trades);
  std::string lines;
  for (int i = 0; i < 20000; ++i) {
    csv += "x,\"A\"\"\nB\",1000000,2000000," + std::to_string(i) + ",buy,1.5,2,,false\n";
    lines +=
        R"({"type":"trade","symbol":"A\"\nB","exchange":"x","id":")" + std::to_string(i) +
        R"(","price":1.5,"amount":2,"side":"buy","timestamp":"1970-01-01T00:00:01.000000Z","localTimestamp":"1970-01-01T00:00:02.000000Z"})"
        "\n";
  }
  EXPECT_EQ(read_rows({Table::trades, "x", "A\"\nB"}, csv), lines);
}

// ---- damaged members
// ------------------------------------------------------------------------------------------------

const std::string kTradeHeader =
    "exchange,symbol,timestamp,local_timestamp,id,side,price,amount,seq,backfilled\n";
const std::string kBookHeader =
    "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount,message,prev_seq,seq,"
    "rebuilt\n";

std::string bad_trade(const std::string& rows) {
  return read_rows({Table::trades, "x", "A"}, kTradeHeader + rows);
}
std::string bad_book(const std::string& rows) {
  return read_rows({Table::incremental_book_L2, "x", "A"}, kBookHeader + rows);
}

TEST(Rows, DamageNamesMemberAndLine) {
  EXPECT_EQ(bad_trade("x,A,1,2,i,buy,1,2,\n"), "member:2: 9 fields where 10 belong");
  EXPECT_EQ(bad_trade("x,B,1,2,i,buy,1,2,,false\n"), "member:2: row of another exchange or symbol");
  EXPECT_EQ(bad_trade("x,A,1,2,i,bought,1,2,,false\n"), "member:2: side is not a known name");
  EXPECT_EQ(bad_trade("x,A,1x,2,i,buy,1,2,,false\n"), "member:2: timestamp is not an integer");
  EXPECT_EQ(bad_trade("x,A,99999999999999999999,2,i,buy,1,2,,false\n"),
            "member:2: timestamp is not an integer");
  EXPECT_EQ(bad_trade("x,A,1,2,i,buy,,2,,false\n"), "member:2: price is not a decimal number");
  EXPECT_EQ(bad_trade("x,A,1,2,i,buy,1,2,,maybe\n"), "member:2: backfilled is not true or false");
  EXPECT_EQ(bad_trade("x,A,1,2,i\"j,buy,1,2,,false\n"), "member:2: record without end");
  EXPECT_EQ(bad_trade("x,A,1,2,i\"\"j,buy,1,2,,false\n"),
            "member:2: quote inside a field without quotes");
  EXPECT_EQ(bad_trade("x,A,1,2,\"i\"j,buy,1,2,,false\n"), "member:2: text behind a quoted field");
  EXPECT_EQ(bad_trade("x,A,1,2,i,buy,1,2,,false"), "member:2: record without end");
  EXPECT_THAT(bad_trade("x,A,1,2,\"i\n\n\",buy,1,2,,false\nx,A\n"),
              HasSubstr("member:5: 2 fields"));
  EXPECT_EQ(read_rows({Table::trades, "x", "A"}, ""),
            "member:1: header is not '" + kTradeHeader.substr(0, kTradeHeader.size() - 1) + "'");
}

TEST(Rows, BookMessagesMustHoldTogether) {
  EXPECT_EQ(bad_book("x,A,1,2,true,bid,1,2,2,,,false\n"), "member:2: message 2 where 1 belongs");
  EXPECT_EQ(bad_book("x,A,1,2,true,bid,1,,1,,,false\n"),
            "member:2: side, price and amount are neither a level nor all empty");
  EXPECT_EQ(bad_book("x,A,1,2,true,,1,2,1,,,false\n"),
            "member:2: side, price and amount are neither a level nor all empty");
  EXPECT_EQ(bad_book("x,A,1,2,true,bid,1,2,1,,,false\nx,A,1,2,true,bid,1,2,1,,7,false\n"),
            "member:3: row differs from the others of its message");
  EXPECT_EQ(bad_book("x,A,1,2,true,ask,1,2,1,,,false\nx,A,1,2,true,bid,1,2,1,,,false\n"),
            "member:3: bid behind the asks of its message");
  EXPECT_EQ(bad_book("x,A,1,2,true,,,,1,,,false\nx,A,1,2,true,,,,1,,,false\n"),
            "member:3: row without a level in a message of several rows");
}

// The same of either compression.
class MemberStreamTest : public testing::TestWithParam<codec::Compression> {
 protected:
  static std::string compressed(std::string_view content) {
    Buffer out;
    EXPECT_TRUE(codec::make_compressor(GetParam(), 0)->add(content, true, out));
    return std::string{out.view()};
  }
};
INSTANTIATE_TEST_SUITE_P(MemberStream, MemberStreamTest,
                         testing::Values(codec::Compression::zstd, codec::Compression::gzip));

TEST_P(MemberStreamTest, ContentMustHaveTheSizePromised) {
  const test::Scratch scratch;
  const std::string bytes = compressed("content");
  test::write_file(scratch / "m", bytes);
  const codec::Fd fd{::open((scratch / "m").c_str(), O_RDONLY)};
  char out[64];
  {
    MemberStream longer{fd.get(), 0, bytes.size(), 6, GetParam(), "m"};
    EXPECT_EQ(longer.read(out, sizeof out).error().text(), "m: is longer than the manifest says");
  }
  {
    MemberStream shorter{fd.get(), 0, bytes.size(), 8, GetParam(), "m"};
    EXPECT_EQ(*shorter.read(out, sizeof out), 7u);
    EXPECT_EQ(shorter.read(out, sizeof out).error().text(), "m: ends 1 bytes early");
  }
  {
    MemberStream torn{fd.get(), 0, bytes.size() - 1, 7, GetParam(), "m"};
    auto got = torn.read(out, sizeof out);
    while (got && *got != 0) got = torn.read(out, sizeof out);
    EXPECT_EQ(got.error().text(), "m: compressed data ends inside a frame");
  }
}

// Frames behind each other, and more content than fits at once.
TEST_P(MemberStreamTest, FramesAreReadAsOne) {
  const test::Scratch scratch;
  const std::string content = std::string(300000, 'a') + "b";
  const std::string bytes = compressed(content) + compressed("second");
  test::write_file(scratch / "m", bytes);
  const codec::Fd fd{::open((scratch / "m").c_str(), O_RDONLY)};
  MemberStream stream{fd.get(), 0, bytes.size(), content.size() + 6, GetParam(), "m"};
  std::string all;
  char out[1000];
  for (auto got = stream.read(out, sizeof out); got && *got != 0;
       got = stream.read(out, sizeof out)) {
    all.append(out, *got);
  }
  EXPECT_EQ(all, content + "second");
  store::Sha256Hasher hash;
  hash.update(bytes);
  EXPECT_EQ(*stream.digest(), hash.finish());
}

TEST_P(MemberStreamTest, EveryFlippedByteOfTheContentIsNoticed) {
  const test::Scratch scratch;
  const std::string good = compressed("some content");
  for (std::size_t at = 10; at < good.size();
       ++at) {  // behind the header, which gzip does not check
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    test::write_file(scratch / "m", bad);
    const codec::Fd fd{::open((scratch / "m").c_str(), O_RDONLY)};
    MemberStream stream{fd.get(), 0, bad.size(), 12, GetParam(), "m"};
    char out[64];
    auto got = stream.read(out, sizeof out);
    while (got && *got != 0) got = stream.read(out, sizeof out);
    EXPECT_FALSE(got) << "byte " << at;
  }
}

}  // namespace
}  // namespace md::archive
