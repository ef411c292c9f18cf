#include "record/line_writer.hpp"

#include <algorithm>
#include <utility>

#include "codec/event_json.hpp"
#include "codec/raw_json.hpp"

namespace md::record {

void LineWriter::on_event(const Event& event) {
  const bool structure = event.type() == Type::connect || event.type() == Type::disconnect;
  if (dropping_ && !structure) return drop(event.local_timestamp);
  codec::append_event(lines_, event);
  added(event.local_timestamp);
}

void LineWriter::on_raw(const RawLine& line) {
  const bool structure = line.kind == RawKind::connect || line.kind == RawKind::disconnect;
  if (dropping_ && !structure) return drop(line.local_timestamp);
  codec::append_raw(lines_, line);
  added(line.local_timestamp);
}

void LineWriter::drop(Micros received) {
  if (dropped_.lines++ == 0) dropped_.loss.first = received;
  dropped_.loss.last = received;
}

void LineWriter::added(Micros received) {
  const bool first = received_ == 0;
  if (first) received_ = received;
  if (lines_.size() >= kBatchBytes) return flush();
  if (leaving_) return;
  leaving_ = pipeline_.eager();
  if (!leaving_ && !first) return;
  const std::int64_t since = net::Loop::steady_ms() - handed_over_ms_;
  timer_.start(leaving_ ? 0 : std::max<std::int64_t>(kBatchMs - since, 0), [this] { flush(); });
}

void LineWriter::flush() {
  if (lines_.empty()) return;
  timer_.cancel();
  leaving_ = false;
  handed_over_ms_ = net::Loop::steady_ms();
  pipeline_.submit(lines_.view(), std::exchange(received_, 0));
  // A huge snapshot's memory must not stay for ever.
  if (lines_.capacity() > 4 * kBatchBytes) lines_ = Buffer{};
  lines_.clear();
}

}  // namespace md::record
