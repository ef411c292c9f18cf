// Random numbers that are the same on every machine and with every standard library (those of
// <random> need not be).
#pragma once

#include <cstdint>

namespace md::sim {

// SplitMix64 (Steele, Lea and Flood, 2014): 64 bits of state, any seed is a good one.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // 0 <= result < limit; limit > 0. By multiplication: the bias is below 2^-32 for the limits used
  // here.
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(((next() >> 32) * static_cast<std::uint64_t>(limit)) >> 32);
  }
  bool percent(int chance) { return below(100) < chance; }

 private:
  std::uint64_t state_;
};

}  // namespace md::sim
