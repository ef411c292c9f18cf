// The streams met in the input, and how the messages of each are told apart and merged.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "dedupe/line_key.hpp"
#include "model/event.hpp"

namespace md::dedupe {

enum class Rule : std::uint8_t {
  id,       // trades: by venue id (and seq)
  content,  // the same content seen by two recorders is one message; seen twice by one recorder, it
            // is two
  chain,    // books numbered by prevSeq and seq
  follow,   // books cut differently for each connection, without numbers: one recorder at a time
  outage,   // connect, disconnect and gap lines: kept where no other recorder was up
};

// A market: (exchange, symbol). Recorders' outages are known by market.
using MarketId = std::uint32_t;
using StreamId = std::uint32_t;

struct Stream {
  StreamId id = 0;
  MarketId market = 0;
  Type type = Type::trade;
  Rule rule = Rule::content;
  bool numbered = false;    // trades: ids are numbers that rise
  bool contiguous = false;  // trades: by one
  std::string exchange;
  std::string symbol;  // empty for lines of a connection
};

// Documented order of lines with one localTimestamp: exchange, symbol, then this rank of their
// type.
int rank(Type type);
bool before(const Stream& a, const Stream& b);

class StreamTable {
 public:
  // The stream of a line, made at its first. Streams stay where they are. `key` as scan_line() made
  // it.
  const Stream& find(const LineKey& key);
  const Stream& operator[](StreamId id) const { return streams_[id]; }
  std::size_t size() const { return streams_.size(); }

  MarketId market(std::string_view exchange, std::string_view symbol);
  // All markets of an exchange that were met.
  const std::vector<MarketId>& markets(std::string_view exchange);

 private:
  // Streams found lately, by a hash of a few bytes: nearly all lines are of one of them, and
  // hashing the whole name takes longer than all the rest.
  struct Recent {
    std::string_view text;  // a key of by_text_
    StreamId id = 0;
  };
  static std::size_t recent_slot(const LineKey& key);
  const Stream& find_slowly(const LineKey& key, Recent& recent);

  using Ids = std::unordered_map<std::string, std::uint32_t, StringHash, std::equal_to<>>;

  std::deque<Stream> streams_;
  std::array<Recent, 256> recent_;
  Ids by_text_;
  Ids markets_;
  std::unordered_map<std::string, std::vector<MarketId>, StringHash, std::equal_to<>> by_exchange_;
};

}  // namespace md::dedupe
