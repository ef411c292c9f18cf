// Binance COIN-M futures.
// https://developers.binance.com/docs/derivatives/coin-margined-futures/websocket-market-streams
// (read 2026-11-20)
//
// As USD-M futures (binance_futures.cpp), but on one path. Amounts are contracts of 100 or 10 USD.
// Mark prices bear the index since 2026; before, it is told of the pair alone. Weights of REST are
// counted together with those of USD-M.
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
    {Type::derivative_ticker, "@markPrice@1s", "/stream"},
    {Type::derivative_ticker, "@ticker", "/stream"},
    {Type::liquidation, "@forceOrder", "/stream"},
};
constexpr binance_family::Dialect kDialect{
    .id = "binance-delivery",
    .subscribing = binance_family::subscribing("wss://dstream.binance.com", kChannels),
    .open_interest_path = "/dapi/v1/openInterest",
    .liquidates_at_limit = true};
constexpr std::string_view kMarketLists[] = {"/dapi/v1/exchangeInfo"};

// 1000 levels, the most there is, cost 20 of 2400 weight a minute.
std::string snapshot_request(std::string_view symbol) {
  return fmt::format("/dapi/v1/depth?symbol={}&limit=1000", percent_encode(symbol));
}

// The latest 1000, without off-book prints; older ones want a key.
std::string missing_trades(const TradeHole& hole) {
  return binance_family::recent_trades("/dapi/v1/trades", hole);
}

}  // namespace

const Venue binance_delivery{
    .id = "binance-delivery",
    .ws_url = kDialect.subscribing.url,
    .rest_url = "https://dapi.binance.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    // The server pings every 3 minutes. Ten messages a second may come from us. The weight is
    // shared with USD-M: the header tells what that has spent.
    .limits = {.send_interval_ms = 200,
               .silence_ms = 60'000,
               .max_age_ms = 24 * 3600 * 1000,
               .connect_interval_ms = 1000,
               .rest_interval_ms = 0,
               .rest_weight = 2400,
               .used_weight_field = "x-mbx-used-weight-1m"},
    .book = {.snapshot = BookRule::Snapshot::rest,
             .snapshot_request = snapshot_request,
             .snapshot_weight = 20},
    .book_merge = BookMerge::chain,
    // Off-book prints, which we skip, use up ids: a hole proves nothing.
    .trade_ids = TradeIds::increasing,
    .trade_history = {.request = missing_trades, .weight = 5},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kDialect.subscribing, s); },
    .read_markets = binance_family::read_markets,
    .session = [] { return binance_family::make_session(kDialect); },
};

}  // namespace md::venue
