#include "sim/market.hpp"

#include <algorithm>

namespace md::sim {
namespace {

constexpr std::int64_t kLeastHome =
    20'000;  // price steps: far enough from 0 for every level of a book
constexpr std::int64_t kHomeRange = 5'000'000;

bool better(bool is_bid, std::int64_t a, std::int64_t b) { return is_bid ? a > b : a < b; }

// Where `price` stands, or belongs, in a side that is kept worst level first.
template <typename Side>
auto position_of(Side& side, bool is_bid, std::int64_t price) {
  // Changes are near the best level: look from there.
  auto at = side.end();
  while (at != side.begin() && better(is_bid, std::prev(at)->price, price)) --at;
  if (at != side.begin() && std::prev(at)->price == price) --at;
  return at;
}

}  // namespace

Market::Market(const MarketOptions& options) : options_(options), random_(options.seed) {
  books_.resize(options_.symbols.size());
  for (std::size_t i = 0; i < books_.size(); ++i) {
    Book& book = books_[i];
    const auto index = static_cast<std::int64_t>(i);
    book.home = kLeastHome + 10 * options_.levels + random_.below(kHomeRange);
    book.price_digits = 2 + static_cast<int>(random_.below(4));
    book.last_trade = options_.first_trade_id + index * 1'000'000'000 - 1;
    book.last_update = options_.first_update_id + index * 1'000'000'000'000 - 1;
    fill_book(book);
  }
  message_.time = options_.start;
}

Micros Market::time_of(std::uint64_t index) const {
  return options_.start + static_cast<Micros>(index * std::uint64_t{kSecond} /
                                              static_cast<std::uint64_t>(options_.rate));
}

void Market::fill_book(Book& book) {
  std::int64_t bid = book.home;
  std::int64_t ask = book.home + 1;
  for (int i = 0; i < options_.levels; ++i) {
    book.bids.push_back({bid, random_amount()});
    book.asks.push_back({ask, random_amount()});
    bid -= 1 + random_.below(3);
    ask += 1 + random_.below(3);
  }
  std::reverse(book.bids.begin(), book.bids.end());
  std::reverse(book.asks.begin(), book.asks.end());
  book.told_bid = book.bids.back();
  book.told_ask = book.asks.back();
}

const Message& Market::next() {
  if (told_ == pending_.size()) act();
  message_ = pending_[told_++];
  message_.time = time_of(messages_++);
  if (message_.type == Type::trade) keep(message_);
  return message_;
}

void Market::keep(const Message& trade) {
  Book& book = books_[trade.symbol];
  book.told_trade = trade.trade_id;
  book.past.push_back({trade.time, trade.fill, trade.taker_buys});
  if (book.past.size() > std::max(kLeastPastTrades, kPastTrades / books_.size()))
    book.past.pop_front();
}

void Market::act() {
  pending_.clear();
  told_ = 0;
  changed_bids_.clear();
  changed_asks_.clear();
  updates_ = 0;
  symbol_ = static_cast<std::size_t>(random_.below(static_cast<std::int64_t>(books_.size())));
  Book& book = books_[symbol_];
  if (random_.percent(30)) {
    trade(book);
  } else {
    rearrange(book);
  }

  Message change;
  change.type = Type::book_change;
  change.symbol = symbol_;
  change.first_update = book.last_update + 1;
  book.last_update += updates_;
  change.last_update = book.last_update;
  change.bids = changed_bids_;
  change.asks = changed_asks_;
  pending_.push_back(change);

  if (book.bids.back() != book.told_bid || book.asks.back() != book.told_ask) {
    book.told_bid = book.bids.back();
    book.told_ask = book.asks.back();
    Message ticker;
    ticker.type = Type::book_ticker;
    ticker.symbol = symbol_;
    ticker.last_update = book.last_update;
    ticker.best_bid = book.told_bid;
    ticker.best_ask = book.told_ask;
    pending_.push_back(ticker);
  }
}

// A taker's order: up to three fills from the best level on.
void Market::trade(Book& book) {
  const std::int64_t price = book.asks.back().price;
  bool buys = random_.percent(50);
  if (price < book.home * 3 / 4) buys = true;
  if (price > book.home * 4 / 3) buys = false;
  Side& side = buys ? book.asks : book.bids;

  const std::int64_t fills = random_.percent(80) ? 1 : 2 + random_.below(2);
  for (std::int64_t i = 0; i < fills; ++i) {
    const Row best = side.back();
    const bool whole = i + 1 < fills || random_.percent(30);
    const bool spare = side.size() > static_cast<std::size_t>(options_.levels) / 2 + 1;
    // A single unit cannot be split: such a level is left to be cancelled or enlarged.
    if (!(whole && spare) && best.amount == 1) break;
    const std::int64_t amount =
        whole && spare ? best.amount
                       : std::max<std::int64_t>(1, best.amount / 100 * (1 + random_.below(98)));
    set(side, !buys, side.size() - 1, best.amount - amount);
    Message told;
    told.type = Type::trade;
    told.symbol = symbol_;
    told.trade_id = ++book.last_trade;
    told.fill = {best.price, amount};
    told.taker_buys = buys;
    pending_.push_back(told);
    if (!(whole && spare)) break;
  }
  if (updates_ == 0) rearrange(book);
}

void Market::rearrange(Book& book) {
  for (std::int64_t i = 1 + random_.below(4); i > 0; --i) change_level(book, random_.percent(50));
}

void Market::change_level(Book& book, bool is_bid) {
  Side& side = is_bid ? book.bids : book.asks;
  const auto wanted = static_cast<std::size_t>(options_.levels);
  if (side.size() > wanted + wanted / 4) return set(side, is_bid, 0, 0);
  if (side.size() < wanted - wanted / 4) return add_level(book, is_bid);
  const std::int64_t dice = random_.below(100);
  if (dice < 28) return add_level(book, is_bid);
  const auto depth =
      std::min<std::size_t>(static_cast<std::size_t>(random_offset()), side.size() - 1);
  set(side, is_bid, side.size() - 1 - depth, dice < 55 ? 0 : random_amount());
}

void Market::add_level(Book& book, bool is_bid) {
  Side& side = is_bid ? book.bids : book.asks;
  const std::int64_t best = side.back().price;
  const std::int64_t spread = book.asks.back().price - book.bids.back().price;
  const std::int64_t away = is_bid ? -1 : 1;
  std::int64_t price = 0;
  if (side.size() < static_cast<std::size_t>(options_.levels / 2)) {
    price = side.front().price + away * (1 + random_.below(3));
  } else if (spread > 1 && random_.percent(40)) {
    price = best - away * (1 + random_.below(std::min<std::int64_t>(spread - 1, 3)));
  } else {
    price = best + away * random_offset();
  }
  if (price < 1) return set(side, is_bid, side.size() - 1, random_amount());
  const auto at = position_of(side, is_bid, price);
  const auto position = static_cast<std::size_t>(at - side.begin());
  if (at == side.end() || at->price != price) side.insert(at, Row{price, 0});
  set(side, is_bid, position, random_amount());
}

// Gives a level an amount, 0 taking it out, and notes the change.
void Market::set(Side& side, bool is_bid, std::size_t position, std::int64_t amount) {
  side[position].amount = amount;
  note(is_bid, side[position]);
  if (amount == 0) side.erase(side.begin() + static_cast<std::ptrdiff_t>(position));
}

// One update id each, but a price that changes twice is told once, as it is in the end.
void Market::note(bool is_bid, Row row) {
  ++updates_;
  auto& changes = is_bid ? changed_bids_ : changed_asks_;
  const auto same = std::find_if(changes.begin(), changes.end(),
                                 [&](const Row& told) { return told.price == row.price; });
  if (same == changes.end()) {
    changes.push_back(row);
  } else {
    same->amount = row.amount;
  }
}

// 0.00001 to 9999.9 in steps of 0.00001: small and large ones alike, with zeros at the end.
std::int64_t Market::random_amount() {
  std::int64_t amount = 1000 * (1 + random_.below(99'999));
  for (std::int64_t i = random_.below(5); i > 0; --i) amount *= 10;
  return amount;
}

// How far from the best: mostly near, sometimes far.
std::int64_t Market::random_offset() {
  const std::int64_t dice = random_.below(100);
  if (dice < 60) return random_.below(5);
  if (dice < 90) return random_.below(30);
  return random_.below(2 * options_.levels);
}

}  // namespace md::sim
