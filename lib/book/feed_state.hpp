// Internal to Feed: the state behind it, which takes what sessions, books and trade lines give.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/buffer.hpp"
#include "base/hash.hpp"
#include "book/feed.hpp"
#include "book/group.hpp"
#include "book/trades.hpp"

namespace md::book {

struct Feed::State final : venue::Sink, SharedBook::Out, Trades::Out {
  template <typename T>
  using BySymbol = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

  // A REST snapshot that came before its book's first message.
  struct EarlySnapshot {
    Micros received;
    Micros timestamp;
    std::vector<Level> bids, asks;
    Seq seq;
  };

  struct Connection {
    std::unique_ptr<venue::Session> session;
    std::shared_ptr<Group> group;
    std::vector<std::string> symbols;  // as far as they are known
    Micros opened = 0;                 // 0 = before the recording
    bool broken = false;               // its own sequence had a hole
  };

  State(const venue::Venue& v, Types t, EventSink& o, Driver* d, Checksums c)
      : venue(v),
        book_rule(v.book),
        types(t),
        out(o),
        driver(d),
        rest(v.session()),
        trades(v, *this) {
    if (c == Checksums::ignore) book_rule.checksum = nullptr;
  }

  Connection& connection(std::uint32_t number);

  // The call in hand is of this time: what was due before comes first.
  void at(Micros time) {
    now = time;
    trades.on_time(time);
  }

  bool wants(Type type) const { return types.empty() || types.has(type); }

  // ---- from sessions ----

  void on_event(const Event& event) override;

  void on_trade(const Event& event, const Trade& trade) {
    if (replying) return trades.on_answered(event, trade);
    if (trades.on_trade(event, trade, current_number, now)) return give(event);
    ++counts.repeated;
  }

  void on_book(const venue::BookUpdate& update) override;
  void on_book_reply(const venue::BookUpdate& update);

  void offer_orders(const venue::Reply& reply);

  void on_request(const venue::Request& request) override {
    if (driver != nullptr) driver->request(current_number, request);
  }

  // Whether a connection beside this one has said the same.
  bool is_repeated(const Event& event);

  // A connection's own sequence broke: the loss may concern all it carries, unless others carry it
  // too.
  void give_to_all(Event event, Gap gap);

  // ---- from aligners; a gap from trade lines, too ----

  void book_change(std::string_view symbol, Micros timestamp, const BookChange& change) override {
    if (change.is_snapshot && !ended_books.empty()) tell_missed(symbol, change);
    give(Event{{}, symbol, timestamp, 0, change});
  }
  void gap(std::string_view symbol, const Gap& gap) override { give(Event{{}, symbol, 0, 0, gap}); }
  void trade_gap(std::string_view symbol, Micros time, const Gap& gap) override {
    give(Event{{}, symbol, time, 0, gap});
  }
  void request(venue::Request request) override { on_request(request); }
  void book_lost(std::string_view symbol) override {
    current->session->on_book_lost(symbol, *this);
  }

  void speak_for(std::uint32_t number) override;
  void repeated() override { ++counts.repeated; }

  // ---- from trade lines ----

  void backfill(const Event& trade) override { give(trade); }
  // It is nobody's: what was missed on one connection outlives it.
  void fetch(const venue::Request& request) override {
    if (driver != nullptr) driver->request(0, request);
  }

  // ---- out ----

  // By value: what a session left open is filled in.
  void give(Event event);
  DerivativeTicker merged(std::string_view symbol, const DerivativeTicker& given);

  Result<venue::FrameKind> count(Result<venue::FrameKind> kind);

  // In the order of their names, so that the same input gives the same output.
  static std::map<std::string_view, SharedBook*> in_order(Group& group) {
    std::map<std::string_view, SharedBook*> books;
    for (auto& [symbol, book] : group.books) books.emplace(symbol, book.get());
    return books;
  }

  void end_books(Group& group, GapReason reason);

  // Its group goes with the last one.
  void forget(std::uint32_t number);

  // A book begins again where numbers tell how much of it was missed meanwhile.
  void tell_missed(std::string_view symbol, const BookChange& snapshot);

  // What it says of books counts no more, and others go on.
  void leave_books(Connection& c, std::uint32_t number) {
    for (auto& [symbol, book] : in_order(*c.group)) book->leave(number, now, *this);
    speak_for(number);
  }

  const venue::Venue& venue;
  venue::BookRule book_rule;
  const Types types;
  EventSink& out;
  Driver* const driver;
  Aligner::Room room;
  std::map<std::uint32_t, Connection> connections;
  std::unique_ptr<venue::Session> rest;  // reads REST answers
  BySymbol<DerivativeTicker> tickers;
  BySymbol<EarlySnapshot> early_snapshots;
  BySymbol<std::int64_t> ended_books;  // their last numbers
  Trades trades;
  Counts counts;
  Buffer content;  // of an event, to be compared

  // The call in hand.
  Connection* current = nullptr;
  std::uint32_t current_number = 0;
  Micros now = 0;
  bool replying = false;
};

}  // namespace md::book
