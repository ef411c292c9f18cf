#include "dedupe/frame_appender.hpp"

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "codec/file.hpp"

namespace md::dedupe {

FrameAppender::FrameAppender()
    : compressor_(codec::make_compressor(codec::Compression::zstd, 0)),
      thread_([this] { work(); }) {}

FrameAppender::~FrameAppender() {
  blocks_.end();
  thread_.join();
}

Result<void> FrameAppender::append(std::string path, Buffer lines, bool fresh) {
  if (Block* const block = blocks_.claim()) {
    block->path = std::move(path);
    block->lines = std::move(lines);
    block->fresh = fresh;
    blocks_.publish();
  }
  return blocks_.status();
}

Result<void> FrameAppender::finish() {
  blocks_.wait_until_taken();
  return blocks_.status();
}

void FrameAppender::work() {
  while (Block* const block = blocks_.next()) {
    const Result<void> written = write(*block);
    if (!written) return blocks_.leave(written.error());
    block->lines = Buffer{};
    blocks_.release();
  }
}

Result<void> FrameAppender::write(const Block& block) {
  frame_.clear();
  MD_CHECK(compressor_->add(block.lines.view(), true, frame_));
  const int mode = O_WRONLY | O_CREAT | O_CLOEXEC | (block.fresh ? O_TRUNC : O_APPEND);
  const codec::Fd fd{::open(block.path.c_str(), mode, 0644)};
  if (!fd) {
    const bool denied = errno == EACCES || errno == EPERM;
    return system_error(denied ? Errc::permission : Errc::create,
                        "cannot create '" + block.path + "'", errno);
  }
  return codec::write_all(fd.get(), frame_.view(), block.path);
}

}  // namespace md::dedupe
