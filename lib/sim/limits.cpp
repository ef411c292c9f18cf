#include "sim/limits.hpp"

#include <algorithm>
#include <utility>

namespace md::sim {
namespace {

constexpr int kBanWindows = 2;

// Retry-After has whole seconds.
std::int64_t seconds_until(Micros then, Micros now) {
  return std::max<std::int64_t>(1, (then - now + kSecond - 1) / kSecond);
}

HttpAnswer stay_away(int status, Micros until, Micros now) {
  return {.status = status,
          .body = R"({"code":-1003,"msg":"Too much request weight used"})",
          .retry_after_s = seconds_until(until, now)};
}

}  // namespace

bool LimitWindow::add(std::int64_t amount, Micros now) {
  if (limit_.most == 0) return true;
  if (now >= end()) {
    began_ = now - now % limit_.window;
    used_ = 0;
    refused_ = 0;
  }
  used_ += amount;
  if (used_ <= limit_.most) return true;
  ++refused_;
  return false;
}

// One connection whose client may say so much at a time.
class LimitedClient final : public Client {
 public:
  LimitedClient(LimitedExchange& exchange, std::unique_ptr<Client> inner)
      : exchange_(exchange), inner_(std::move(inner)), said_(exchange.options_.message) {}

  void on_text(std::string_view text, Micros now) override {
    if (over_) return;
    if (said_.add(1, now)) return inner_->on_text(text, now);
    over_ = true;
    exchange_.closed_for_messages(now);
  }
  Next next(Micros now, Buffer& frame) override {
    if (over_) return Next::close(1008, "too many requests");
    return inner_->next(now, frame);
  }
  std::string shutdown_notice(Micros venue_time) const override {
    return inner_->shutdown_notice(venue_time);
  }

 private:
  LimitedExchange& exchange_;
  std::unique_ptr<Client> inner_;
  LimitWindow said_;
  bool over_ = false;
};

LimitedExchange::LimitedExchange(Exchange& inner, LimitOptions options)
    : inner_(inner),
      options_(std::move(options)),
      rest_{LimitWindow{options_.rest}, "REST requests"},
      connect_{LimitWindow{options_.connect}, "connections"},
      closings_({kPatience, options_.message.window}) {}

HttpAnswer LimitedExchange::get(std::string_view target, Micros now) {
  const int weight = options_.weight ? options_.weight(target) : 1;
  auto refusal = refuse(rest_, weight, now);
  HttpAnswer answer = refusal ? *std::move(refusal) : inner_.get(target, now);
  if (options_.rest.most != 0 && !options_.used_field.empty())
    answer.fields.emplace_back(options_.used_field, std::to_string(rest_.window.used()));
  return answer;
}

std::optional<HttpAnswer> LimitedExchange::deny(std::string_view target, Micros now) {
  if (auto refusal = refuse(connect_, 1, now)) return refusal;
  return inner_.deny(target, now);
}

std::unique_ptr<Client> LimitedExchange::connect(std::string_view target, Micros now) {
  auto client = inner_.connect(target, now);
  if (client == nullptr) return client;
  return std::make_unique<LimitedClient>(*this, std::move(client));
}

std::optional<HttpAnswer> LimitedExchange::refuse(Guard& guard, std::int64_t amount, Micros now) {
  const LimitWindow& window = guard.window;
  if (now >= guard.banned_until) {
    if (guard.window.add(amount, now)) return std::nullopt;
    if (window.refused() <= kPatience) {
      ++refused_;
      return stay_away(429, window.end(), now);
    }
    ban(guard, now + window.length() * kBanWindows, guard.what);
  }
  ++refused_;
  return stay_away(418, guard.banned_until, now);
}

void LimitedExchange::closed_for_messages(Micros now) {
  ++refused_;
  if (closings_.add(1, now)) return;
  ban(connect_, now + options_.message.window * kBanWindows, "messages");
}

void LimitedExchange::ban(Guard& guard, Micros until, std::string_view why) {
  ++bans_;
  guard.banned_until = until;
  if (options_.on_offence) options_.on_offence("a client is banned: too many " + std::string(why));
}

}  // namespace md::sim
