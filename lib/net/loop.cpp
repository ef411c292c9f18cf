#include "net/loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "net/asio.hpp"

namespace md::net {

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

void Loop::run() {
  const auto keep_running = asio::make_work_guard(*impl_->context);
  impl_->context->restart();
  impl_->context->run();
}

void Loop::stop() { impl_->context->stop(); }

void Loop::post(std::function<void()> work) { asio::post(*impl_->context, std::move(work)); }

std::int64_t Loop::steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct Timer::State {
  explicit State(Loop& loop) : timer(*loop.impl().context) {}

  asio::steady_timer timer;
  std::function<void()> work;
  // A call that is already due can no longer be cancelled; it finds another generation instead.
  std::uint64_t generation = 0;
};

Timer::Timer(Loop& loop) : state_(std::make_shared<State>(loop)) {}

Timer::~Timer() { cancel(); }

void Timer::start(std::int64_t delay_ms, std::function<void()> work) {
  State& state = *state_;
  state.work = std::move(work);
  const std::uint64_t generation = ++state.generation;
  const auto due = [shared = state_, generation](const boost::system::error_code&) {
    if (shared->generation != generation || !shared->work) return;
    const std::function<void()> call = std::exchange(shared->work, nullptr);
    call();
  };
  if (delay_ms <= 0) {
    // The kernel's timer would be set twice for it.
    state.timer.cancel();
    asio::post(state.timer.get_executor(), [due] { due({}); });
    return;
  }
  state.timer.expires_after(std::chrono::milliseconds{delay_ms});
  state.timer.async_wait(due);
}

void Timer::cancel() {
  ++state_->generation;
  state_->work = nullptr;
  state_->timer.cancel();
}

bool Timer::running() const { return state_->work != nullptr; }

}  // namespace md::net
