// FrameAppender: blocks of lines to the ends of files, each as a zstd frame that can be read alone,
// compressed and written on a thread of its own.
//
// Memory: one compressor, and the blocks of append() calls that wait, kWaiting at most.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "base/buffer.hpp"
#include "base/relay.hpp"
#include "base/result.hpp"
#include "codec/compressor.hpp"

namespace md::dedupe {

class FrameAppender {
 public:
  static constexpr std::size_t kWaiting = 4;

  FrameAppender();
  ~FrameAppender();
  FrameAppender(const FrameAppender&) = delete;
  FrameAppender& operator=(const FrameAppender&) = delete;

  // `fresh`: what the file holds is a leftover, and goes. No file is kept open. Errors: create,
  // permission, io, of this call or of an earlier one; the first ends the work.
  Result<void> append(std::string path, Buffer lines, bool fresh);
  // Until all of it is with the kernel.
  Result<void> finish();

 private:
  struct Block {
    std::string path;
    Buffer lines;
    bool fresh = false;
  };

  void work();
  Result<void> write(const Block& block);

  Relay<Block> blocks_{kWaiting};
  std::unique_ptr<codec::Compressor> compressor_;  // the thread's, as is frame_
  Buffer frame_;
  std::thread thread_;
};

}  // namespace md::dedupe
