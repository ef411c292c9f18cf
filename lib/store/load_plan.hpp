// LoadPlan: in which order files are loaded, and when a day is complete.
//
// Files of a lake come by date, then type, then name, so that what fills a day comes together and
// the day is attached as soon as its last file is in. Other files come first, in the order given: a
// line of theirs may be of any day. A plain value: no file is touched; not thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "store/day_tables.hpp"

namespace md::store {

class LoadPlan {
 public:
  explicit LoadPlan(std::vector<std::string> files);

  // In order.
  const std::vector<std::string>& files() const { return files_; }

  // A file is done, loaded or not, and has met these days fresh. Gives the days, of all that were
  // met, that no file still to be done fills.
  std::vector<DayTable> done(std::size_t file, std::span<const DayTable> fresh);

  // What was met and not given: when the plan ends before its last file.
  std::vector<DayTable> rest();

 private:
  std::vector<std::string> files_;
  std::vector<std::optional<DayTable>>
      fills_;                             // of a lake's file: the day that all its rows are of
  std::map<DayTable, std::size_t> left_;  // files to be done
  std::size_t left_of_any_day_ = 0;
  std::set<DayTable> met_;
};

}  // namespace md::store
