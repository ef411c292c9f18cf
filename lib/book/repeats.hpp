// Repeats: what several connections say alike, told from what is said twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.hpp"

namespace md::book {

// The same content can truly happen twice: so of each content the times are counted that every
// connection has said it, and it is new when a connection is the first to say it so often.
class Repeats {
 public:
  // How far connections may lag behind each other.
  static constexpr Micros kWindow = 10 * kSecond;
  // Contents kept at most, about 100 bytes each; beyond, the oldest are forgotten.
  static constexpr std::size_t kMost = 65536;

  // Whether another connection has said this before. `content`: a hash of it.
  bool has(std::uint64_t content, std::uint32_t connection, Micros now);
  void clear();

 private:
  struct Said {
    std::uint32_t given = 0;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> by;  // connection, times
  };
  std::unordered_map<std::uint64_t, Said> said_;
  std::deque<std::pair<Micros, std::uint64_t>> order_;
};

}  // namespace md::book
