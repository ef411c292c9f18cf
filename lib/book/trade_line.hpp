// TradeLine: the trades of one symbol, each once, and what is missing of them.
//
//   live trade ---> seen from another connection, or from an answer? ---> dropped
//              ---> behind a hole (its id, or a reconnect)? ------------> the hole is asked for
//   answer -------> trades inside a hole: given as backfilled; asked again while that helps
//   the rest -----> a gap, when asking has ended
//
// Where the venue counts its trades one by one, ids alone tell what is new, missing or a
// repetition. Elsewhere the latest trades are remembered, and a hole is what came between the last
// trade before a reconnect and the first after it.
//
// Memory: SeenTrades, or MissingIds, and up to kMostHoles holes.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "book/missing_ids.hpp"
#include "book/seen_trades.hpp"
#include "model/event.hpp"
#include "venue/venue.hpp"

namespace md::book {

class TradeLine {
 public:
  class Out {
   public:
    virtual ~Out() = default;
    virtual void backfill(const Event& trade) = 0;
    // `time`: of the first trade behind the hole; 0 = none came yet.
    virtual void gap(std::string_view symbol, Micros time, const Gap& gap) = 0;
    // TradeHistory::request of a hole.
    virtual void ask(const std::string& request) = 0;
  };
  // A trade of an answer.
  struct Answered {
    std::string id;
    Micros timestamp = 0;
    Trade trade;  // without id
  };

  static constexpr std::int64_t kFar = 10'000'000;  // ids do not jump so far: another count begins
  static constexpr Micros kFirstTrade = 10 * kSecond;  // after a reconnect; then it is asked
  static constexpr Micros kInFlight = 10 * kSecond;    // younger trades may still come live
  static constexpr Micros kNoAnswer = 5 * kMinute;     // then asking ends
  static constexpr int kMostPages = 1000;              // of a hole
  static constexpr std::size_t kMostHoles = 64;        // open at a time

  // `venue` must outlive the line.
  TradeLine(const venue::Venue& venue, std::string_view symbol) : venue_(venue), symbol_(symbol) {}

  // A live trade. False: it is known from elsewhere.
  bool on_trade(const Event& event, const Trade& trade, std::uint32_t connection, Micros now,
                Out& out);
  // A connection opened that may carry the symbol; it does if `beside` did. One ended.
  void on_connect(std::uint32_t connection, std::uint32_t beside, Micros now);
  void on_disconnect(std::uint32_t connection);
  // The trades of an answer, in any order. `asked`: it answers question(); `understood`: all of it.
  void on_answer(std::vector<Answered>& trades, bool asked, bool understood, Micros now, Out& out);
  // deadline() is over.
  void on_time(Micros now, Out& out);
  // Nothing more comes: what is open is told.
  void finish(Out& out);

  // When on_time() is due; 0 = never.
  Micros deadline() const;
  // What was asked for and not answered yet; empty = nothing.
  const std::string& question() const { return question_; }

 private:
  // A trade's place among those of its line.
  struct Point {
    std::string id;
    Seq number;  // the id, where ids rise
    Micros time = 0;
  };
  struct Hole {
    Point after, before;  // the trades around it; `before` without time: up to now
    Point from, to;       // of it, what was not asked for yet
    GapReason reason = GapReason::sequence;
    Micros opened = 0;
    Micros since = 0;  // opened, asked for, or last answered
    int pages = 0;
  };

  Seq number_of(std::string_view id) const;
  bool counted(const Seq& number) const;
  static bool precedes(const Seq& number, Micros time, const Point& point);
  static bool follows(const Seq& number, Micros time, const Point& point);
  static bool inside(const Hole& hole, const Answered& trade, const Seq& number, Micros now);
  std::uint64_t key_of(std::string_view id, Micros time, const Trade& trade) const;
  bool carried_by(std::uint32_t connection) const;
  SeenTrades::Carriers carrier(std::uint32_t connection);

  bool on_counted(std::int64_t id, const Event& event, std::uint32_t connection, Micros now,
                  Out& out);
  void begin_count(std::int64_t id, Micros now, Out& out);
  void move_to(std::string_view id, const Seq& number, Micros time);
  void open(const Point& after, const Point& before, GapReason reason, Micros now, Out& out);
  void ask_first(Micros now, Out& out);
  bool take_counted(const Answered& trade, std::int64_t id, Micros now, Out& out);
  bool take_other(const Answered& trade, const Seq& number, Micros now);
  void give(const Answered& trade, Out& out);
  enum class Outcome : std::uint8_t { more, later, whole, ended };
  Outcome narrow(Hole& hole, std::span<const Answered> trades, bool understood, Micros now) const;
  bool filled(const Hole& hole) const;
  void tell(const Hole& hole, Out& out);
  void close_filled();

  const venue::Venue& venue_;
  const std::string symbol_;
  // Connections that brought a trade, or run beside one that did; the index is the bit.
  std::vector<std::optional<std::uint32_t>> carriers_;
  std::optional<Point> last_;  // the latest trade
  std::uint32_t last_connection_ = 0;
  bool lost_ = false;       // nobody carried the symbol at some time since the last live trade
  Micros wait_until_ = 0;   // for the first one after that
  SeenTrades seen_;         // of trades that are not counted
  MissingIds ids_;          // of those that are
  std::deque<Hole> holes_;  // the first one is asked for
  std::string question_;
  Micros ask_again_ = 0;  // for the first hole, which the venue did not have yet
};

}  // namespace md::book
