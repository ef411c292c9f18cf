// Log: where a recorder says what a person may want to know. Handed in by the program.
#pragma once

#include <functional>
#include <string_view>

namespace md::record {

// Both are set; called from the loop's thread only.
struct Log {
  std::function<void(std::string_view)>
      warn;  // something is wrong: a lost connection, a refused request
  std::function<void(std::string_view)> note;  // for who wants to watch
};

}  // namespace md::record
