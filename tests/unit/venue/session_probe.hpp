// What the tests of adapters share: a sink that writes down what it is given, and padded text.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"
#include "venue/venue.hpp"

namespace md::venue {

// Text with the readable bytes behind it that adapters need, in a block of its own size so that a
// sanitizer sees a step beyond them. What stands there must not matter: it is JSON.
class Padded {
 public:
  explicit Padded(std::string_view text) : size_(text.size()), bytes_(text.begin(), text.end()) {
    const std::string_view noise = "}]\"0,";
    for (std::size_t i = 0; i < codec::kPadding; ++i) bytes_.push_back(noise[i % noise.size()]);
  }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  std::size_t size_;
  std::vector<char> bytes_;
};

class Probe final : public Sink {
 public:
  void on_event(const Event& event) override {
    Buffer line;
    codec::append_event(line, event);
    events.emplace_back(line.view());
  }
  void on_book(const BookUpdate& update) override {
    books.push_back(fmt::format("{} {} bids:{} asks:{}", update.symbol,
                                update.is_snapshot ? "snapshot" : "change", update.bids.size(),
                                update.asks.size()));
    if (update.checksum) ++checksums;
  }
  void on_request(const Request& request) override {
    constexpr std::string_view kKinds[] = {"send", "fetch", "reconnect"};
    requests.push_back(
        fmt::format("{} {}", kKinds[static_cast<std::size_t>(request.kind)], request.text));
  }
  bool empty() const { return events.empty() && books.empty() && requests.empty(); }

  std::vector<std::string> events, books, requests;
  int checksums = 0;
};

}  // namespace md::venue
