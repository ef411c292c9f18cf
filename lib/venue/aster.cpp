// Aster: spot and USDT perpetuals, API version 3. https://github.com/asterdex/api-docs (read
// 2026-11-20)
//
// Binance's protocol on hosts of its own (binance_family.cpp); two venues, since spot and
// perpetuals share names (BTCUSDT). Book: both name a change's predecessor, pu == previous u; the
// snapshot comes by REST. Liquidations are a sample: at most the latest of a symbol and second.
// Open interest comes by REST alone.
#include <fmt/format.h>

#include "base/symbol.hpp"
#include "venue/binance_family.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

constexpr Channel kSpotChannels[] = {
    {Type::trade, "@trade", "/stream"},
    {Type::book_change, "@depth@100ms", "/stream"},
    {Type::book_ticker, "@bookTicker", "/stream"},
};
constexpr Channel kFuturesChannels[] = {
    {Type::trade, "@trade", "/stream"},
    {Type::book_change, "@depth@100ms", "/stream"},
    {Type::book_ticker, "@bookTicker", "/stream"},
    {Type::derivative_ticker, "@markPrice@1s", "/stream"},
    {Type::derivative_ticker, "@ticker", "/stream"},
    {Type::liquidation, "@forceOrder", "/stream"},
};
constexpr binance_family::Dialect kSpot{
    .id = "aster",
    .subscribing = binance_family::subscribing("wss://sstream.asterdex.com", kSpotChannels)};
constexpr binance_family::Dialect kFutures{
    .id = "aster-futures",
    .subscribing = binance_family::subscribing("wss://fstream.asterdex.com", kFuturesChannels, 200),
    .open_interest_path = "/fapi/v3/openInterest"};
constexpr std::string_view kSpotLists[] = {"/api/v3/exchangeInfo"};
constexpr std::string_view kFuturesLists[] = {"/fapi/v3/exchangeInfo"};
constexpr int kSnapshotWeight = 20;  // of 1000 levels, the most there is

// The latest 1000, without off-book prints; older ones want a key.
std::string missing_spot_trades(const TradeHole& hole) {
  return binance_family::recent_trades("/api/v3/trades", hole);
}
std::string missing_futures_trades(const TradeHole& hole) {
  return binance_family::recent_trades("/fapi/v3/trades", hole);
}

}  // namespace

const Venue aster{
    .id = "aster",
    .ws_url = kSpot.subscribing.url,
    .rest_url = "https://sapi.asterdex.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker},
    // The server pings every 3 minutes. Five messages a second may come from us. The weight of a
    // minute is not published: half of what Binance gave with such weights.
    .limits = {.send_interval_ms = 500,
               .silence_ms = 60'000,
               .max_age_ms = 24 * 3600 * 1000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 0,
               .rest_weight = 600,
               .used_weight_field = "x-mbx-used-weight-1m"},
    .book = {.snapshot = BookRule::Snapshot::rest,
             .snapshot_request =
                 [](std::string_view symbol) {
                   return fmt::format("/api/v3/depth?symbol={}&limit=1000", percent_encode(symbol));
                 },
             .snapshot_weight = kSnapshotWeight},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_spot_trades, .weight = 1},
    .market_lists = kSpotLists,
    .connections = [](const Subscription& s) { return connections(kSpot.subscribing, s); },
    .read_markets = binance_family::read_markets,
    .session = [] { return binance_family::make_session(kSpot); },
};

const Venue aster_futures{
    .id = "aster-futures",
    .ws_url = kFutures.subscribing.url,
    .rest_url = "https://fapi.asterdex.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    // The server pings every 5 minutes. Ten messages a second may come from us.
    .limits = {.send_interval_ms = 200,
               .silence_ms = 60'000,
               .max_age_ms = 24 * 3600 * 1000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 0,
               .rest_weight = 1200,
               .used_weight_field = "x-mbx-used-weight-1m"},
    .book = {.snapshot = BookRule::Snapshot::rest,
             .snapshot_request =
                 [](std::string_view symbol) {
                   return fmt::format("/fapi/v3/depth?symbol={}&limit=1000",
                                      percent_encode(symbol));
                 },
             .snapshot_weight = kSnapshotWeight},
    .book_merge = BookMerge::chain,
    // Off-book prints, which we skip, use up ids: a hole proves nothing.
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_futures_trades, .weight = 1},
    .market_lists = kFuturesLists,
    .connections = [](const Subscription& s) { return connections(kFutures.subscribing, s); },
    .read_markets = binance_family::read_markets,
    .session = [] { return binance_family::make_session(kFutures); },
};

}  // namespace md::venue
