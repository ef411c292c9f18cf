#include "record/link.hpp"

#include <utility>

namespace md::record {
namespace {

net::WebSocket::Options from_address(net::WebSocket::Options options, const std::string& from) {
  options.local_address = from;
  return options;
}

}  // namespace

Link::Link(const Shared& shared, std::shared_ptr<const Plan> plan, const std::string& from,
           Owner& owner)
    : shared_(shared),
      plan_(std::move(plan)),
      owner_(owner),
      sends_(shared.limits.send_interval_ms),
      send_timer_(shared.loop),
      ping_timer_(shared.loop),
      drop_timer_(shared.loop) {
  socket_.emplace(shared_.loop, shared_.tls, plan_->url, from_address(shared_.socket, from),
                  static_cast<Handler&>(*this));
}

void Link::on_open() {
  if (stopped_) return;
  opened_ms_ = net::Loop::steady_ms();
  number_ = owner_.on_open(*this);
  if (paused_) socket_->pause();
  ping_later();
  is_greeted_ = shared_.limits.welcome_ms == 0;
  if (is_greeted_) return send_next();
  send_timer_.start(shared_.limits.welcome_ms, [this] { greeted(); });
}

// The venue's first frame came, or none did for long.
void Link::greeted() {
  is_greeted_ = true;
  send_timer_.cancel();
  send_next();
}

void Link::on_message(const Message& message) {
  if (stopped_) return;
  if (owner_.on_message(*this, message) && data_frames_++ == 0)
    first_data_ms_ = net::Loop::steady_ms();
  if (!is_greeted_ && !stopped_) greeted();
}

void Link::on_end(const End& why) { end(why); }

void Link::end(const End& why) {
  socket_.reset();
  cancel_timers();
  stopped_ = true;
  owner_.on_end(*this, why);
}

void Link::cancel_timers() {
  send_timer_.cancel();
  ping_timer_.cancel();
  drop_timer_.cancel();
}

void Link::send(std::string text) {
  if (!open() || stopped_) return;
  requests_.push_back(std::move(text));
  send_next();
}

void Link::send_next() {
  const std::vector<std::string>& frames = plan_->connection.send;
  while (is_greeted_ && (!requests_.empty() || subscribed_ < frames.size())) {
    const std::int64_t now_ms = net::Loop::steady_ms();
    const std::int64_t wait = sends_.wait_ms(now_ms);
    if (wait > 0) return send_timer_.start(wait, [this] { send_next(); });
    sends_.done(now_ms);
    if (requests_.empty()) {
      transmit(frames[subscribed_++]);
    } else {
      const std::string text = std::move(requests_.front());
      requests_.pop_front();
      transmit(text);
    }
  }
  if (is_greeted_ && subscribed_ms_ == 0) subscribed_ms_ = net::Loop::steady_ms();
}

void Link::transmit(const std::string& text) {
  socket_->send(text);
  owner_.on_sent(*this, text);
}

void Link::ping_later() {
  if (shared_.limits.ping_interval_ms <= 0) return;
  ping_timer_.start(shared_.limits.ping_interval_ms, [this] {
    send(std::string{shared_.limits.ping});
    ping_later();
  });
}

void Link::drop(std::string reason) {
  if (stopped_) return;
  drop_timer_.start(0, [this, why = std::move(reason)] {
    End told;
    told.reason = why;
    told.opened = open();
    end(told);
  });
}

void Link::stop() {
  if (std::exchange(stopped_, true)) return;
  cancel_timers();
  socket_->close();
}

void Link::pause() {
  paused_ = true;
  if (socket_) socket_->pause();
}

void Link::resume() {
  paused_ = false;
  if (socket_) socket_->resume();
}

}  // namespace md::record
