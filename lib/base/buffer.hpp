// Buffer: bytes being written. Grows, is cleared and reused, so a steady state allocates nothing.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace md {

class Buffer {
 public:
  // At least `size` writable bytes; write through the pointer, then commit() the end reached.
  char* reserve(std::size_t size) {
    if (capacity_ - size_ < size) grow(size);
    return data_.get() + size_;
  }
  void commit(const char* end) { size_ = static_cast<std::size_t>(end - data_.get()); }
  void append(std::string_view text) {
    if (text.empty()) return;  // memcpy() must not be given the null that an empty view may hold
    char* out = reserve(text.size());
    std::memcpy(out, text.data(), text.size());
    size_ += text.size();
  }
  void append(char c) { *reserve(1) = c, ++size_; }

  void clear() { size_ = 0; }
  // Removes the first `size` bytes; the rest moves to the front.
  void consume(std::size_t size) {
    if (size != 0) std::memmove(data_.get(), data_.get() + size, size_ -= size);
  }
  // Writes over bytes that are there.
  void replace(std::size_t at, std::string_view text) {
    if (!text.empty()) std::memcpy(data_.get() + at, text.data(), text.size());
  }
  void truncate(std::size_t size) { size_ = size < size_ ? size : size_; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  const char* data() const { return data_.get(); }
  std::string_view view() const { return {data_.get(), size_}; }

 private:
  void grow(std::size_t size);

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace md
