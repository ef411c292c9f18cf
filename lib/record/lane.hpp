// Lane: one planned connection of a venue, kept alive by one Link or several that carry the same.
//
// A link that breaks is opened again, with backoff, for ever. One that is to be left (its age, a
// notice of the venue, another plan) is left without a hole: another is opened first, subscribed
// and seen delivering, and both record for a while.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/backoff.hpp"
#include "net/loop.hpp"
#include "record/connect_limits.hpp"
#include "record/link.hpp"

namespace md::record {

class Lane final : private Link::Owner {
 public:
  using Plan = Link::Plan;

  // Calls may use the lane and its links, but destroy neither.
  class Owner {
   public:
    virtual ~Owner() = default;
    // As Link::Owner's. `beside`: the number of an open connection of this lane; 0 = none.
    // `reason`: why it was opened, where it was not for the first time or a loss.
    virtual std::uint32_t on_open(Lane& lane, Link& link, std::uint32_t beside,
                                  std::string_view reason) = 0;
    virtual void on_sent(Link& link, std::string_view text) = 0;
    virtual bool on_message(Link& link, const Link::Message& message) = 0;
    // An open connection is not used any more: another took its place, or the lane was stopped.
    virtual void on_left(Link& link, std::string_view reason) = 0;
    // It ended, or could not be opened: for the `failures`th time, or 0.
    virtual void on_end(Link& link, const Link::End& end, int failures) = 0;
    // (once) All its links ended. `end`: how the last one did.
    virtual void on_done(Lane& lane, const Link::End& end) = 0;
  };

  // How one link takes over from another.
  struct Rollover {
    // So long both record after the new one has sent its subscriptions and has given data: what is
    // under way on the slower one arrives too. At most an eighth of the maximum age.
    std::int64_t overlap_ms = 3000;
    // So long a new one may give no data while the old one does, before it is given up; and so long
    // both are silent before it is taken as good as the old one.
    std::int64_t patience_ms = 30'000;
  };

  struct Counts {
    std::uint64_t reconnects = 0;        // connections that were lost and are back
    std::uint64_t connect_failures = 0;  // attempts that opened nothing
    std::uint64_t rollovers = 0;         // connections left after another had taken over
  };

  // What the lanes of a recorder have in common.
  struct Shared {
    Link::Shared link;
    ConnectLimits& connects;
    std::vector<std::string> local_addresses;  // used in turn; empty: any
    Rollover rollover;
    int redundancy = 1;
    bool once = false;  // links that ended are not opened again
    Counts counts;
  };

  // `number`: of the lane, from 0. `shared` and `owner` outlive it.
  Lane(Shared& shared, std::size_t number, std::shared_ptr<const Plan> plan, Owner& owner);
  ~Lane() override;

  // `reason`: of the lane; told with its first connections.
  void start(std::string_view reason = {});
  // Opens another for this link, and leaves it when that one delivers.
  void roll(Link& link, const std::string& reason);
  // The same for all, with another plan.
  void roll(std::shared_ptr<const Plan> plan, const std::string& reason);
  // Ends all links at once, and opens others.
  void reopen(const std::string& reason);
  // Leaves all links, with a goodbye; quiet() tells when it is over.
  void stop(std::string_view reason);
  bool quiet() const;
  bool done() const;  // (once) nothing is left to come
  void pause();
  void resume();

  std::size_t number() const { return number_; }
  int open() const;  // links
  std::uint64_t messages() const { return messages_; }
  const Plan& plan() const { return *plan_; }

 private:
  // The place of one of the links that carry the same.
  struct Slot {
    Slot(net::Loop& loop, int place);
    bool leaving() const { return !reason.empty(); }

    const int place;
    std::unique_ptr<Link> current;  // open
    std::unique_ptr<Link> coming;   // being opened, or seen whether it delivers
    std::string reason;             // why `current` is to be left; empty = it is not
    std::string next_reason;        // why `coming` is to be left once it is the current one
    net::Backoff backoff;
    net::Timer connect_timer;
    net::Timer watch_timer;
    net::Timer age_timer;
    int failures = 0;     // attempts since one was open
    bool opened = false;  // once, at least
    bool lost = false;    // one broke, and none is there since
    bool rolled = false;  // what is used next took over from another
    bool done = false;
    // `coming` has subscribed and is compared: since when, and what `current` had given until then.
    bool watched = false;
    std::int64_t watched_ms = 0;
    std::uint64_t data_then = 0;
  };

  std::uint32_t on_open(Link& link) override;
  void on_sent(Link& link, std::string_view text) override;
  bool on_message(Link& link, const Link::Message& message) override;
  void on_end(Link& link, const Link::End& end) override;

  Slot& slot_of(const Link& link);
  std::uint32_t beside(const Link& link) const;
  void connect_later(Slot& slot, std::int64_t wait_ms);
  void connect(Slot& slot);
  void retry(Slot& slot, const Link::End& end, const Link& link);
  void obey(const Link::End& end, const Link& link);
  void use(Slot& slot);
  void watch(Slot& slot);
  void look(Slot& slot);
  void hand_over(Slot& slot);
  void leave(std::unique_ptr<Link> link, std::string_view reason);
  void finish(Slot& slot, const Link::End& end);
  std::int64_t overlap_ms() const;
  template <typename Call>
  void each_link(Call call) const;

  Shared& shared_;
  const std::size_t number_;
  std::shared_ptr<const Plan> plan_;
  Owner& owner_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<std::unique_ptr<Link>> leaving_;  // saying goodbye
  std::string reason_;
  std::uint64_t messages_ = 0;
  bool paused_ = false;
  bool stopped_ = false;
};

}  // namespace md::record
