// Merger: K recordings of the same feeds into one stream, sorted by localTimestamp, each message
// once.
//
//   readers --(next by localTimestamp)--> SeenWindow --(new ones)--> Hold --(first in order)-->
//   rule of the stream --> out
//
// The hold delays the output by up to `window` messages: so much later may another recorder's copy
// of a lost line come.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "codec/event_json.hpp"
#include "dedupe/book_chain.hpp"
#include "dedupe/book_follow.hpp"
#include "dedupe/emitter.hpp"
#include "dedupe/hold.hpp"
#include "dedupe/outages.hpp"
#include "dedupe/recording.hpp"
#include "dedupe/seen_window.hpp"
#include "dedupe/stream_table.hpp"

namespace md::dedupe {

// A line of the merged stream.
struct MergedLine {
  std::string_view
      text;  // without '\n'; codec::kPadding readable bytes behind it; valid during the call
  Micros timestamp = 0;
  Micros local_timestamp = 0;
};

class MergedSink {
 public:
  virtual ~MergedSink() = default;
  virtual Result<void> write(const Stream& stream, const MergedLine& line) = 0;
};

class Merger final : private Emitter {
 public:
  struct Options {
    std::size_t window = 65536;  // messages held (and 192 bytes of lines for each), and remembered
    Micros tolerance =
        2 * kSecond;  // copies without exchange time or number: received at most this far apart
  };
  struct Counts {
    std::uint64_t read = 0;
    std::uint64_t copies = 0;  // known from another recorder, or sent twice
    std::uint64_t superseded =
        0;  // not needed: outages, snapshots and cuts of one recorder where another went on
    std::uint64_t written = 0;
    std::uint64_t changed = 0;  // of them with another localTimestamp or prevSeq than read
    std::uint64_t rebuilt = 0;  // of them snapshots that were computed
    std::uint64_t late = 0;     // of them received before what was already written
  };

  // `out` must outlive the merger.
  Merger(const Options& options, const Recordings& recordings, Reject reject, MergedSink& out);
  ~Merger() override;

  // Until all recordings end or `stop` is set; what was read is written either way.
  Result<void> run(const std::atomic<bool>& stop);
  const Counts& counts() const { return counts_; }

 private:
  Result<void> advance(std::size_t reader);
  Result<void> take(ReelReader& reader);
  std::uint32_t find_copy(const Stream& stream, const LineKey& key, int recorder,
                          Hash128& hash) const;
  void take_copy(std::uint32_t entry, const Stream& stream, const ReelReader& reader);
  void note_outage(const Stream& stream, const Held& message, std::string_view line);
  std::vector<MarketId> markets_of(const Stream& stream, std::span<const std::string_view> symbols);

  void release_front();
  void release_outage(Slot slot, const Stream& stream);
  bool is_filled(const Held& message, const Event& event, const Gap& gap, const Stream& stream);
  void release_followed(Slot slot, const Stream& stream);
  void release_content_book(Slot slot, const Stream& stream);

  void emit(Slot slot, const Change& change) override;
  void drop(Slot slot) override;
  std::string_view edited_line();
  void write(const Stream& stream, std::string_view text, Micros timestamp, Micros local_timestamp);

  Options options_;
  Reject reject_;
  MergedSink& out_;
  std::vector<std::unique_ptr<ReelReader>> readers_;  // those with a line
  std::vector<int> reels_left_;                       // by recorder
  StreamTable streams_;
  SeenWindow seen_;
  Hold hold_;
  Outages outages_;
  std::unordered_map<StreamId, BookChain> chains_;
  std::unordered_map<StreamId, BookFollow> follows_;
  std::unordered_map<MarketId, Recorders> based_;  // of books united by content: who has the book
  codec::EventReader events_;
  Buffer edited_;  // a line that is not written as it was read
  Counts counts_;
  Result<void> failed_;  // of the sink, to be given back by run()
  Micros written_up_to_;
};

}  // namespace md::dedupe
