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

// level 0 = what suits our lines: 1 of zstd, 6 of gzip. Compression::none copies.
std::unique_ptr<Compressor> make_compressor(Compression compression, int level);

// The same, on a thread of its own: add() takes a copy of the content and gives what is ready of
// earlier calls; with end_frame it waits. An error is given by the call after the one it is about.
std::unique_ptr<Compressor> make_compressor_beside(Compression compression, int level);

}  // namespace md::codec
