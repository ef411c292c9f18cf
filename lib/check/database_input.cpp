#include "check/database_input.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "codec/event_json.hpp"
#include "codec/lake.hpp"
#include "codec/line_reader.hpp"

namespace md::check {

Result<DatabaseInput> DatabaseInput::open(FrozenDatabase& database, const Range& range) {
  MD_TRY(auto streams, stored_streams(database, range));
  // What interrupts streams is read before them; else directories of a lake are read by name.
  const auto place = [](const StoredStream& stream) {
    return std::pair(stream.type < Type::connect,
                     codec::lake_directory({}, stream.exchange, stream.type, stream.symbol));
  };
  std::sort(streams.begin(), streams.end(),
            [&](const StoredStream& a, const StoredStream& b) { return place(a) < place(b); });
  return DatabaseInput{database, std::move(streams)};
}

Result<const dedupe::LineKey*> DatabaseInput::next() {
  while (true) {
    if (!reader_) {
      if (stream_ == streams_.size()) return nullptr;
      reader_.emplace(*database_, streams_[stream_++]);
    }
    MD_TRY(const bool more, reader_->next(event_));
    if (more) break;
    reader_.reset();
  }
  // The line that a lake has of it, so that what is the same message is decided by the same bytes.
  line_.clear();
  codec::append_event(line_, event_);
  std::memset(line_.reserve(codec::kPadding), ' ', codec::kPadding);
  if (!keys_.read({line_.data(), line_.size() - 1}, key_)) return keys_.error();
  return &key_;
}

}  // namespace md::check
