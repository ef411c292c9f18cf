// Link: one connection to a venue, from the resolver to its end. Opened once; Lane opens others.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/loop.hpp"
#include "net/rate_limiter.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"
#include "net/websocket.hpp"
#include "venue/venue.hpp"

namespace md::record {

class Link final : private net::WebSocket::Handler {
 public:
  using Message = net::WebSocket::Message;
  using End = net::WebSocket::End;

  class Owner {
   public:
    virtual ~Owner() = default;
    // Open; nothing was sent yet. Gives the number of this connection. These three may use the
    // link, but not destroy it.
    virtual std::uint32_t on_open(Link& link) = 0;
    virtual void on_sent(Link& link, std::string_view text) = 0;
    // Says whether it was a frame of what is subscribed (and not an answer or a heartbeat).
    virtual bool on_message(Link& link, const Message& message) = 0;
    // It ended, could not be opened, or has said the goodbye of stop(). The last call; it may
    // destroy the link.
    virtual void on_end(Link& link, const End& end) = 0;
  };

  // What is to be connected to, and what is said there.
  struct Plan {
    net::Url url;
    std::string url_text;
    venue::Connection connection;
    std::vector<std::string_view> symbols;  // of `connection`

    Plan(net::Url to, venue::Connection what)
        : url(std::move(to)),
          url_text(url.text()),
          connection(std::move(what)),
          symbols(connection.symbols.begin(), connection.symbols.end()) {}
    Plan(const Plan&) = delete;
    Plan& operator=(const Plan&) = delete;
  };

  struct Shared {
    net::Loop& loop;
    const net::Tls& tls;
    venue::Limits limits;
    net::WebSocket::Options socket;
  };

  // Begins to connect, from the local address `from` ("": any). `shared` and `owner` outlive it.
  Link(const Shared& shared, std::shared_ptr<const Plan> plan, const std::string& from,
       Owner& owner);

  // Queues a frame, before what remains of the subscriptions; dropped unless open.
  void send(std::string text);
  // Ends the connection soon, not from within this call, without a goodbye.
  void drop(std::string reason);
  // Says goodbye. Nothing is called any more but on_end(), within a second or so.
  void stop();
  void pause();
  void resume();

  bool open() const { return number_ != 0; }
  std::uint32_t number() const { return number_; }  // of this connection; 0 = not open yet
  std::int64_t opened_ms() const { return opened_ms_; }
  // When the last frame of the plan was sent; 0 = not yet.
  std::int64_t subscribed_ms() const { return subscribed_ms_; }
  // When the first frame of data came; 0 = none came.
  std::int64_t first_data_ms() const { return first_data_ms_; }
  std::uint64_t data_frames() const { return data_frames_; }
  const Plan& plan() const { return *plan_; }
  const std::string& url() const { return plan_->url_text; }
  std::span<const std::string_view> symbols() const { return plan_->symbols; }

 private:
  void on_open() override;
  void on_message(const Message& message) override;
  void on_end(const End& end) override;

  void end(const End& end);
  void greeted();
  void send_next();
  void transmit(const std::string& text);
  void ping_later();
  void cancel_timers();

  const Shared& shared_;
  const std::shared_ptr<const Plan> plan_;
  Owner& owner_;
  net::RateLimiter sends_;
  net::Timer send_timer_;
  net::Timer ping_timer_;
  net::Timer drop_timer_;
  std::deque<std::string> requests_;  // of the venue's adapter, unsent
  std::size_t subscribed_ = 0;        // frames of the plan that were sent
  std::uint32_t number_ = 0;
  std::int64_t opened_ms_ = 0;
  std::int64_t subscribed_ms_ = 0;
  std::int64_t first_data_ms_ = 0;
  std::uint64_t data_frames_ = 0;
  bool is_greeted_ = false;
  bool paused_ = false;
  bool stopped_ = false;
  std::optional<net::WebSocket> socket_;
};

}  // namespace md::record
