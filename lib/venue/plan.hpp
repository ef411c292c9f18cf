// Plans: what a subscription costs at a venue, before anything is opened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "venue/venue.hpp"

namespace md::venue {

struct Plan {
  std::size_t symbols = 0;  // that have a stream
  std::size_t connections = 0;
  std::size_t requests = 0;          // frames that we send
  std::size_t largest_request = 0;   // bytes
  std::size_t most_requests = 0;     // on one connection
  std::int64_t subscribed_ms = 0;    // until the last request is sent
  std::size_t snapshots = 0;         // by REST
  std::int64_t snapshot_weight = 0;  // of all, in the venue's units; 0 = it counts requests
  std::int64_t complete_ms = 0;      // until the last snapshot is asked for, too
};

// At the pace of Venue::limits: connections one after the other, each connection's requests and the
// snapshots beside them. Answers are taken to need no time.
Plan plan(const Venue& venue, const Subscription& subscription);

// One "name: value" a line, for people.
std::string to_text(const Plan& plan);

}  // namespace md::venue
