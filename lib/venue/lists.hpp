// Lists in REST answers: rows somewhere in an answer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/rows.hpp"
#include "venue/support.hpp"

namespace md::venue {

// Reads the list at `path` - names with dots between them, such as "result.list"; empty where the
// answer itself is the list. A list is an array, or an object whose fields' names are the rows'
// symbols. False where the answer is not whole, or no list where one should be; `found` says if the
// path led to one: null is none.
//   read_row(json::Value&, std::string_view symbol) -> bool     as a visitor of codec::json
template <typename ReadRow>
bool read_list(codec::json::Parser& parser, std::string_view data, std::string_view path,
               bool& found, ReadRow&& read_row) {
  found = false;
  const auto descend = [&](auto& self, std::string_view rest, codec::json::Value& value) -> bool {
    if (rest.empty()) {
      if (value.first() == 'n') return true;
      found = true;
      if (value.is_object()) {
        return value.object([&](codec::json::Key key, codec::json::Value& row) {
          return read_row(row, key.text());
        });
      }
      return value.array([&](codec::json::Value& row) { return read_row(row, {}); });
    }
    const std::size_t dot = rest.find('.');
    return value.object([&](codec::json::Key key, codec::json::Value& field) {
      if (key.text() != rest.substr(0, dot)) return true;
      return self(self, dot == std::string_view::npos ? std::string_view{} : rest.substr(dot + 1),
                  field);
    });
  };
  return parser.read(data, [&](codec::json::Value& root) { return descend(descend, path, root); });
}

// Gives the trades that an answer to a TradeHistory request lists at `path`. Their symbol is that
// of the request, percent-encoded as it stands there. A whole answer without a list is a refusal.
//   read_field(json::Key, json::Value&, Row&) -> bool
template <typename ReadField>
Result<FrameKind> give_trade_list(std::string_view venue, std::string_view data,
                                  std::string_view path, std::string_view symbol, Sink& out,
                                  ReadField&& read_field) {
  const Result<std::string> name = percent_decode(symbol);
  if (!name) return malformed(venue, "trades to a request with a broken symbol");
  codec::json::Parser parser;
  std::vector<Row> rows;
  bool found = false;
  const bool read =
      read_list(parser, data, path, found, [&](codec::json::Value& value, std::string_view) {
        Row& row = rows.emplace_back();
        row.symbol = *name;
        return value.object([&](codec::json::Key key, codec::json::Value& field) {
          return read_field(key, field, row);
        });
      });
  if (!read) return malformed(venue, "broken list of trades");
  if (!found) return FrameKind::error;
  return give_each(rows, [&](const Row& row) { return give_trade(venue, row, out); });
}

// As a field of a trade that tells whether the buyer was the maker: then the taker sold.
inline bool read_buyer_is_maker(const codec::json::Value& value, Row& row) {
  bool is_maker;
  if (!value.boolean(is_maker)) return false;
  row.side = is_maker ? "sell" : "buy";
  return true;
}

}  // namespace md::venue
