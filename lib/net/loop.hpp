// Loop: the thread that sockets and timers live on.
//
// Everything of this layer belongs to one loop and is called on the thread that runs it; only
// Loop::post and Loop::stop may be called from others.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace md::net {

class Loop {
 public:
  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  // Works until stop(); may be called again afterwards.
  void run();
  void stop();
  // Runs `work` on the loop, after what is already due.
  void post(std::function<void()> work);
  // Milliseconds of a clock that never goes back.
  static std::int64_t steady_ms();

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// Calls a function once, later. Destroying the timer takes the call back, also from within other
// calls of the loop.
class Timer {
 public:
  explicit Timer(Loop& loop);
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer();

  // Replaces a call still to come. `work` may destroy or restart the timer.
  void start(std::int64_t delay_ms, std::function<void()> work);
  void cancel();
  bool running() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace md::net
