// Link: one of a venue's connections, opened again whenever it ends.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/backoff.hpp"
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

  // Calls may use the link, but not destroy it.
  class Owner {
   public:
    virtual ~Owner() = default;
    // Open; nothing was sent yet. Gives the number of this connection.
    virtual std::uint32_t on_open(Link& link) = 0;
    virtual void on_sent(Link& link, std::string_view text) = 0;
    virtual void on_message(Link& link, const Message& message) = 0;
    // It ended, or could not be opened. Tried again unless stop() was or is called.
    virtual void on_end(Link& link, const End& end) = 0;
  };

  struct Shared {
    net::Loop& loop;
    const net::Tls& tls;
    const venue::Limits& limits;
    net::WebSocket::Options socket;
    net::RateLimiter connects;  // of all connections to the venue
  };

  // `shared` and `owner` outlive the link.
  Link(Shared& shared, net::Url url, venue::Connection plan, Owner& owner);

  void start();
  // Queues a frame, before what remains of the subscriptions; dropped unless open.
  void send(std::string text);
  // Ends the connection soon, not from within this call, and opens another.
  void reconnect(std::string reason);
  // Says goodbye and stays closed. on_end() is not called for it; quiet() tells when it is over.
  void stop();
  bool quiet() const { return stopped_ && !socket_; }
  void pause();
  void resume();

  bool open() const { return number_ != 0; }
  bool subscribed() const { return open() && subscribed_ == plan_.send.size(); }
  std::uint32_t number() const { return number_; }  // of this connection; 0 = not open
  int failures() const { return failures_; }        // attempts since it was last open
  int opens() const { return opens_; }
  std::uint64_t messages() const { return messages_; }  // of all its connections
  const std::string& url() const { return url_text_; }
  std::span<const std::string_view> symbols() const { return symbols_; }

 private:
  void on_open() override;
  void on_message(const Message& message) override;
  void on_end(const End& end) override;

  void connect();
  void ended(const End& end);
  void schedule(const End& end);
  void greeted();
  void send_next();
  void transmit(const std::string& text);
  void ping_later();

  Shared& shared_;
  net::Url url_;
  std::string url_text_;
  venue::Connection plan_;
  std::vector<std::string_view> symbols_;  // of plan_
  Owner& owner_;
  net::Backoff backoff_;
  net::RateLimiter sends_;
  net::Timer connect_timer_;
  net::Timer send_timer_;
  net::Timer ping_timer_;
  net::Timer age_timer_;
  net::Timer leave_timer_;
  std::optional<net::WebSocket> socket_;
  std::deque<std::string> requests_;  // of the venue's adapter, unsent
  std::size_t subscribed_ = 0;        // frames of plan_.send that were sent
  std::uint32_t number_ = 0;
  std::int64_t opened_ms_ = 0;
  int failures_ = 0;
  int opens_ = 0;
  std::uint64_t messages_ = 0;
  bool is_greeted_ = false;
  bool paused_ = false;
  bool stopped_ = false;
};

}  // namespace md::record
