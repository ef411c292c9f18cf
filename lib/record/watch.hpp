// Watch: which subscribed streams are quiet, and which are dead.
//
// A stage between a Feed and what takes its events. A stream (a type of a symbol) that has not
// spoken long enough is asked about by REST; the Feed reads the answer. What comes out of it tells:
// a trade that was missed, or a gap `stale` of the book, and the stream is dead: it is subscribed
// again. Liquidations are rare by nature and are not watched.
//
// An event costs a hash look-up and no allocation. Memory: about 200 bytes a stream, and its
// symbol once.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "book/feed.hpp"
#include "record/log.hpp"
#include "venue/venue.hpp"

namespace md::record {

class Watch final : public EventSink {
 public:
  struct Options {
    std::int64_t first_data_ms = 30'000;  // from the subscription to a stream's first event
    std::int64_t silence_ms = 300'000;    // at least, of a stream that has spoken
  };
  struct Counts {
    std::uint64_t silent = 0;  // now: without data though they should have some, or dead
    std::uint64_t dead = 0;    // so far: found dead
  };

  // `next` gets every event and may not be null; `driver` is asked from look() only. All but
  // `options` outlive the watch.
  Watch(const venue::Venue& venue, const venue::Subscription& subscription, const Options& options,
        book::Driver& driver, EventSink& next, const Log& log);

  void on_event(const Event& event) override;
  // These are subscribed from now on; what is known of the others stays.
  void change(const venue::Subscription& subscription);
  // An open connection whose subscriptions were sent; may be told again and again.
  void on_subscribed(std::uint32_t connection, std::span<const std::string_view> symbols,
                     std::int64_t now_ms, Micros now);
  void on_disconnect(std::uint32_t connection);
  // The venue answered a request (Reply::request), maybe not ours, that it cannot serve it.
  void on_refusal(std::string_view request, std::int64_t now_ms);
  // Once a second: asks and decides. `now_ms` never steps, as net::Loop::steady_ms().
  void look(std::int64_t now_ms);

  Counts counts() const;

 private:
  static constexpr std::size_t kWatched = 4;  // types, the first ones of Type
  struct Stream {
    std::string_view symbol;  // the key in streams_of_
    Type type = Type::trade;
    bool spoke = false;
    bool dead = false;
    bool complained = false;
    std::uint32_t connection = 0;  // that carries it; 0 = none
    std::uint32_t events = 0;      // live ones; wraps
    std::uint32_t seen = 0;        // of these, when last looked at
    std::uint32_t questions = 0;   // since it last spoke
    Micros last = 0;               // the venue's time of its last event, or our subscription
    std::int64_t since_ms = 0;     // last spoke, or was subscribed
    std::int64_t usual_ms = 0;     // pause between two events
    std::int64_t next_ms = 0;      // when to look into it
    std::int64_t mend_pause_ms = 0;
    std::int64_t mend_ms = 0;  // not mended again before
    std::string asked{};       // the last question, until it is refused or the stream speaks
  };

  void list(const venue::Subscription& subscription);
  Stream* find(std::string_view symbol, Type type);
  void judge(Stream& stream, const Event& event);
  void look(Stream& stream, std::int64_t now_ms);
  void spoke(Stream& stream, std::int64_t now_ms);
  std::string question(const Stream& stream) const;
  void ask(Stream& stream, std::string request, std::int64_t now_ms);
  void mend(Stream& stream, std::int64_t now_ms);
  void complain(Stream& stream, std::string_view why, std::int64_t now_ms);
  std::string name(const Stream& stream) const;

  const venue::Venue& venue_;
  const Options options_;
  book::Driver& driver_;
  EventSink& next_;
  const Log& log_;
  std::vector<Stream> streams_;
  // Index in streams_ + 1, by type; 0 = not subscribed.
  std::unordered_map<std::string, std::array<std::uint32_t, kWatched>, StringHash, std::equal_to<>>
      streams_of_;
  std::set<std::uint32_t> connections_;  // told of
  std::size_t turn_ = 0;                 // whose question is considered first
  std::int64_t ask_ms_ = 0;              // no question before
  std::uint64_t dead_ = 0;
  std::uint64_t complaints_ = 0;  // since complaints were last summed up
  std::int64_t complain_ms_ = 0;  // not summed up before
};

}  // namespace md::record
