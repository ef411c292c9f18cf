#include "store/tables.hpp"

#include <gtest/gtest.h>

#include <string>

#include "store/event_lines.hpp"
#include "store/loader.hpp"

namespace md::store {
namespace {

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
