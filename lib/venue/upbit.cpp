// Upbit, Korea: spot. https://global-docs.upbit.com/reference/websocket-guide (read 2026-11-20)
//
// The exchanges of other regions ({sg,id,th}-api.upbit.com) speak the same protocol about other
// markets. Trade ids are unique, but neither in order nor without holes. Frames are binary and hold
// plain JSON.
#include <fmt/format.h>

#include "base/symbol.hpp"
#include "venue/registry.hpp"
#include "venue/upbit_family.hpp"

namespace md::venue {
namespace {

constexpr Subscribing kSubscribing = upbit_family::subscribing("wss://api.upbit.com/websocket/v1");
constexpr std::string_view kMarketLists[] = {"/v1/market/all?is_details=true"};

// The last ones before an id, of the latest day that has any: which of the days before would be
// meant, only a clock could tell.
std::string missing_trades(const TradeHole& hole) {
  std::string request =
      fmt::format("/v1/trades/ticks?market={}&count=500", percent_encode(hole.symbol));
  if (!hole.before_id.empty()) request += fmt::format("&cursor={}", percent_encode(hole.before_id));
  return request;
}

}  // namespace

const Venue upbit{
    .id = "upbit",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.upbit.com",
    .types = {Type::trade, Type::book_change},
    // 100 messages a minute may come from us. After a PING the server says every ten seconds that
    // it is up.
    .limits = {.send_interval_ms = 600,
               .ping_interval_ms = 30'000,
               .ping = "PING",
               .silence_ms = 90'000,
               .connect_interval_ms = 200,
               .rest_interval_ms = 100},
    .book = {.snapshot = BookRule::Snapshot::every},
    .book_merge = BookMerge::content,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = missing_trades, .paging = TradeHistory::Paging::backward},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets =
        [](std::string_view data, std::vector<Market>& out) {
          return upbit_family::read_markets("upbit", data, out);
        },
    .session = [] { return upbit_family::make_session("upbit"); },
};

}  // namespace md::venue
