// The markets of a venue, asked over REST.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/backoff.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "record/addresses.hpp"
#include "record/log.hpp"
#include "venue/venue.hpp"

namespace md::record {

// Asks each of the venue's lists in turn, some times over if need be.
class MarketQuery {
 public:
  using Answer = Result<std::vector<venue::Market>>;
  using Done = std::function<void(Answer)>;

  // Begins at once. `done` is called once, from the loop, and may destroy the query; destroyed
  // before, it calls nothing. All but `options` and `done` outlive it. unavailable: out of reach,
  // or refused for good; malformed: an answer that is no market list.
  MarketQuery(net::Loop& loop, const net::Tls& tls, const venue::Venue& venue,
              const Addresses& addresses, const net::HttpClient::Options& options, const Log& log,
              Done done);

 private:
  void next_list();
  void ask();
  void on_answer(const Result<net::HttpReply>& reply);
  void read(const net::HttpReply& reply);
  void finish(Answer answer);

  net::Loop& loop_;
  const net::Tls& tls_;
  const venue::Venue& venue_;
  const Addresses& addresses_;
  net::HttpClient::Options options_;
  const Log& log_;
  Done done_;
  net::Timer timer_;
  net::Backoff backoff_;
  std::unique_ptr<net::HttpClient> client_;
  net::HttpRequest request_;
  std::string path_;  // of the request, as the venue has it
  std::size_t list_ = 0;
  int page_ = 0;
  int attempts_ = 0;  // that failed, at this request
  std::vector<venue::Market> markets_;
};

// The same, running the loop until it is done. temporary: `stop` was set meanwhile.
MarketQuery::Answer fetch_markets(net::Loop& loop, const net::Tls& tls, const venue::Venue& venue,
                                  const Addresses& addresses,
                                  const net::HttpClient::Options& options,
                                  const std::atomic<bool>& stop, const Log& log);

// One JSON line a market: symbol, exchange, base, quote, kind, active, tick, step, contractSize;
// what the list does not tell is left out.
std::string market_lines(std::string_view exchange, std::span<const venue::Market> markets);

// The same for people: a heading and a line a market, in columns; "-" for what is not told.
std::string market_table(std::span<const venue::Market> markets);

}  // namespace md::record
