// BookFollow: a book whose messages have no numbers and are cut differently for each connection.
// Two recordings of it cannot be mixed line by line: one recorder is followed, and at its holes
// another, from a snapshot of the other's book.
#pragma once

#include <vector>

#include "base/buffer.hpp"
#include "book/book.hpp"
#include "dedupe/hold.hpp"
#include "dedupe/outages.hpp"
#include "model/event.hpp"

namespace md::dedupe {

class BookFollow {
 public:
  enum class Verdict : std::uint8_t {
    write,
    write_after_snapshot,  // first the snapshot in `snapshot`, then the message
    drop,
  };

  // A message of this book is the first in the hold; `change` is what it says.
  Verdict release(const Held& message, const Event& event, const BookChange& change,
                  const Outages& outages, MarketId market, Buffer& snapshot);
  // Recorders lost the thread: their books are not to be trusted before their next snapshots.
  void on_break(Recorders recorders);

 private:
  struct Follower {
    bool known = false;
    book::Book book;
  };

  // Memory: one book per recorder.
  std::vector<Follower> recorders_;
  int leader_ = -1;
};

}  // namespace md::dedupe
