// Dialect: how a venue spells a synthetic market. The streams' frames, the REST answers, and what a
// recorder would ask for. A Wire (wire.hpp) is the other half of a venue: the conversation around
// the streams.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "sim/exchange.hpp"
#include "sim/market.hpp"
#include "sim/wire.hpp"

namespace md::sim {

class Dialect {
 public:
  virtual ~Dialect() = default;

  // Appends the frame for a message of `market`. `depth` is that of the subscription
  // (Stream::depth). False: the venue sends nothing, because nothing changed within that depth. A
  // book of a depth begins with its begin_stream().
  virtual bool encode(const Market& market, const Message& message, int depth, Buffer& out) = 0;
  // A client enters a stream of the symbol: appends what the venue sends it first. False: nothing.
  virtual bool begin_stream(const Market& market, std::size_t symbol, const Stream& stream,
                            Buffer& out) = 0;
  virtual HttpAnswer get(const Market& market, std::string_view target) = 0;

  // How the venue counts REST requests: what one weighs, and the field of an answer's header that
  // says what was counted (empty: none does).
  virtual int weight(std::string_view target) const;
  virtual std::string_view used_weight_field() const { return {}; }

  // What a recorder asks for, to write down the recording it would make.
  struct Recording {
    std::string ws_url;
    std::string rest_url;                // before the targets
    std::string market_list;             // target
    std::vector<std::string> subscribe;  // frames
    std::vector<std::string>
        book_targets;  // of each symbol, asked when its first book message is there; may be empty
  };
  virtual Recording recording() const = 0;
};

struct VenueMarket {
  std::string venue;                 // id
  std::vector<std::string> symbols;  // as in events
  std::unique_ptr<Dialect> dialect;
};

// Reads "binance:btcusdt,ethusdt". Errors: usage (no such synthetic venue, no symbol, a symbol
// twice or impossible).
Result<VenueMarket> parse_venue_market(std::string_view text);

}  // namespace md::sim
