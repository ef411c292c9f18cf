#include "record/fetcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <utility>

namespace md::record {
namespace {

constexpr std::int64_t kFirstRetryMs = 500;
constexpr std::int64_t kLastRetryMs = 60'000;
constexpr std::int64_t kUnstatedHoldMs = 60'000;

bool is_ban(int status) { return status == 418 || status == 403; }

void add_once(std::vector<std::uint32_t>& connections, std::uint32_t connection) {
  if (std::find(connections.begin(), connections.end(), connection) == connections.end())
    connections.push_back(connection);
}

}  // namespace

std::int64_t hold_ms(int status, std::optional<std::int64_t> retry_after_ms) {
  if (retry_after_ms) return *retry_after_ms;
  return is_ban(status) || status == 429 ? kUnstatedHoldMs : 0;
}

Fetcher::Fetcher(net::Loop& loop, const net::Tls& tls, const net::Url& origin,
                 const venue::Limits& limits, Budget& budget,
                 const net::HttpClient::Options& options, const Log& log, Answered answered)
    : loop_(loop),
      tls_(tls),
      origin_(origin),
      limits_(limits),
      budget_(budget),
      options_(options),
      log_(log),
      answered_(std::move(answered)),
      timer_(loop) {}

void Fetcher::fetch(std::uint32_t connection, const net::HttpRequest& request,
                    venue::Urgency urgency, int weight) {
  // A request under way may have been answered before what this one is about: it does not serve.
  const auto [same, is_new] = waiting_.try_emplace(request.text(), last_ + 1);
  if (is_new) {
    jobs_.emplace(++last_, Job{request,
                               urgency,
                               weight,
                               {connection},
                               {kFirstRetryMs, kLastRetryMs, std::random_device{}()}});
    if (const auto last = answered_ms_.find(request.text()); last != answered_ms_.end())
      jobs_.at(last_).not_before_ms = last->second + kAgainMs;
  } else {
    Job& job = jobs_.at(same->second);
    add_once(job.connections, connection);
    job.urgency = std::min(job.urgency, urgency);
  }
  pump();
}

void Fetcher::forget(std::uint32_t connection) {
  for (auto job = jobs_.begin(); job != jobs_.end();) {
    std::erase(job->second.connections, connection);
    if (job->second.connections.empty() && !job->second.asked) {
      waiting_.erase(job->second.request.text());
      job = jobs_.erase(job);
    } else {
      ++job;
    }
  }
}

Fetcher::Stats Fetcher::stats() const {
  Stats stats;
  for (const auto& [number, job] : jobs_) ++stats.queue[static_cast<std::size_t>(job.urgency)];
  stats.weight_used = budget_.spent(net::Loop::steady_ms());
  stats.refusals = budget_.refusals();
  stats.bans = budget_.bans();
  return stats;
}

void Fetcher::pump() {
  while (Line* const line = free_line()) {
    const std::int64_t now_ms = net::Loop::steady_ms();
    std::int64_t wait_ms = 0;
    const auto job = next(now_ms, wait_ms);
    if (job == jobs_.end()) return;
    wait_ms = std::max(wait_ms, budget_.wait_ms(now_ms, job->second.weight));
    if (wait_ms > 0) return timer_.start(wait_ms, [this] { pump(); });
    budget_.asked(now_ms, job->second.weight);
    ask(*line, job);
  }
}

// Whose turn it is, or will be after `wait_ms`; the end where nothing waits.
Fetcher::Jobs::iterator Fetcher::next(std::int64_t now_ms, std::int64_t& wait_ms) {
  auto best = jobs_.end();
  const auto wait_of = [&](const Job& job) {
    return std::max<std::int64_t>(0, job.not_before_ms - now_ms);
  };
  for (auto job = jobs_.begin(); job != jobs_.end(); ++job) {
    if (job->second.asked) continue;
    if (best == jobs_.end() || std::pair{wait_of(job->second), job->second.urgency} <
                                   std::pair{wait_of(best->second), best->second.urgency})
      best = job;
  }
  if (best != jobs_.end()) wait_ms = wait_of(best->second);
  return best;
}

Fetcher::Line* Fetcher::free_line() {
  const std::size_t most = budget_.careful() ? 1 : kParallel;
  const auto busy = std::count_if(lines_.begin(), lines_.end(), [](auto& l) { return l->busy; });
  if (static_cast<std::size_t>(busy) >= most) return nullptr;
  const auto found =
      std::find_if(lines_.begin(), lines_.end(), [](auto& line) { return !line->busy; });
  if (found != lines_.end()) return found->get();
  return lines_.emplace_back(new Line{{loop_, tls_, origin_, options_}}).get();
}

void Fetcher::ask(Line& line, Jobs::iterator job) {
  line.busy = true;
  line.job = job->first;
  job->second.asked = true;
  const net::HttpRequest& request = job->second.request;
  waiting_.erase(request.text());
  const auto call = [this, &line](const Result<net::HttpReply>& result) { done(line, result); };
  if (request.json.empty()) return line.client.get(request.url.target, call);
  line.client.post(request.url.target, request.json, call);
}

void Fetcher::done(Line& line, const Result<net::HttpReply>& result) {
  line.busy = false;
  const auto job = jobs_.find(line.job);
  job->second.asked = false;
  const std::int64_t now_ms = net::Loop::steady_ms();
  budget_.answered(now_ms, job->second.weight, used_weight(result));
  const net::HttpRequest request = job->second.request;
  if (result && result->ok()) {
    budget_.went_well();
    std::erase_if(answered_ms_, [=](const auto& at) { return now_ms - at.second >= kAgainMs; });
    answered_ms_[request.text()] = now_ms;
    jobs_.erase(job);
  } else {
    retry_later(job, result);
  }
  if (result) answered_(request, *result);
  pump();
}

// What the venue has counted, or less than nothing.
std::int64_t Fetcher::used_weight(const Result<net::HttpReply>& result) const {
  if (!result) return -1;
  const auto number = [&](std::string_view field) -> std::int64_t {
    std::int64_t value = -1;
    if (field.empty()) return value;
    const std::string_view text = result->field(field);
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  const std::int64_t left = number(limits_.left_weight_field);
  return left >= 0 ? limits_.rest_weight - left : number(limits_.used_weight_field);
}

void Fetcher::retry_later(Jobs::iterator at, const Result<net::HttpReply>& result) {
  Job& job = at->second;
  const std::int64_t now_ms = net::Loop::steady_ms();
  const std::int64_t delay = job.backoff.next_ms();
  std::int64_t rest = 0;
  if (!result) {
    budget_.failed(now_ms, delay);  // the others need not try either
    log_.warn(result.error().message);
  } else {
    rest = hold_ms(result->status, result->retry_after_ms);
    if (is_ban(result->status) || result->status == 429) {
      budget_.refused(now_ms, rest, is_ban(result->status));
    } else if (rest > 0) {
      budget_.failed(now_ms, rest);
    }
    log_.warn(fmt::format("{}: HTTP {}", job.request.text(), result->status));
  }
  // Behind the others: one that is refused for its own sake does not stand in their way.
  job.not_before_ms = now_ms + rest + delay;
  const auto [same, is_new] = waiting_.try_emplace(job.request.text(), at->first);
  if (is_new && !job.connections.empty()) return;
  // The same was asked for meanwhile, or nobody wants it any more.
  if (is_new) {
    waiting_.erase(same);
  } else {
    for (const std::uint32_t connection : job.connections)
      add_once(jobs_.at(same->second).connections, connection);
  }
  jobs_.erase(at);
}

}  // namespace md::record
