// BookFollow: a book without numbers whose messages the venue may cut differently for each
// connection.
//
// Where the recorders' messages are the same all the same, they are united by content. Where they
// are not, two recordings cannot be mixed line by line: one recorder is followed, and at its holes
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

  // While reading: a message, and a copy of one from another recorder.
  void on_new() {
    if (++messages_ == kRemembered) messages_ /= 2, copies_ /= 2;
  }
  void on_copy() { ++copies_; }

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

  static constexpr std::uint32_t kRemembered = 2048;

  // Chance makes few messages alike; the same cuts make all, but for those that one lost.
  bool same_cuts() const { return copies_ * 4 >= messages_; }
  Verdict unite(const Held& message, const BookChange& change, const Outages& outages,
                MarketId market) const;
  Verdict follow(const Held& message, const BookChange& change, const Outages& outages,
                 MarketId market);

  // Memory: one book per recorder.
  std::vector<Follower> recorders_;
  int leader_ = -1;
  std::uint32_t messages_ = 0;
  std::uint32_t copies_ = 0;
};

}  // namespace md::dedupe
