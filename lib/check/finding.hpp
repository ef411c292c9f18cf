// What a continuity check finds, and who takes it.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/time.hpp"
#include "model/event.hpp"

namespace md::check {

enum class Kind : std::uint8_t {
  hole,        // messages are missing, proven by numbers or by the recorder's own gap line
  silence,     // longer without a message than the stream's habit
  disconnect,  // a connection ended; what it carried may be missing
  crossed,  // the rebuilt book's best bid stood at or above its best ask for more than one message
};
std::string_view to_text(Kind kind);

// Views are valid during the call only.
struct Finding {
  Kind kind = Kind::hole;
  std::string_view recorder;  // empty unless several recordings are checked side by side
  std::string_view exchange;
  std::string_view symbol;  // empty: all of the connection
  Type type = Type::trade;
  Micros from = 0;  // localTimestamp of the last message before
  // And of the first after (silence, hole), or of the first connection after (an outage); a
  // disconnect alone has one time. crossed: first and last crossed message.
  Micros to = 0;
  Seq prev_seq;  // hole: last number before
  Seq seq;       // hole: first number after
  // hole: "sequence", "trade-id", "snapshot", or the recorder's reason; disconnect: what the line
  // says; an outage: "recorder away" or "no connection"
  std::string_view reason;
  std::uint64_t messages = 0;  // crossed: how many; hole by trade id: how many are missing
};

class FindingSink {
 public:
  virtual ~FindingSink() = default;
  virtual void on_finding(const Finding& finding) = 0;
};

}  // namespace md::check
