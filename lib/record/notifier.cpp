#include "record/notifier.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace md::record {
namespace {

std::optional<std::int64_t> number(const char* text) {
  if (text == nullptr) return std::nullopt;
  const char* const last = text + std::strlen(text);
  std::int64_t value = 0;
  const auto [end, bad] = std::from_chars(text, last, value);
  if (bad != std::errc{} || end != last || value < 0) return std::nullopt;
  return value;
}

}  // namespace

Notifier::Environment Notifier::Environment::read() {
  return {std::getenv("NOTIFY_SOCKET"), std::getenv("WATCHDOG_USEC"), std::getenv("WATCHDOG_PID")};
}

Result<std::unique_ptr<Notifier>> Notifier::create(const Environment& environment) {
  std::unique_ptr<Notifier> notifier{new Notifier};
  const std::string_view name = environment.socket == nullptr ? "" : environment.socket;
  if (name.empty()) return notifier;
  if ((name[0] != '/' && name[0] != '@') || name.size() < 2 ||
      name.size() >= sizeof(sockaddr_un::sun_path)) {
    return Error{Errc::config, fmt::format("NOTIFY_SOCKET is no socket: '{}'", name)};
  }
  notifier->address_ = name;
  if (name[0] == '@') notifier->address_[0] = '\0';  // an abstract one
  notifier->fd_ = codec::Fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!notifier->fd_) return system_error(Errc::io, "cannot open a socket", errno);
  // The process that is watched may be another one, such as the shell that started us.
  const auto pid = number(environment.watchdog_pid);
  if (environment.watchdog_pid != nullptr && pid != ::getpid()) return notifier;
  if (const auto allowed = number(environment.watchdog_usec); allowed && *allowed > 0)
    notifier->watchdog_ms_ = std::max<std::int64_t>(1, *allowed / 2000);
  return notifier;
}

bool Notifier::tell(std::string_view lines) const {
  if (!fd_) return false;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  // The name of an abstract socket has no end but its length; that of a file ends with a zero.
  const std::size_t length = offsetof(sockaddr_un, sun_path) + address_.size() +
                             static_cast<std::size_t>(address_[0] != '\0');
  return ::sendto(fd_.get(), lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                  reinterpret_cast<const sockaddr*>(&to),
                  static_cast<socklen_t>(length)) == static_cast<ssize_t>(lines.size());
}

}  // namespace md::record
