// A Destination that keeps what it is given, and can be told to block or to fail.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "record/destination.hpp"

namespace md::record {

// Shared by the test and the destination, which belongs to the pipeline.
class Collector {
 public:
  std::unique_ptr<Destination> destination() { return std::make_unique<Writer>(*this); }

  // Called with each line, on the writer's thread.
  std::function<void(const std::string&)> on_line;

  std::vector<std::string> lines() const {
    const std::lock_guard lock{mutex_};
    return lines_;
  }
  void block() { set(blocked_, true); }
  void unblock() { set(blocked_, false); }
  void fail() { set(failing_, true); }
  // Waits until `flushed` flushes were seen, or `closed`.
  void wait_flushes(int flushes) const {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return flushes_ >= flushes; });
  }
  int flushes() const {
    const std::lock_guard lock{mutex_};
    return flushes_;
  }
  std::uint64_t bytes() const {
    const std::lock_guard lock{mutex_};
    return bytes_;
  }
  bool closed() const {
    const std::lock_guard lock{mutex_};
    return closed_;
  }

 private:
  class Writer final : public Destination {
   public:
    explicit Writer(Collector& to) : to_(to) {}
    Result<void> write(std::string_view text, Micros) override { return to_.take(text); }
    Result<void> flush() override {
      to_.count(to_.flushes_);
      return {};
    }
    Result<void> close() override {
      to_.set(to_.closed_, true);
      return {};
    }
    std::uint64_t bytes_out() const override { return to_.bytes(); }

   private:
    Collector& to_;
  };

  void set(bool& flag, bool value) {
    const std::lock_guard lock{mutex_};
    flag = value;
    changed_.notify_all();
  }
  void count(int& counter) {
    const std::lock_guard lock{mutex_};
    ++counter;
    changed_.notify_all();
  }
  Result<void> take(std::string_view text) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return !blocked_; });
    if (failing_) return Error{Errc::io, "cannot write 'test': No space left on device"};
    bytes_ += text.size();
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      lines_.emplace_back(text.substr(0, end));
      text.remove_prefix(end + 1);
      if (on_line) on_line(lines_.back());
    }
    return {};
  }

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> lines_;
  std::uint64_t bytes_ = 0;
  int flushes_ = 0;
  bool blocked_ = false;
  bool failing_ = false;
  bool closed_ = false;
};

}  // namespace md::record
