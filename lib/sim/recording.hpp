// The raw recording that a recorder would make of a synthetic market, without sockets and in market
// time.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "codec/output.hpp"
#include "model/raw.hpp"
#include "sim/dialect.hpp"
#include "sim/market.hpp"

namespace md::sim {

class SyntheticRecording {
 public:
  // Lines are complete and end with '\n'. `market.symbols` are taken from the VenueMarket.
  SyntheticRecording(VenueMarket venue, const MarketOptions& market);

  // Writes it all: `messages` of the market (0 = without end), or those until `stop` is set.
  // Errors: io.
  Result<void> write(std::uint64_t messages, const std::atomic<bool>& stop, codec::Output& out);

  // The same, step by step. Appends what comes before the first message: market list, connect,
  // subscriptions, acknowledgements.
  void begin(Buffer& out);
  // Appends the next message, and what it makes a recorder ask for.
  void next(Buffer& out);

 private:
  void line(RawKind kind, Micros time, std::string_view request, std::string_view data,
            Buffer& out) const;
  void reply(const std::string& target, Micros time, Buffer& out);

  VenueMarket venue_;
  Dialect::Recording asked_;
  Market market_;
  std::vector<int> book_depths_;  // by symbol, as subscribed
  std::vector<bool> book_asked_;  // by symbol: its REST book
  Buffer frame_;
};

}  // namespace md::sim
