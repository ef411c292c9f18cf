// RestAnswers: the REST answers of a recording, given again to whoever asks the same.
//
// Two requests are the same if their paths are and the parameters that name what is asked for
// (symbol, instId, instType and the like); hosts, limits and such do not count. What was recorded
// several times is answered in that order, the last one again and again. All answers are kept in
// memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.hpp"
#include "sim/exchange.hpp"

namespace md::sim {

class RestAnswers {
 public:
  // `request` is a URL; status 0 = 200.
  void add(std::string_view request, int status, std::string_view body);
  // Of a path and query; 404 if nothing of the kind was recorded.
  HttpAnswer get(std::string_view target);
  // What get() gave last, or would give.
  HttpAnswer get_last(std::string_view target) const;
  // There is an answer to this, and nobody asked yet.
  bool waits_for(std::string_view target) const;
  bool empty() const { return answers_.empty(); }

 private:
  struct Answers {
    std::vector<HttpAnswer> recorded;
    std::size_t given = 0;
  };
  static std::string key_of(std::string_view target);

  std::unordered_map<std::string, Answers, StringHash, std::equal_to<>> answers_;
};

}  // namespace md::sim
