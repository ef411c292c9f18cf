#include "sim/faulty.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace md::sim {
namespace {

using testing::ElementsAre;

// Frames "1", "2", ... one each millisecond, every fifth an answer; after `frames` of them, the
// end.
class Counting final : public Exchange {
 public:
  explicit Counting(int frames) : frames_(frames) {}

  HttpAnswer get(std::string_view, Micros) override { return {200, "now"}; }
  HttpAnswer get_past(std::string_view) override { return {200, "past"}; }
  void keep_past(Micros age) override { kept_ = age; }
  bool tick(Micros) override { return true; }
  std::unique_ptr<Client> connect(std::string_view, Micros now) override {
    return std::make_unique<Counter>(frames_, now);
  }
  Micros kept_ = 0;

 private:
  class Counter final : public Client {
   public:
    Counter(int frames, Micros began) : frames_(frames), began_(began) {}
    void on_text(std::string_view, Micros) override {}
    Next next(Micros now, Buffer& frame) override {
      if (sent_ == frames_) return Next::close(1000, "end");
      const Micros due = began_ + sent_ * 1000;
      if (now < due) return Next::wait(due);
      frame.append(std::to_string(++sent_));
      if (sent_ % 5 == 0) return Next::frame();
      return Next::frame(sent_ % 2 == 0 ? Type::trade : Type::book_change);
    }
    std::string shutdown_notice(Micros time) const override {
      return "bye " + std::to_string(time);
    }

   private:
    int frames_;
    Micros began_;
    int sent_ = 0;
  };
  int frames_;
};

struct Told {
  std::string fault;
  std::uint64_t connection;
  std::uint64_t frame;
  std::string data;
};

class Faulty : public testing::Test {
 protected:
  FaultyExchange& with(std::string_view text, std::uint64_t seed = 1) {
    FaultOptions options{
        .rules = {}, .seed = seed, .clock = [] { return Micros{7}; }, .on_fault = {}};
    EXPECT_TRUE(parse_faults(text, options.rules));
    options.on_fault = [this](const FaultEvent& event) {
      told_.push_back({std::string(to_text(event.rule->fault)), event.connection, event.frame,
                       std::string(event.data)});
      write_fault(event, lines_);
    };
    return *(exchange_ = std::make_unique<FaultyExchange>(counting_, std::move(options)));
  }

  // All that a connection gets, each with its millisecond if `times`; last what ended it.
  std::vector<std::string> run(Micros opened = 0, bool times = false, Micros patience = kSecond) {
    std::vector<std::string> got;
    const auto client = exchange_->connect("/", opened);
    for (Micros now = opened; now < opened + patience;) {
      Buffer frame;
      const Next next = client->next(now, frame);
      if (next.kind == Next::Kind::wait) {
        now = std::max(now, next.until);
        continue;
      }
      if (next.kind != Next::Kind::frame) {
        static const std::map<Next::Kind, std::string> kEnds{{Next::Kind::close, "close"},
                                                             {Next::Kind::cut, "cut"},
                                                             {Next::Kind::reset, "reset"},
                                                             {Next::Kind::hang, "hang"}};
        got.push_back(kEnds.at(next.kind) +
                      (next.kind == Next::Kind::close ? std::to_string(next.code) : ""));
        break;
      }
      got.push_back((times ? std::to_string(now / 1000) + ":" : "") + std::string(frame.view()));
    }
    return got;
  }

  Counting counting_{8};
  std::unique_ptr<FaultyExchange> exchange_;
  std::vector<Told> told_;
  Buffer lines_;
};

TEST_F(Faulty, WithoutRulesNothingChanges) {
  with("");
  EXPECT_THAT(run(), ElementsAre("1", "2", "3", "4", "5", "6", "7", "8", "close1000"));
}

TEST_F(Faulty, DropsAndSaysWhat) {
  with("drop nth=4 count=2");  // 5 is no stream's
  EXPECT_THAT(run(), ElementsAre("1", "2", "3", "5", "7", "8", "close1000"));
  ASSERT_EQ(told_.size(), 2u);
  EXPECT_EQ(told_[1].frame, 5u);
  EXPECT_EQ(told_[1].data, "6");
  EXPECT_THAT(
      std::string(lines_.view()),
      testing::StartsWith(
          R"({"time":"1970-01-01T00:00:00.000007Z","fault":"drop","rule":"drop nth=4 count=2","connection":1,"frame":4,"type":"trade","data":"4"})"
          "\n"));
}

TEST_F(Faulty, ChoosesByTypeConnectionAndTime) {
  with("drop every=1 type=trade connection=2; drop nth=1 type=answer");
  EXPECT_THAT(run(), ElementsAre("1", "2", "3", "4", "6", "7", "8", "close1000"));
  EXPECT_THAT(run(), ElementsAre("1", "3", "7", "close1000"));
  with("drop at=2ms for=3ms");
  EXPECT_THAT(run(), ElementsAre("1", "2", "5", "6", "7", "8", "close1000"));
  EXPECT_THAT(run(4000), ElementsAre("2", "3", "4", "5", "6", "7", "8", "close1000"));
  EXPECT_THAT(run(5000), ElementsAre("1", "2", "3", "4", "5", "6", "7", "8", "close1000"));
  with("drop nth=2; drop nth=4");
  EXPECT_THAT(run(), ElementsAre("1", "3", "5", "6", "7", "8", "close1000"));
  with("drop every=2 times=1");
  EXPECT_THAT(run(), ElementsAre("1", "3", "4", "5", "6", "7", "8", "close1000"));
}

TEST_F(Faulty, DuplicatesReordersDelays) {
  with("duplicate every=3");
  EXPECT_THAT(run(), ElementsAre("1", "2", "3", "3", "4", "5", "6", "7", "7", "8", "close1000"));
  with("reorder nth=2 frames=2");
  EXPECT_THAT(run(), ElementsAre("1", "3", "4", "2", "5", "6", "7", "8", "close1000"));
  with("reorder nth=7 frames=5");
  EXPECT_THAT(run(), ElementsAre("1", "2", "3", "4", "5", "6", "7", "8", "close1000"));
  with("delay nth=2 by=2ms");
  EXPECT_THAT(run(0, true),
              ElementsAre("0:1", "2:3", "3:2", "3:4", "4:5", "5:6", "6:7", "7:8", "close1000"));
}

TEST_F(Faulty, LosesNothingOfWhatItHolds) {
  counting_ = Counting(10'000);
  with("reorder every=1 frames=1000; delay type=answer every=1 by=1h");
  EXPECT_EQ(run(0, false, 100 * kSecond).size(), 10'001u);
}

TEST_F(Faulty, DamagesAsTheSeedSays) {
  counting_ = Counting(3000);
  const char* const rules = "corrupt chance=10%; truncate chance=10%; drop chance=1%";
  with(rules, 5);
  const auto first = run(0, false, 10 * kSecond);
  const std::size_t strikes = told_.size();
  EXPECT_GT(strikes, 350u);
  EXPECT_LT(strikes, 650u);
  with(rules, 5);
  EXPECT_EQ(run(0, false, 10 * kSecond), first);
  EXPECT_NE(run(0, false, 10 * kSecond), first) << "another connection, other faults";
  with(rules, 6);
  EXPECT_NE(run(0, false, 10 * kSecond), first);
}

TEST_F(Faulty, DamageLeavesUtf8) {
  with("corrupt every=1; truncate every=2");
  for (int i = 0; i < 50; ++i) {
    for (const std::string& frame : run()) EXPECT_FALSE(frame.empty());
  }
  EXPECT_NE(run().front(), "1");
}

TEST_F(Faulty, EndsConnections) {
  with("close age=3ms code=1012; cut at=20ms");
  EXPECT_THAT(run(), ElementsAre("1", "2", "3", "close1012"));
  EXPECT_EQ(told_.back().data, "3");
  EXPECT_THAT(run(18'000), ElementsAre("1", "2", "cut"));
  EXPECT_THAT(run(30'000), ElementsAre("1", "2", "3", "close1012"));
  with("reset nth=3");
  EXPECT_THAT(run(), ElementsAre("1", "2", "reset"));
  with("halfopen every=2 times=1");
  EXPECT_THAT(run(), ElementsAre("1", "hang"));
  EXPECT_THAT(run(), testing::SizeIs(9));
}

TEST_F(Faulty, StallsAndAnnounces) {
  with("stall age=2ms for=3ms");
  EXPECT_THAT(run(0, true),
              ElementsAre("0:1", "1:2", "5:3", "5:4", "5:5", "5:6", "6:7", "7:8", "close1000"));
  EXPECT_EQ(told_.size(), 1u);
  with("stall nth=3; close age=1h");
  EXPECT_THAT(run(0, false, 7200 * kSecond), ElementsAre("1", "2", "close1001"));
  with("shutdown nth=2; close age=3ms");
  EXPECT_THAT(run(), ElementsAre("1", "bye 7", "2", "3", "close1001"));
}

TEST_F(Faulty, AnswersRequests) {
  auto& exchange = with(
      "refuse nth=2 status=429 retry=5s; slow nth=3 by=2s; stale path=depth every=1 by=4s; deny "
      "nth=1 status=503");
  EXPECT_EQ(counting_.kept_, 4 * kSecond);
  EXPECT_EQ(exchange.get("/list", 0).body, "now");
  const HttpAnswer refused = exchange.get("/list", 0);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.retry_after_s, 5);
  const HttpAnswer slow = exchange.get("/list", 0);
  EXPECT_EQ(slow.delay, 2 * kSecond) << "the third request, whatever became of those before";
  EXPECT_EQ(exchange.get("/depth?a=b", 0).body, "past");
  ASSERT_TRUE(exchange.deny("/ws", 0));
  EXPECT_FALSE(exchange.deny("/ws", 0));
  EXPECT_EQ(told_.front().data, "/list");
}

TEST(CheckFaults, KnowsWhoAnnouncesAShutdown) {
  std::vector<FaultRule> rules;
  ASSERT_TRUE(parse_faults("shutdown age=1s", rules));
  EXPECT_TRUE(check_faults(rules, "binance"));
  EXPECT_TRUE(check_faults(rules, "okx"));
  EXPECT_FALSE(check_faults(rules, "kraken"));
}

}  // namespace
}  // namespace md::sim
