// Fault: something wrong with an archive.
#pragma once

#include <string>

namespace md::archive {

struct Fault {
  std::string member;   // empty: the archive as a whole
  std::string problem;  // "SHA-256 differs"
};

}  // namespace md::archive
