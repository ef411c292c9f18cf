#include "sim/conversation.hpp"

#include <algorithm>
#include <utility>

namespace md::sim {

bool Conversation::open(std::string_view target, Micros now) {
  Talk talk;
  if (!wire_->on_open(target, talk)) return false;
  take(talk, now);
  return true;
}

void Conversation::on_text(std::string_view text, Micros now) {
  if (said_.size() > kMostAnswers) flooded_ = true;
  if (flooded_) return;
  Talk talk;
  wire_->on_text(text, talk);
  take(talk, now);
}

void Conversation::take(Talk& talk, Micros now) {
  for (std::string& answer : talk.answers) say(std::move(answer));
  for (const Stream& stream : talk.unsubscribe) leave(stream);
  for (const Stream& stream : talk.subscribe) enter(stream);
  if (!talk.subscribe.empty()) {
    subscribed_ = true;
    quiet_at_ = now + quiet_;
  }
}

Next Conversation::next(Micros now, Buffer& frame) {
  if (flooded_) return Next::close(1008, "too many requests");
  if (!said_.empty()) {
    frame.append(said_.front().frame);
    const Next next = Next::frame(said_.front().type);
    said_.pop_front();
    last_frame_ = now;
    return next;
  }
  if (!subscribed_) return Next::wait(Next::kForever);
  if (!begun_) {
    if (now < quiet_at_) return Next::wait(quiet_at_);
    begun_ = true;
  }
  Next next = next_frame(now, frame);
  if (next.kind == Next::Kind::frame) last_frame_ = now;
  if (next.kind != Next::Kind::wait || wire_->heartbeat().empty()) return next;
  const Micros heartbeat_at = last_frame_ + Wire::kHeartbeatInterval;
  if (now < heartbeat_at) return Next::wait(std::min(next.until, heartbeat_at));
  frame.append(wire_->heartbeat());
  last_frame_ = now;
  return Next::frame();
}

}  // namespace md::sim
