#include "store/tables.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"
#include "store/loader.hpp"

namespace md::store {
namespace {

// One line a shape that an event can have: all fields, and only what must be there.
const std::vector<std::string> kLines = {
    R"({"type":"trade","symbol":"BTCUSDT","exchange":"binance","id":"9007199254740993","price":1234567890123.123456789,"amount":0.00000000123,"side":"buy","seq":9223372036854775807,"backfilled":true,"timestamp":"2026-11-20T10:32:49.669123Z","localTimestamp":"2026-11-20T10:32:49.700001Z"})",
    R"({"type":"trade","symbol":"원/\"';--","exchange":"upbit","price":-1,"amount":0,"side":"unknown","timestamp":"0001-01-01T00:00:00.000000Z","localTimestamp":"9999-12-31T23:59:59.999999Z"})",
    R"({"type":"book_change","symbol":"BTC-USD","exchange":"coinbase","isSnapshot":true,"bids":[{"price":2,"amount":0.5},{"price":1.999,"amount":0}],"asks":[{"price":99999999999999999999999999999999999999,"amount":1}],"seq":5,"rebuilt":true,"timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"})",
    R"({"type":"book_change","symbol":"BTC-USD","exchange":"coinbase","isSnapshot":false,"bids":[],"asks":[],"prevSeq":5,"seq":6,"timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"})",
    R"({"type":"book_ticker","symbol":"BTCUSDT","exchange":"binance","askAmount":1,"askPrice":2,"bidPrice":1.5,"bidAmount":3,"seq":7,"timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"})",
    R"({"type":"book_ticker","symbol":"BTCUSDT","exchange":"binance","timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"})",
    R"({"type":"derivative_ticker","symbol":"BTCUSDT","exchange":"binance-futures","lastPrice":1,"openInterest":2,"fundingRate":-0.0001,"fundingTimestamp":"2026-11-20T08:00:00.000000Z","predictedFundingRate":0,"indexPrice":3,"markPrice":4,"timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"})",
    R"({"type":"derivative_ticker","symbol":"BTCUSDT","exchange":"binance-futures","timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"})",
    R"({"type":"liquidation","symbol":"BTCUSDT","exchange":"binance-futures","id":"x","price":1,"amount":2,"side":"sell","timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000000Z"})",
    R"({"type":"connect","exchange":"okx","symbols":["BTC-USDT","a,\"b\"{}\\"],"localTimestamp":"2026-11-20T00:00:00.000000Z"})",
    R"({"type":"disconnect","exchange":"okx","reason":"closed by the venue","localTimestamp":"2026-11-20T00:00:00.000000Z"})",
    R"({"type":"gap","symbol":"BTC-USDT","exchange":"okx","channel":"book_change","prevSeq":1,"seq":9,"reason":"checksum","timestamp":"2026-11-20T00:00:00.000000Z","localTimestamp":"2026-11-20T00:00:00.000001Z"})",
    R"({"type":"gap","exchange":"okx","channel":"trade","reason":"overflow","symbols":["A","B"],"localTimestamp":"2026-11-20T00:00:00.000000Z"})",
};

std::string line_of(const Event& event) {
  Buffer out;
  codec::append_event(out, event);
  return std::string(out.view());
}

// A line as LineReader gives it, with bytes to read behind it.
class Parsed {
 public:
  explicit Parsed(std::string line) : padded_(std::move(line)), size_(padded_.size()) {
    padded_.append(codec::kPadding, ' ');
    event_ = reader_.read(std::string_view(padded_).substr(0, size_)).value();
  }
  const Event& event() const { return event_; }

 private:
  std::string padded_;
  std::size_t size_;
  codec::EventReader reader_;
  Event event_;
};

TEST(Tables, EveryEventComesBackAsItWas) {
  for (const std::string& line : kLines) {
    const Parsed parsed(line);
    const Event& event = parsed.event();
    ASSERT_TRUE(check_storable(event)) << line;

    Buffer buffer;
    RowWriter writer(buffer, Numbers::exact);
    append_row(writer, event, Origin{7, 8, 9});
    buffer.append(copy_trailer());

    std::string_view bytes = buffer.view();
    RowReader rows(bytes, Numbers::exact);
    RowDecoder decoder;
    Event back;
    back.exchange = event.exchange;
    back.symbol = event.symbol;
    ASSERT_TRUE(decoder.next(rows, event.type(), back)) << line;
    EXPECT_EQ(line_of(back), line_of(event));
    EXPECT_FALSE(decoder.next(rows, event.type(), back));
    EXPECT_TRUE(rows.ok());
  }
}

TEST(Tables, ATornRowIsNoEvent) {
  for (const std::string& line : kLines) {
    const Parsed parsed(line);
    Buffer buffer;
    RowWriter writer(buffer, Numbers::exact);
    append_row(writer, parsed.event(), Origin{7, 8, 9});
    for (std::size_t size = 0; size < buffer.size(); ++size) {
      std::string_view bytes = buffer.view().substr(0, size);
      RowReader rows(bytes, Numbers::exact);
      RowDecoder decoder;
      Event back;
      EXPECT_FALSE(decoder.next(rows, parsed.event().type(), back)) << line << " cut at " << size;
      EXPECT_FALSE(rows.ok());
    }
  }
}

TEST(Tables, RefusesWhatPostgresqlCannotHold) {
  const Event good{"binance", "BTCUSDT", 0, 0,
                   Trade{"1", Decimal(1, 0), Decimal(1, 0), Side::buy, {}, false}};
  ASSERT_TRUE(check_storable(good));

  const auto refused = [](const Event& event, std::string_view why) {
    const auto result = check_storable(event);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, Errc::malformed);
    EXPECT_EQ(result.error().message, why);
  };
  Event event = good;
  event.symbol = std::string_view("BTC\0USDT", 8);
  refused(event,
          "cannot store the trade: symbol has a NUL character, which PostgreSQL cannot hold");
  event = good;
  event.exchange = "\xff";
  refused(event, "cannot store the trade: exchange is not UTF-8");
  event = good;
  const std::string name(kMaxName + 1, 'x');
  event.symbol = name;
  refused(event, "cannot store the trade: symbol is longer than 1000 bytes");
  event.symbol = std::string_view(name).substr(1);
  EXPECT_TRUE(check_storable(event));
  event = good;
  event.timestamp = kFirstTime - 1;
  refused(event, "cannot store the trade: timestamp is outside the years 0001 to 9999");
  event = good;
  event.local_timestamp = kLastTime + 1;
  refused(event, "cannot store the trade: localTimestamp is outside the years 0001 to 9999");
  event = good;
  std::get<Trade>(event.body).id = std::string_view("\0", 1);
  refused(event, "cannot store the trade: id has a NUL character, which PostgreSQL cannot hold");
  event = good;
  const std::string_view symbols[] = {"A", "\xed\xa0\x80"};  // half of a surrogate pair
  event.body = Connect{symbols, {}};
  refused(event, "cannot store the connect: symbols is not UTF-8");
}

TEST(Tables, NamesOfFilesBecomeText) {
  EXPECT_EQ(storable_text("/data/\xec\x9b\x90.ndjson"), "/data/\xec\x9b\x90.ndjson");
  EXPECT_EQ(storable_text("/data/\xff.ndjson"), "/data/\\xff.ndjson");
}

}  // namespace
}  // namespace md::store
