#include "codec/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace md::codec {
namespace {

Errc creation_errc(int error_number) {
  return error_number == EACCES || error_number == EPERM ? Errc::permission : Errc::create;
}

std::string parent_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

void Fd::close() {
  if (fd_ >= 0) ::close(release());
}

Result<void> write_all(int fd, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return system_error(Errc::io, "cannot write '" + name + "'", errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> make_directories(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error)
    return system_error(creation_errc(error.value()), "cannot create directory '" + directory + "'",
                        error.value());
  return {};
}

Result<void> sync_directory_of(const std::string& path) {
  const std::string parent = parent_of(path);
  const Fd fd{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  // Some file systems cannot sync a directory and say EINVAL; they need no sync.
  if (!fd || (::fsync(fd.get()) != 0 && errno != EINVAL)) {
    return system_error(Errc::io, "cannot sync directory '" + parent + "'", errno);
  }
  return {};
}

Result<void> rename_file(const std::string& from, const std::string& to, bool replace) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), replace ? 0 : RENAME_NOREPLACE) ==
      0)
    return {};
  int error_number = errno;
  if (!replace && error_number == EINVAL) {
    // The file system does not know RENAME_NOREPLACE: link() refuses an existing name just as well.
    if (::link(from.c_str(), to.c_str()) == 0) {
      ::unlink(from.c_str());
      return {};
    }
    error_number = errno;
  }
  if (error_number == EEXIST)
    return system_error(Errc::exists, "will not replace '" + to + "'", error_number);
  return system_error(creation_errc(error_number), "cannot rename '" + from + "' to '" + to + "'",
                      error_number);
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const Fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) {
    return system_error(errno == EACCES ? Errc::permission : Errc::not_found,
                        "cannot open '" + path + "'", errno);
  }
  std::string out;
  char chunk[16384];
  while (true) {
    const ssize_t got = ::read(fd.get(), chunk, sizeof chunk);
    if (got < 0) {
      if (errno == EINTR) continue;
      return system_error(Errc::not_found, "cannot read '" + path + "'", errno);
    }
    if (got == 0) return out;
    out.append(chunk, static_cast<std::size_t>(got));
    if (out.size() > limit)
      return Error{Errc::malformed,
                   "'" + path + "' is larger than " + std::to_string(limit) + " bytes"};
  }
}

}  // namespace md::codec
