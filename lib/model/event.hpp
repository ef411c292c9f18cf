// Events: what the tools pass to each other, one JSON object a line (md-formats(5)).
//
// An Event borrows: strings and levels point into the frame or line it was read from and live as
// long as the call or the next read says. Fields the venue did not give are empty optionals and are
// left out.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "base/decimal.hpp"
#include "base/time.hpp"

namespace md {

// In the order of Event::body's alternatives.
enum class Type : std::uint8_t {
  trade,
  book_change,
  book_ticker,
  derivative_ticker,
  liquidation,
  connect,
  disconnect,
  gap,
};
constexpr int kTypes = 8;

std::string_view to_text(Type type);                   // "book_change"
std::optional<Type> type_from(std::string_view text);  // of the same names

// A set of types, such as those to record.
class Types {
 public:
  constexpr Types() = default;
  constexpr Types(std::initializer_list<Type> types) {
    for (Type type : types) add(type);
  }
  constexpr void add(Type type) { bits_ |= bit(type); }
  constexpr bool has(Type type) const { return (bits_ & bit(type)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(Types, Types) = default;

 private:
  static constexpr std::uint32_t bit(Type type) { return 1u << static_cast<unsigned>(type); }
  std::uint32_t bits_ = 0;
};

enum class Side : std::uint8_t { unknown, buy, sell };  // of the taker
std::string_view to_text(Side side);
std::optional<Side> side_from(std::string_view text);

enum class GapReason : std::uint8_t { sequence, checksum, overflow, disconnect, stale };
constexpr int kGapReasons = 5;
std::string_view to_text(GapReason reason);
std::optional<GapReason> gap_reason_from(std::string_view text);

using Seq = std::optional<std::int64_t>;

struct Level {
  Decimal price;
  Decimal amount;  // absolute; 0 removes the level
  friend bool operator==(const Level&, const Level&) = default;
};

struct Trade {
  std::string_view id;  // empty where the venue gives none
  Decimal price;
  Decimal amount;
  Side side = Side::unknown;
  Seq seq;  // where the venue numbers trades apart from their ids
  bool backfilled = false;
};

struct BookChange {
  bool is_snapshot = false;  // replaces the whole book
  std::span<const Level> bids;
  std::span<const Level> asks;
  Seq prev_seq;
  Seq seq;               // a message continues the stream if its prev_seq is the seq before it
  bool rebuilt = false;  // a snapshot that we computed
};

struct BookTicker {
  std::optional<Decimal> ask_amount;
  std::optional<Decimal> ask_price;
  std::optional<Decimal> bid_price;
  std::optional<Decimal> bid_amount;
  Seq seq;
};

struct DerivativeTicker {
  std::optional<Decimal> last_price;
  std::optional<Decimal> open_interest;
  std::optional<Decimal> funding_rate;
  std::optional<Micros> funding_timestamp;
  std::optional<Decimal> predicted_funding_rate;
  std::optional<Decimal> index_price;
  std::optional<Decimal> mark_price;
};

struct Liquidation {
  std::string_view id;
  Decimal price;
  Decimal amount;
  Side side = Side::unknown;  // buy = a short was liquidated
};

// symbols: what the connection carries; empty where unknown.
struct Connect {
  std::span<const std::string_view> symbols;
  std::string_view reason;
};
struct Disconnect {
  std::span<const std::string_view> symbols;
  std::string_view reason;
};

// What is known to be missing from `channel`. Event::symbol names the stream; where a connection's
// own sequence broke, Event::symbol is empty and `symbols` lists all it may concern.
struct Gap {
  Type channel = Type::trade;
  Seq prev_seq;  // last seen
  Seq seq;       // first after
  GapReason reason = GapReason::sequence;
  std::span<const std::string_view> symbols;
};

struct Event {
  std::string_view exchange;
  std::string_view symbol;
  Micros timestamp = 0;        // the venue's clock; local_timestamp where it gives none
  Micros local_timestamp = 0;  // ours, when the frame was there
  std::variant<Trade, BookChange, BookTicker, DerivativeTicker, Liquidation, Connect, Disconnect,
               Gap>
      body;

  Type type() const { return static_cast<Type>(body.index()); }
  template <typename T>
  const T* as() const {
    return std::get_if<T>(&body);
  }
};

// Who takes events. Views in `event` are valid during the call only.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void on_event(const Event& event) = 0;
};

}  // namespace md
