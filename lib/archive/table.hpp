// Tables: what an archive holds, one folder each, and the streams in them, one member each.
//
//   trades/binance/BTCUSDT.csv.zst   or .csv.gz
//   feed_events/binance.csv.zst      without a symbol: connects and disconnects of an exchange
//
// Exchange and symbol are path components (base/symbol.hpp), so that no member leaves its folder.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "codec/output.hpp"
#include "model/event.hpp"

namespace md::archive {

// In the order in which members stand in an archive.
enum class Table : std::uint8_t {
  trades,
  incremental_book_L2,
  quotes,
  derivative_ticker,
  liquidations,
  feed_events,  // connect, disconnect, gap
};
constexpr int kTables = 6;

std::string_view to_text(Table table);                   // "incremental_book_L2"
std::optional<Table> table_from(std::string_view text);  // of the same names
Table table_of(Type type);
std::span<const Type> types_of(Table table);  // in the order in which a member has them

// What one member holds.
struct Stream {
  Table table = Table::trades;
  std::string exchange;
  std::string symbol;  // may be empty in feed_events
  friend auto operator<=>(const Stream&, const Stream&) = default;
};
std::string stream_name(const Stream& stream);  // "trades/binance/BTCUSDT"
std::string member_name(const Stream& stream, codec::Compression compression);

}  // namespace md::archive
