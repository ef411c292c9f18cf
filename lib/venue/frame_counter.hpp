// FrameCounter: numbers that count the frames of a connection, over all its channels.
#pragma once

#include <cstdint>

#include "venue/support.hpp"

namespace md::venue {

class FrameCounter {
 public:
  // The number of a frame, before anything of the frame is given. Behind a hole nobody knows whose
  // messages are missing: a gap without symbol, and a new connection.
  void on_number(std::int64_t number, Sink& out) {
    if (last_ && number != integer_after(*last_)) {
      out.on_event({{}, {}, 0, 0, Gap{Type::book_change, last_, number, GapReason::sequence, {}}});
      out.on_request({Request::Kind::reconnect, "hole in the connection's sequence"});
    }
    last_ = number;
  }
  void reset() { last_.reset(); }

 private:
  Seq last_;
};

}  // namespace md::venue
