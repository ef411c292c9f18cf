// Checker: reads one recording and checks each of its streams.
//
// Memory: per stream (see StreamCheck) and per gap, connect or disconnect line, not per message.
#pragma once

#include <atomic>
#include <limits>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "check/finding.hpp"
#include "check/input.hpp"
#include "check/stream_check.hpp"
#include "dedupe/seen_window.hpp"
#include "dedupe/stream_table.hpp"

namespace md::check {

class Checker {
 public:
  // A connection made this long after the last message of its exchange ends an outage, unless
  // `silence` says otherwise.
  static constexpr Micros kLeastOutage = kMinute;

  // `name`: of the recorder, where there are several recordings. silence: see StreamCheck. `input`
  // and `out` must outlive the checker.
  Checker(std::string name, Input& input, Micros silence, FindingSink& out);

  Result<void> run(const std::atomic<bool>& stop);
  // Streams in order of exchange, symbol and type.
  std::vector<const StreamCheck*> streams() const;

 private:
  static constexpr Micros kNever = std::numeric_limits<Micros>::min();

  // What a gap, connect or disconnect line says; in a lake they lie in files of their own.
  enum class Cut : std::uint8_t { gap, disconnect, outage };
  struct Interruption {
    Micros time = 0;
    Cut cut = Cut::disconnect;
    Type channel = Type::trade;        // of a gap
    std::vector<std::string> symbols;  // empty: all of the exchange
  };
  struct Exchange {
    std::vector<Interruption> interruptions;  // by time
    Micros last = kNever;                     // message of any of its streams
    bool disconnected = false;                // since then
  };
  struct Checked {
    std::unique_ptr<StreamCheck> check;
    Exchange* exchange = nullptr;
    std::size_t next = 0;  // interruption not yet told of
  };

  void on_line(const dedupe::LineKey& key);
  void on_connection(const dedupe::Stream& stream, const Event& event);
  void on_connect(Exchange& exchange, const dedupe::Stream& stream, Micros time);
  Checked& checked(const dedupe::Stream& stream);
  static void add(Exchange& exchange, Interruption interruption);
  static void interrupt(Checked& checked, Micros up_to);
  Finding finding(Kind kind, const dedupe::Stream& stream, Micros from, Micros to) const;

  std::string name_;
  Input& input_;
  Micros silence_;
  FindingSink& out_;
  dedupe::StreamTable table_;
  dedupe::SeenWindow seen_;
  std::vector<Checked> streams_;  // by stream id
  std::unordered_map<std::string, Exchange> exchanges_;
};

}  // namespace md::check
