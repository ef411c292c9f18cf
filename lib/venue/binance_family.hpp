// What Binance's hosts have in common: combined streams, SUBSCRIBE requests, one-letter fields.
// https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams (read 2026-11-20)
// https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams
// (read 2026-11-20)
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "venue/venue.hpp"

namespace md::venue::binance_family {

// A stream to subscribe for a data type: "btcusdt" + suffix, on the host's path.
struct Stream {
  Type type;
  std::string_view suffix;
  std::string_view path;
};

// How one host differs from the others.
struct Dialect {
  std::string_view id;  // the venue's
  std::string_view ws_url;
  std::span<const Stream> streams;
  std::size_t max_streams;              // a connection
  std::string_view open_interest_path;  // polled by REST where there is no stream; empty = has none
};

// A connection per path (and per max_streams), with SUBSCRIBE frames of at most 200 names.
std::vector<Connection> connections(const Dialect& dialect, const Subscription& subscription);
std::unique_ptr<Session> make_session(const Dialect& dialect);

// exchangeInfo: symbols[].symbol, .baseAsset, .quoteAsset, .status, .contractType, .filters[]
Result<void> read_markets(std::string_view data, std::vector<Market>& out);

}  // namespace md::venue::binance_family
