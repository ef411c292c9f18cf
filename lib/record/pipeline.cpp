#include "record/pipeline.hpp"

#include <fmt/format.h>

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

// Buffers kept for reuse, and the size above which one is not: a huge snapshot must not stay for
// ever.
constexpr std::size_t kKeptBuffers = 8;
constexpr std::size_t kKeptSize = std::size_t{512} << 10;

struct Batch {
  Buffer lines;
  Micros received;
};

}  // namespace

struct Pipeline::State {
  // The writer thread.
  void run() {
    std::unique_lock lock{mutex};
    while (true) {
      const auto wanted = [this] { return !queue.empty() || closing; };
      if (flush_due) {
        changed.wait_until(lock, *flush_due, wanted);
      } else {
        changed.wait(lock, wanted);
      }
      if (abandoned || error) break;
      if (queue.empty() && closing) break;
      if (!queue.empty()) write_next(lock);
      if (flush_due && Clock::now() >= *flush_due) flush(lock);
    }
    if (!error && !abandoned) {
      lock.unlock();
      Result<void> closed = destination->close();
      const std::uint64_t out = destination->bytes_out();
      lock.lock();
      bytes_out = out;
      note(closed);
    }
    finished = true;
    changed.notify_all();
  }

  void write_next(std::unique_lock<std::mutex>& lock) {
    Batch batch = std::move(queue.front());
    queue.pop_front();
    lock.unlock();
    Result<void> written = destination->write(batch.lines.view(), batch.received);
    const std::uint64_t out = destination->bytes_out();
    lock.lock();
    bytes_out = out;
    note(written);
    if (!written) return;
    queued -= batch.lines.size();
    if (!flush_due) flush_due = Clock::now() + std::chrono::milliseconds{options.flush_ms};
    if (spare.size() < kKeptBuffers && batch.lines.size() <= kKeptSize) {
      batch.lines.clear();
      spare.push_back(std::move(batch.lines));
    }
  }

  void flush(std::unique_lock<std::mutex>& lock) {
    flush_due.reset();
    lock.unlock();
    Result<void> flushed = destination->flush();
    const std::uint64_t out = destination->bytes_out();
    lock.lock();
    bytes_out = out;
    note(flushed);
  }

  void note(Result<void>& result) {
    if (!result && !error) error = std::move(result).error();
  }

  std::unique_ptr<Destination> destination;
  Options options;

  mutable std::mutex mutex;
  std::condition_variable changed;
  std::deque<Batch> queue;
  std::vector<Buffer> spare;
  std::size_t queued = 0;       // bytes submitted and not yet written, those being written included
  std::uint64_t submitted = 0;  // bytes of lines, ever
  std::uint64_t bytes_out = 0;  // the destination's count, as of its last call
  std::optional<Clock::time_point> flush_due;
  std::optional<Error> error;
  bool closing = false;
  bool abandoned = false;
  bool finished = false;
};

Pipeline::Pipeline(std::unique_ptr<Destination> destination, const Options& options)
    : state_(std::make_shared<State>()) {
  state_->destination = std::move(destination);
  state_->options = options;
  std::thread{[state = state_] { state->run(); }}.detach();
}

Pipeline::~Pipeline() {
  const std::lock_guard lock{state_->mutex};
  state_->closing = true;
  state_->abandoned = true;
  state_->changed.notify_all();
}

Buffer Pipeline::take() {
  const std::lock_guard lock{state_->mutex};
  if (state_->spare.empty()) return {};
  Buffer buffer = std::move(state_->spare.back());
  state_->spare.pop_back();
  return buffer;
}

void Pipeline::submit(Buffer lines, Micros received) {
  if (lines.empty()) return;
  const std::lock_guard lock{state_->mutex};
  state_->queued += lines.size();
  state_->submitted += lines.size();
  if (state_->error) return;
  state_->queue.push_back({std::move(lines), received});
  state_->changed.notify_all();
}

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

Result<void> Pipeline::finish(std::int64_t timeout_ms) {
  std::unique_lock lock{state_->mutex};
  state_->closing = true;
  state_->changed.notify_all();
  const bool done = state_->changed.wait_for(lock, std::chrono::milliseconds{timeout_ms},
                                             [this] { return state_->finished; });
  if (done && !state_->error) return {};
  Error error = state_->error ? *state_->error
                              : Error{Errc::io, "gave up writing: the output takes nothing more"};
  if (state_->queued != 0)
    error.message += fmt::format(" ({} bytes of lines lost)", state_->queued);
  return error;
}

}  // namespace md::record
