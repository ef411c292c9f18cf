// Compressor: content bytes into compressed bytes, in frames that can be read each alone.
#pragma once

#include <memory>
#include <string_view>

#include "base/buffer.hpp"
#include "codec/output.hpp"

namespace md::codec {

class Compressor {
 public:
  virtual ~Compressor() = default;
  // Appends to `out` what is ready; with `end_frame`, all of it and the frame's end.
  virtual Result<void> add(std::string_view content, bool end_frame, Buffer& out) = 0;
};

// level 0 = the format's default. Compression::none copies.
std::unique_ptr<Compressor> make_compressor(Compression compression, int level);

}  // namespace md::codec
