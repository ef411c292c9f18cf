#include "record/fetcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <random>
#include <utility>

namespace md::record {
namespace {

constexpr std::int64_t kFirstRetryMs = 500;
constexpr std::int64_t kLastRetryMs = 60'000;
constexpr std::int64_t kUnstatedHoldMs = 60'000;

}  // namespace

std::int64_t hold_ms(int status, std::optional<std::int64_t> retry_after_ms) {
  if (retry_after_ms) return *retry_after_ms;
  return status == 418 || status == 429 ? kUnstatedHoldMs : 0;
}

Fetcher::Fetcher(net::Loop& loop, const net::Tls& tls, const net::Url& origin,
                 std::int64_t interval_ms, const net::HttpClient::Options& options, const Log& log,
                 Answered answered)
    : loop_(loop),
      log_(log),
      answered_(std::move(answered)),
      client_(loop, tls, origin, options),
      limiter_(interval_ms),
      timer_(loop) {}

void Fetcher::fetch(std::uint32_t connection, const net::HttpRequest& request) {
  // A request under way may have been answered before what this one is about: it does not serve.
  const auto same = std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& job) {
    return !job.asked && job.request == request;
  });
  if (same == jobs_.end()) {
    jobs_.push_back({request, {connection}, {kFirstRetryMs, kLastRetryMs, std::random_device{}()}});
  } else if (std::find(same->connections.begin(), same->connections.end(), connection) ==
             same->connections.end()) {
    same->connections.push_back(connection);
  }
  pump();
}

void Fetcher::forget(std::uint32_t connection) {
  for (Job& job : jobs_) std::erase(job.connections, connection);
  std::erase_if(jobs_, [](const Job& job) { return job.connections.empty() && !job.asked; });
}

void Fetcher::pump() {
  if (client_.busy() || jobs_.empty()) return;
  const std::int64_t now_ms = net::Loop::steady_ms();
  const auto wait_of = [&](const Job& job) {
    return std::max<std::int64_t>(0, job.not_before_ms - now_ms);
  };
  const auto next = std::min_element(jobs_.begin(), jobs_.end(), [&](const Job& a, const Job& b) {
    return wait_of(a) < wait_of(b);
  });
  const std::int64_t wait = std::max(wait_of(*next), limiter_.wait_ms(now_ms));
  if (wait > 0) return timer_.start(wait, [this] { pump(); });
  limiter_.done(now_ms);
  ask(*next);
}

void Fetcher::ask(Job& job) {
  job.asked = true;
  const auto call = [this](const Result<net::HttpReply>& result) { done(result); };
  const net::HttpRequest& request = job.request;
  if (request.json.empty()) return client_.get(request.url.target, call);
  client_.post(request.url.target, request.json, call);
}

void Fetcher::done(const Result<net::HttpReply>& result) {
  const auto asked =
      std::find_if(jobs_.begin(), jobs_.end(), [](const Job& job) { return job.asked; });
  asked->asked = false;
  const net::HttpRequest request = asked->request;
  if ((result && result->ok()) || asked->connections.empty()) {
    jobs_.erase(asked);
  } else {
    retry_later(*asked, result);
  }
  if (result) answered_(request, *result);
  pump();
}

void Fetcher::retry_later(Job& job, const Result<net::HttpReply>& result) {
  const std::int64_t now_ms = net::Loop::steady_ms();
  const std::int64_t delay = job.backoff.next_ms();
  job.not_before_ms = now_ms + delay;
  if (!result) {
    limiter_.hold_until(now_ms + delay);  // nobody is there: the others need not try either
    return log_.warn(result.error().message);
  }
  limiter_.hold_until(now_ms + hold_ms(result->status, result->retry_after_ms));
  log_.warn(fmt::format("{}: HTTP {}", job.request.text(), result->status));
}

}  // namespace md::record
