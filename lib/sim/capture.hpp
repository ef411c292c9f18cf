// Captures: the raw lines of one venue, from one or several files, and what each frame is about.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/line_reader.hpp"
#include "codec/raw_json.hpp"
#include "model/raw.hpp"
#include "sim/rest_answers.hpp"
#include "sim/wire.hpp"
#include "venue/venue.hpp"

namespace md::sim {

// The lines of files, one after the other.
class CaptureReader {
 public:
  // Lines of other exchanges are passed over; empty = the exchange of the first line that can be
  // read. For lines that name none ("<ISO 8601> <frame>") it must be given.
  CaptureReader(std::vector<std::string> files, std::string exchange);

  enum class Read : std::uint8_t {
    line,
    bad,  // a line or a file that cannot be read: see error() and text(); call next() again to go
          // on
    end,
  };
  // Views in `raw` are valid until the next call.
  Read next(RawLine& raw);
  const Error& error() const { return error_; }
  std::string_view text() const {
    return text_;
  }  // of the bad line; empty where it was not readable at all
  const std::string& exchange() const { return exchange_; }

 private:
  std::vector<std::string> files_;
  std::string exchange_;
  std::size_t next_file_ = 0;
  std::unique_ptr<codec::LineReader> lines_;
  codec::RawReader reader_;
  std::string_view text_;
  Error error_;
};

// What is known of a capture after reading it once.
struct CaptureIndex {
  const venue::Venue* venue = nullptr;
  Micros first_frame = 0;  // localTimestamp
  std::uint64_t frames = 0;
  RestAnswers answers;
};

// Who is told of bad lines; gives an error back to end the reading.
using OnBadLine = std::function<Result<void>(const Error&, std::string_view line)>;

// Reads it all once. Errors: not_found, permission (a file), malformed (no frame in it, no exchange
// named), usage (a venue that is not known here), and what `on_bad` gave.
Result<CaptureIndex> index_capture(const std::vector<std::string>& files,
                                   const std::string& exchange, const OnBadLine& on_bad);

// Which streams a frame belongs to. The venue's own adapter tells, by what it makes of the frame,
// so a trade is a trade whatever its channel was called. Frames must be given in the order of the
// capture.
class FrameSorter {
 public:
  explicit FrameSorter(const venue::Venue& venue);

  // Empty for lines that are no frames, and for frames that belong to no stream: acknowledgements,
  // heartbeats, errors. Valid until the next call. The payload of a frame must have codec::kPadding
  // readable bytes behind it.
  std::span<const Stream> streams_of(const RawLine& raw);

 private:
  class Notes;
  const venue::Venue& venue_;
  std::unique_ptr<Wire> wire_;
  std::map<std::uint32_t, std::unique_ptr<venue::Session>> sessions_;  // by connection
  std::vector<Stream> streams_;
};

}  // namespace md::sim
