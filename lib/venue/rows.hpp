// Rows: what a venue's message tells of one symbol, as texts under our names.
//
// An adapter says which field of the wire is which and which rows a channel carries; what the texts
// mean, what must be there and what may be missing is the same for all venues and stands here.
//
//   bool read_field(json::Key key, json::Value& value) {
//     if (key == "s") return value.text(row_.symbol);
//     if (key == "p") return value.text(row_.price);
//     ...
//   }
//   ...
//   return give_trade(kId, row_, out);
//
// An empty text says that the field was not there. Texts are parts of a frame: kPadding readable
// bytes stand behind them (see Decimal::kReadAhead).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "venue/venue.hpp"

namespace md::venue {

struct Row {
  std::string_view symbol;
  std::string_view time;  // seconds to nanoseconds since 1970 (told by magnitude), also with a
                          // fraction; or ISO 8601
  // A trade or a liquidation. `id` may be missing. `side` in any case: buy, sell, or another word
  // for unknown.
  std::string_view id, side, price, amount;
  // Numbers of the stream: of a book message or quote (where they are the book's), or of a trade
  // apart from its id. Who reads recordings checks ids without holes (mdcheck), not the adapter.
  std::string_view prev_seq, seq;
  std::string_view checksum;
  // The best prices.
  std::string_view bid, bid_amount, ask, ask_amount;
  // Of a derivative.
  std::string_view last, mark, index, funding, funding_time, predicted_funding, open_interest;
};

// Some of the levels that the rows of a frame share, in the order in which they were read.
class Part {
 public:
  // `read_levels` appends to `levels`.
  template <typename ReadLevels>  // bool()
  bool read(const std::vector<Level>& levels, ReadLevels&& read_levels) {
    begin_ = levels.size();
    const bool read = read_levels();
    end_ = levels.size();
    return read;
  }
  std::span<const Level> of(const std::vector<Level>& levels) const {
    return std::span{levels}.subspan(begin_, end_ - begin_);
  }
  bool empty() const { return begin_ == end_; }

 private:
  std::size_t begin_ = 0, end_ = 0;
};

// A row with levels of its own, where a frame may bear several such rows.
struct BookRow : Row {
  Part bids, asks;
};

// 0 where the text is no time.
Micros read_time(std::string_view text);

// "a","b": the texts between the separator's first, respectively last place; `before` is all of
// `text` where there is none.
struct Halves {
  std::string_view before, behind;
};
Halves split_first(std::string_view text, char separator);
Halves split_last(std::string_view text, char separator);

// Each gives `row` to `out` as one event and answers FrameKind::data; or `empty` where the row says
// nothing, or malformed where it lacks what the event needs or a number is broken.

// Needs symbol, price, amount and a side; `amount` may be negative: its sign is not the side's.
Result<FrameKind> give_trade(std::string_view venue, const Row& row, Sink& out);
// `side` must say buy where a short was liquidated.
Result<FrameKind> give_liquidation(std::string_view venue, const Row& row, Sink& out);
// A price that is missing, null or 0 is an empty side, as is an amount of 0.
Result<FrameKind> give_book_ticker(std::string_view venue, const Row& row, Sink& out);
// What is there of last, mark, index, funding, funding_time, predicted_funding, open_interest.
Result<FrameKind> give_derivative_ticker(std::string_view venue, const Row& row, Sink& out);
// The same where a channel sends one level a side instead.
Result<FrameKind> give_book_ticker(std::string_view venue, const Row& row,
                                   std::span<const Level> bids, std::span<const Level> asks,
                                   Sink& out);
// A book message with the row's symbol, time, seq, prev_seq (or `prev_seq`, where it is computed)
// and checksum (of 32 bits, signed or not). A snapshot has no prev_seq, whatever the row says. A
// change without levels is given for its numbers' sake; `empty` where it has neither seq nor
// checksum.
Result<FrameKind> give_book(std::string_view venue, const Row& row, bool is_snapshot,
                            std::span<const Level> bids, std::span<const Level> asks, Sink& out,
                            Seq prev_seq = {});

// Gives every row of a frame: `data` if one of them was, else what the last one was. Stops where
// one is malformed.
template <typename Rows, typename Give>  // Result<FrameKind>(row)
Result<FrameKind> give_each(Rows&& rows, Give&& give) {
  FrameKind of_frame = FrameKind::empty;
  for (auto& row : rows) {
    MD_TRY(const FrameKind kind, give(row));
    if (of_frame != FrameKind::data) of_frame = kind;
  }
  return of_frame;
}

}  // namespace md::venue
