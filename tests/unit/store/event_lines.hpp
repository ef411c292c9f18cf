// Lines of events for the tests of store, and lines to events and back.
#pragma once

#include <string>
#include <vector>

#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"
#include "model/event.hpp"

namespace md::store {

// One line a shape that an event can have: all fields, and only what must be there.
inline const std::vector<std::string> kLines = {
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

inline std::string line_of(const Event& event) {
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

}  // namespace md::store
