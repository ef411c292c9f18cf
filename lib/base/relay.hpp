// Relay: things that one thread makes for another, in slots that go round.
//
//   maker:  while (Chunk* chunk = relay.claim()) { ...; relay.publish(); }  relay.end();
//   taker:  while (Chunk* chunk = relay.next())  { ...; relay.release(); }
//
// A slot comes back to the maker as the taker left it, so what it has allocated is used again. No
// more than `slots` things wait at any time: a maker that is ahead waits.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace md {

template <typename T>
class Relay {
 public:
  explicit Relay(std::size_t slots) : slots_(slots) {}

  // ---- For the thread that makes

  // A slot to fill, once there is one; null if the taker has left. Without publish() the same
  // again.
  T* claim() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return left_ || made_ - taken_ < slots_.size(); });
    return left_ ? nullptr : &slots_[made_ % slots_.size()];
  }
  // The slot claimed is for the taker now.
  void publish() {
    change([this] { ++made_; });
  }
  // Nothing more comes.
  void end() {
    change([this] { ended_ = true; });
  }
  // Until the taker has released all that was published, or has left.
  void wait_until_taken() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return left_ || made_ == taken_; });
  }
  // The error that made the taker leave, if one did.
  Result<void> status() {
    const std::lock_guard lock{mutex_};
    if (error_) return *error_;
    return {};
  }

  // ---- For the thread that takes

  // The next thing, once there is one; null at the end. Without release() the same again.
  T* next() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return ended_ || made_ != taken_; });
    return made_ == taken_ ? nullptr : &slots_[taken_ % slots_.size()];
  }
  // The maker may have the slot again.
  void release() {
    change([this] { ++taken_; });
  }
  // Nothing more is taken.
  void leave() {
    change([this] { left_ = true; });
  }
  void leave(Error error) {
    change([&] {
      left_ = true;
      error_ = std::move(error);
    });
  }

 private:
  template <typename Change>
  void change(Change apply) {
    {
      const std::lock_guard lock{mutex_};
      apply();
    }
    changed_.notify_one();  // never do both wait
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<T> slots_;
  std::uint64_t made_ = 0;
  std::uint64_t taken_ = 0;
  bool ended_ = false;
  bool left_ = false;
  std::optional<Error> error_;
};

}  // namespace md
