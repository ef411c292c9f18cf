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
  if (lines_.size() >= kBatchBytes) {
    if (received_ == 0) received_ = received;
    return flush();
  }
  if (received_ != 0) return;
  received_ = received;
  const std::int64_t since = net::Loop::steady_ms() - handed_over_ms_;
  timer_.start(std::max<std::int64_t>(kBatchMs - since, 0), [this] { flush(); });
}

void LineWriter::flush() {
  if (lines_.empty()) return;
  timer_.cancel();
  handed_over_ms_ = net::Loop::steady_ms();
  pipeline_.submit(std::exchange(lines_, pipeline_.take()), std::exchange(received_, 0));
}

}  // namespace md::record
