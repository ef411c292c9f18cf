// MemberFile: one member being made: events to rows to a compressed file.
//
// Memory: the compressor's, some 100 KiB of rows, and the largest event.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "archive/manifest.hpp"
#include "archive/row_writer.hpp"
#include "base/buffer.hpp"
#include "base/result.hpp"
#include "codec/compressor.hpp"
#include "codec/file.hpp"

namespace md::archive {

class MemberFile {
 public:
  // Writes to `fd`, an empty file. `level` 0: the format's default.
  MemberFile(codec::Fd fd, codec::Compression compression, int level, const Stream& stream);

  // Errors: io.
  Result<void> add(const Event& event);
  // All of the member but its place in an archive; without events there is none to keep.
  Result<Member> finish();

 private:
  Result<void> compress(bool end_frame);

  codec::Fd fd_;
  std::unique_ptr<codec::Compressor> compressor_;
  Member member_;
  RowWriter writer_;
  DayDigests days_;
  store::Sha256Hasher hash_;
  Buffer csv_;
  Buffer compressed_;
  std::uint64_t frame_ = 0;  // bytes of CSV in the frame so far
};

}  // namespace md::archive
