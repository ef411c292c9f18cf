#include "record/link.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "record/fetcher.hpp"

namespace md::record {
namespace {

constexpr std::int64_t kFirstRetryMs = 500;
constexpr std::int64_t kLastRetryMs = 60'000;
// A connection that lived this long was a good one: the next failure begins with a short wait
// again.
constexpr std::int64_t kGoodMs = 30'000;

// A little before the venue would do it, each connection at another moment.
std::int64_t leaving_age_ms(std::int64_t max_age_ms) {
  std::random_device random;
  const std::int64_t margin = max_age_ms / 100;
  return max_age_ms - margin - std::uniform_int_distribution<std::int64_t>{0, margin}(random);
}

}  // namespace

Link::Link(Shared& shared, net::Url url, venue::Connection plan, Owner& owner)
    : shared_(shared),
      url_(std::move(url)),
      url_text_(url_.text()),
      plan_(std::move(plan)),
      symbols_(plan_.symbols.begin(), plan_.symbols.end()),
      owner_(owner),
      backoff_(kFirstRetryMs, kLastRetryMs, std::random_device{}()),
      sends_(shared.limits.send_interval_ms),
      connect_timer_(shared.loop),
      send_timer_(shared.loop),
      ping_timer_(shared.loop),
      age_timer_(shared.loop),
      leave_timer_(shared.loop) {}

void Link::start() {
  const std::int64_t wait = shared_.connects.book_ms(net::Loop::steady_ms());
  connect_timer_.start(wait, [this] { connect(); });
}

void Link::connect() {
  socket_.emplace(shared_.loop, shared_.tls, url_, shared_.socket, static_cast<Handler&>(*this));
}

void Link::on_open() {
  if (stopped_) return;
  failures_ = 0;
  ++opens_;
  subscribed_ = 0;
  requests_.clear();
  opened_ms_ = net::Loop::steady_ms();
  number_ = owner_.on_open(*this);
  if (paused_) socket_->pause();
  if (shared_.limits.max_age_ms > 0) {
    age_timer_.start(leaving_age_ms(shared_.limits.max_age_ms),
                     [this] { reconnect("the venue's maximum age"); });
  }
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
  ++messages_;
  owner_.on_message(*this, message);
  if (!is_greeted_ && open()) greeted();
}

void Link::on_end(const End& end) { ended(end); }

void Link::ended(const End& end) {
  socket_.reset();
  connect_timer_.cancel();
  send_timer_.cancel();
  ping_timer_.cancel();
  age_timer_.cancel();
  leave_timer_.cancel();
  if (stopped_) {
    number_ = 0;
    return;
  }
  if (!end.opened) ++failures_;
  owner_.on_end(*this, end);
  number_ = 0;
  if (!stopped_) schedule(end);
}

void Link::schedule(const End& end) {
  const std::int64_t now_ms = net::Loop::steady_ms();
  if (end.opened && now_ms - opened_ms_ >= kGoodMs) backoff_.reset();
  // One that is told to go away tells all.
  shared_.connects.hold_until(now_ms + hold_ms(end.http_status, end.retry_after_ms));
  connect_timer_.start(backoff_.next_ms(), [this] { start(); });
}

void Link::send(std::string text) {
  if (!open() || !socket_) return;
  requests_.push_back(std::move(text));
  send_next();
}

void Link::send_next() {
  while (socket_ && is_greeted_ && (!requests_.empty() || subscribed_ < plan_.send.size())) {
    const std::int64_t now_ms = net::Loop::steady_ms();
    const std::int64_t wait = sends_.wait_ms(now_ms);
    if (wait > 0) return send_timer_.start(wait, [this] { send_next(); });
    sends_.done(now_ms);
    if (requests_.empty()) {
      transmit(plan_.send[subscribed_++]);
    } else {
      const std::string text = std::move(requests_.front());
      requests_.pop_front();
      transmit(text);
    }
  }
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

void Link::reconnect(std::string reason) {
  if (!open()) return;
  leave_timer_.start(0, [this, why = std::move(reason)] {
    End end;
    end.reason = why;
    end.opened = true;
    ended(end);
  });
}

void Link::stop() {
  stopped_ = true;
  number_ = 0;
  connect_timer_.cancel();
  send_timer_.cancel();
  ping_timer_.cancel();
  age_timer_.cancel();
  leave_timer_.cancel();
  if (socket_) socket_->close();
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
