// ReplayExchange: a capture served as its venue would have. Each connection gets the frames of the
// streams it subscribed to, in the order of the capture and at its pace, from the beginning; REST
// requests get the recorded answers.
//
// Each connection reads the files for itself, so that memory does not grow with the capture (its
// REST answers excepted).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/capture.hpp"
#include "sim/exchange.hpp"
#include "sim/pace.hpp"

namespace md::sim {

class ReplayClient;

struct ReplayOptions {
  std::vector<std::string> files;
  Pace pace;
  int clients = 1;    // connections that must have subscribed for the replays to begin
  bool loop = false;  // serve for ever; else until all clients had everything, or left
};

class ReplayExchange final : public Exchange {
 public:
  // The exchange is done when all clients have had everything, or nobody is there, for this long:
  // time for a client to open its second connection. Until then the connections stay open.
  static constexpr Micros kLinger = 2 * kSecond;
  // At the end of a replay, so long may a client still ask for the first time for a book that the
  // capture has, and so long has it for working on the answer, before its connection is closed:
  // with it, the client's books would end.
  static constexpr Micros kRestPatience = 30 * kSecond;
  static constexpr Micros kRestTime = kSecond / 2;

  ReplayExchange(CaptureIndex index, ReplayOptions options);
  ~ReplayExchange() override;

  HttpAnswer get(std::string_view target, Micros now) override;
  // What was given last, again.
  HttpAnswer get_past(std::string_view target) override;
  std::unique_ptr<Client> connect(std::string_view target, Micros now) override;
  bool tick(Micros now) override;

 private:
  friend class ReplayClient;

  bool begun();
  bool may_close(Micros now);
  bool waits_for_book(const std::string& symbol) const;

  CaptureIndex index_;
  ReplayOptions options_;
  std::vector<ReplayClient*> clients_;
  bool begun_ = false;
  bool closing_ = false;
  Micros last_asked_ = 0;   // REST
  Micros last_change_ = 0;  // when a client came or had everything
  Micros last_seen_ = 0;    // when a client was there
};

}  // namespace md::sim
