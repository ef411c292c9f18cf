#include "sim/fault_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace md::sim {

Result<FaultLog> FaultLog::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    return system_error(errno == EACCES ? Errc::permission : Errc::create,
                        "cannot open '" + path + "'", errno);
  }
  FaultLog log;
  log.path_ = path;
  log.descriptor_ = {new const int(descriptor), [](const int* open) {
                       ::close(*open);
                       delete open;
                     }};
  return log;
}

std::string_view FaultLog::add(const FaultEvent& event) {
  line_.clear();
  write_fault(event, line_);
  const std::string_view line = line_.view();
  if (descriptor_ != nullptr && error_ == 0) {
    errno = 0;
    // One write: a reader sees whole lines.
    if (::write(*descriptor_, line.data(), line.size()) != static_cast<ssize_t>(line.size()))
      error_ = errno != 0 ? errno : ENOSPC;
  }
  return line.substr(0, line.size() - 1);
}

Result<void> FaultLog::finish() const {
  if (error_ != 0) return system_error(Errc::io, "cannot write '" + path_ + "'", error_);
  return {};
}

}  // namespace md::sim
