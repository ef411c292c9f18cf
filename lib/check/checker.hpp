// Checker: reads recordings one after another and checks each of their streams.
//
// Memory: per stream (see StreamCheck) and per gap, connect or disconnect line, not per message.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "check/finding.hpp"
#include "check/stream_check.hpp"
#include "codec/event_json.hpp"
#include "dedupe/recording.hpp"
#include "dedupe/seen_window.hpp"
#include "dedupe/stream_table.hpp"

namespace md::check {

// What is checked as one: a lake, one recorder's spool, or the files given.
struct Recording {
  std::string name;  // of a recorder, where there are several recordings
  std::vector<dedupe::Reel> reels;
};

// Files are one recording, in the order given. Each directory is a lake, or a spool with a
// recording for each recorder. Errors: not_found, permission.
Result<std::vector<Recording>> find_recordings(const std::vector<std::string>& paths);

class Checker {
 public:
  // `out` must outlive the checker. silence: see StreamCheck.
  Checker(const Recording& recording, Micros silence, FindingSink& out);

  Result<void> run(const dedupe::Reject& reject, const std::atomic<bool>& stop);
  // Streams in order of exchange, symbol and type.
  std::vector<const StreamCheck*> streams() const;

 private:
  // A gap or disconnect line; in a lake they lie in files of their own.
  struct Interruption {
    Micros time = 0;
    bool is_gap = false;
    Type channel = Type::trade;
    std::vector<std::string> symbols;  // empty: all of the exchange
  };
  struct Checked {
    std::unique_ptr<StreamCheck> check;
    const std::vector<Interruption>* interruptions = nullptr;  // of its exchange
    std::size_t next = 0;                                      // not yet told of
  };

  void on_line(const dedupe::ReelReader& line);
  void on_connection(const dedupe::Stream& stream, const Event& event);
  Checked& checked(const dedupe::Stream& stream);
  static void interrupt(Checked& checked, Micros up_to);

  const Recording& recording_;
  Micros silence_;
  FindingSink& out_;
  dedupe::StreamTable table_;
  dedupe::SeenWindow seen_;
  std::vector<Checked> streams_;  // by stream id
  std::unordered_map<std::string, std::vector<Interruption>> interruptions_;
  codec::EventReader events_;
};

}  // namespace md::check
