// Trades: the trade lines of a venue's symbols, and when they are due.
#pragma once

#include <algorithm>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/hash.hpp"
#include "book/trade_line.hpp"

namespace md::book {

class Trades final : TradeLine::Out {
 public:
  // Who takes what the lines give.
  class Out {
   public:
    virtual ~Out() = default;
    virtual void backfill(const Event& trade) = 0;
    // `time`: of the first trade behind the hole; 0 = none came yet.
    virtual void trade_gap(std::string_view symbol, Micros time, const Gap& gap) = 0;
    virtual void fetch(const venue::Request& request) = 0;
  };

  // Both must outlive this.
  Trades(const venue::Venue& venue, Out& out) : venue_(venue), out_(out) {}

  // A live trade. False: it is known from elsewhere, and must not be given.
  bool on_trade(const Event& event, const Trade& trade, std::uint32_t connection, Micros now);
  void on_connect(std::uint32_t connection, std::span<const std::string_view> symbols,
                  std::uint32_t beside, Micros now);
  void on_disconnect(std::uint32_t connection);
  // Before anything else that has a time.
  void on_time(Micros now) {
    if (!due_.empty() && due_.begin()->first <= now) call_due(now);
  }
  // An answer's trades, and its end. understood: the answer was what its protocol says.
  void on_answered(const Event& event, const Trade& trade);
  void on_reply(const venue::Reply& reply, bool understood);
  void finish();

 private:
  struct Entry {
    TradeLine line;
    Micros due = 0;          // as it stands in due_; 0 = not
    std::string question{};  // as it stands in asked_
  };
  using Lines = std::unordered_map<std::string, Entry, StringHash, std::equal_to<>>;

  Lines::value_type& find(std::string_view symbol);
  void settle(Lines::value_type& at);
  void call_due(Micros now);

  void backfill(const Event& trade) override { out_.backfill(trade); }
  void gap(std::string_view symbol, Micros time, const Gap& gap) override {
    out_.trade_gap(symbol, time, gap);
  }
  void ask(const std::string& request) override {
    out_.fetch({venue::Request::Kind::fetch, request, venue::Urgency::missing_trades,
                std::max(1, venue_.trade_history.weight)});
  }

  const venue::Venue& venue_;
  Out& out_;
  Lines lines_;
  Lines::value_type* latest_ = nullptr;
  // Views are keys of lines_.
  std::set<std::pair<Micros, std::string_view>> due_;
  std::unordered_map<std::string, std::string_view, StringHash, std::equal_to<>> asked_;
  // Of the answer in hand, by symbol.
  std::map<std::string, std::vector<TradeLine::Answered>, std::less<>> answered_;
};

}  // namespace md::book
