// LineWriter: events and raw lines as text, gathered into batches for a Pipeline.
//
// A line leaves as soon as the loop has nothing else to do. Where others wait for the writer
// already, and where it makes files that are flushed seldom, lines are gathered for kBatchMs at
// most, so that a write is worth its system call.
#pragma once

#include <cstdint>
#include <utility>

#include "base/buffer.hpp"
#include "model/event.hpp"
#include "model/raw.hpp"
#include "net/loop.hpp"
#include "record/loss.hpp"
#include "record/pipeline.hpp"

namespace md::record {

class LineWriter final : public EventSink {
 public:
  static constexpr std::int64_t kBatchMs = 2;
  static constexpr std::size_t kBatchBytes = std::size_t{64} << 10;

  LineWriter(net::Loop& loop, Pipeline& pipeline) : pipeline_(pipeline), timer_(loop) {}

  void on_event(const Event& event) override;
  void on_raw(const RawLine& line);
  // What was gathered goes to the pipeline now.
  void flush();

  // From now on what a venue sends is counted, not written. The coming and going of connections
  // still is: few lines, without which the rest cannot be understood.
  void start_dropping() { dropping_ = true; }
  struct Dropped {
    Loss loss;
    std::uint64_t lines = 0;
  };
  // Writes again, and tells what was dropped since.
  Dropped stop_dropping() {
    dropping_ = false;
    return std::exchange(dropped_, {});
  }

 private:
  void added(Micros received);
  void drop(Micros received);

  Pipeline& pipeline_;
  net::Timer timer_;
  Buffer lines_;
  Micros received_ = 0;  // of the first line gathered
  std::int64_t handed_over_ms_ = 0;
  bool leaving_ = false;  // as soon as the loop has nothing else to do
  bool dropping_ = false;
  Dropped dropped_;
};

}  // namespace md::record
