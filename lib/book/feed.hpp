// Feed: one venue's frames in, normalised events out. The code between the wire and the file, for
// mdrecord (live) and mdnorm (recorded) alike; a pure function of what it is given.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "model/event.hpp"
#include "model/raw.hpp"
#include "venue/venue.hpp"

namespace md::book {

// Takes what a feed wants done; see venue::Request. Recorded feeds have nobody to ask: nullptr.
class Driver {
 public:
  virtual ~Driver() = default;
  // connection 0: a fetch that outlives each of them.
  virtual void request(std::uint32_t connection, const venue::Request& request) = 0;
};

class Feed {
 public:
  struct Counts {
    std::array<std::uint64_t, venue::kFrameKinds> frames{};
    std::array<std::uint64_t, kTypes> events{};
    std::uint64_t malformed = 0;
    std::uint64_t impossible_times = 0;  // replaced by local_timestamp
    std::uint64_t unanswered = 0;        // book messages that never met a snapshot
    std::uint64_t repeated = 0;          // known already, from elsewhere or by their ids
  };

  // What is done where the venue sends checksums of its books.
  enum class Checksums : std::uint8_t { verify, ignore };

  // `types`: events to give; empty = all. `out` and `driver` must outlive the feed.
  Feed(const venue::Venue& venue, Types types, EventSink& out, Driver* driver = nullptr,
       Checksums checksums = Checksums::verify);
  Feed(Feed&&) noexcept;
  ~Feed();

  // A connection opened: fresh state. `beside`: the number of an open one that it runs beside or
  // takes over from; 0 = none. What they share is given once, from whoever has it first. Gives a
  // connect event of the symbols that nobody beside it carries.
  void on_connect(std::uint32_t connection, std::span<const std::string_view> symbols,
                  Micros local_timestamp, std::uint32_t beside = 0, std::string_view reason = {});
  // It ended, and with it its books, unless others beside it have them. Gives a disconnect event of
  // the symbols that nobody carries any more.
  void on_disconnect(std::uint32_t connection, std::span<const std::string_view> symbols,
                     std::string_view reason, Micros local_timestamp);
  // A frame of a connection (one never opened is opened silently) and a REST answer, offered to all
  // connections. malformed: the frame is not what the protocol says.
  Result<venue::FrameKind> on_frame(std::uint32_t connection, const venue::Frame& frame);
  Result<venue::FrameKind> on_reply(const venue::Reply& reply);
  // Any raw line of this venue, by its kind. For lines that carry no frame the kind is `status`.
  Result<venue::FrameKind> on_raw(const RawLine& line);
  // No more input: what still waits for a snapshot is given up and shows as a gap.
  void finish(Micros local_timestamp);

  const Counts& counts() const;
  // Books of open connections that had a message, and of those the ones that have their snapshot.
  struct Books {
    std::size_t known = 0, live = 0;
  };
  Books books() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace md::book
