// The markets of a venue, asked over REST.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "record/addresses.hpp"
#include "record/log.hpp"
#include "venue/venue.hpp"

namespace md::record {

// Asks each of the venue's lists in turn, some times over if need be; runs the loop until it has
// them. unavailable: out of reach, or refused for good; temporary: `stop` was set meanwhile;
// malformed: an answer that is no market list.
Result<std::vector<venue::Market>> fetch_markets(net::Loop& loop, const net::Tls& tls,
                                                 const venue::Venue& venue,
                                                 const Addresses& addresses,
                                                 const net::HttpClient::Options& options,
                                                 const std::atomic<bool>& stop, const Log& log);

// One JSON line a market: symbol, base, quote, kind, active, tick, step, contractSize; what the
// list does not tell is left out.
std::string market_lines(std::span<const venue::Market> markets);

// The same for people: a heading and a line a market, in columns; "-" for what is not told.
std::string market_table(std::span<const venue::Market> markets);

}  // namespace md::record
