#include "sim/dialect.hpp"

#include <algorithm>

#include "base/symbol.hpp"
#include "sim/venue_dialects.hpp"

namespace md::sim {

int Dialect::weight(std::string_view) const { return 1; }
namespace {

// Symbols stand in JSON and in stream names as they are.
bool plausible(std::string_view symbol, bool with_slash) {
  const auto slash = symbol.find('/');
  if (with_slash ? (slash == 0 || slash == symbol.npos || slash + 1 == symbol.size())
                 : slash != symbol.npos)
    return false;
  return !symbol.empty() && symbol.size() <= 32 &&
         std::all_of(symbol.begin(), symbol.end(), [](unsigned char c) {
           return c > 0x20 && c != '"' && c != '\\' && c != '@' && c != 0x7f;
         });
}

}  // namespace

std::pair<std::string, std::string> split_symbol(const std::string& symbol) {
  for (const std::string_view quote : {"USDT", "USDC", "FDUSD", "BTC", "ETH", "EUR", "USD"}) {
    if (symbol.size() > quote.size() && symbol.ends_with(quote)) {
      return {symbol.substr(0, symbol.size() - quote.size()), std::string(quote)};
    }
  }
  const std::size_t half = symbol.size() - symbol.size() / 2;
  return {symbol.substr(0, half), symbol.substr(half)};
}

Result<VenueMarket> parse_venue_market(std::string_view text) {
  const auto fail = [&](const std::string& why) {
    return Error{.code = Errc::usage, .message = why + ": '" + std::string(text) + "'"};
  };
  const auto colon = text.find(':');
  if (colon == text.npos) return fail("a synthetic market is VENUE:SYMBOL,...");
  VenueMarket out;
  out.venue = text.substr(0, colon);
  const bool kraken = out.venue == "kraken";
  if (!kraken && out.venue != "binance")
    return fail("synthetic markets are those of binance and kraken");
  std::string_view rest = text.substr(colon + 1);
  for (bool more = true; more;) {
    const auto comma = rest.find(',');
    const std::string_view typed = rest.substr(0, comma);
    more = comma != rest.npos;
    rest = more ? rest.substr(comma + 1) : std::string_view{};
    if (!plausible(typed, kraken))
      return fail(kraken ? "a kraken symbol is BASE/QUOTE" : "impossible symbol");
    // Kraken's names are case-sensitive (AAPLx/USD), Binance's are upper case whatever is typed.
    std::string symbol = kraken ? std::string(typed) : to_upper(typed);
    if (std::find(out.symbols.begin(), out.symbols.end(), symbol) != out.symbols.end())
      return fail("symbol given twice");
    out.symbols.push_back(std::move(symbol));
  }
  out.dialect = kraken ? make_kraken_dialect(out.symbols) : make_binance_dialect(out.symbols);
  return out;
}

}  // namespace md::sim
