// The wires of each venue; make_wire() (wire.hpp) chooses among them.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "sim/wire.hpp"

namespace md::sim {

std::unique_ptr<Wire> make_binance_wire();
std::unique_ptr<Wire> make_binance_futures_wire();
std::unique_ptr<Wire> make_bitstamp_wire();
std::unique_ptr<Wire> make_coinbase_wire();
std::unique_ptr<Wire> make_kraken_wire(std::span<const std::string> symbols);
std::unique_ptr<Wire> make_okx_wire();

}  // namespace md::sim
