// What Upbit and the exchanges with its protocol have in common: one request for all channels,
// frames with long or short names. https://global-docs.upbit.com/reference/websocket-guide (read
// 2026-11-20)
//
// Book (orderbook: 30 levels): every message is the whole of what is shown; there are neither
// numbers nor checksums; a message older than the one before is left out.
// A market's name is QUOTE-BASE. Times are milliseconds or microseconds. The SIMPLE format, which a
// recorder may ask for, has short names for the same fields.
// There is no channel of best prices: orderbook of one level looks as a book of one level does.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "venue/subscribe.hpp"

namespace md::venue::upbit_family {

// Trades of before are not wanted; of books, the state at the start is.
inline constexpr Channel kChannels[] = {
    {Type::trade, "trade", {}, nullptr, R"(,"isOnlyRealtime":true)"},
    {Type::book_change, "orderbook"},
};

// A request replaces all that the connection had: all channels are asked for in one.
constexpr Subscribing subscribing(std::string_view url) {
  return {.url = url,
          .channels = kChannels,
          .argument = R"({"type":"$channel","codes":[$symbols]$option})",
          .subscribe = R"([{"ticket":"mdtools"},$arguments,{"format":"DEFAULT"}])",
          .unsubscribe = {},
          .arguments_per_request = 0};
}

std::unique_ptr<Session> make_session(std::string_view id);

// The list has neither steps nor states: what is not traded is not in it.
Result<void> read_markets(std::string_view id, std::string_view data, std::vector<Market>& out);

}  // namespace md::venue::upbit_family
