// Files written with care: an owned descriptor, complete writes, rename without replacing, durable
// directories.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace md::codec {

// Owns a file descriptor.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = other.release();
    }
    return *this;
  }
  ~Fd() { close(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }
  void close();

 private:
  int fd_ = -1;
};

// All of `bytes`, over short writes and EINTR.
Result<void> write_all(int fd, std::string_view bytes, const std::string& name);
// Makes `directory` and what is missing above it.
Result<void> make_directories(const std::string& directory);
// fsync of the directory that holds `path`, so that a rename survives a power cut.
Result<void> sync_directory_of(const std::string& path);
// Renames; Errc::exists rather than replace an existing `to`, unless `replace`.
Result<void> rename_file(const std::string& from, const std::string& to, bool replace);
// The whole of a small file (limit in bytes).
Result<std::string> read_file(const std::string& path, std::size_t limit);

}  // namespace md::codec
