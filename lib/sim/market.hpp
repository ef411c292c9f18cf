// Market: a random market, without a venue's words. Gives trades, book changes and changes of the
// best prices, one message after another, such that
//
//   - no book is ever crossed or empty,
//   - trade ids and update ids of a symbol are contiguous,
//   - the book of a symbol is its first book with all changes up to last_update() applied,
//   - a trade takes from the best level, and the book change that follows says so,
//   - the same options give the same messages.
//
// Prices and amounts are integers, in units of 10^-digits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "model/event.hpp"
#include "sim/random.hpp"

namespace md::sim {

struct Row {
  std::int64_t price = 0;
  std::int64_t amount = 0;  // 0 removes the level
  friend bool operator==(const Row&, const Row&) = default;
};

constexpr int kAmountDigits = 8;

struct MarketOptions {
  std::vector<std::string> symbols;  // at least one
  std::uint64_t seed = 1;
  Micros start = 0;          // time of the first message
  std::int64_t rate = 1000;  // messages a second of market time, over all symbols
  int levels = 100;          // of a side of a book, give or take a quarter
  // Ids of the first symbol; each further symbol begins 10^9 and 10^12 later.
  std::int64_t first_trade_id = 3'000'000'000;           // beyond 32 bits
  std::int64_t first_update_id = 9'007'199'254'740'993;  // beyond what a double holds
};

// One message; spans are valid until the next one is asked for.
struct Message {
  Type type = Type::trade;  // trade, book_change or book_ticker
  std::size_t symbol = 0;   // index into MarketOptions::symbols
  Micros time = 0;
  // trade
  std::int64_t trade_id = 0;
  Row fill;
  bool taker_buys = false;
  // book_change: update ids covered, and levels as they are now, each price once
  std::int64_t first_update = 0;
  std::int64_t last_update = 0;
  std::span<const Row> bids;
  std::span<const Row> asks;
  // book_ticker, together with last_update
  Row best_bid;
  Row best_ask;
};

// A trade that next() gave.
struct PastTrade {
  Micros time = 0;
  Row fill;
  bool taker_buys = false;
};

class Market {
 public:
  // Trades kept over all symbols, and at least of each; 40 bytes a trade.
  static constexpr std::size_t kPastTrades = 262'144;
  static constexpr std::size_t kLeastPastTrades = 4096;

  explicit Market(const MarketOptions& options);

  const Message& next();

  const MarketOptions& options() const { return options_; }
  std::size_t symbols() const { return books_.size(); }
  int price_digits(std::size_t symbol) const { return books_[symbol].price_digits; }
  // The book now, best level last, with the changes of messages that next() is about to give;
  // last_update() says which.
  std::span<const Row> bids_worst_first(std::size_t symbol) const { return books_[symbol].bids; }
  std::span<const Row> asks_worst_first(std::size_t symbol) const { return books_[symbol].asks; }
  std::int64_t last_update(std::size_t symbol) const { return books_[symbol].last_update; }
  // The latest trades of a symbol, the oldest first; their ids end with last_trade().
  const std::deque<PastTrade>& past_trades(std::size_t symbol) const { return books_[symbol].past; }
  std::int64_t last_trade(std::size_t symbol) const { return books_[symbol].told_trade; }
  // Whether the venue has the symbol in its list now; so it is unless list() says otherwise. Its
  // messages go on meanwhile, for nobody.
  bool listed(std::size_t symbol) const { return books_[symbol].listed; }
  void list(std::size_t symbol, bool listed) { books_[symbol].listed = listed; }
  // Of the last message.
  Micros time() const { return message_.time; }
  // When the message number `index` (from 0) is due, in market time.
  Micros time_of(std::uint64_t index) const;

 private:
  using Side = std::vector<Row>;  // worst level first: changes happen at the end
  struct Book {
    Side bids;
    Side asks;
    std::int64_t home = 0;  // where the price began, and is drawn back to
    int price_digits = 2;
    std::int64_t last_trade = 0;
    std::int64_t last_update = 0;
    std::int64_t told_trade = 0;
    std::deque<PastTrade> past;
    Row told_bid;  // by the last book_ticker
    Row told_ask;
    bool listed = true;
  };

  void keep(const Message& trade);
  void fill_book(Book& book);
  void act();
  void trade(Book& book);
  void rearrange(Book& book);
  void change_level(Book& book, bool is_bid);
  void add_level(Book& book, bool is_bid);
  void set(Side& side, bool is_bid, std::size_t position, std::int64_t amount);
  void note(bool is_bid, Row row);
  std::int64_t random_amount();
  std::int64_t random_offset();

  MarketOptions options_;
  Random random_;
  std::vector<Book> books_;
  // What the last act left to be told: trades, then the book change, then the ticker.
  std::size_t symbol_ = 0;
  std::vector<Message> pending_;
  std::size_t told_ = 0;
  std::vector<Row> changed_bids_;
  std::vector<Row> changed_asks_;
  std::int64_t updates_ = 0;
  std::uint64_t messages_ = 0;
  Message message_;
};

}  // namespace md::sim
