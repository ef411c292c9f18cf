#include "sim/wire.hpp"

#include "sim/venue_wires.hpp"

namespace md::sim {

std::unique_ptr<Wire> make_wire(std::string_view venue, std::span<const std::string> symbols) {
  if (venue == "binance") return make_binance_wire();
  if (venue == "binance-futures") return make_binance_futures_wire();
  if (venue == "bitstamp") return make_bitstamp_wire();
  if (venue == "coinbase") return make_coinbase_wire();
  if (venue == "kraken") return make_kraken_wire(symbols);
  if (venue == "okx") return make_okx_wire();
  return nullptr;
}

}  // namespace md::sim
