#include "check/columns.hpp"

#include <algorithm>
#include <cstdint>

namespace md::check {
namespace {

// In characters: bytes that begin one, in UTF-8.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

void Columns::write(Buffer& out) {
  if (rows_.size() < 2) return rows_.clear();
  std::vector<bool> right;
  for (std::string& name : rows_.front()) {
    right.push_back(name.starts_with('>'));
    if (right.back()) name.erase(0, 1);
  }
  std::vector<std::size_t> widths(right.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - width(row[i]), ' ');
      if (i != 0) line += "  ";
      line += right[i] ? blanks + row[i] : row[i] + blanks;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out.append(line);
    out.append('\n');
  }
  rows_.clear();
}

}  // namespace md::check
