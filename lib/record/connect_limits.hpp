// ConnectLimits: attempts to connect, spaced for each host, however many venues and connections of
// this process go there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "net/url.hpp"

namespace md::record {

// Pure: times come from the caller, in milliseconds of a clock that never goes back. Belongs to one
// thread. An attempt is booked, waited for, and then begun, unless the host is held by then:
//
//   wait = book_ms(...); later: if (held_ms(...) > 0) book again, else connect
class ConnectLimits {
 public:
  // Books the next free moment at `url`'s host and port and gives the wait until then. Of the
  // intervals that are asked for there the longest counts.
  std::int64_t book_ms(const net::Url& url, std::int64_t interval_ms, std::int64_t now_ms);
  // The host told us to stay away: nothing begins there before `time_ms`, nor what is booked.
  void hold_until(const net::Url& url, std::int64_t time_ms);
  // How long the host still wants to be left alone; 0 = not at all.
  std::int64_t held_ms(const net::Url& url, std::int64_t now_ms) const;

 private:
  struct Host {
    std::int64_t interval_ms = 0;
    std::int64_t next_ms = INT64_MIN / 2;  // the first moment that is not booked
    std::int64_t held_until_ms = INT64_MIN / 2;
  };
  static std::pair<std::string, std::uint16_t> key(const net::Url& url) {
    return {url.host, url.port};
  }

  std::map<std::pair<std::string, std::uint16_t>, Host> hosts_;
};

}  // namespace md::record
