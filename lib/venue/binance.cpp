// Binance spot. https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams (read
// 2026-11-20)
//
// Book: changes carry U..u (first and last update id covered); the snapshot comes by REST with
// lastUpdateId.
//   1. subscribe and hold the changes;  2. GET depth;  3. drop changes with u <= lastUpdateId;  4.
//   the first applied covers lastUpdateId + 1;  5. from then on U == previous u + 1.
// bookTicker has no timestamp. Trades are numbered without holes per symbol.
// Binance.US sends the same messages from hosts and with markets and limits of its own.
#include <fmt/format.h>

#include "base/symbol.hpp"
#include "venue/binance_family.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

constexpr Channel kChannels[] = {
    {Type::trade, "@trade", "/stream"},
    {Type::book_change, "@depth@100ms", "/stream"},
    {Type::book_ticker, "@bookTicker", "/stream"},
};
constexpr binance_family::Dialect kDialect{
    "binance", binance_family::subscribing("wss://stream.binance.com:9443", kChannels)};
constexpr binance_family::Dialect kUsDialect{
    "binance-us", binance_family::subscribing("wss://stream.binance.us:9443", kChannels)};
constexpr std::string_view kMarketLists[] = {"/api/v3/exchangeInfo"};

// 5000 levels cost 250 of 6000 weight a minute.
std::string snapshot_request(std::string_view symbol) {
  return fmt::format("/api/v3/depth?symbol={}&limit=5000", percent_encode(symbol));
}

std::string us_snapshot_request(std::string_view symbol) {
  return fmt::format("/api/v3/depth?symbol={}&limit=1000", percent_encode(symbol));
}

std::string missing_trades(const TradeHole& hole) {
  return binance_family::historical_trades("/api/v3/historicalTrades", hole);
}

// There, historicalTrades wants a key.
std::string us_missing_trades(const TradeHole& hole) {
  return binance_family::recent_trades("/api/v3/trades", hole);
}

}  // namespace

const Venue binance{
    .id = "binance",
    .ws_url = kDialect.subscribing.url,
    .rest_url = "https://api.binance.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    // The server pings every 20 s. Five messages a second may come from us, pongs included.
    .limits = {.send_interval_ms = 500,
               .silence_ms = 60'000,
               .max_age_ms = 24 * 3600 * 1000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 0,
               .rest_weight = 6000,
               .used_weight_field = "x-mbx-used-weight-1m"},
    .book = {.snapshot = BookRule::Snapshot::rest,
             .snapshot_request = snapshot_request,
             .snapshot_weight = 250},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::contiguous,
    .trade_history = {.request = missing_trades,
                      .paging = TradeHistory::Paging::forward,
                      .weight = 25},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kDialect.subscribing, s); },
    .read_markets = binance_family::read_markets,
    .session = [] { return binance_family::make_session(kDialect); },
};

const Venue binance_us{
    .id = "binance-us",
    .ws_url = kUsDialect.subscribing.url,
    .rest_url = "https://api.binance.us",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    // Its weights are not known: fewer levels than of Binance, at its pace.
    .limits = {.send_interval_ms = 500,
               .silence_ms = 60'000,
               .max_age_ms = 24 * 3600 * 1000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 2500,
               .rest_weight = 6000,
               .used_weight_field = "x-mbx-used-weight-1m"},
    .book = {.snapshot = BookRule::Snapshot::rest,
             .snapshot_request = us_snapshot_request,
             .snapshot_weight = 50},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::contiguous,
    .trade_history = {.request = us_missing_trades, .weight = 25},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kUsDialect.subscribing, s); },
    .read_markets = binance_family::read_markets,
    .session = [] { return binance_family::make_session(kUsDialect); },
};

}  // namespace md::venue
