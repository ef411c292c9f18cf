#include "venue/markets.hpp"

namespace md::venue {
namespace {

// A number, or a step by its decimal places; what is not told stays 0.
bool read_step(std::string_view number, std::string_view decimals, Decimal& out) {
  if (!number.empty() && number != "null") return Decimal::parse_padded(number, out);
  std::int64_t places;
  return decimals.empty() || decimals == "null" ||
         (read_integer(decimals, places) && step_of(places, out));
}

}  // namespace

Result<Market> to_market(std::string_view venue, const MarketRow& row, std::string_view kind) {
  Market market;
  if (row.symbol.empty()) return malformed(venue, "market without a name");
  market.symbol = row.symbol;
  market.base = row.base;
  market.quote = row.quote;
  market.kind = kind;
  if (!read_step(row.tick, row.tick_decimals, market.tick) ||
      !read_step(row.step, row.step_decimals, market.step) ||
      !read_step(row.contract_size, {}, market.contract_size)) {
    return malformed(venue, "market with a broken number");
  }
  return market;
}

}  // namespace md::venue
