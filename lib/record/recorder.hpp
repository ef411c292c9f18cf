// Recorder: a venue, live. Its connections and requests drive a book::Feed; events or raw lines go
// to a Pipeline.
//
//   Lane, Link (WebSocket) --frames--\                     /--events--> LineWriter --> Pipeline
//   Fetcher (REST) ---------replies---> raw lines, Feed --<
//                                                          \--requests--> Lane, Link, Fetcher
//
// Raw lines are written in the very order in which the feed is given what they hold, so that a
// recording replayed gives the events of the live run.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/quota.hpp"
#include "base/result.hpp"
#include "book/feed.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "net/websocket.hpp"
#include "record/addresses.hpp"
#include "record/budget.hpp"
#include "record/fetcher.hpp"
#include "record/lane.hpp"
#include "record/line_writer.hpp"
#include "record/log.hpp"
#include "record/meter.hpp"
#include "record/pipeline.hpp"
#include "record/snapshot.hpp"
#include "record/watch.hpp"
#include "venue/venue.hpp"

namespace md::record {

class Recorder final : private book::Driver, private Lane::Owner {
 public:
  struct Options {
    venue::Subscription subscription;  // symbols as the venue names them
    Addresses addresses;
    book::Feed::Checksums checksums = book::Feed::Checksums::verify;
    bool raw = false;      // raw lines instead of events
    Watch::Options watch;  // when a stream counts as silent
    bool once = false;     // end with the venue's connections instead of opening them again
    bool drop = false;     // where the output is too slow: lines instead of holding back
    int redundancy = 1;    // connections that carry the same, at all times
    // They are replaced before this age, or before the venue's maximum; 0 = the venue's alone.
    std::int64_t max_age_ms = 0;
    Lane::Rollover rollover = {};
    std::vector<std::string> local_addresses = {};  // connected from in turn; empty = any
    // Of all recorders of this process; nullptr = this one's own.
    std::shared_ptr<ConnectLimits> connects = {};
    net::WebSocket::Options socket;  // its silence_ms is the venue's
    net::HttpClient::Options http;
    // Of the hosts asked by REST, shared by all recorders of the process that the owner of the loop
    // gives them to; outlives them. nullptr: the recorder's own.
    Budgets* budgets = nullptr;
    Quota rest_weight;  // of REST requests, instead of the venue's limit; 0 = the venue's
  };

  // All but `options` outlive the recorder. usage, internal: a connection's or request's URL cannot
  // be used.
  static Result<std::unique_ptr<Recorder>> create(net::Loop& loop, const net::Tls& tls,
                                                  const venue::Venue& venue, const Options& options,
                                                  Pipeline& pipeline, const Log& log);
  ~Recorder() override;

  // Records until stop() or (once) the venue's end; open connections then get their disconnect
  // record, all lines are with the pipeline, and `ended` is called, once, from the loop; it may
  // destroy the recorder. io: the pipeline failed. unavailable: (once) a connection could not be
  // opened or broke.
  using Ended = std::function<void(Result<void>)>;
  void start(Ended ended);
  void stop() { finish({}); }
  // The same until `stop`, running the loop meanwhile.
  Result<void> run(const std::atomic<bool>& stop);

  // Records these symbols from now on, of the same types, as the venue names them. Connections that
  // have nothing of the difference are not touched, one that loses a part of its symbols is
  // replaced without a hole, and new symbols get connections of their own, which later changes fill
  // up. One that loses all its symbols is closed with `reason`. From the loop's thread. usage: the
  // venue has no channel for the new ones; nothing was changed then.
  Result<void> change(std::vector<std::string> symbols, std::string_view reason);

  // What was seen up to now, for whoever watches; from the loop's thread, or after run().
  Snapshot snapshot() const;
  // What was seen, in one line.
  std::string summary() const;

 private:
  Recorder(net::Loop& loop, const net::Tls& tls, const venue::Venue& venue, const Options& options,
           const net::Url& rest, Pipeline& pipeline, const Log& log);

  // book::Driver
  void request(std::uint32_t connection, const venue::Request& request) override;
  // Lane::Owner
  std::uint32_t on_open(Lane& lane, Link& link, std::uint32_t beside,
                        std::string_view reason) override;
  void on_sent(Link& link, std::string_view text) override;
  bool on_message(Link& link, const Link::Message& message) override;
  void on_left(Link& link, std::string_view reason) override;
  void on_end(Link& link, const Link::End& end, int failures) override;
  void on_done(Lane& lane, const Link::End& end) override;

  void on_answer(const net::HttpRequest& request, const net::HttpReply& reply);
  bool classify(std::uint32_t connection, const Result<venue::FrameKind>& kind,
                std::string_view data);
  void disconnected(Link& link, std::string_view reason);
  Result<std::shared_ptr<const Link::Plan>> plan(venue::Connection connection) const;
  void add_lane(std::shared_ptr<const Link::Plan> plan, int batch, std::string_view reason);
  void tick();
  void hold_back();
  void drop_or_record();
  void record_again();
  void finish(Result<void> result);
  void leave_when_quiet();
  void leave();
  void watch_silence();
  void watch_streams(std::int64_t now_ms);
  RawLine raw_line(RawKind kind, const Link& link, Micros at) const;

  net::Loop& loop_;
  const venue::Venue& venue_;
  Options options_;
  venue::Limits limits_;  // the venue's, with what the options say instead
  Budgets own_budgets_;
  Pipeline& pipeline_;
  const Log& log_;
  LineWriter lines_;
  Meter meter_;
  Watch watch_;
  book::Feed feed_;
  std::shared_ptr<ConnectLimits> connects_;
  Lane::Shared shared_;
  Fetcher fetcher_;
  struct Carrier {
    std::unique_ptr<Lane> lane;
    int batch = 0;  // Planned::batch
    // Its messages when last looked at and when there were new ones: no message has to look at a
    // clock for it.
    std::uint64_t messages = 0;
    std::int64_t heard_ms = net::Loop::steady_ms();
  };
  std::vector<Carrier> carriers_;
  std::vector<std::unique_ptr<Lane>> closed_;  // saying goodbye
  std::size_t lanes_ = 0;                      // made so far
  struct Open {
    Lane* lane;
    Link* link;
  };
  std::unordered_map<std::uint32_t, Open> open_;  // by the connection's number
  std::uint32_t connections_ = 0;                 // opened so far
  std::uint64_t refusals_ = 0;                    // frames in which the venue said no
  std::uint64_t bad_frames_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;  // of messages
  Micros started_ = now();
  std::int64_t delays_turned_ms_ = 0;
  std::int64_t streams_looked_ms_ = 0;
  net::Timer tick_timer_;
  net::Timer pause_timer_;
  net::Timer end_timer_;
  Result<void> result_;
  Ended ended_;
  bool started_lanes_ = false;
  bool paused_ = false;  // or dropping
  bool stopping_ = false;
};

}  // namespace md::record
