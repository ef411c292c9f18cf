// SeenTrades: the latest trades of a symbol, and who brought each. The oldest is forgotten for each
// new one.
//
// Memory: grows with the trades up to kMost of them, 20 bytes each.
#pragma once

#include <cstdint>
#include <vector>

namespace md::book {

class SeenTrades {
 public:
  using Carriers = std::uint32_t;  // a set: a bit each

  static constexpr std::uint32_t kMost = 1024;

  // Whether others brought it and `who` did not; now he did.
  bool match(std::uint64_t key, Carriers who);
  bool contains(std::uint64_t key) const;
  void add(std::uint64_t key, Carriers who);
  // What `who` brought was brought by `heir`: the bit is free for another.
  void pass_on(Carriers who, Carriers heir);

 private:
  // Trades whose keys fall into one bucket are a chain, newest first. Numbers of trades that are
  // forgotten stay in it: they are known by being too old.
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t older = 0;  // number of the trade before in its chain
    Carriers carriers = 0;
  };
  std::uint32_t mask() const { return static_cast<std::uint32_t>(ring_.size()) - 1; }
  bool kept(std::uint32_t number) const { return next_ - number <= count_ && number != next_; }
  void grow();

  std::vector<Entry> ring_;            // trade number n stands at n & mask()
  std::vector<std::uint32_t> newest_;  // by bucket: a number
  std::uint32_t next_ = 1;             // number; 0 is never kept by an empty bucket
  std::uint32_t count_ = 0;
};

}  // namespace md::book
