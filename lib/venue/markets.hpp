// Market lists: objects somewhere in an answer, one a market.
#pragma once

#include <string_view>
#include <vector>

#include "codec/json.hpp"
#include "venue/support.hpp"

namespace md::venue {

// What a list tells of one market, as texts (see rows.hpp).
struct MarketRow {
  std::string_view symbol, base, quote, status, kind;
  std::string_view tick, step, contract_size;     // numbers
  std::string_view tick_decimals, step_decimals;  // or how many decimal places they have
  std::string_view extra, extra2;  // for what only one venue tells; `finish` makes something of it
};

// The row as a market with kind `kind`; malformed where a number is broken.
Result<Market> to_market(std::string_view venue, const MarketRow& row, std::string_view kind);

// Reads the list at `path` - names with dots between them, such as "result.list"; empty where the
// answer itself is the list - and appends what `finish` leaves. A list is an array, or an object
// whose fields' names are the rows' symbols.
//   read_field(json::Key, json::Value&, MarketRow&) -> bool     as a visitor of codec::json
//   finish(const MarketRow&, Market&) -> bool                   false: not a market of this venue
// `market` comes with the row's symbol, base, quote, tick, step and contract size, as an active
// spot market; what is not so, `finish` says. A path that leads nowhere is malformed.
template <typename ReadField, typename Finish>
Result<void> read_market_list(std::string_view venue, std::string_view data, std::string_view path,
                              std::vector<Market>& out, ReadField&& read_field, Finish&& finish) {
  codec::json::Parser parser;
  bool found = false;
  std::optional<Error> error;
  const auto read_row = [&](codec::json::Value& value, std::string_view symbol) {
    MarketRow row;
    row.symbol = symbol;
    if (!value.object([&](codec::json::Key key, codec::json::Value& field) {
          return read_field(key, field, row);
        })) {
      return false;
    }
    Result<Market> market = to_market(venue, row, "spot");
    if (!market) {
      error = std::move(market).error();
      return false;
    }
    if (finish(row, *market)) out.push_back(std::move(*market));
    return true;
  };
  const auto descend = [&](auto& self, std::string_view rest, codec::json::Value& value) -> bool {
    if (rest.empty()) {
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
  const bool read =
      parser.read(data, [&](codec::json::Value& root) { return descend(descend, path, root); });
  if (error) return std::move(*error);
  if (!read || !found) return malformed(venue, "broken market list");
  return {};
}

}  // namespace md::venue
