// Outages: when each recorder saw each market, told from the lines themselves. What the merged
// stream may leave out (a recorder's disconnect, its new snapshot) is decided by whether another
// recorder was up.
#pragma once

#include <limits>
#include <vector>

#include "base/time.hpp"
#include "dedupe/seen_window.hpp"
#include "dedupe/stream_table.hpp"

namespace md::dedupe {

class Outages {
 public:
  // In the order of reading: ahead of the output by what is held.
  void on_message(int recorder, MarketId market, Micros time) {
    Span& span = at(recorder, market);
    if (span.first == kNever) span.first = time;
    if (time > span.last) span.last = time;
  }
  // A connection ended: nothing came since the market's last message.
  void on_disconnect(int recorder, MarketId market, Micros time);
  // It began; ends an outage, or proves one whose beginning was not recorded.
  void on_connect(int recorder, MarketId market, Micros time);
  // Something is missing between the last message and now.
  void on_gap(int recorder, MarketId market, Micros time);
  // The recorder has no more lines.
  void on_end(int recorder);

  // Had the recorder seen the market before `time`, and was it there at `time`?
  bool up(int recorder, MarketId market, Micros time) const;
  // A recorder outside `but` that was.
  bool any_up(Recorders but, MarketId market, Micros time) const;

  // Times before `time` will not be asked for again.
  void forget_before(Micros time) { past_ = time; }

 private:
  static constexpr Micros kNever = std::numeric_limits<Micros>::min();
  static constexpr Micros kForever = std::numeric_limits<Micros>::max();
  struct Outage {
    Micros from;  // after this
    Micros to;    // up to this
  };
  struct Span {
    Micros first = kNever;
    Micros last = kNever;
    std::vector<Outage> outages;
  };

  Span& at(int recorder, MarketId market);
  void add(Span& span, Outage outage) const;

  std::vector<std::vector<Span>> markets_;  // [recorder][market]
  std::vector<bool> ended_;
  Micros past_ = kNever;
};

}  // namespace md::dedupe
