// Group: connections beside each other, which carry the same or hand it over.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "book/repeats.hpp"
#include "book/shared_book.hpp"

namespace md::book {

class Group {
 public:
  template <typename T>
  using BySymbol = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

  // A connection joins. Gives those of its symbols that nobody carried; views into `symbols`.
  std::vector<std::string_view> join(std::uint32_t connection,
                                     std::span<const std::string_view> symbols, Micros now);
  // It left. Gives those of its symbols that nobody carries any more; views into `symbols`.
  std::vector<std::string_view> leave(std::uint32_t connection,
                                      std::span<const std::string> symbols, Micros now);
  bool empty() const { return members_.empty(); }
  std::span<const std::uint32_t> members() const { return members_; }

  // Whether what is said now may have been said by another connection.
  bool overlaps(Micros now);
  // Of events that are neither of books nor trades; only where overlaps().
  Repeats repeats;
  BySymbol<std::unique_ptr<SharedBook>> books;

 private:
  std::vector<std::uint32_t> members_;
  BySymbol<std::uint32_t> carriers_;  // how many members carry a symbol
  Micros alone_since_ = 0;
  bool overlapped_ = false;
};

}  // namespace md::book
