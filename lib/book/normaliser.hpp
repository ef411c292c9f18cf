// Normaliser: a recording's raw lines in, event lines out. What mdnorm is.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "book/feed.hpp"
#include "codec/raw_json.hpp"

namespace md::book {

class Normaliser final : private EventSink {
 public:
  struct Options {
    Types types;           // empty = all
    std::string exchange;  // of "<time> <frame>" lines, and instead of what lines say
    Feed::Checksums checksums = Feed::Checksums::verify;
  };

  explicit Normaliser(Options options);
  ~Normaliser() override;

  // Reads one line, kPadding readable bytes behind it. malformed: nothing came of it (an unknown
  // exchange too).
  Result<void> add(std::string_view line);
  // No more lines: what still waits for a snapshot shows as a gap.
  void finish();

  // Event lines made so far and not yet cleared.
  Buffer& events() { return events_; }

  // Per exchange, in order of their names.
  void for_each_feed(
      const std::function<void(std::string_view exchange, const Feed::Counts&)>& use) const;

 private:
  void on_event(const Event& event) override;
  Feed* feed(std::string_view exchange);

  Options options_;
  codec::RawReader reader_;
  std::map<std::string, Feed, std::less<>> feeds_;
  std::string last_exchange_;
  Feed* last_feed_ = nullptr;
  Micros last_time_ = 0;
  Buffer events_;
};

}  // namespace md::book
