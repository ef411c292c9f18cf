// Fetcher: a venue's REST requests, one at a time, at the pace the venue allows, until each is
// answered.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "net/backoff.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "net/rate_limiter.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"
#include "record/log.hpp"

namespace md::record {

// How long a server that answered `status` wants to be left alone: its Retry-After; without one, a
// minute for 418 (a ban) and 429; 0 for all others.
std::int64_t hold_ms(int status, std::optional<std::int64_t> retry_after_ms);

class Fetcher {
 public:
  // Any answer that arrived, a refusal too, which is asked again later. May call fetch() and
  // forget().
  using Answered =
      std::function<void(const net::HttpRequest& request, const net::HttpReply& reply)>;

  // `origin`: the host asked. The loop, `tls` and `log` outlive the fetcher.
  Fetcher(net::Loop& loop, const net::Tls& tls, const net::Url& origin, std::int64_t interval_ms,
          const net::HttpClient::Options& options, const Log& log, Answered answered);

  // Queues a request for a connection; one that waits already serves both.
  void fetch(std::uint32_t connection, const net::HttpRequest& request);
  // The connection ended: what only it wanted is not asked any more.
  void forget(std::uint32_t connection);
  // Nothing is waited for.
  bool idle() const { return jobs_.empty(); }

 private:
  struct Job {
    net::HttpRequest request;
    std::vector<std::uint32_t> connections;
    net::Backoff backoff;
    std::int64_t not_before_ms = 0;
    bool asked = false;  // is under way
  };

  void pump();
  void ask(Job& job);
  void done(const Result<net::HttpReply>& result);
  void retry_later(Job& job, const Result<net::HttpReply>& result);

  net::Loop& loop_;
  const Log& log_;
  Answered answered_;
  net::HttpClient client_;
  net::RateLimiter limiter_;
  net::Timer timer_;
  std::vector<Job> jobs_;  // in the order asked for
};

}  // namespace md::record
