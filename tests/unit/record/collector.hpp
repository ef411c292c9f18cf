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
  void mend() { set(failing_, false); }
  // From the start: behaves as a spool does. due(): what it holds has reached its time or size.
  void with_files() { set(has_files_, true); }
  void make_due() { set(due_, true); }
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
  int writes() const {
    const std::lock_guard lock{mutex_};
    return writes_;
  }
  bool closed() const {
    const std::lock_guard lock{mutex_};
    return closed_;
  }

  std::string loss() const {
    const std::lock_guard lock{mutex_};
    return loss_;
  }
  void wait_closed() const {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return closed_; });
  }

 private:
  class Writer final : public Destination {
   public:
    explicit Writer(Collector& to) : to_(to) {}
    Result<void> write(std::string_view text, Micros) override { return to_.take(text); }
    Result<void> flush() override {
      const std::lock_guard lock{to_.mutex_};
      if (to_.failing_) return no_space();
      to_.safe_ = to_.lines_.size();
      ++to_.flushes_;
      to_.changed_.notify_all();
      return {};
    }
    Result<void> close() override {
      to_.set(to_.due_, false);
      to_.set(to_.closed_, true);
      return {};
    }
    std::uint64_t bytes_out() const override { return to_.bytes(); }
    bool has_files() const override { return to_.get(to_.has_files_); }
    bool due(Micros) const override { return to_.get(to_.due_); }
    Result<void> set_aside() override {
      const std::lock_guard lock{to_.mutex_};
      to_.lines_.resize(to_.safe_);
      return {};
    }
    Result<void> record_loss(std::string_view lines, Micros) override {
      const std::lock_guard lock{to_.mutex_};
      to_.loss_ = lines;
      return {};
    }

   private:
    Collector& to_;
  };

  void set(bool& flag, bool value) {
    const std::lock_guard lock{mutex_};
    flag = value;
    changed_.notify_all();
  }
  bool get(const bool& flag) const {
    const std::lock_guard lock{mutex_};
    return flag;
  }
  static Error no_space() {
    return Error{Errc::io, "cannot write 'test': No space left on device"};
  }
  Result<void> take(std::string_view text) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return !blocked_; });
    if (failing_) return no_space();
    ++writes_;
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
  int writes_ = 0;
  std::size_t safe_ = 0;  // lines flushed
  std::string loss_;
  int flushes_ = 0;
  bool blocked_ = false;
  bool failing_ = false;
  bool closed_ = false;
  bool has_files_ = false;
  bool due_ = false;
};

}  // namespace md::record
