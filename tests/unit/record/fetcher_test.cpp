// What is asked by REST, in which order, and what happens when the venue says no.
#include "record/fetcher.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "support/loopback_server.hpp"

namespace md::record {
namespace {

using test::HttpAnswer;
using test::LoopbackServer;
using testing::ElementsAre;
using venue::Urgency;

// A server that notes what it is asked, and fetchers that speak to it.
class Fetching : public testing::Test {
 protected:
  Fetching() {
    deadline_.start(20'000, [this] { ADD_FAILURE(), loop_.stop(); });
  }

  static venue::Limits limits(std::int64_t weight = 0, std::int64_t window_ms = 60'000) {
    venue::Limits limits;
    limits.rest_interval_ms = 0;
    limits.rest_weight = weight;
    limits.rest_window_ms = window_ms;
    limits.used_weight_field = "X-Used";
    return limits;
  }

  std::unique_ptr<Fetcher> fetcher(const venue::Limits& limits) {
    return std::make_unique<Fetcher>(
        loop_, tls_, url("/"), limits, budgets_.of(url("/"), limits), net::HttpClient::Options{},
        log_, [this](const net::HttpRequest& request, const net::HttpReply& reply) {
          answered_.push_back(fmt::format("{} {}", request.url.target, reply.status));
          if (on_answer_) on_answer_();
        });
  }
  net::Url url(const std::string& target) { return *net::Url::parse(server_.http_url() + target); }
  net::HttpRequest get(const std::string& target) { return {url(target), {}}; }

  // Until all is answered.
  void run(const Fetcher& fetcher) {
    on_answer_ = [this, &fetcher] {
      if (fetcher.idle()) loop_.stop();
    };
    loop_.run();
  }
  std::vector<std::string> asked() {
    const std::lock_guard lock{mutex_};
    return asked_;
  }

  std::mutex mutex_;
  std::vector<std::string> asked_;
  std::function<HttpAnswer(const std::string&, int nth)> answer_ = [](auto&, int) {
    return HttpAnswer{200, "{}"};
  };
  LoopbackServer server_{{.http = [this](const std::string& target) {
    std::unique_lock lock{mutex_};
    asked_.push_back(target);
    const int nth = static_cast<int>(asked_.size());
    lock.unlock();
    return answer_(target, nth);
  }}};
  net::Loop loop_;
  const net::Tls tls_ = *net::Tls::create();
  const Log log_{[](std::string_view) {}, [](std::string_view) {}};
  Budgets budgets_;
  net::Timer deadline_{loop_};
  std::vector<std::string> answered_;
  std::function<void()> on_answer_;
};

TEST_F(Fetching, TheMostUrgentFirstAndOfThoseTheOldest) {
  const venue::Limits narrow = limits(10, 50);  // one of 8 at a time
  const auto f = fetcher(narrow);
  f->fetch(1, get("/first"), Urgency::routine, 8);
  f->fetch(1, get("/poll"), Urgency::routine, 8);
  f->fetch(1, get("/begin1"), Urgency::first_book, 8);
  f->fetch(1, get("/begin2"), Urgency::first_book, 8);
  f->fetch(1, get("/trades"), Urgency::missing_trades, 8);
  f->fetch(1, get("/lost"), Urgency::lost_book, 8);
  EXPECT_EQ(f->stats().queue, (std::array<std::size_t, venue::kUrgencies>{1, 1, 2, 2}));
  run(*f);
  EXPECT_THAT(asked(), ElementsAre("/first", "/lost", "/trades", "/begin1", "/begin2", "/poll"));
}

TEST_F(Fetching, TheSameQuestionIsAskedOnceAsUrgentlyAsEitherWants) {
  const venue::Limits narrow = limits(10, 50);
  const auto f = fetcher(narrow);
  f->fetch(1, get("/busy"), Urgency::routine, 8);
  f->fetch(2, get("/other"), Urgency::first_book, 8);
  f->fetch(1, get("/gone"), Urgency::first_book, 8);
  f->fetch(1, get("/same"), Urgency::routine, 8);
  f->fetch(2, get("/same"), Urgency::lost_book, 8);
  f->forget(1);  // another still wants it
  run(*f);
  EXPECT_THAT(asked(), ElementsAre("/busy", "/same", "/other"));
}

TEST_F(Fetching, SeveralAreUnderWayWhereTheHostIsSlow) {
  std::atomic<int> here = 0;
  answer_ = [&here](auto&, int) {
    ++here;
    while (here < static_cast<int>(Fetcher::kParallel)) std::this_thread::yield();
    return HttpAnswer{200, "{}"};
  };
  const venue::Limits wide = limits();
  const auto f = fetcher(wide);
  for (int i = 0; i < 12; ++i) f->fetch(1, get(fmt::format("/{}", i)));
  run(*f);  // or the deadline
  EXPECT_EQ(server_.accepted(), static_cast<int>(Fetcher::kParallel));
  EXPECT_EQ(answered_.size(), 12u);
}

TEST_F(Fetching, ABanLetsTheHostRestAndLosesNothing) {
  answer_ = [&](auto&, int nth) -> HttpAnswer {
    if (nth == 1) return {418, "{}", {{"Retry-After", "1"}}};
    return {200, "{}"};
  };
  const venue::Limits wide = limits();
  const auto f = fetcher(wide);
  const auto began = net::Loop::steady_ms();
  f->fetch(1, get("/0"));
  on_answer_ = [&] { loop_.stop(); };
  loop_.run();
  for (int i = 1; i < 6; ++i) f->fetch(1, get(fmt::format("/{}", i)));
  EXPECT_EQ(asked().size(), 1u);
  run(*f);
  EXPECT_GE(net::Loop::steady_ms() - began, 1000);
  EXPECT_EQ(asked().size(), 7u);
  EXPECT_EQ(answered_.size(), 7u);
  EXPECT_EQ(f->stats().bans, 1u);
  EXPECT_TRUE(f->idle());
}

// A book whose snapshot came from a cache asks again at once, and again.
TEST_F(Fetching, TheSameIsNotAskedAgainAtOnce) {
  const venue::Limits unlimited = limits();
  const auto fetcher = this->fetcher(unlimited);
  const std::int64_t begin = net::Loop::steady_ms();
  fetcher->fetch(1, get("/depth"));
  on_answer_ = [&] {
    if (answered_.size() == 2) return loop_.stop();
    fetcher->fetch(1, get("/depth"));
    fetcher->fetch(1, get("/other"));
  };
  loop_.run();
  EXPECT_THAT(answered_, ElementsAre("/depth 200", "/other 200"));
  on_answer_ = [&] { loop_.stop(); };
  loop_.run();
  EXPECT_EQ(answered_.back(), "/depth 200");
  EXPECT_GE(net::Loop::steady_ms() - begin, Fetcher::kAgainMs);
}

TEST_F(Fetching, TheVenuesCountIsBelieved) {
  answer_ = [](auto&, int nth) -> HttpAnswer {
    return {200, "{}", {{"x-used", nth == 1 ? "79" : "1"}}};
  };
  const venue::Limits window = limits(100, 300);
  const auto f = fetcher(window);
  f->fetch(1, get("/0"), Urgency::routine, 5);
  const auto began = net::Loop::steady_ms();
  run(*f);
  EXPECT_EQ(f->stats().weight_used, 79);
  f->fetch(1, get("/1"), Urgency::routine, 5);
  run(*f);
  EXPECT_GE(net::Loop::steady_ms() - began, 300);
}

TEST_F(Fetching, TwoThatSpeakToOneHostShareItsBudget) {
  const venue::Limits window = limits(10, 300);
  const auto a = fetcher(window), b = fetcher(window);
  const auto began = net::Loop::steady_ms();
  a->fetch(1, get("/a"), Urgency::routine, 8);
  b->fetch(1, get("/b"), Urgency::routine, 8);
  EXPECT_EQ(a->stats().weight_used, 8);
  EXPECT_EQ(b->stats().weight_used, 8);
  on_answer_ = [&] {
    if (a->idle() && b->idle()) loop_.stop();
  };
  loop_.run();
  EXPECT_GE(net::Loop::steady_ms() - began, 300);
}

TEST(HoldMs, IsWhatTheVenueSaysOrAMinuteAfterABan) {
  EXPECT_EQ(hold_ms(429, 7000), 7000);
  EXPECT_EQ(hold_ms(503, 2000), 2000);
  EXPECT_EQ(hold_ms(418, {}), 60'000);
  EXPECT_EQ(hold_ms(403, {}), 60'000);
  EXPECT_EQ(hold_ms(404, {}), 0);
}

}  // namespace
}  // namespace md::record
