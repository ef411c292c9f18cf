// What a file is, as far as stat() tells: by this a change is noticed without reading it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace md::store {

struct Fingerprint {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified_s = 0;
  std::int64_t modified_ns = 0;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// nullopt for what is no regular file: a pipe, "-", or nothing.
std::optional<Fingerprint> fingerprint(const std::string& path);

}  // namespace md::store
