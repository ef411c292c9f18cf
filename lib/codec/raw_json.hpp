// Raw lines as NDJSON, both ways (md-formats(5), RAW).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "model/raw.hpp"

namespace md::codec {

// Appends the line, '\n' included. A payload that is one JSON value on one line stands verbatim as
// "data"; other text goes into "text"; payload == binary into "base64". Payload::text is tried as
// JSON first.
void append_raw(Buffer& out, const RawLine& line);

// Reads raw lines: ours, and "<ISO 8601> <frame>" or "<unix ns> <frame>" lines of other recorders
// when an exchange is given. Not thread-safe.
class RawReader {
 public:
  explicit RawReader(std::string exchange = {});
  RawReader(RawReader&&) noexcept;
  RawReader& operator=(RawReader&&) noexcept;
  ~RawReader();

  // `line` must have kPadding readable bytes behind it. Views are valid until the next read.
  Result<RawLine> read(std::string_view line);
  bool read(std::string_view line, RawLine& raw);
  // A line in our own field order is taken at its word that "data" comes last. Where the data then
  // turns out broken, this reads the JSON object as a whole, fields behind the data included.
  bool read_any_order(std::string_view line, RawLine& raw);
  const Error& error() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace md::codec
