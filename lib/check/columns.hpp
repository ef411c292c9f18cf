// Columns: a table for people. Each column is as wide as its widest text.
#pragma once

#include <string>
#include <vector>

#include "base/buffer.hpp"

namespace md::check {

class Columns {
 public:
  // A row of texts, each in one line; the first is the head. A column whose head begins with '>'
  // (which is not shown) is aligned to the right.
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  // Writes the rows, and forgets them. Nothing if there is no row but the head.
  void write(Buffer& out);

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace md::check
