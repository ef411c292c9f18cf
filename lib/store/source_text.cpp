#include "store/source_text.hpp"

#include <fmt/format.h>

#include "codec/line_reader.hpp"

namespace md::store {

Result<bool> SourceText::take(std::string_view line) {
  hasher_.update(line);
  hasher_.update("\n");
  ++lines_;
  if (lines_ > stored_.lines) return true;
  if (lines_ == stored_.lines && hasher_.so_far() != stored_.digest) {
    return Error{Errc::exists,
                 fmt::format("source '{}' is stored with another text: its first {} lines are not"
                             " these; another text needs another name",
                             name_, stored_.lines)};
  }
  return false;
}

Result<void> SourceText::end() const {
  if (lines_ >= stored_.lines) return {};
  return Error{Errc::exists,
               fmt::format("source '{}' ends after {} lines, and {} are stored: it must be given"
                           " from its beginning, and another text needs another name",
                           name_, lines_, stored_.lines)};
}

void Batch::add(std::string_view line) {
  text_.append(line);
  ends_.push_back(text_.size());
}

void Batch::clear() {
  text_.clear();
  ends_.clear();
}

std::string_view Batch::line(std::size_t index) {
  text_.reserve(codec::kPadding);
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return text_.view().substr(begin, ends_[index] - begin);
}

}  // namespace md::store
