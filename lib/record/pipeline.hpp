// Pipeline: batches of lines from the thread of the sockets to a thread that compresses and writes.
//
//   LineWriter -- submit() --> [ queue, at most `limit` bytes ] --> writer thread --> Destination
//
// Nothing is dropped: when the queue is full the caller stops reading its sockets until has_room().
// The queue can exceed the limit by what was already being received then, a batch per connection.
//
// Where the destination has files, batches stay in memory until they are flushed. A write that
// fails ends the file after its last flush, and all since then is tried again in a new one, for
// retry_ms; after that the pipeline has failed, and what was lost is told in a file of its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "record/destination.hpp"
#include "record/loss.hpp"

namespace md::record {

// When a flush must begin, so that lines submitted at `submitted` and written at `written` are
// flushed `within` of their submission, if flushes take as long as the last one did. A writer that
// is behind flushes each quarter of that time, not after every batch.
std::chrono::steady_clock::time_point flush_begin(std::chrono::steady_clock::time_point submitted,
                                                  std::chrono::steady_clock::time_point written,
                                                  std::chrono::steady_clock::duration within,
                                                  std::chrono::steady_clock::duration last_flush);

class Pipeline {
 public:
  struct Options {
    std::size_t limit = std::size_t{64} << 20;  // bytes waiting to be written
    std::int64_t flush_ms = 1000;               // from a line's submission to the end of its flush
    std::int64_t retry_ms = 0;                  // for which a file that fails is tried again
    std::int64_t pause_ms = 1000;               // between two tries
    std::int64_t look_ms = 1000;                // between looks whether a quiet file is due
    std::function<Micros()> clock = now;        // decides when a quiet file is due
    // Appends the lines that tell of a loss; called on the writer thread.
    std::function<void(Buffer&, const Loss&)> describe_loss{};
  };

  struct Stats {
    std::size_t queued = 0;       // bytes of lines that wait, or are being written
    std::size_t limit = 0;        // as in Options
    std::uint64_t submitted = 0;  // bytes of lines
    std::uint64_t written = 0;    // bytes, Destination::bytes_out()
  };

  Pipeline(std::unique_ptr<Destination> destination, const Options& options);
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;
  // Without finish(), what still waits is given up.
  ~Pipeline();

  // Whole lines to be written, in the order submitted; copied. After a failure they are only
  // counted as lost.
  void submit(std::string_view lines, Micros received);

  // Nothing waits for the writer, and it keeps nothing for a flush: lines that it is given now
  // reach the reader sooner than lines that are gathered. A hint; takes no lock.
  bool eager() const;
  bool full() const;      // stop reading
  bool has_room() const;  // go on reading: at most half full
  Stats stats() const;
  // What ended the writing, if anything did.
  std::optional<Error> failure() const;
  // What a person should know of the writing, in words; each is given once.
  std::vector<std::string> take_notices();

  // Nothing more is submitted: the writer ends once it has written all. For who waits for several.
  void close();
  // Closes, and waits until all is written, flushed and closed. io: the destination failed, or did
  // not take it all within `timeout_ms`; the error says how many bytes were lost. The destination
  // may then be stuck in a write for ever, so the thread is left to the end of the process.
  Result<void> finish(std::int64_t timeout_ms);

 private:
  struct State;
  std::shared_ptr<State> state_;  // with the writer thread
};

}  // namespace md::record
