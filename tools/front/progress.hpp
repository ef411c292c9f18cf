// One line on stderr that tells how far long work is; only where stderr is a terminal and -q is not
// given.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "front/front.hpp"

namespace front {

// For one thread, one at a time.
class Progress {
 public:
  // `what`: what is counted by the `done` of update(), such as "bytes".
  Progress(const Context& context, std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // May be called for every line: shows at most a few times a second. `total` 0 = unknown.
  void update(std::uint64_t done, std::uint64_t total) {
    if (shown_ && ++calls_ % kCallsBetweenLooks == 0) show(done, total);
  }

  // Takes the line away, before something else is printed; the next update brings it back.
  static void hide();

 private:
  static constexpr std::uint64_t kCallsBetweenLooks = 256;  // at the clock
  void show(std::uint64_t done, std::uint64_t total);

  std::string tool_;
  std::string what_;
  bool shown_;
  std::uint64_t calls_ = 0;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace front
