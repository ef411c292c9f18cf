#include "record/pipeline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace md::record {
namespace {

using Clock = std::chrono::steady_clock;

// Most of the queue's limit that may be written and not flushed: also what bounds a zstd frame.
constexpr std::size_t kKeptShare = 8;

// Where lines lie from their submission until they are safe. All blocks have one size and are used
// again, so memory is the same on every day of a year; a batch that is larger has a block of its
// own, which goes with it.
class Blocks {
 public:
  // Copies the lines; what was copied before stays where it is. Until release(lines).
  std::string_view add(std::string_view lines) {
    if (used_.empty() || used_.back().bytes.capacity() - used_.back().bytes.size() < lines.size()) {
      Block& block = used_.emplace_back();
      if (!spare_.empty() && lines.size() <= kSize) {
        block.bytes = std::move(spare_.back());
        spare_.pop_back();
      }
      block.bytes.reserve(std::max(lines.size(), kSize));
    }
    Block& block = used_.back();
    block.bytes.append(lines);
    block.waiting += lines.size();
    return block.bytes.view().substr(block.bytes.size() - lines.size());
  }

  // The oldest lines that were added.
  void release(std::string_view lines) {
    Block& block = used_.front();
    block.waiting -= lines.size();
    if (block.waiting != 0) return;
    block.bytes.clear();
    if (block.bytes.capacity() == kSize) spare_.push_back(std::move(block.bytes));
    used_.pop_front();
  }

  // Gives one back of those that nobody needs: what a single slow flush filled does not stay.
  void shrink() {
    if (spare_.size() > 1) spare_.pop_back();
  }

 private:
  static constexpr std::size_t kSize = std::size_t{256} << 10;
  struct Block {
    Buffer bytes;
    std::size_t waiting = 0;  // bytes that are not safe yet
  };

  std::deque<Block> used_;
  std::vector<Buffer> spare_;
};

struct Batch {
  std::string_view lines;
  Micros received;
  Clock::time_point submitted;
};

}  // namespace

Clock::time_point flush_begin(Clock::time_point submitted, Clock::time_point written,
                              Clock::duration within, Clock::duration last_flush) {
  // Twice: the next one may take longer. Not more than half: a slow disk is to be used, too.
  const auto early = std::min(2 * last_flush, within / 2);
  return std::max(submitted + within - early, written + within / 4);
}

struct Pipeline::State {
  // The writer thread.
  void run() {
    std::unique_lock lock{mutex};
    next_look = Clock::now() + std::chrono::milliseconds{options.look_ms};
    while (!abandoned && !error) {
      wait(lock);
      if (abandoned) break;
      // Told to end, we try once more at once.
      if (retry_at && !closing && Clock::now() < *retry_at) continue;
      retry_at.reset();
      if (!queue.empty()) {
        if (!write_next(lock)) continue;
      } else if (closing) {
        if (flush(lock)) close_file(lock);
        break;
      }
      const bool enough = kept_bytes >= options.limit / kKeptShare;
      if ((enough || (flush_due && Clock::now() >= *flush_due)) && !flush(lock)) continue;
      if (Clock::now() >= next_look && queue.empty()) look(lock);
    }
    if (error && !abandoned) tell_loss(lock);
    finished = true;
    changed.notify_all();
  }

  void wait(std::unique_lock<std::mutex>& lock) {
    std::optional<Clock::time_point> until = retry_at ? retry_at : flush_due;
    if (!retry_at && destination->has_files())
      until = until ? std::min(*until, next_look) : next_look;
    const auto wanted = [this] { return abandoned || closing || (!queue.empty() && !retry_at); };
    if (until) {
      changed.wait_until(lock, *until, wanted);
    } else {
      changed.wait(lock, wanted);
    }
  }

  // Calls the destination; meanwhile others use the queue.
  template <typename Call>
  Result<void> unlocked(std::unique_lock<std::mutex>& lock, Call call) {
    lock.unlock();
    Result<void> result = call(*destination);
    const std::uint64_t out = destination->bytes_out();
    lock.lock();
    bytes_out = out;
    return result;
  }

  bool write_next(std::unique_lock<std::mutex>& lock) {
    const Micros received = queue.front().received;
    const Clock::time_point at = queue.front().submitted;
    if (destination->due(received)) {
      if (!flush(lock)) return false;
      close_file(lock);
    }
    const std::string_view lines = queue.front().lines;
    kept_bytes += lines.size();
    kept.push_back(queue.front());
    queue.pop_front();
    eager = queue.empty() && !destination->has_files();
    const Result<void> written =
        unlocked(lock, [&](Destination& to) { return to.write(lines, received); });
    if (!written) return failed(lock, written.error());
    if (!destination->has_files()) release_kept();
    if (!flush_due) {
      const std::chrono::milliseconds within{options.flush_ms};
      flush_due = flush_begin(at, Clock::now(), within, last_flush);
    }
    return true;
  }

  bool flush(std::unique_lock<std::mutex>& lock) {
    flush_due.reset();
    const auto begin = Clock::now();
    const Result<void> flushed = unlocked(lock, [](Destination& to) { return to.flush(); });
    if (!flushed) return failed(lock, flushed.error());
    last_flush = Clock::now() - begin;
    release_kept();
    if (failing_since) notices.emplace_back("writing again: nothing was lost");
    failing_since.reset();
    return true;
  }

  // All of the file is flushed, so a failure here costs no line that we know of: the recording goes
  // on, and its end tells.
  void close_file(std::unique_lock<std::mutex>& lock) {
    const Result<void> closed = unlocked(lock, [](Destination& to) { return to.close(); });
    if (closed) return;
    notices.push_back(closed.error().message);
    if (!unclosed) unclosed = closed.error();
  }

  // A file that nothing is written to is closed too, a while after its time: lines received before
  // it may still be on their way.
  void look(std::unique_lock<std::mutex>& lock) {
    next_look = Clock::now() + std::chrono::milliseconds{options.look_ms};
    if (!destination->due(options.clock() - kSecond)) return;
    if (flush(lock)) close_file(lock);
  }

  void release_kept() {
    blocks.shrink();
    for (const Batch& batch : kept) {
      queued -= batch.lines.size();
      blocks.release(batch.lines);
    }
    kept.clear();
    kept_bytes = 0;
  }

  // What was not flushed goes back to the queue's head. Gives false.
  bool failed(std::unique_lock<std::mutex>& lock, const Error& why) {
    const Result<void> aside = unlocked(lock, [](Destination& to) { return to.set_aside(); });
    if (!aside) notices.push_back(aside.error().message);
    flush_due.reset();
    for (; !kept.empty(); kept.pop_back()) queue.push_front(kept.back());
    kept_bytes = 0;
    const auto at = Clock::now();
    const std::chrono::milliseconds patience{destination->has_files() ? options.retry_ms : 0};
    const bool first = !failing_since;
    if (first) failing_since = at;
    if (closing || at - *failing_since >= patience) {
      error = why;
      if (!queue.empty()) loss.first = queue.front().received;
      queue.clear();
      blocks = {};
      return false;
    }
    if (first) {
      notices.push_back(fmt::format("{}: trying again for {} s", why.message,
                                    static_cast<double>(options.retry_ms) / 1000));
    }
    retry_at =
        std::min(at + std::chrono::milliseconds{options.pause_ms}, *failing_since + patience);
    return false;
  }

  // The last that is written: after the recorder has ended, so that all that is lost is known.
  void tell_loss(std::unique_lock<std::mutex>& lock) {
    changed.wait(lock, [this] { return closing || abandoned; });
    if (abandoned || !options.describe_loss || queued == 0) return;
    loss.last = std::max(loss.first, options.clock());
    lock.unlock();
    Buffer lines;
    options.describe_loss(lines, loss);
    const Result<void> told = destination->record_loss(lines.view(), loss.last);
    lock.lock();
    if (!told) notices.push_back("no record of the loss: " + told.error().message);
  }

  std::unique_ptr<Destination> destination;
  Options options;

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<Batch> queue;
  std::atomic<bool> eager = false;  // see Pipeline::eager()
  Blocks blocks;                    // what the batches of `queue` and `kept` point into
  std::size_t queued = 0;       // bytes submitted and not yet safe, those being written included
  std::uint64_t submitted = 0;  // bytes of lines, ever
  std::uint64_t bytes_out = 0;  // the destination's count, as of its last call
  std::deque<Batch> kept;       // written, not yet flushed; the writer thread's own
  std::size_t kept_bytes = 0;
  std::optional<Clock::time_point> flush_due;
  Clock::duration last_flush{};  // how long it took
  std::optional<Clock::time_point> failing_since;
  std::optional<Clock::time_point> retry_at;
  Clock::time_point next_look;
  std::vector<std::string> notices;
  std::optional<Error> error;     // the end
  std::optional<Error> unclosed;  // a file that could not be completed
  Loss loss;
  bool closing = false;
  bool abandoned = false;
  bool finished = false;
};

Pipeline::Pipeline(std::unique_ptr<Destination> destination, const Options& options)
    : state_(std::make_shared<State>()) {
  state_->destination = std::move(destination);
  state_->options = options;
  state_->eager = !state_->destination->has_files();
  std::thread{[state = state_] { state->run(); }}.detach();
}

Pipeline::~Pipeline() {
  const std::lock_guard lock{state_->mutex};
  state_->closing = true;
  state_->abandoned = true;
  state_->changed.notify_all();
}

void Pipeline::submit(std::string_view lines, Micros received) {
  if (lines.empty()) return;
  std::unique_lock lock{state_->mutex};
  state_->queued += lines.size();
  state_->submitted += lines.size();
  if (state_->error) {
    if (state_->loss.first == 0) state_->loss.first = received;
    return;
  }
  state_->queue.push_back({state_->blocks.add(lines), received, Clock::now()});
  state_->eager = false;
  lock.unlock();  // or the writer might wake up only to wait for it
  state_->changed.notify_all();
}

bool Pipeline::eager() const { return state_->eager; }

bool Pipeline::full() const {
  const std::lock_guard lock{state_->mutex};
  return state_->queued >= state_->options.limit;
}

bool Pipeline::has_room() const {
  const std::lock_guard lock{state_->mutex};
  return state_->queued <= state_->options.limit / 2;
}

Pipeline::Stats Pipeline::stats() const {
  const std::lock_guard lock{state_->mutex};
  return {state_->queued, state_->options.limit, state_->submitted, state_->bytes_out};
}

std::optional<Error> Pipeline::failure() const {
  const std::lock_guard lock{state_->mutex};
  return state_->error;
}

std::vector<std::string> Pipeline::take_notices() {
  const std::lock_guard lock{state_->mutex};
  return std::exchange(state_->notices, {});
}

void Pipeline::close() {
  const std::lock_guard lock{state_->mutex};
  state_->closing = true;
  state_->changed.notify_all();
}

Result<void> Pipeline::finish(std::int64_t timeout_ms) {
  close();
  std::unique_lock lock{state_->mutex};
  const bool done = state_->changed.wait_for(lock, std::chrono::milliseconds{timeout_ms},
                                             [this] { return state_->finished; });
  if (done && !state_->error) {
    if (state_->unclosed) return *state_->unclosed;
    return {};
  }
  Error error = state_->error ? *state_->error
                              : Error{Errc::io, "gave up writing: the output takes nothing more"};
  if (state_->queued != 0)
    error.message += fmt::format(" ({} bytes of lines lost)", state_->queued);
  return error;
}

}  // namespace md::record
