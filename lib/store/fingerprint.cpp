#include "store/fingerprint.hpp"

#include <sys/stat.h>

namespace md::store {

std::optional<Fingerprint> fingerprint(const std::string& path) {
  struct stat about {};
  if (path == "-" || ::stat(path.c_str(), &about) != 0 || !S_ISREG(about.st_mode))
    return std::nullopt;
  return Fingerprint{about.st_dev, about.st_ino, about.st_size, about.st_mtim.tv_sec,
                     about.st_mtim.tv_nsec};
}

}  // namespace md::store
