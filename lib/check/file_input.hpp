// FileInput: events from files: a lake, one recorder's spool, or the files given.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "check/input.hpp"
#include "codec/event_json.hpp"
#include "dedupe/recording.hpp"

namespace md::check {

// What is checked as one.
struct Recording {
  std::string name;  // of a recorder, where there are several recordings
  std::vector<dedupe::Reel> reels;
};

// Files are one recording, in the order given. Each directory is a lake, or a spool with a
// recording for each recorder. Reels that tell of connections and gaps come first. Errors:
// not_found, permission.
Result<std::vector<Recording>> find_recordings(const std::vector<std::string>& paths);

class FileInput final : public Input {
 public:
  // Both must outlive the input. Lines that are no events, and damage, go to `reject`.
  FileInput(const Recording& recording, const dedupe::Reject& reject)
      : recording_(recording), reject_(reject) {}

  Result<const dedupe::LineKey*> next() override;
  bool event(Event& event) override { return events_.read(reader_->line(), event); }

 private:
  const Recording& recording_;
  const dedupe::Reject& reject_;
  std::size_t reel_ = 0;  // the next
  std::optional<dedupe::ReelReader> reader_;
  codec::EventReader events_;
};

}  // namespace md::check
