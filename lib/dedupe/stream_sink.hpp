// StreamSink: the merged stream into one output.
#pragma once

#include "base/buffer.hpp"
#include "codec/output.hpp"
#include "dedupe/merger.hpp"

namespace md::dedupe {

class StreamSink final : public MergedSink {
 public:
  // Only lines of these days (UTC dates of `timestamp`, as days since 1970); all if empty.
  StreamSink(codec::Output output, std::vector<std::int64_t> days)
      : output_(std::move(output)), days_(std::move(days)) {}

  Result<void> write(const Stream& stream, const MergedLine& line) override;
  Result<void> finish();

 private:
  codec::Output output_;
  std::vector<std::int64_t> days_;
  Buffer batch_;
};

}  // namespace md::dedupe
