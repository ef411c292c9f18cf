// Fetcher: asks a venue by REST, in the order of urgency and within what its host bears, and until
// each question is answered.
//
//   fetch() --> waiting: the most urgent first, of those the oldest --> a few under way -->
//   answered
//                  ^                                                        |
//                  +---- failed or refused: again after a while ------------+
//
// A request that costs more than what is left waits, and with it all that are less urgent: light
// ones do not pass a heavy one for ever. A refusal (429, 418, 403) lets the whole host rest; then
// requests are tried one at a time until one goes well. Nothing that waits is lost by it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/backoff.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"
#include "record/budget.hpp"
#include "record/log.hpp"
#include "venue/venue.hpp"

namespace md::record {

// How long a server that answered `status` wants to be left alone: its Retry-After; without one, a
// minute for 403 and 418 (bans) and 429; 0 for all others.
std::int64_t hold_ms(int status, std::optional<std::int64_t> retry_after_ms);

class Fetcher {
 public:
  // Requests under way at a time: a host that answers within 100 ms gets 40 a second.
  static constexpr std::size_t kParallel = 4;

  // Any answer that arrived, a refusal too, which is asked again later. May call fetch() and
  // forget().
  using Answered =
      std::function<void(const net::HttpRequest& request, const net::HttpReply& reply)>;

  // `origin`: the host asked; `limits`: of its venue; `budget`: the host's. All but the options
  // outlive the fetcher.
  Fetcher(net::Loop& loop, const net::Tls& tls, const net::Url& origin, const venue::Limits& limits,
          Budget& budget, const net::HttpClient::Options& options, const Log& log,
          Answered answered);

  // The same request is not sent again before: an answer that did not help comes from a cache.
  static constexpr std::int64_t kAgainMs = 1000;

  // Queues a request for a connection; one that waits already serves both, as urgently as either
  // wants it.
  void fetch(std::uint32_t connection, const net::HttpRequest& request,
             venue::Urgency urgency = venue::Urgency::routine, int weight = 1);
  // The connection ended: what only it wanted is not asked any more.
  void forget(std::uint32_t connection);
  // Nothing is waited for.
  bool idle() const { return jobs_.empty(); }

  struct Stats {
    std::array<std::size_t, venue::kUrgencies> queue{};  // not answered, by urgency
    std::int64_t weight_used = 0;                        // in the last window; of the host
    std::uint64_t refusals = 0;                          // 429; of the host
    std::uint64_t bans = 0;                              // 418, 403; of the host
  };
  Stats stats() const;

 private:
  using Number = std::uint64_t;  // in the order asked for
  struct Job {
    net::HttpRequest request;
    venue::Urgency urgency;
    std::int64_t weight;
    std::vector<std::uint32_t> connections;
    net::Backoff backoff;
    std::int64_t not_before_ms = 0;
    bool asked = false;  // is under way
  };
  struct Line {
    net::HttpClient client;
    Number job = 0;
    bool busy = false;
  };
  using Jobs = std::map<Number, Job>;

  void pump();
  Jobs::iterator next(std::int64_t now_ms, std::int64_t& wait_ms);
  Line* free_line();
  void ask(Line& line, Jobs::iterator job);
  void done(Line& line, const Result<net::HttpReply>& result);
  std::int64_t used_weight(const Result<net::HttpReply>& result) const;
  void retry_later(Jobs::iterator job, const Result<net::HttpReply>& result);

  net::Loop& loop_;
  const net::Tls& tls_;
  net::Url origin_;
  const venue::Limits& limits_;
  Budget& budget_;
  net::HttpClient::Options options_;
  const Log& log_;
  Answered answered_;
  net::Timer timer_;
  Jobs jobs_;
  std::unordered_map<std::string, Number> waiting_;  // jobs not under way, by the request's text
  std::unordered_map<std::string, std::int64_t> answered_ms_;  // in the last kAgainMs
  Number last_ = 0;
  std::vector<std::unique_ptr<Line>> lines_;
};

}  // namespace md::record
