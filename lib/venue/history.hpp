// Answers to TradeHistory::request: lists of objects, one a trade.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/rows.hpp"
#include "venue/support.hpp"

namespace md::venue {

// Visits the objects of the array at `path`: names with dots between them, such as "result.list";
// empty where `value` itself is the array. Where an array is on the way, each of its elements goes
// on. `found` tells whether there was one; an answer without is a refusal.
template <typename Visit>  // bool(codec::json::Value&)
bool each_at(codec::json::Value& value, std::string_view path, bool& found, Visit&& visit) {
  if (value.is_array()) {
    found = true;
    return value.array([&](codec::json::Value& element) {
      return path.empty() ? visit(element) : each_at(element, path, found, visit);
    });
  }
  if (path.empty() || !value.is_object()) return true;
  const auto [name, rest] = split_first(path, '.');
  return value.object(
      [&, name = name, rest = rest](codec::json::Key key, codec::json::Value& field) {
        return key.text() != name || each_at(field, rest, found, visit);
      });
}

// Gives the trades in the array at `path`, whose symbol is that of the request, percent-encoded
// (`name`). A whole answer without such an array is a refusal: `error`.
//   read_field(codec::json::Key, codec::json::Value&, TradeRow&) -> bool
//   give(TradeRow&) -> Result<FrameKind>
template <typename TradeRow = Row, typename ReadField, typename Give>
Result<FrameKind> give_history(std::string_view venue, const Reply& reply, std::string_view name,
                               std::string_view path, ReadField&& read_field, Give&& give) {
  const Result<std::string> symbol = percent_decode(name);
  if (!symbol || symbol->empty()) return malformed(venue, "trades to a request without symbol");
  codec::json::Parser parser;
  std::vector<TradeRow> rows;
  bool found = false;
  const auto read_row = [&](codec::json::Value& value) {
    TradeRow& row = rows.emplace_back();
    const bool read = value.object([&](codec::json::Key key, codec::json::Value& field) {
      return read_field(key, field, row);
    });
    row.symbol = *symbol;
    return read;
  };
  const bool read = parser.read(
      reply.data, [&](codec::json::Value& root) { return each_at(root, path, found, read_row); });
  if (!read) return malformed(venue, "broken list of trades");
  if (!found) return FrameKind::error;
  return give_each(rows, give);
}

// The same for rows that are trades as they stand.
template <typename ReadField>  // bool(codec::json::Key, codec::json::Value&, Row&)
Result<FrameKind> give_trade_list(std::string_view venue, const Reply& reply, std::string_view path,
                                  std::string_view name, Sink& out, ReadField&& read_field) {
  return give_history(venue, reply, name, path, read_field,
                      [&](const Row& row) { return give_trade(venue, row, out); });
}

// As a field of a trade that tells whether the buyer was the maker: then the taker sold.
inline bool read_buyer_is_maker(const codec::json::Value& value, Row& row) {
  bool is_maker;
  if (!value.boolean(is_maker)) return false;
  row.side = is_maker ? "sell" : "buy";
  return true;
}

// ".../products/BTC-USD/trades": the component before a URL's last one.
inline std::string_view component_before_last(std::string_view url) {
  return last_component(split_last(url_path(url), '/').before);
}

// "2026-11-20T10:32:49.669Z"
inline std::string iso_milliseconds(Micros time) { return to_iso(time).substr(0, 23) + 'Z'; }

}  // namespace md::venue
