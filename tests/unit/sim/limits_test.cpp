#include "sim/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace md::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Answers everything, and takes what is said.
class Patient final : public Exchange {
 public:
  HttpAnswer get(std::string_view, Micros) override { return {200, "{}"}; }
  HttpAnswer get_past(std::string_view) override { return {200, "past"}; }
  bool tick(Micros) override { return true; }
  std::unique_ptr<Client> connect(std::string_view, Micros) override {
    return std::make_unique<Listener>(said);
  }
  std::vector<std::string> said;

 private:
  class Listener final : public Client {
   public:
    explicit Listener(std::vector<std::string>& said) : said_(said) {}
    void on_text(std::string_view text, Micros) override { said_.emplace_back(text); }
    Next next(Micros, Buffer&) override { return Next::wait(Next::kForever); }
    std::string shutdown_notice(Micros) const override { return {}; }

   private:
    std::vector<std::string>& said_;
  };
};

class Limited : public testing::Test {
 protected:
  LimitedExchange& with(Quota rest, Quota connect = {}, Quota message = {}) {
    LimitOptions options{.rest = rest,
                         .connect = connect,
                         .message = message,
                         .weight = [](std::string_view t) { return static_cast<int>(t.size()); },
                         .used_field = "X-Used",
                         .on_offence = [this](std::string_view what) { told.emplace_back(what); }};
    return *(exchange_ = std::make_unique<LimitedExchange>(inner, std::move(options)));
  }
  Patient inner;
  std::vector<std::string> told;

 private:
  std::unique_ptr<LimitedExchange> exchange_;
};

constexpr Quota kTenASecond{10, kSecond};

TEST_F(Limited, WeightsAreCountedAndTold) {
  auto& e = with(kTenASecond);
  EXPECT_EQ(e.get("/12", 0).status, 200);
  const HttpAnswer answer = e.get("/1234", kSecond / 2);
  EXPECT_EQ(answer.status, 200);
  ASSERT_EQ(answer.fields.size(), 1u);
  EXPECT_EQ(answer.fields[0].first, "X-Used");
  EXPECT_EQ(answer.fields[0].second, "8");
  const HttpAnswer refused = e.get("/12", kSecond / 2);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.retry_after_s, 1);
  EXPECT_EQ(refused.fields[0].second, "11");
  EXPECT_EQ(e.get("/1234567890", kSecond).status, 429);  // too heavy for any window
  EXPECT_EQ(e.get("/12", 2 * kSecond).status, 200);
  EXPECT_EQ(e.bans(), 0u);
  EXPECT_EQ(e.refused(), 2u);
}

TEST_F(Limited, WhoGoesOnIsBanned) {
  auto& e = with(kTenASecond);
  for (int i = 0; i < 10; ++i) e.get("/", 0);
  for (int i = 0; i < LimitedExchange::kPatience; ++i) EXPECT_EQ(e.get("/", 0).status, 429);
  EXPECT_THAT(told, IsEmpty());
  EXPECT_EQ(e.get("/", 0).status, 418);
  EXPECT_EQ(e.get("/", 0).retry_after_s, 2);
  EXPECT_FALSE(e.deny("/", kSecond));
  EXPECT_EQ(e.get("/", 2 * kSecond).status, 200);
  EXPECT_EQ(e.bans(), 1u);
  EXPECT_THAT(told, ElementsAre("a client is banned: too many REST requests"));
}

TEST_F(Limited, OpeningsAreCounted) {
  auto& e = with({}, {2, kSecond});
  EXPECT_FALSE(e.deny("/", 0));
  EXPECT_FALSE(e.deny("/", 0));
  EXPECT_EQ(e.deny("/", 0)->status, 429);
  EXPECT_FALSE(e.deny("/", kSecond));
  EXPECT_TRUE(e.get("/", 0).fields.empty());
}

TEST_F(Limited, WhoSaysTooMuchIsClosedAndInTheEndBanned) {
  auto& e = with({}, {}, {2, kSecond});
  Buffer frame;
  for (int offence = 0; offence <= LimitedExchange::kPatience; ++offence) {
    EXPECT_EQ(e.bans(), 0u);
    const auto client = e.connect("/", 0);
    for (const char* text : {"a", "b"}) client->on_text(text, 0);
    EXPECT_EQ(client->next(0, frame).kind, Next::Kind::wait);
    client->on_text("c", 0);
    EXPECT_EQ(client->next(0, frame).code, 1008);
  }
  EXPECT_EQ(e.bans(), 1u);
  EXPECT_EQ(e.deny("/", kSecond)->status, 418);
  EXPECT_FALSE(e.deny("/", 2 * kSecond));
  EXPECT_EQ(e.get("/", kSecond).status, 200);
  EXPECT_EQ(inner.said.size(), 2u * (LimitedExchange::kPatience + 1));
  EXPECT_THAT(told, ElementsAre("a client is banned: too many messages"));
}

}  // namespace
}  // namespace md::sim
