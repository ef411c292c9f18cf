#include "archive/table.hpp"

#include <array>

#include "base/symbol.hpp"

namespace md::archive {
namespace {

constexpr std::array<std::string_view, kTables> kNames = {
    "trades", "incremental_book_L2", "quotes", "derivative_ticker", "liquidations", "feed_events"};

}  // namespace

std::string_view to_text(Table table) { return kNames[static_cast<std::size_t>(table)]; }

std::optional<Table> table_from(std::string_view text) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == text) return static_cast<Table>(i);
  }
  return std::nullopt;
}

Table table_of(Type type) {
  switch (type) {
    case Type::trade:
      return Table::trades;
    case Type::book_change:
      return Table::incremental_book_L2;
    case Type::book_ticker:
      return Table::quotes;
    case Type::derivative_ticker:
      return Table::derivative_ticker;
    case Type::liquidation:
      return Table::liquidations;
    case Type::connect:
    case Type::disconnect:
    case Type::gap:
      break;
  }
  return Table::feed_events;
}

std::span<const Type> types_of(Table table) {
  static constexpr std::array<Type, kTypes> kAll = {
      Type::trade,       Type::book_change, Type::book_ticker, Type::derivative_ticker,
      Type::liquidation, Type::connect,     Type::disconnect,  Type::gap};
  const std::span<const Type> all{kAll};
  const auto at = static_cast<std::size_t>(table);
  return table == Table::feed_events ? all.subspan(at) : all.subspan(at, 1);
}

std::string stream_name(const Stream& stream) {
  std::string name{to_text(stream.table)};
  name += '/';
  name += path_component(stream.exchange);
  if (!stream.symbol.empty()) {
    name += '/';
    name += path_component(stream.symbol);
  }
  return name;
}

std::string member_name(const Stream& stream, codec::Compression compression) {
  return stream_name(stream) + (compression == codec::Compression::gzip ? ".csv.gz" : ".csv.zst");
}

}  // namespace md::archive
