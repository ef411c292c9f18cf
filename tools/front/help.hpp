// The text of --help, from the options as they were declared. The manual pages are held to it by a
// test.
#pragma once

#include <string>

#include "front/front.hpp"

namespace front {

constexpr const char* kCommonGroup = "Common options";

// Usage lines, summary, options (the common ones last), example. Where a subcommand was given, of
// that one.
std::string help_text(const CLI::App& app, const Program& program);

}  // namespace front
