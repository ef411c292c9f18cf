// What Binance's hosts have in common: combined streams, SUBSCRIBE requests, one-letter fields.
// https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams (read 2026-11-20)
// https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams
// (read 2026-11-20)
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "venue/subscribe.hpp"

namespace md::venue::binance_family {

// How one host differs from the others.
struct Dialect {
  std::string_view id;  // the venue's
  Subscribing subscribing;
  std::string_view open_interest_path{};  // polled by REST where there is no stream
  // Whether a liquidation's price is the order's limit, not the average price filled.
  bool liquidates_at_limit = false;
};

// Combined streams, "btcusdt" and a channel's name.
constexpr Subscribing subscribing(std::string_view url, std::span<const Channel> channels,
                                  std::size_t streams_per_connection = 1024) {
  return {.url = url,
          .channels = channels,
          .argument = R"("$lower$channel")",
          .subscribe = R"({"method":"SUBSCRIBE","params":[$arguments],"id":$id})",
          .unsubscribe = R"({"method":"UNSUBSCRIBE","params":[$arguments],"id":$id})",
          .streams_per_connection = streams_per_connection,
          .arguments_per_request = 200};
}

std::unique_ptr<Session> make_session(const Dialect& dialect);

// Missing trades from `path`: rows of id, price, qty, time, isBuyerMaker, oldest first. By id, or,
// where that wants a key, the latest.
std::string historical_trades(std::string_view path, const TradeHole& hole);
std::string recent_trades(std::string_view path, const TradeHole& hole);

// exchangeInfo: symbols[].symbol, .baseAsset, .quoteAsset, .status or .contractStatus,
// .contractType, .contractSize, .filters[]
Result<void> read_markets(std::string_view data, std::vector<Market>& out);

}  // namespace md::venue::binance_family
