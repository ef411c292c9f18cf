// What the fuzz targets share: which venue, and how a finding is told.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#include "venue/registry.hpp"

namespace md::fuzz {

inline const venue::Venue& venue_of_environment() {
  const char* const name = std::getenv("MD_VENUE");
  const venue::Venue* const venue = name == nullptr ? nullptr : venue::find(name);
  if (venue == nullptr) {
    std::fprintf(stderr, "MD_VENUE must name a venue\n");
    std::exit(64);
  }
  return *venue;
}

// libFuzzer keeps the input of a process that aborts.
inline int judge(const std::string& problem) {
  if (problem.empty()) return 0;
  std::fprintf(stderr, "finding: %s\n", problem.c_str());
  std::abort();
}

}  // namespace md::fuzz
