// Raw lines: what a venue sent and was sent, untouched (md-formats(5), RAW).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.hpp"

namespace md {

enum class RawKind : std::uint8_t {
  connect,     // a connection opened
  sent,        // a frame we sent
  frame,       // a frame received over a connection
  reply,       // a REST answer received
  disconnect,  // a connection ended
};

// How the payload stands in the line: as JSON itself, as a JSON string, or in base64.
enum class Payload : std::uint8_t { none, json, text, binary };

// Views borrow from the line or the codec's scratch until the next line is read.
struct RawLine {
  RawKind kind = RawKind::frame;
  std::string_view exchange;
  Micros local_timestamp = 0;
  std::uint32_t connection = 0;  // 1-based in one recorder run; 0 = unknown
  std::uint32_t beside = 0;      // connect: an open connection that carries the same; 0 = none
  std::string_view url;          // of the connection; may be empty
  std::string_view request;      // REST: the URL asked
  int status = 0;                // REST: HTTP status of a failed request, else 0
  std::span<const std::string_view> symbols;  // connect, disconnect: what it carries; may be empty
  std::string_view reason;                    // connect, disconnect
  Payload payload = Payload::none;
  std::string_view data;  // decoded payload; followed by kPadding readable bytes when read by codec
};

}  // namespace md
