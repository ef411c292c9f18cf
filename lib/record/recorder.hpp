// Recorder: a venue, live. Its connections and requests drive a book::Feed; events or raw lines go
// to a Pipeline.
//
//   Link (WebSocket) --frames--\                     /--events--> LineWriter --> Pipeline
//   Fetcher (REST) ---replies---> raw lines, Feed --<
//                                                    \--requests--> Link, Fetcher
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
#include <vector>

#include "base/result.hpp"
#include "book/feed.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "net/websocket.hpp"
#include "record/addresses.hpp"
#include "record/fetcher.hpp"
#include "record/line_writer.hpp"
#include "record/link.hpp"
#include "record/log.hpp"
#include "record/meter.hpp"
#include "record/pipeline.hpp"
#include "record/snapshot.hpp"
#include "venue/venue.hpp"

namespace md::record {

class Recorder final : private book::Driver, private Link::Owner {
 public:
  struct Options {
    venue::Subscription subscription;  // symbols as the venue names them
    Addresses addresses;
    book::Feed::Checksums checksums = book::Feed::Checksums::verify;
    bool raw = false;   // raw lines instead of events
    bool once = false;  // end with the venue's connections instead of opening them again
    bool drop = false;  // where the output is too slow: lines instead of holding back
    net::WebSocket::Options socket;  // its silence_ms is the venue's
    net::HttpClient::Options http;
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

  // What was seen up to now, for whoever watches; from the loop's thread, or after run().
  Snapshot snapshot() const;
  // What was seen, in one line.
  std::string summary() const;

 private:
  Recorder(net::Loop& loop, const net::Tls& tls, const venue::Venue& venue, const Options& options,
           const net::Url& rest, Pipeline& pipeline, const Log& log);

  // book::Driver
  void request(std::uint32_t connection, const venue::Request& request) override;
  // Link::Owner
  std::uint32_t on_open(Link& link) override;
  void on_sent(Link& link, std::string_view text) override;
  void on_message(Link& link, const Link::Message& message) override;
  void on_end(Link& link, const Link::End& end) override;

  void on_answer(const net::HttpRequest& request, const net::HttpReply& reply);
  void classify(std::uint32_t connection, const Result<venue::FrameKind>& kind,
                std::string_view data);
  void disconnected(Link& link, std::string_view reason);
  void end_of_once(Link& link, const Link::End& end);
  void tick();
  void hold_back();
  void drop_or_record();
  void record_again();
  void finish(Result<void> result);
  void leave_when_quiet();
  void leave();
  void watch_silence();
  Link* find(std::uint32_t connection);
  RawLine raw_line(RawKind kind, const Link& link, Micros at) const;

  net::Loop& loop_;
  const venue::Venue& venue_;
  Options options_;
  Pipeline& pipeline_;
  const Log& log_;
  LineWriter lines_;
  Meter meter_;
  book::Feed feed_;
  Link::Shared shared_;
  Fetcher fetcher_;
  std::vector<std::unique_ptr<Link>> links_;
  // Of each link, its messages when last looked at and when there were new ones: no message has to
  // look at a clock for it.
  struct Heard {
    std::uint64_t messages = 0;
    std::int64_t at_ms = 0;
  };
  std::vector<Heard> heard_;
  std::uint32_t connections_ = 0;  // opened so far
  std::uint64_t refusals_ = 0;     // frames in which the venue said no
  std::uint64_t bad_frames_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t bytes_ = 0;  // of messages
  std::uint64_t reconnects_ = 0;
  std::uint64_t connect_failures_ = 0;
  Micros started_ = now();
  std::int64_t delays_turned_ms_ = 0;
  net::Timer tick_timer_;
  net::Timer pause_timer_;
  net::Timer end_timer_;
  Result<void> result_;
  Ended ended_;
  bool paused_ = false;  // or dropping
  bool stopping_ = false;
};

}  // namespace md::record
