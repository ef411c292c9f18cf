// --types trade,book_change: which event types a tool is to give.
#pragma once

#include <CLI/CLI.hpp>

#include "model/event.hpp"

namespace front {

// Declares --types; `types` stays empty (= all) without it.
void types(CLI::App& app, md::Types& types);

}  // namespace front
