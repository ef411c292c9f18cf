// Notifier: tells the service manager how it goes, by the protocol of sd_notify(3): one datagram of
// NAME=value lines to the socket that $NOTIFY_SOCKET names. Without libsystemd, which is more than
// these few lines need.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "codec/file.hpp"

namespace md::record {

class Notifier {
 public:
  // What a service manager puts into the environment; null = not set.
  struct Environment {
    const char* socket = nullptr;         // NOTIFY_SOCKET
    const char* watchdog_usec = nullptr;  // WATCHDOG_USEC
    const char* watchdog_pid = nullptr;   // WATCHDOG_PID
    static Environment read();
  };

  // Without a socket named, one that tells nobody. config: the name is not one of a socket.
  static Result<std::unique_ptr<Notifier>> create(const Environment& environment);

  // How often to show life, in half of what is allowed; 0 = nobody watches.
  std::int64_t watchdog_ms() const { return watchdog_ms_; }
  bool active() const { return static_cast<bool>(fd_); }

  // False if it could not be sent, as when the manager does not read: never waits.
  bool tell(std::string_view lines) const;

 private:
  Notifier() = default;
  codec::Fd fd_;
  std::string address_;  // a sockaddr_un's path as it is sent to
  std::int64_t watchdog_ms_ = 0;
};

}  // namespace md::record
