#include "book/shared_book.hpp"

#include "book/chain_book.hpp"
#include "book/follow_book.hpp"

namespace md::book {

std::unique_ptr<SharedBook> SharedBook::make(const venue::BookRule& rule, venue::BookMerge merge,
                                             std::string_view symbol, Aligner::Room& room,
                                             std::uint32_t connection) {
  if (merge == venue::BookMerge::chain)
    return std::make_unique<ChainBook>(rule, symbol, room, connection);
  return std::make_unique<FollowBook>(rule, symbol, room, connection);
}

}  // namespace md::book
