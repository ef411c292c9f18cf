// The dialects of each venue; parse_venue_market() (dialect.hpp) chooses among them.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/dialect.hpp"

namespace md::sim {

std::unique_ptr<Dialect> make_binance_dialect(const std::vector<std::string>& symbols);
std::unique_ptr<Dialect> make_kraken_dialect(const std::vector<std::string>& symbols);

// {base, quote} of a symbol without a separator, such as BTCUSDT.
std::pair<std::string, std::string> split_symbol(const std::string& symbol);

}  // namespace md::sim
