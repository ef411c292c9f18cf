#include "venue/rows.hpp"

#include <fmt/format.h>

#include <charconv>

#include "venue/support.hpp"

namespace md::venue {
namespace {

bool same_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

Side read_side(std::string_view text) {
  if (same_word(text, "buy")) return Side::buy;
  return same_word(text, "sell") ? Side::sell : Side::unknown;
}

Error lacks(std::string_view venue, std::string_view event, std::string_view what) {
  return malformed(venue, fmt::format("{} lacks {}", event, what));
}

Error broken(std::string_view venue, std::string_view event, std::string_view field) {
  return malformed(venue, fmt::format("{} has a broken {}", event, field));
}

// Missing and null leave `out` as it is.
bool read_number(std::string_view text, std::optional<Decimal>& out) {
  return text.empty() || text == "null" || Decimal::parse_padded(text, out.emplace());
}

bool read_seq(std::string_view text, Seq& out) {
  return text.empty() || text == "null" || read_integer(text, out.emplace());
}

// False if a number is broken.
bool read_quote(std::string_view price, std::string_view amount, std::optional<Decimal>& out_price,
                std::optional<Decimal>& out_amount) {
  if (!read_number(price, out_price)) return false;
  if (!out_price || out_price->is_zero()) {
    out_price.reset();
    return true;
  }
  if (!read_number(amount, out_amount)) return false;
  if (out_amount && out_amount->is_zero()) {
    out_price.reset();
    out_amount.reset();
  }
  return true;
}

// What a trade and a liquidation share.
template <typename Execution>
Result<FrameKind> give_execution(std::string_view venue, std::string_view event, const Row& row,
                                 Execution& execution, Sink& out) {
  if (row.symbol.empty()) return lacks(venue, event, "symbol");
  if (!Decimal::parse_padded(row.price, execution.price)) return broken(venue, event, "price");
  if (!Decimal::parse_padded(row.amount, execution.amount)) return broken(venue, event, "amount");
  if (execution.amount.is_negative())
    execution.amount = Decimal{-execution.amount.mantissa(), execution.amount.scale()};
  if (row.side.empty()) return lacks(venue, event, "side");
  execution.id = row.id;
  execution.side = read_side(row.side);
  out.on_event({{}, row.symbol, read_time(row.time), 0, execution});
  return FrameKind::data;
}

}  // namespace

Micros read_time(std::string_view text) {
  const bool is_date = text.size() > 4 && text[4] == '-';
  Micros time = 0;
  if (is_date) return parse_iso(text, time) ? time : 0;
  const auto [whole, fraction] = split_first(text, '.');
  std::int64_t number;
  if (!read_integer(whole, number) || !micros_from_number(number, time)) return 0;
  Micros unit = time / number;  // 0 of nanoseconds
  for (const char digit : fraction) {
    if (digit < '0' || digit > '9') return 0;
    unit /= 10;
    time += (digit - '0') * unit;
  }
  return time;
}

Halves split_first(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

Halves split_last(std::string_view text, char separator) {
  const std::size_t at = text.rfind(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

Result<FrameKind> give_trade(std::string_view venue, const Row& row, Sink& out) {
  Trade trade;
  if (!read_seq(row.seq, trade.seq)) return broken(venue, "trade", "seq");
  return give_execution(venue, "trade", row, trade, out);
}

Result<FrameKind> give_liquidation(std::string_view venue, const Row& row, Sink& out) {
  Liquidation liquidation;
  return give_execution(venue, "liquidation", row, liquidation, out);
}

Result<FrameKind> give_book_ticker(std::string_view venue, const Row& row, Sink& out) {
  BookTicker ticker;
  if (row.symbol.empty()) return lacks(venue, "ticker", "symbol");
  if (!read_quote(row.bid, row.bid_amount, ticker.bid_price, ticker.bid_amount) ||
      !read_quote(row.ask, row.ask_amount, ticker.ask_price, ticker.ask_amount)) {
    return broken(venue, "ticker", "number");
  }
  if (!read_seq(row.seq, ticker.seq)) return broken(venue, "ticker", "seq");
  if (!ticker.bid_price && !ticker.ask_price) return FrameKind::empty;
  out.on_event({{}, row.symbol, read_time(row.time), 0, ticker});
  return FrameKind::data;
}

Result<FrameKind> give_book_ticker(std::string_view venue, const Row& row,
                                   std::span<const Level> bids, std::span<const Level> asks,
                                   Sink& out) {
  BookTicker ticker;
  if (row.symbol.empty()) return lacks(venue, "ticker", "symbol");
  if (!read_seq(row.seq, ticker.seq)) return broken(venue, "ticker", "seq");
  if (!bids.empty()) {
    ticker.bid_price = bids.front().price;
    ticker.bid_amount = bids.front().amount;
  }
  if (!asks.empty()) {
    ticker.ask_price = asks.front().price;
    ticker.ask_amount = asks.front().amount;
  }
  if (!ticker.bid_price && !ticker.ask_price) return FrameKind::empty;
  out.on_event({{}, row.symbol, read_time(row.time), 0, ticker});
  return FrameKind::data;
}

Result<FrameKind> give_derivative_ticker(std::string_view venue, const Row& row, Sink& out) {
  DerivativeTicker ticker;
  if (row.symbol.empty()) return lacks(venue, "ticker", "symbol");
  if (!read_number(row.last, ticker.last_price) || !read_number(row.mark, ticker.mark_price) ||
      !read_number(row.index, ticker.index_price) ||
      !read_number(row.funding, ticker.funding_rate) ||
      !read_number(row.predicted_funding, ticker.predicted_funding_rate) ||
      !read_number(row.open_interest, ticker.open_interest)) {
    return broken(venue, "ticker", "number");
  }
  if (const Micros time = read_time(row.funding_time); time != 0) ticker.funding_timestamp = time;
  if (!ticker.last_price && !ticker.mark_price && !ticker.index_price && !ticker.funding_rate &&
      !ticker.predicted_funding_rate && !ticker.open_interest && !ticker.funding_timestamp) {
    return FrameKind::empty;
  }
  out.on_event({{}, row.symbol, read_time(row.time), 0, ticker});
  return FrameKind::data;
}

Result<FrameKind> give_book(std::string_view venue, const Row& row, bool is_snapshot,
                            std::span<const Level> bids, std::span<const Level> asks, Sink& out,
                            Seq prev_seq) {
  if (row.symbol.empty()) return lacks(venue, "book message", "symbol");
  BookUpdate update{row.symbol, read_time(row.time), is_snapshot, bids, asks, prev_seq, {}, {}};
  if (!read_seq(row.prev_seq, update.prev_seq) || !read_seq(row.seq, update.seq))
    return broken(venue, "book message", "number");
  if (is_snapshot) update.prev_seq.reset();
  if (!row.checksum.empty()) {
    std::int64_t checksum;
    if (!read_integer(row.checksum, checksum) || checksum < INT32_MIN || checksum > UINT32_MAX)
      return broken(venue, "book message", "checksum");
    update.checksum = static_cast<std::uint32_t>(checksum);
  }
  if (!is_snapshot && bids.empty() && asks.empty() && !update.seq && !update.checksum)
    return FrameKind::empty;
  out.on_book(update);
  return FrameKind::data;
}

}  // namespace md::venue
