// StreamFilter: only some exchanges and symbols.
#pragma once

#include <string>
#include <vector>

#include "archive/table.hpp"

namespace md::archive {

class StreamFilter {
 public:
  // Takes everything.
  StreamFilter() = default;
  // Exchanges by id or another name of the venue, symbols as they are spelt; none: all.
  StreamFilter(const std::vector<std::string>& exchanges, std::vector<std::string> symbols);

  // What has no symbol is of every symbol.
  bool takes(const Stream& stream) const;

 private:
  std::vector<std::string> exchanges_;
  std::vector<std::string> symbols_;
};

// What an export with these arguments (Origin::arguments) took.
StreamFilter filter_from(const std::vector<std::string>& arguments);

}  // namespace md::archive
