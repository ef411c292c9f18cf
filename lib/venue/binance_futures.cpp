// Binance USD-M futures. https://developers.binance.com/docs/derivatives/usds-margined-futures
// (read 2026-11-20)
//
// Streams are split over two paths since 2026: on the wrong one they are acknowledged and stay
// silent. Book: as on spot, but a change names its predecessor itself: pu == previous u. Ids are
// shared by all symbols and jump. Liquidations are a sample: at most the latest of a symbol and
// second. Open interest comes by REST alone.
#include <fmt/format.h>

#include "base/symbol.hpp"
#include "venue/binance_family.hpp"
#include "venue/registry.hpp"

namespace md::venue {
namespace {

constexpr Channel kChannels[] = {
    {Type::derivative_ticker, "@markPrice@1s", "/market/stream"},
    {Type::derivative_ticker, "@ticker", "/market/stream"},
    {Type::liquidation, "@forceOrder", "/market/stream"},
    {Type::trade, "@trade", "/public/stream"},
    {Type::book_change, "@depth@100ms", "/public/stream"},
    {Type::book_ticker, "@bookTicker", "/public/stream"},
};
constexpr binance_family::Dialect kDialect{
    "binance-futures", binance_family::subscribing("wss://fstream.binance.com", kChannels),
    "/fapi/v1/openInterest"};
constexpr std::string_view kMarketLists[] = {"/fapi/v1/exchangeInfo"};

// 1000 levels, the most there is, cost 20 of 2400 weight a minute.
std::string snapshot_request(std::string_view symbol) {
  return fmt::format("/fapi/v1/depth?symbol={}&limit=1000", percent_encode(symbol));
}

// The latest 1000, without off-book prints; older ones want a key.
std::string missing_trades(const TradeHole& hole) {
  return binance_family::recent_trades("/fapi/v1/trades", hole);
}

}  // namespace

const Venue binance_futures{
    .id = "binance-futures",
    .ws_url = kDialect.subscribing.url,
    .rest_url = "https://fapi.binance.com",
    .types = {Type::trade, Type::book_change, Type::book_ticker, Type::derivative_ticker,
              Type::liquidation},
    // The server pings every 3 minutes or so. Ten messages a second may come from us.
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
