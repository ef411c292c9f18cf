// Lanes as a recorder drives them, against a local venue that publishes one market to all who
// listen: what matters is that none of its trades is missing.
#include "record/lane.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>

#include "record/collector.hpp"
#include "record/recorder.hpp"
#include "support/loopback_server.hpp"
#include "venue/registry.hpp"

namespace md::record {
namespace {

using test::HttpAnswer;
using test::LoopbackServer;
using test::Peer;
using Lines = std::vector<std::string>;

std::string trade(std::int64_t id, std::string_view symbol = "BTCUSDT") {
  return fmt::format(
      R"({{"stream":"x@trade","data":{{"e":"trade","E":1567296001038,"s":"{}","t":{},)"
      R"("p":"0.5","q":"2.0","T":1567296001034,"m":true,"M":true}}}})",
      symbol, id);
}
constexpr std::string_view kNotice = R"({"stream":"x","data":{"e":"serverShutdown"}})";

// A trade every two milliseconds, the same to all who listen.
class Market {
 public:
  // What came behind trade `last`, or from now on, until `ms` are over (0: never) or the market is
  // closed. Gives the last trade sent.
  std::int64_t publish(Peer& peer, std::int64_t ms = 0, std::string_view symbol = "BTCUSDT",
                       std::int64_t last = 0) {
    if (last == 0) last = latest();
    const std::int64_t begin = net::Loop::steady_ms();
    std::unique_lock lock{mutex_};
    while (!closed_ && (ms == 0 || net::Loop::steady_ms() - begin < ms)) {
      lock.unlock();
      for (const std::int64_t now = latest(); last < now;) peer.send(trade(++last, symbol));
      lock.lock();
      changed_.wait_for(lock, std::chrono::milliseconds{2}, [this] { return closed_; });
    }
    return last;
  }
  // With a notice after `notice_ms`, and `ms` more.
  void publish_and_tell(Peer& peer, std::int64_t notice_ms, std::int64_t ms) {
    const std::int64_t last = publish(peer, notice_ms);
    peer.send(kNotice);
    publish(peer, ms, "BTCUSDT", last);
  }
  bool closed() {
    const std::lock_guard lock{mutex_};
    return closed_;
  }
  void close() {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    changed_.notify_all();
  }

 private:
  std::int64_t latest() const { return (net::Loop::steady_ms() - begin_ms_) / 2; }

  const std::int64_t begin_ms_ = net::Loop::steady_ms() - 1000;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closed_ = false;
};

class LaneTest : public testing::Test {
 protected:
  LaneTest() {
    venue_.limits = {};
    venue_.limits.connect_interval_ms = 0;
    options_.subscription = {{"BTCUSDT"}, {Type::trade}};
    options_.raw = true;
    options_.rollover = {.overlap_ms = 40, .patience_ms = 150};
  }

  // Records until `enough`, which is asked every few milliseconds.
  Result<void> record(const LoopbackServer::Script& script, std::function<bool(Recorder&)> enough) {
    LoopbackServer server{script};
    options_.addresses = *Addresses::parse(server.ws_url(), "");
    Pipeline pipeline{to_.destination(), {}};
    auto recorder = Recorder::create(loop_, tls_, venue_, options_, pipeline, log_);
    if (!recorder) return recorder.error();
    std::atomic<bool> stop = false;
    net::Timer deadline{loop_};
    deadline.start(20'000, [&] {
      ADD_FAILURE() << "it was never enough";
      stop = true;
    });
    net::Timer look{loop_};
    std::function<void()> again = [&] {
      if (!stop && enough(**recorder)) stop = true;
      look.start(2, again);
    };
    again();
    const Result<void> result = (*recorder)->run(stop);
    last_ = (*recorder)->snapshot();
    market_.close();
    EXPECT_TRUE(pipeline.finish(10'000));
    return result;
  }

  static std::function<bool(Recorder&)> after_rollovers(std::uint64_t count) {
    return [count](Recorder& recorder) { return recorder.snapshot().rollovers >= count; };
  }

  Lines of_type(std::string_view type) const {
    Lines some;
    for (const std::string& line : to_.lines()) {
      if (line.starts_with(fmt::format("{{\"type\":\"{}\"", type))) some.push_back(line);
    }
    return some;
  }

  static std::int64_t number(const std::string& line, std::string_view name) {
    const std::string key = fmt::format("\"{}\":", name);
    const std::size_t at = line.find(key);
    return at == std::string::npos ? 0 : std::stoll(line.substr(at + key.size()));
  }

  // Trades of a symbol that are missing between its first and its last.
  std::int64_t missing(std::string_view symbol = "BTCUSDT") const {
    std::set<std::int64_t> seen;
    const std::string mark = fmt::format("\"s\":\"{}\"", symbol);
    for (const std::string& line : of_type("raw")) {
      if (line.find(mark) != std::string::npos) seen.insert(number(line, "t"));
    }
    EXPECT_FALSE(seen.empty()) << symbol;
    if (seen.empty()) return 0;
    return *seen.rbegin() - *seen.begin() + 1 - static_cast<std::int64_t>(seen.size());
  }

  // Each connection that took over is open before the other ends.
  void expect_one_beside_the_other() const {
    std::set<std::int64_t> open;
    for (const std::string& line : to_.lines()) {
      const std::int64_t connection = number(line, "connection");
      if (line.starts_with("{\"type\":\"connect\"")) {
        EXPECT_EQ(open.empty(), connection == 1) << line;
        EXPECT_EQ(number(line, "beside"), open.empty() ? 0 : *open.rbegin()) << line;
        open.insert(connection);
      } else if (line.starts_with("{\"type\":\"disconnect\"")) {
        EXPECT_EQ(open.erase(connection), 1u) << line;
      }
    }
    EXPECT_TRUE(open.empty());
  }

  venue::Venue venue_ = *venue::find("binance");
  Recorder::Options options_;
  Market market_;
  Collector to_;
  Lines warnings_;
  // On a slow machine a new connection may be ahead of the old one for long enough that what it
  // lacks is asked for, of a venue that here has no history.
  const Log log_{[this](std::string_view text) {
                   if (text.find("historicalTrades") == text.npos) warnings_.emplace_back(text);
                 },
                 [](std::string_view) {}};
  net::Loop loop_;
  const net::Tls tls_ = *net::Tls::create();
  Snapshot last_;
};

TEST_F(LaneTest, AnnouncedClosesLoseNothing) {
  const auto result = record({.socket =
                                  [&](Peer& peer) {
                                    peer.receive();
                                    market_.publish_and_tell(peer, 80, 700);
                                    peer.drop();
                                  }},
                             after_rollovers(75));
  EXPECT_TRUE(result);
  EXPECT_EQ(missing(), 0);
  EXPECT_EQ(warnings_, Lines{});
  expect_one_beside_the_other();
  EXPECT_EQ(last_.reconnects, 0u);
  EXPECT_NE(of_type("disconnect")[0].find("\"reason\":\"serverShutdown\""), std::string::npos);
}

TEST_F(LaneTest, ClosesAtTheMaximumAgeLoseNothing) {
  options_.max_age_ms = 500;
  options_.rollover.overlap_ms = 100;
  const auto result = record({.socket =
                                  [&](Peer& peer) {
                                    peer.receive();
                                    market_.publish(peer, 1000);
                                    peer.drop();
                                  }},
                             after_rollovers(25));
  EXPECT_TRUE(result);
  EXPECT_EQ(missing(), 0);
  EXPECT_EQ(warnings_, Lines{});
  expect_one_beside_the_other();
  EXPECT_NE(of_type("disconnect")[0].find("\"reason\":\"the venue's maximum age\""),
            std::string::npos);
}

TEST_F(LaneTest, ANewConnectionThatGivesNothingDoesNotTakeOver) {
  std::atomic<int> connections = 0;
  const auto result = record({.socket =
                                  [&](Peer& peer) {
                                    const int mine = ++connections;
                                    peer.receive();
                                    if (mine == 1) return market_.publish_and_tell(peer, 20, 0);
                                    if (mine == 2) {
                                      peer.send(R"({"result":null,"id":1})");
                                      peer.receive();
                                      return;
                                    }
                                    market_.publish(peer);
                                  }},
                             after_rollovers(1));
  EXPECT_TRUE(result);
  EXPECT_EQ(missing(), 0);
  ASSERT_EQ(of_type("connect").size(), 3u);
  const Lines ends = of_type("disconnect");
  ASSERT_EQ(ends.size(), 3u);
  EXPECT_EQ(number(ends[0], "connection"), 2);
  EXPECT_NE(ends[0].find("it gives nothing, another connection does"), std::string::npos);
  EXPECT_EQ(number(ends[1], "connection"), 1);
  EXPECT_EQ(number(ends[2], "connection"), 3);
  EXPECT_EQ(number(of_type("connect")[2], "beside"), 1);
}

TEST_F(LaneTest, WhereNothingIsSaidTheNewOneIsAsGood) {
  const auto result = record({.socket =
                                  [&](Peer& peer) {
                                    peer.receive();
                                    peer.send(kNotice);
                                    peer.receive();
                                  }},
                             after_rollovers(2));
  EXPECT_TRUE(result);
  EXPECT_EQ(warnings_.size(), 0u);
}

TEST_F(LaneTest, TheNewOneGoesOnWhereTheOldOneEndsTooSoon) {
  options_.rollover.overlap_ms = 10'000;
  std::atomic<int> connections = 0;
  const auto result = record({.socket =
                                  [&](Peer& peer) {
                                    const int mine = ++connections;
                                    peer.receive();
                                    if (mine == 1) market_.publish_and_tell(peer, 1, 100);
                                    if (mine > 1) market_.publish(peer);
                                    peer.close(1001, "bye");
                                  }},
                             [](Recorder& r) { return r.snapshot().messages > 150; });
  EXPECT_TRUE(result);
  EXPECT_EQ(missing(), 0);
  EXPECT_EQ(of_type("connect").size(), 2u);
  expect_one_beside_the_other();
}

TEST_F(LaneTest, OneOfTwoBreaksAndNothingIsMissing) {
  options_.redundancy = 2;
  options_.local_addresses = {"127.0.0.3", "127.0.0.4"};
  std::mutex mutex;
  std::set<std::string> sources;
  std::atomic<int> connections = 0;
  std::atomic<bool> both = false;
  const auto result = record({.socket =
                                  [&](Peer& peer) {
                                    {
                                      const std::lock_guard lock{mutex};
                                      sources.insert(peer.source());
                                    }
                                    const int mine = ++connections;
                                    peer.receive();
                                    if (mine == 2) both = true;
                                    std::int64_t last = 0;
                                    while (!both && !market_.closed())
                                      last = market_.publish(peer, 20, "BTCUSDT", last);
                                    market_.publish(peer, mine == 2 ? 0 : 300, "BTCUSDT", last);
                                    peer.drop();
                                  }},
                             [](Recorder& r) { return r.snapshot().reconnects >= 3; });
  EXPECT_TRUE(result);
  EXPECT_EQ(missing(), 0);
  EXPECT_EQ(sources, (std::set<std::string>{"127.0.0.3", "127.0.0.4"}));
  ASSERT_EQ(last_.connections.size(), 1u);
  EXPECT_EQ(last_.connections[0].wanted, 2);
  expect_one_beside_the_other();
}

TEST_F(LaneTest, OneThatCannotComeFromAnAddressTriesTheNext) {
  options_.local_addresses = {"::1", "127.0.0.9"};  // the server has no IPv6
  std::string source;
  const auto result = record({.socket =
                                  [&](Peer& peer) {
                                    source = peer.source();
                                    peer.receive();
                                    market_.publish(peer);
                                  }},
                             [](Recorder& r) { return r.snapshot().messages > 0; });
  EXPECT_TRUE(result);
  EXPECT_EQ(source, "127.0.0.9");
  EXPECT_EQ(last_.connect_failures, 1u);
}

TEST_F(LaneTest, ToldToGoAwayItHoldsAllConnectionsToTheHost) {
  struct Case {
    const char* name;
    LoopbackServer::Script script;
    std::int64_t least_ms, most_ms;
  };
  const Case cases[] = {
      {"1008", {.socket = [](Peer& peer) { peer.close(1008, "rate"); }}, 55'000, 60'000},
      {"429",
       {.http =
            [](const std::string&) {
              return HttpAnswer{429, "", {}};
            }},
       55'000,
       60'000},
      {"418 until",
       {.http =
            [](const std::string&) {
              return HttpAnswer{418, "", {{"Retry-After", "100"}}};
            }},
       95'000,
       100'000},
      {"1001", {.socket = [](Peer& peer) { peer.close(1001, "restart"); }}, 0, 0},
  };
  for (const Case& each : cases) {
    options_.connects = std::make_shared<ConnectLimits>();
    warnings_.clear();
    EXPECT_TRUE(record(each.script, [&](Recorder&) { return !warnings_.empty(); }));
    const std::int64_t held = options_.connects->held_ms(
        *options_.addresses.connection("wss://venue.example/other"), net::Loop::steady_ms());
    EXPECT_GE(held, each.least_ms) << each.name;
    EXPECT_LE(held, each.most_ms) << each.name;
  }
}

// One connection for up to two symbols, which says what it wants.
std::vector<venue::Connection> pairs(const venue::Subscription& s) {
  std::vector<venue::Connection> plans;
  for (std::size_t i = 0; i < s.symbols.size(); i += 2) {
    venue::Connection plan{"wss://venue.example/", {s.symbols[i]}, {}};
    if (i + 1 < s.symbols.size()) plan.symbols.push_back(s.symbols[i + 1]);
    plan.send = {fmt::format("{}", fmt::join(plan.symbols, ","))};
    plans.push_back(std::move(plan));
  }
  return plans;
}

TEST_F(LaneTest, ChangesWhatItRecordsAndKeepsTheRestWhole) {
  venue_.connections = pairs;
  options_.subscription.symbols = {"A", "B", "C", "D", "E"};
  int step = 0;
  std::uint64_t then = 0;
  const auto result =
      record({.socket =
                  [&](Peer& peer) {
                    const std::string wants = *peer.receive();
                    market_.publish(peer, 0, wants.substr(0, 1));
                  }},
             [&](Recorder& r) {
               const Snapshot now = r.snapshot();
               if (step == 0 && now.messages > 100) {
                 ++step;
                 // A, B stay; C, D lose D; E goes; F is new.
                 EXPECT_TRUE(r.change({"A", "B", "C", "F"}, "delisted"));
               } else if (step == 1 && now.rollovers == 1 && r.snapshot().connections.size() == 3) {
                 ++step;
                 EXPECT_TRUE(r.change({"A", "B", "C", "F", "G"}, "listed"));
               } else if (step == 2 && now.rollovers == 2) {
                 ++step;
                 then = now.messages;
               }
               return step == 3 && now.messages > then + 100;
             });
  EXPECT_TRUE(result);
  Lines sent;
  for (const std::string& line : of_type("sent"))
    sent.push_back(line.substr(line.find("\"text\":") + 7));
  std::ranges::sort(sent);
  EXPECT_EQ(sent, (Lines{R"("A,B"})", R"("C"})", R"("C,D"})", R"("E"})", R"("F"})", R"("F,G"})"}));
  for (const char* symbol : {"A", "C", "F"}) EXPECT_EQ(missing(symbol), 0) << symbol;
  Lines reasons;
  for (const std::string& line : of_type("disconnect"))
    reasons.push_back(line.substr(line.find("\"symbols\"")));
  ASSERT_EQ(reasons.size(), 6u);
  EXPECT_EQ(reasons[0], R"("symbols":["E"],"reason":"delisted"})");
  EXPECT_EQ(reasons[1], R"("symbols":["C","D"],"reason":"delisted"})");
  EXPECT_EQ(reasons[2], R"("symbols":["F"],"reason":"listed"})");
}

TEST_F(LaneTest, AChangeThatTheVenueCannotServeChangesNothing) {
  venue_.connections = [](const venue::Subscription& s) {
    return s.symbols.front() == "BTCUSDT" ? pairs(s) : std::vector<venue::Connection>{};
  };
  bool refused = false;
  const auto result = record({.socket =
                                  [&](Peer& peer) {
                                    peer.receive();
                                    market_.publish(peer);
                                  }},
                             [&](Recorder& r) {
                               if (!refused && r.snapshot().messages > 0)
                                 refused = !r.change({"NONE"}, "asked");
                               return refused && r.snapshot().messages > 50;
                             });
  EXPECT_TRUE(result);
  EXPECT_TRUE(refused);
  EXPECT_EQ(of_type("connect").size(), 1u);
}

TEST_F(LaneTest, ManyConnectionsStopSoon) {
  venue_.connections = pairs;
  options_.subscription.symbols.clear();
  for (int i = 0; i < 100; ++i) options_.subscription.symbols.push_back(fmt::format("S{}", i));
  options_.redundancy = 2;
  std::int64_t begin = 0;
  const auto result = record({.socket = [](Peer& peer) { peer.play_dead(); }}, [&](Recorder& r) {
    int open = 0;
    for (const auto& connection : r.snapshot().connections) open += connection.open;
    begin = net::Loop::steady_ms();
    return open == 100;
  });
  EXPECT_TRUE(result);
  EXPECT_LT(net::Loop::steady_ms() - begin, 4000);
  EXPECT_EQ(of_type("disconnect").size(), 100u);
}

}  // namespace
}  // namespace md::record
