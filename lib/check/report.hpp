// Report: a continuity report for people or for programs. Findings are written as they are found.
#pragma once

#include <cstdint>
#include <memory>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "check/finding.hpp"
#include "check/stream_check.hpp"
#include "codec/output.hpp"

namespace md::check {

class Report : public FindingSink {
 public:
  // Text for people: a line for each finding, a row for each stream, a last line that says it all.
  // JSON: one object a line, "record" says which: finding, stream (with its hours), total.
  static std::unique_ptr<Report> text(codec::Output output);
  static std::unique_ptr<Report> json(codec::Output output);
  ~Report() override = default;

  void on_finding(const Finding& finding) final;
  void add(const StreamCheck& stream);
  // The total. Errors of writing come here at the latest.
  Result<void> finish();

  std::uint64_t holes() const { return total_.holes; }

 protected:
  // Sums over all streams.
  struct Total {
    std::uint64_t streams = 0;
    std::uint64_t messages = 0;
    std::uint64_t holes = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t disorder = 0;
    std::uint64_t backfilled = 0;
    std::uint64_t silences = 0;
    std::uint64_t disconnects = 0;
    std::uint64_t crossed = 0;
    Micros first = 0;
    Micros last = 0;
  };

  explicit Report(codec::Output output) : output_(std::move(output)) {}
  virtual void write_finding(const Finding& finding, Buffer& out) = 0;
  virtual void write_stream(const StreamCheck& stream, Buffer& out) = 0;
  virtual void write_total(const Total& total, Buffer& out) = 0;

 private:
  void give_out(std::size_t at_least);

  codec::Output output_;
  Buffer buffer_;
  Total total_;
  Result<void> failed_;
};

}  // namespace md::check
