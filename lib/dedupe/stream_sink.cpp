#include "dedupe/stream_sink.hpp"

#include <algorithm>

namespace md::dedupe {

constexpr std::size_t kBatch = std::size_t{128} << 10;

Result<void> StreamSink::write(const Stream& /*stream*/, const MergedLine& line) {
  if (!days_.empty() &&
      std::find(days_.begin(), days_.end(), day_of(line.timestamp)) == days_.end())
    return {};
  batch_.append(line.text);
  batch_.append('\n');
  if (batch_.size() < kBatch) return {};
  MD_CHECK(output_.write(batch_.view()));
  batch_.clear();
  return {};
}

Result<void> StreamSink::finish() {
  if (!batch_.empty()) MD_CHECK(output_.write(batch_.view()));
  batch_.clear();
  return output_.finish();
}

}  // namespace md::dedupe
