// What a venue is to the tools: where to connect, what to send, and what its frames mean.
//
// An adapter does no I/O: no socket, clock or file. mdrecord drives it from sockets, mdnorm from a
// file and tests from strings, so that what was recorded can always be replayed into the same
// events. Book alignment, buffering and gap detection are not the adapter's: it hands BookUpdates
// to the shared machine in lib/book.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"

namespace md::venue {

// ---- What to connect to and what to send
// -------------------------------------------------------------------

// A market as the venue lists it. Decimals are 0 where the list does not tell.
struct Market {
  std::string symbol;  // as in events
  std::string base;
  std::string quote;
  std::string kind;       // spot, perpetual, future, option
  bool active = true;     // trading now
  Decimal tick;           // price step
  Decimal step;           // amount step
  Decimal contract_size;  // base (linear) or quote (inverse) units a contract; 0 = amounts are base
                          // units
};

// What a user wants from a venue. Symbols are the venue's own names.
struct Subscription {
  std::vector<std::string> symbols;
  Types types;
};

// One connection to open, and the frames to send on it, in order.
struct Connection {
  std::string url;                   // wss://host[:port]/path
  std::vector<std::string> symbols;  // what it carries
  std::vector<std::string> send;
};

// A field of an HTTP request.
struct HttpField {
  std::string_view name, value;
};

// How a venue's connections are kept alive and how much they bear (venue sheet, sections 3 and 4).
struct Limits {
  std::int64_t send_interval_ms = 0;  // pause between two frames that we send
  std::int64_t ping_interval_ms = 0;  // of our own text ping; 0 = protocol pings suffice
  std::string_view ping{};            // that text
  std::int64_t silence_ms = 60'000;   // no frame of any kind for this long: the connection is dead
  // The venue greets, and wants to hear nothing before: so long we wait for it at most.
  std::int64_t welcome_ms = 0;
  std::int64_t max_age_ms = 0;  // the venue closes connections at this age; 0 = no such rule
  std::int64_t connect_interval_ms = 1000;  // least time between two attempts to connect
  std::int64_t rest_interval_ms = 250;      // least time between two REST requests
  // What REST requests may weigh together in a window of time; 0 = the venue does not count. A part
  // of it stays free for others of our address.
  std::int64_t rest_weight = 0;
  std::int64_t rest_window_ms = 60'000;
  static constexpr int kRestShare = 80;  // per cent of it that we spend
  // Fields of an answer's header: how much of the window is spent, or what is left of it. Empty =
  // the venue does not tell.
  std::string_view used_weight_field{};
  std::string_view left_weight_field{};
};

// ---- What frames mean
// ----------------------------------------------------------------------------------------

// A frame or REST answer as it came. `data` has codec::kPadding readable bytes behind it.
struct Frame {
  std::string_view data;
  Micros local_timestamp = 0;
};
struct Reply {
  std::string_view request;  // the URL asked; "POST <URL> <JSON>" where something was posted
  int status = 200;
  std::string_view data;
  Micros local_timestamp = 0;
};

enum class FrameKind : std::uint8_t {
  data,     // gave events or book updates
  empty,    // a data channel's frame with nothing in it for us (an empty update, a filtered trade)
  history,  // trades sent again on subscribing: skipped
  ack,      // answer to a request of ours
  heartbeat,
  status,   // notices of the venue about itself
  markets,  // a market list
  ignored,  // a channel we know and do not record (candles, order ids)
  error,    // the venue refused something
  unknown,  // not understood: count it, look at it
};
constexpr int kFrameKinds = 10;
std::string_view to_text(FrameKind kind);

// A message of a book channel, before alignment.
// A checksum without levels and numbers only verifies the book: nothing is given.
struct BookUpdate {
  std::string_view symbol;
  Micros timestamp = 0;  // 0 = the venue gives none
  bool is_snapshot = false;
  std::span<const Level> bids;
  std::span<const Level> asks;
  Seq prev_seq;  // the seq that must have been before, translated from the venue's rule
  Seq seq;
  std::optional<std::uint32_t>
      checksum;  // of the book after this message; BookRule says how it is computed
};

// What is asked by REST first: of the same urgency, what was asked for first.
enum class Urgency : std::uint8_t {
  lost_book,       // the snapshot of a book that lost its chain
  missing_trades,  // what history still has of a hole
  first_book,      // the snapshot of a book that begins
  routine,         // refreshed books, polls, questions
};
constexpr int kUrgencies = 4;
std::string_view to_text(Urgency urgency);

// Something to be done by whoever drives the session.
struct Request {
  enum class Kind : std::uint8_t {
    send,  // send `text` on this connection (a pong, say)
    // Ask `text` by REST and hand the Reply back: a path and query, to be put behind the REST
    // address; "POST <path> <JSON body>" where the venue wants that.
    fetch,
    reconnect,  // the venue asks us to leave: `text` says why
  };
  Kind kind = Kind::send;
  std::string text;
  Urgency urgency = Urgency::routine;  // of fetch
  int weight = 1;                      // of fetch, where the venue counts: Limits::rest_weight
};

// Where a session puts what it found. Views are valid during the call only. Events need neither
// exchange nor localTimestamp; a timestamp of 0 means that the venue gives none. A DerivativeTicker
// has the fields of this message alone: the latest of the others are added behind the sink.
class Sink : public EventSink {
 public:
  virtual void on_book(const BookUpdate& update) = 0;
  virtual void on_request(const Request& request) = 0;
};

// State of one connection: made anew on reconnect.
class Session {
 public:
  virtual ~Session() = default;
  // malformed: not what the protocol says; nothing was given to `out` from the broken place on.
  virtual Result<FrameKind> on_frame(const Frame& frame, Sink& out) = 0;
  // A REST answer (Venue::market_lists, BookRule::snapshot_request). Answers belong to no
  // connection: they go to a session of their own that sees no frames, and a snapshot reaches every
  // connection's book of its symbol.
  virtual Result<FrameKind> on_reply(const Reply& reply, Sink& out) = 0;
  // A book of this connection broke, and the frames of BookRule::resubscribe are about to be sent:
  // for what must go before them and only the session knows (ids of the connection). May be called
  // from within on_book.
  virtual void on_book_lost(std::string_view, Sink&) {}
  // The same answer as on_reply's, offered to each connection's own session: for books that are
  // made of single orders, since of those only the connection's frames tell. Its updates go to the
  // books of that connection.
  virtual void on_orders(const Reply&, Sink&) {}
};

// ---- Books
// ----------------------------------------------------------------------------------------------------

// Best levels first. What a checksum function sees.
struct BookSides {
  std::span<const Level> bids;
  std::span<const Level> asks;
};

// How the shared machine builds this venue's books (venue sheet, section 6).
struct BookRule {
  enum class Snapshot : std::uint8_t {
    none,       // the venue has no book channel
    in_stream,  // on subscribing; a gap is mended by resubscribing
    rest,       // asked for when changes come, and again after a gap: by snapshot_request, or where
                // there is none by the frames of `resubscribe`
    every,      // each message is the whole book
  };
  Snapshot snapshot = Snapshot::none;
  int depth = 0;           // levels a side the venue keeps: the rest is cut; 0 = all
  int checksum_depth = 0;  // levels a side that `checksum` needs
  std::uint32_t (*checksum)(const BookSides&) = nullptr;
  // For Request::fetch. Beside in_stream: of an older channel without snapshots on the stream,
  // which recordings have.
  std::string (*snapshot_request)(std::string_view symbol) = nullptr;
  int snapshot_weight = 0;  // what one costs, where the venue counts weights instead of requests
  // Frames that leave and enter one book channel again.
  std::vector<std::string> (*resubscribe)(std::string_view symbol) = nullptr;
  std::int64_t refresh_ms =
      0;  // snapshot fetched again this often where loss cannot show; 0 = never
};

// How two recordings of a venue's book are merged (mddedupe).
enum class BookMerge : std::uint8_t {
  chain,    // by prevSeq/seq, the same or different cuts per connection
  content,  // no numbers, but all connections get the same messages
  follow,   // no numbers, and messages are cut per connection: follow one recorder
};

// What a venue's trade ids prove.
enum class TradeIds : std::uint8_t { none, unique, increasing, contiguous };

// ---- Missing trades
// ----------------------------------------------------------------------------------------------------

// Trades that were missed: those between two that are known. What is not known is empty or 0.
struct TradeHole {
  std::string_view symbol;
  std::string_view after_id;   // the last trade before the hole, as events have its id
  Micros after = 0;            // and the venue's time of it
  std::string_view before_id;  // the first trade behind it; not known: the hole lasts up to now
  Micros before = 0;
};

// How missing trades are asked for (venue sheet, section 8). Session::on_reply gives an answer's
// trades, with the symbol of the request and as the live channel would give them, in any order. It
// need not leave out what lies outside the hole.
struct TradeHistory {
  enum class Paging : std::uint8_t {
    recent,    // the latest trades, whatever the hole
    forward,   // the first ones behind its beginning; the rest of the hole is asked for again
    backward,  // the last ones before its end; again
  };
  // The oldest or newest part of a hole, as Request::fetch has it; nullptr: the venue has none.
  std::string (*request)(const TradeHole& hole) = nullptr;
  Paging paging = Paging::recent;
  // Answers have the ids of the live channel; else trades are known again by time, price, amount
  // and side.
  bool has_ids = true;
  int weight = 0;  // as BookRule::snapshot_weight
};

// ---- The venue
// ------------------------------------------------------------------------------------------------

struct Venue {
  std::string_view id;                          // exchange, in data
  std::span<const std::string_view> aliases{};  // names others use
  std::string_view ws_url;                      // for --ws-url: replaced up to the path
  std::string_view rest_url;                    // https://host, before every path
  std::span<const HttpField> handshake{};       // of handshakes and REST requests
  Types types{};                                // what it can record
  Limits limits{};
  BookRule book{};
  BookMerge book_merge = BookMerge::chain;
  TradeIds trade_ids = TradeIds::none;
  TradeHistory trade_history{};
  std::span<const std::string_view> market_lists{};  // REST requests, as Request::fetch has them

  // The connections for a subscription, within the venue's limits.
  std::vector<Connection> (*connections)(const Subscription&) = nullptr;
  // Where a market list comes in pages: what to ask for after this answer; empty = it was the last.
  std::string (*next_page)(std::string_view request, std::string_view data) = nullptr;
  // Appends the markets in one answer to a market_lists request.
  Result<void> (*read_markets)(std::string_view data, std::vector<Market>& out) = nullptr;
  std::unique_ptr<Session> (*session)() = nullptr;
};

}  // namespace md::venue
