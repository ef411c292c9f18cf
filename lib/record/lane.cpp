#include "record/lane.hpp"

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
// Attempts to open a connection before it is given up (once).
constexpr int kOnceAttempts = 3;
// How often a coming link is looked at.
constexpr std::int64_t kLookMs = 20;
// Close code 1008 (policy violation) is how venues that count say "too many", where it comes soon
// after opening.
constexpr int kPolicyViolation = 1008;
constexpr std::int64_t kSoonMs = 60'000;

// Early enough to open another before the venue closes this one, each at another moment.
std::int64_t leaving_age_ms(std::int64_t max_age_ms) {
  std::random_device random;
  const std::int64_t margin =
      std::max(max_age_ms / 100, std::min<std::int64_t>(30'000, max_age_ms / 4));
  return max_age_ms - margin - std::uniform_int_distribution<std::int64_t>{0, margin}(random);
}

}  // namespace

Lane::Slot::Slot(net::Loop& loop, int at)
    : place(at),
      backoff(kFirstRetryMs, kLastRetryMs, std::random_device{}()),
      connect_timer(loop),
      watch_timer(loop),
      age_timer(loop) {}

Lane::Lane(Shared& shared, std::size_t number, std::shared_ptr<const Plan> plan, Owner& owner)
    : shared_(shared), number_(number), plan_(std::move(plan)), owner_(owner) {
  for (int i = 0; i < shared_.redundancy; ++i)
    slots_.push_back(std::make_unique<Slot>(shared_.link.loop, i));
}

Lane::~Lane() = default;

void Lane::start(std::string_view reason) {
  reason_ = reason;
  for (const auto& slot : slots_) connect_later(*slot, 0);
}

// ---- Opening

// After `wait_ms`, when the host's turn comes to us.
void Lane::connect_later(Slot& slot, std::int64_t wait_ms) {
  const auto book = [this, &slot] {
    const std::int64_t now_ms = net::Loop::steady_ms();
    const std::int64_t turn_ms =
        shared_.connects.book_ms(plan_->url, shared_.link.limits.connect_interval_ms, now_ms);
    slot.connect_timer.start(turn_ms, [this, &slot] { connect(slot); });
  };
  if (wait_ms == 0) return book();
  slot.connect_timer.start(wait_ms, book);
}

void Lane::connect(Slot& slot) {
  if (shared_.connects.held_ms(plan_->url, net::Loop::steady_ms()) > 0)
    return connect_later(slot, 0);
  // Where one address cannot reach the venue, the next is tried.
  const auto turn = number_ + static_cast<std::size_t>(slot.place + slot.failures);
  const auto& addresses = shared_.local_addresses;
  slot.next_reason.clear();
  slot.coming = std::make_unique<Link>(shared_.link, plan_,
                                       addresses.empty() ? "" : addresses[turn % addresses.size()],
                                       static_cast<Link::Owner&>(*this));
  if (paused_) slot.coming->pause();
}

std::uint32_t Lane::on_open(Link& link) {
  Slot& slot = slot_of(link);
  slot.failures = 0;
  if (std::exchange(slot.lost, false)) ++shared_.counts.reconnects;
  const std::string reason = slot.current ? slot.reason : slot.opened ? std::string{} : reason_;
  slot.opened = true;
  const std::uint32_t number = owner_.on_open(*this, link, beside(link), reason);
  slot.current ? watch(slot) : use(slot);
  return number;
}

// One that the new link runs beside: of its own place, if that is open.
std::uint32_t Lane::beside(const Link& link) const {
  std::uint32_t number = 0;
  for (const auto& slot : slots_) {
    if (!slot->current) continue;
    if (slot->coming.get() == &link) return slot->current->number();
    number = slot->current->number();
  }
  return number;
}

// The coming link becomes the one that is there.
void Lane::use(Slot& slot) {
  slot.current = std::move(slot.coming);
  slot.reason.clear();
  slot.watch_timer.cancel();
  if (shared_.link.limits.max_age_ms <= 0) return;
  // Links that were opened together are not left together.
  std::int64_t age_ms = leaving_age_ms(shared_.link.limits.max_age_ms);
  if (!std::exchange(slot.rolled, false))
    age_ms = age_ms * (shared_.redundancy - slot.place) / shared_.redundancy;
  const std::int64_t old_ms = net::Loop::steady_ms() - slot.current->opened_ms();
  slot.age_timer.start(std::max<std::int64_t>(0, age_ms - old_ms),
                       [this, &slot] { roll(*slot.current, "the venue's maximum age"); });
}

// ---- Leaving one for another

void Lane::roll(Link& link, const std::string& reason) {
  if (stopped_) return;
  Slot& slot = slot_of(link);
  if (slot.coming.get() == &link) {
    slot.next_reason = reason;
    return;
  }
  if (slot.leaving()) return;
  slot.reason = reason;
  slot.age_timer.cancel();
  if (net::Loop::steady_ms() - link.opened_ms() >= kGoodMs) slot.backoff.reset();
  connect_later(slot, 0);
}

void Lane::roll(std::shared_ptr<const Plan> plan, const std::string& reason) {
  plan_ = std::move(plan);
  for (const auto& slot : slots_) {
    slot->watch_timer.cancel();
    if (slot->coming) leave(std::move(slot->coming), reason);
    slot->age_timer.cancel();
    if (slot->current) slot->reason = reason;
    if (!slot->done) connect_later(*slot, 0);
  }
}

void Lane::watch(Slot& slot) {
  slot.watched = false;
  slot.watch_timer.start(kLookMs, [this, &slot] { look(slot); });
}

void Lane::look(Slot& slot) {
  const Link& link = *slot.coming;
  const std::int64_t now_ms = net::Loop::steady_ms();
  slot.watch_timer.start(kLookMs, [this, &slot] { look(slot); });
  if (paused_) slot.watched = false;  // nothing comes: nothing is seen
  if (link.subscribed_ms() == 0 || paused_) return;
  if (!std::exchange(slot.watched, true)) {
    slot.data_then = slot.current->data_frames();
    slot.watched_ms = now_ms;
  }
  if (link.first_data_ms() != 0) {
    if (now_ms - std::max(link.first_data_ms(), link.subscribed_ms()) >= overlap_ms())
      hand_over(slot);
    return;
  }
  if (now_ms - slot.watched_ms < shared_.rollover.patience_ms) return;
  if (slot.current->data_frames() == slot.data_then) return hand_over(slot);
  slot.coming->drop("it gives nothing, another connection does");
}

std::int64_t Lane::overlap_ms() const {
  const std::int64_t max_age_ms = shared_.link.limits.max_age_ms;
  const std::int64_t overlap_ms = shared_.rollover.overlap_ms;
  return max_age_ms > 0 ? std::min(overlap_ms, max_age_ms / 8) : overlap_ms;
}

void Lane::hand_over(Slot& slot) {
  ++shared_.counts.rollovers;
  const std::string reason = slot.reason;
  std::unique_ptr<Link> old = std::move(slot.current);
  slot.rolled = true;
  use(slot);
  leave(std::move(old), reason);
  // What we came to is to be left, too: not at once, it may be so with all.
  slot.reason = std::exchange(slot.next_reason, {});
  if (slot.leaving()) connect_later(slot, slot.backoff.next_ms());
}

// With a goodbye, if it was open.
void Lane::leave(std::unique_ptr<Link> link, std::string_view reason) {
  if (link->open()) owner_.on_left(*link, reason);
  link->stop();
  leaving_.push_back(std::move(link));
}

// ---- Ends

void Lane::on_end(Link& link, const Link::End& end) {
  const auto gone = std::find_if(leaving_.begin(), leaving_.end(),
                                 [&](const auto& each) { return each.get() == &link; });
  if (gone != leaving_.end()) {
    leaving_.erase(gone);
    return;
  }
  Slot& slot = slot_of(link);
  const bool was_current = slot.current.get() == &link;
  const std::unique_ptr<Link> ended = std::move(was_current ? slot.current : slot.coming);
  if (!end.opened) {
    ++slot.failures;
    ++shared_.counts.connect_failures;
  }
  owner_.on_end(*ended, end, slot.failures);
  obey(end, *ended);
  if (stopped_) return;
  if (!was_current) {
    slot.watch_timer.cancel();
    return retry(slot, end, *ended);
  }
  slot.age_timer.cancel();
  slot.reason.clear();
  slot.lost = true;
  if (slot.coming && slot.coming->open()) {
    slot.rolled = true;
    slot.lost = false;
    return use(slot);
  }
  // Another is coming already, or its turn is waited for.
  if (slot.coming || (slot.connect_timer.running() && !shared_.once)) return;
  retry(slot, end, *ended);
}

void Lane::retry(Slot& slot, const Link::End& end, const Link& link) {
  if (shared_.once && !slot.current && (end.opened || slot.failures >= kOnceAttempts))
    return finish(slot, end);
  if (end.opened && net::Loop::steady_ms() - link.opened_ms() >= kGoodMs) slot.backoff.reset();
  connect_later(slot, slot.backoff.next_ms());
}

// One that is told to go away tells all.
void Lane::obey(const Link::End& end, const Link& link) {
  const std::int64_t now_ms = net::Loop::steady_ms();
  std::int64_t hold = hold_ms(end.http_status, end.retry_after_ms);
  if (end.close_code == kPolicyViolation && now_ms - link.opened_ms() < kSoonMs)
    hold = hold_ms(429, {});
  if (hold > 0) shared_.connects.hold_until(link.plan().url, now_ms + hold);
}

void Lane::finish(Slot& slot, const Link::End& end) {
  slot.connect_timer.cancel();
  slot.done = true;
  if (done()) owner_.on_done(*this, end);
}

bool Lane::done() const {
  return std::all_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot->done; });
}

// ---- All of them

template <typename Call>
void Lane::each_link(Call call) const {
  for (const auto& slot : slots_) {
    if (slot->current) call(*slot->current);
    if (slot->coming) call(*slot->coming);
  }
}

void Lane::reopen(const std::string& reason) {
  each_link([&](Link& link) { link.drop(reason); });
}

void Lane::stop(std::string_view reason) {
  stopped_ = true;
  for (const auto& slot : slots_) {
    slot->connect_timer.cancel();
    slot->watch_timer.cancel();
    slot->age_timer.cancel();
    if (slot->coming) leave(std::move(slot->coming), reason);
    if (slot->current) leave(std::move(slot->current), reason);
  }
}

bool Lane::quiet() const { return stopped_ && leaving_.empty(); }

void Lane::pause() {
  paused_ = true;
  each_link([](Link& link) { link.pause(); });
}

void Lane::resume() {
  paused_ = false;
  each_link([](Link& link) { link.resume(); });
}

int Lane::open() const {
  int count = 0;
  each_link([&](const Link& link) { count += link.open() ? 1 : 0; });
  return count;
}

void Lane::on_sent(Link& link, std::string_view text) { owner_.on_sent(link, text); }

bool Lane::on_message(Link& link, const Link::Message& message) {
  ++messages_;
  return owner_.on_message(link, message);
}

Lane::Slot& Lane::slot_of(const Link& link) {
  return **std::find_if(slots_.begin(), slots_.end(), [&](const auto& slot) {
    return slot->current.get() == &link || slot->coming.get() == &link;
  });
}

}  // namespace md::record
