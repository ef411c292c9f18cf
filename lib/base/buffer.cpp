#include "base/buffer.hpp"

#include <algorithm>

namespace md {

void Buffer::grow(std::size_t size) {
  const std::size_t capacity = std::max({size_ + size, capacity_ * 2, std::size_t{4096}});
  auto bigger = std::make_unique_for_overwrite<char[]>(capacity);
  if (size_ != 0) std::memcpy(bigger.get(), data_.get(), size_);
  data_ = std::move(bigger);
  capacity_ = capacity;
}

}  // namespace md
