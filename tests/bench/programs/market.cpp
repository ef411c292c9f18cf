// market - events of a made-up venue day, from a seed: what merge, check, load and export are
// measured on.
//
//   market [--trades N] [--books N] [--symbols N] [--days N] [--seed N]
//          [--lose-trades N] [--lose-books N] [--lose-seed N]
//
// Trades with ids that rise by one, book changes that are chained by their numbers and never cross,
// evenly over the days from 2024-10-01 and over the symbols of binance, no two with the same time.
// --lose-*: so many of a million are left out, and what was left out is counted on standard error,
// as losses that follow each other are one hole.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "codec/event_json.hpp"

namespace {

struct Options {
  std::uint64_t trades = 1000, books = 0, symbols = 1, days = 1, seed = 1;
  std::uint64_t lose_trades = 0, lose_books = 0, lose_seed = 1;
};

bool parse(int argc, char** argv, Options& o) {
  const struct {
    std::string_view name;
    std::uint64_t& value;
  } options[] = {{"--trades", o.trades},
                 {"--books", o.books},
                 {"--symbols", o.symbols},
                 {"--days", o.days},
                 {"--seed", o.seed},
                 {"--lose-trades", o.lose_trades},
                 {"--lose-books", o.lose_books},
                 {"--lose-seed", o.lose_seed}};
  for (int i = 1; i < argc; i += 2) {
    bool known = false;
    for (const auto& option : options) {
      if (option.name != argv[i] || i + 1 == argc) continue;
      option.value = std::strtoull(argv[i + 1], nullptr, 10);
      known = true;
    }
    if (!known) return false;
  }
  return o.symbols > 0 && o.days > 0 && o.trades + o.books > 0;
}

// SplitMix64: a number from a seed and a place, so that what one run leaves out is the same
// whatever else it does.
std::uint64_t random(std::uint64_t seed, std::uint64_t place) {
  std::uint64_t z = (seed << 40) + (place + 1) * 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

struct Stream {
  std::string symbol;
  std::uint64_t trade_id, seq;
  std::int64_t cents = 6'000'000;       // the price, which walks
  bool begun = false, chained = false;  // it had a trade, its book a snapshot
  bool trade_lost = false, book_lost = false;
};

struct Holes {
  std::uint64_t trades = 0, books = 0, lost = 0;
};

class Market {
 public:
  explicit Market(const Options& o) : o_(o), streams_(o.symbols) {
    for (std::uint64_t i = 0; i < o.symbols; ++i) {
      streams_[i] = {"S" + std::to_string(i) + "USDT", 3'000'000'000 + i * 1'000'000'000,
                     10'000'000'000'000 + i * 1'000'000'000'000};
    }
  }

  // The n-th message.
  void write(std::uint64_t n, md::Buffer& out, Holes& holes) {
    const std::uint64_t all = o_.trades + o_.books;
    Stream& stream = streams_[random(~o_.seed, n) % o_.symbols];
    dice_ = random(o_.seed, n);
    // Evenly: the n-th is a trade where the share of trades passes a whole number.
    const bool trade = (n + 1) * o_.trades / all > n * o_.trades / all;
    md::Event event;
    event.exchange = "binance";
    event.symbol = stream.symbol;
    const md::Micros span = static_cast<md::Micros>(o_.days) * md::kDay - 10 * md::kSecond;
    event.local_timestamp =
        kStart + 5 * md::kSecond +
        static_cast<md::Micros>(static_cast<double>(span) * static_cast<double>(n) /
                                static_cast<double>(all));
    event.timestamp = event.local_timestamp - 700 - static_cast<md::Micros>(roll(1000));
    const std::uint64_t chance = random(o_.seed ^ (o_.lose_seed * 0x5851F42D), ~n) % 1'000'000;
    // Not the first: what nothing comes before is no hole.
    const bool lost = (trade ? stream.begun : stream.chained) &&
                      chance < (trade ? o_.lose_trades : o_.lose_books);
    if (trade) {
      make_trade(stream, event);
    } else {
      make_change(stream, event);
    }
    bool& before = trade ? stream.trade_lost : stream.book_lost;
    if (lost) {
      ++holes.lost;
      before = true;
      return;
    }
    if (before) ++(trade ? holes.trades : holes.books);
    before = false;
    md::codec::append_event(out, event);
  }

 private:
  static constexpr md::Micros kStart = 1'727'740'800 * md::kSecond;  // 2024-10-01

  std::uint64_t roll(std::uint64_t sides) {
    dice_ = random(dice_, sides);
    return dice_ % sides;
  }
  md::Decimal price(std::int64_t cents) { return {cents, 2}; }
  md::Decimal amount() { return {static_cast<std::int64_t>(1 + roll(1'000'000)), 5}; }

  void make_trade(Stream& stream, md::Event& event) {
    id_ = std::to_string(stream.trade_id++);
    stream.begun = true;
    stream.cents += static_cast<std::int64_t>(roll(21)) - 10;
    if (stream.cents < 100'000) stream.cents += 100;
    event.body = md::Trade{.id = id_,
                           .price = price(stream.cents),
                           .amount = amount(),
                           .side = roll(2) == 0 ? md::Side::buy : md::Side::sell,
                           .seq = {}};
  }

  // The first of a symbol is a snapshot. All bids stand below a fixed price and all asks above it.
  void make_change(Stream& stream, md::Event& event) {
    const bool first = !stream.chained;
    stream.chained = true;
    bids_.clear();
    asks_.clear();
    const std::uint64_t levels = first ? 100 : 1 + roll(3);
    for (std::uint64_t i = 0; i < levels; ++i) {
      const auto away = static_cast<std::int64_t>(first ? 10 * i : roll(1000));
      bids_.push_back({price(5'999'999 - away), amount()});
      asks_.push_back({price(6'000'001 + away), amount()});
    }
    const auto before = static_cast<std::int64_t>(stream.seq);
    stream.seq += first ? 1 : 1 + roll(5);
    event.body = md::BookChange{.is_snapshot = first,
                                .bids = bids_,
                                .asks = asks_,
                                .prev_seq = first ? md::Seq{} : md::Seq{before},
                                .seq = static_cast<std::int64_t>(stream.seq)};
  }

  Options o_;
  std::vector<Stream> streams_;
  std::uint64_t dice_ = 0;
  std::string id_;
  std::vector<md::Level> bids_, asks_;
};

}  // namespace

int main(int argc, char** argv) {
  Options o;
  if (!parse(argc, argv, o)) {
    std::fprintf(stderr,
                 "usage: market [--trades N] [--books N] [--symbols N] [--days N] [--seed N] "
                 "[--lose-trades N] [--lose-books N] [--lose-seed N]\n");
    return 64;
  }
  Market market(o);
  md::Buffer lines;
  Holes holes;
  for (std::uint64_t n = 0; n < o.trades + o.books; ++n) {
    market.write(n, lines, holes);
    if (lines.size() < (std::size_t{1} << 18)) continue;
    if (std::fwrite(lines.data(), 1, lines.size(), stdout) != lines.size()) return 74;
    lines.clear();
  }
  if (std::fwrite(lines.data(), 1, lines.size(), stdout) != lines.size()) return 74;
  if (std::fflush(stdout) != 0) return 74;
  std::fprintf(stderr, "lost %llu, holes in trades %llu, in books %llu\n",
               static_cast<unsigned long long>(holes.lost),
               static_cast<unsigned long long>(holes.trades),
               static_cast<unsigned long long>(holes.books));
  return 0;
}
