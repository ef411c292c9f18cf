// What the fuzz targets do with their input, as functions: the conformance suite replays the inputs
// of tests/fuzz/regressions with them, in builds without libFuzzer.
#pragma once

#include <string>
#include <string_view>

#include "base/buffer.hpp"
#include "codec/event_json.hpp"
#include "model/event.hpp"
#include "venue/venue.hpp"

namespace md::fuzz {

// Takes events as a file would: each is written, read back and written again. What is wrong with
// the first that does not survive that is kept.
class Survival final : public EventSink {
 public:
  void on_event(const Event& event) override;
  std::size_t events() const { return events_; }
  const std::string& problem() const { return problem_; }

 private:
  codec::EventReader reader_;
  Buffer written_, again_;
  std::size_t events_ = 0;
  std::string problem_;
};

// An input is pieces, with kCut between them, which UTF-8 has not and binary frames seldom have. A
// piece is a frame of connection 1, or, behind "GET <request>\n", the answer to a REST request.
constexpr std::string_view kCut = "\xff\n";
constexpr std::string_view kReply = "GET ";

// Frames and answers to events, as a recording. Empty, or what is wrong with an event.
std::string read_recording(const venue::Venue& venue, std::string_view input);

// Answers to requests for market lists to markets. Empty, or what is wrong with a market.
std::string read_market_lists(const venue::Venue& venue, std::string_view input);

}  // namespace md::fuzz
