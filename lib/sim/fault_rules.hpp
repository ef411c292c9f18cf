// Fault rules: what a simulator is told to do wrong. One rule a line, or several with ';' between
// them; '#' begins a comment.
//
//   drop      nth=100 count=5 type=trade   # the 100th to 104th trade of each connection
//   corrupt   chance=0.1%
//   close     age=20s code=1001            # each connection, 20 s after it was opened
//   refuse    every=3 status=429 retry=5s  # every third REST request
//
// A rule is a fault, when it strikes, how long, on what, and the fault's own parameters
// (mdsim(1) has the list).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "model/event.hpp"

namespace md::sim {

enum class Fault : std::uint8_t {
  // Of frames.
  drop,       // never sent
  duplicate,  // sent twice
  reorder,    // sent after `frames` later ones
  delay,      // sent `by` later, those behind it pass
  corrupt,    // a character becomes another one
  truncate,   // cut somewhere
  // Of WebSocket connections.
  stall,      // nothing is sent for a while; pings are answered
  half_open,  // nothing is sent, read or answered any more; the connection stays
  cut,        // ended without a close frame
  reset,      // the same, with a TCP reset
  close,      // closed with a code
  shutdown,   // the venue's notice that it will close
  deny,       // a WebSocket is not opened, but answered with an HTTP status
  // Of REST.
  refuse,  // answered with an HTTP status
  slow,    // answered `by` later
  stale,   // answered as it was `by` ago or earlier
};
std::string_view to_text(Fault fault);  // "drop"

enum class FaultScope : std::uint8_t { frame, connection, opening, request };
FaultScope scope_of(Fault fault);

struct FaultRule {
  static constexpr std::int64_t kCertain = 1'000'000;  // of `chance`
  static constexpr Micros kForever = INT64_MAX;

  enum class When : std::uint8_t {
    nth,     // the n-th frame of a connection, request or opening of a WebSocket, from 1
    every,   // each n-th
    chance,  // each, with a chance of n in a million
    at,      // n microseconds after the first WebSocket was opened
    age,     // n microseconds after the connection was opened
  };

  Fault fault = Fault::drop;
  When when = When::nth;
  std::int64_t n = 1;

  // How long, once it strikes: so many frames, requests or openings; or a time.
  std::int64_t count = 1;
  Micros lasts = 0;        // 0 = `count` says
  std::int64_t times = 0;  // strikes in all; 0 = without limit

  // On what.
  std::optional<Type> type;      // frames of this type; none = of any stream
  bool answers = false;          // frames that belong to no stream instead: answers, heartbeats
  std::uint64_t connection = 0;  // the n-th that was opened; 0 = any
  std::string path;              // requests and openings whose path and query contain it

  Micros by = 0;
  std::int64_t frames = 1;    // reorder
  std::uint16_t code = 1001;  // close
  std::string reason;         // close
  int status = 0;             // deny, refuse
  std::int64_t retry_s = -1;  // Retry-After; negative = not sent
  std::string text;           // the rule as it was written
};

// Appends the rules in `text`. Errors: usage.
Result<void> parse_faults(std::string_view text, std::vector<FaultRule>& out);
// The same from a file. Errors: not_found, permission, io, and usage with the line.
Result<void> read_faults(const std::string& path, std::vector<FaultRule>& out);

}  // namespace md::sim
