// Snapshot: what a recorder tells about itself, at one moment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "book/feed.hpp"
#include "record/fetcher.hpp"
#include "record/meter.hpp"
#include "record/pipeline.hpp"
#include "record/watch.hpp"

namespace md::record {

// Counters count from the start of the recording.
struct Snapshot {
  // A planned connection: one or, with redundancy, several that carry the same.
  struct Connection {
    std::size_t number = 0;  // its place in the plan, from 1
    int open = 0;
    int wanted = 1;
    std::int64_t silent_ms = 0;  // since its last message, or since the start
  };

  std::string_view venue;
  Micros started = 0;
  Micros taken = 0;
  bool waiting = false;  // for the market list: nothing is recorded yet
  bool stopped = false;
  bool paused = false;  // sockets are not read: the output is slow
  std::size_t symbols = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;  // of messages
  book::Feed::Counts feed;
  book::Feed::Books books;
  Fetcher::Stats rest;
  std::array<std::uint64_t, kGapReasons> gaps{};
  Delays delays;
  std::uint64_t reconnects = 0;        // connections that were lost and are back
  std::uint64_t connect_failures = 0;  // attempts that opened nothing
  std::uint64_t rollovers = 0;         // connections replaced by others that were opened first
  std::vector<Connection> connections;
  Watch::Counts streams;
  Pipeline::Stats output;
};

// Of all venues, in Prometheus' text format 0.0.4. Names and labels are a promise: mdrecord(1),
// METRICS.
std::string metrics_text(std::span<const Snapshot> snapshots);
// Of one venue, for people. `rate`: messages a second; `watched_at`: where metrics are served, may
// be empty.
std::string status_text(const Snapshot& snapshot, double rate, std::string_view watched_at);
// "412 of 2000 have their snapshot".
std::string books_text(const Snapshot& snapshot);
// All in a line; `rate` is that of all.
std::string status_line(std::span<const Snapshot> snapshots, double rate);

}  // namespace md::record
