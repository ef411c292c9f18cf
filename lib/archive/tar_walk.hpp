// A look at a tar file by libarchive, which forgives much: to say what is wrong with an archive
// whose seal is.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace md::archive {

struct TarWalk {
  std::vector<std::string> names;  // of the members met, in order
  std::string
      problem;  // why the walk ended inside or behind the last of them; empty: at the tar's end
  std::optional<std::string> manifest;  // content of manifest.json, if it was met whole
};

// Errors: not_found, permission.
Result<TarWalk> walk_tar(const std::string& path);

}  // namespace md::archive
