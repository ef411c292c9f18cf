// Compressed frames: a gzip member, a zlib stream or bare deflate in each frame.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

namespace md::venue {

class Inflater {
 public:
  static constexpr std::size_t kMaxSize = std::size_t{16} << 20;  // of a frame's text

  Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;
  ~Inflater();

  // The text of a frame, with kPadding readable bytes behind it, valid until the next call; text
  // that is not compressed (it begins with '{', '[' or a letter) is given as it is. False where the
  // data is damaged, cut, or larger than kMaxSize.
  bool inflate(std::string_view frame, std::string_view& text);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace md::venue
