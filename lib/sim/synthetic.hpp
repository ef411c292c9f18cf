// SyntheticExchange: one random market, the same for all clients. Each message is generated and
// spelled once, into a ring that every client reads at its own place.
//
// The market begins when as many clients as asked for have subscribed. With a pace, a client that
// falls more than the ring (kRing frames) behind is closed with 1008, as venues do; at full speed,
// the market waits for the slowest client. Memory: the ring, of frames of some hundred bytes each,
// and a bounded number of answers per client.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "sim/dialect.hpp"
#include "sim/exchange.hpp"
#include "sim/market.hpp"
#include "sim/pace.hpp"

namespace md::sim {

class SyntheticClient;

// A symbol enters or leaves the venue's market list, and with it falls silent. One that enters is
// not there before.
struct Listing {
  std::size_t symbol = 0;  // index into VenueMarket::symbols
  Micros at = 0;           // since the market began
  bool listed = true;
};

// Reads "SYMBOL@SECONDS". Errors: usage.
Result<Listing> parse_listing(std::string_view text, bool listed,
                              const std::vector<std::string>& symbols);

struct SyntheticOptions {
  MarketOptions market;        // symbols are taken from the VenueMarket
  std::uint64_t messages = 0;  // after which the market ends; 0 = it does not
  Pace pace;
  int clients = 1;  // that must have subscribed for the market to begin
  std::vector<Listing> listings;
};

class SyntheticExchange final : public Exchange {
 public:
  static constexpr std::size_t kRing = 16384;
  // At full speed, the exchange is done when nobody has been there for this long.
  static constexpr Micros kLinger = 2 * kSecond;

  SyntheticExchange(VenueMarket venue, const SyntheticOptions& options);
  ~SyntheticExchange() override;

  HttpAnswer get(std::string_view target, Micros now) override;
  // Of copies of the market, two at most.
  HttpAnswer get_past(std::string_view target) override;
  void keep_past(Micros age) override;
  std::unique_ptr<Client> connect(std::string_view target, Micros now) override;
  bool tick(Micros now) override;

 private:
  friend class SyntheticClient;
  struct Slot {
    Type type = Type::trade;
    std::size_t symbol = 0;
    int depth = 0;
    std::string text;  // keeps its capacity: a steady state allocates nothing
  };

  void begin_if_all_there(Micros now);
  // Generates one message if it is due and there is room. False: not now.
  bool produce(Micros now);
  // When to try again after produce() gave false.
  Micros next_due(Micros now) const;
  void change_list();
  void add_frame(const Message& message, int depth);
  bool over() const { return options_.messages != 0 && made_ == options_.messages; }
  std::uint64_t oldest() const { return head_ > kRing ? head_ - kRing : 0; }

  VenueMarket venue_;
  SyntheticOptions options_;
  Market market_;
  // The market `past_age_` ago or earlier, and what becomes that when it is old enough.
  Micros past_age_ = 0;
  Micros past_since_ = 0;  // of the second
  std::optional<std::pair<Market, Market>> past_;
  std::vector<Slot> ring_;
  Buffer frame_;
  std::uint64_t head_ = 0;                     // frames ever put into the ring
  std::uint64_t made_ = 0;                     // messages generated
  std::vector<std::vector<int>> book_depths_;  // per symbol: those some client asked for
  std::vector<SyntheticClient*> clients_;
  bool begun_ = false;
  Micros began_ = 0;
  Micros last_seen_ = 0;  // when a client was there
};

}  // namespace md::sim
