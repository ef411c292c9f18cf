// A source's text as it comes by: what of it is stored already, and what is to be sent.
//
// Plain values, without a database: the rules by which a source is resumed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "store/loader.hpp"
#include "store/sha256.hpp"

namespace md::store {

// Follows a text from its beginning and compares it with the part that is stored.
class SourceText {
 public:
  SourceText(std::string name, const Position& stored) : name_(std::move(name)), stored_(stored) {}

  // The next line, without its newline. True if it is to be stored, false if it is. exists: the
  // stored lines were others.
  Result<bool> take(std::string_view line);
  // The text ends here. exists: before what is stored does.
  Result<void> end() const;

  bool at_stored() const { return lines_ < stored_.lines; }  // what comes next is stored
  std::uint64_t lines() const { return lines_; }             // taken
  Position position() const { return {lines_, hasher_.so_far()}; }

 private:
  std::string name_;
  Position stored_;
  std::uint64_t lines_ = 0;
  Sha256Hasher hasher_;
};

// Lines kept until they are committed, to be sent again where a connection was lost.
class Batch {
 public:
  static constexpr std::size_t kMaxLines = 20'000;
  static constexpr std::size_t kMaxBytes = std::size_t{4} << 20;

  void add(std::string_view line);
  bool empty() const { return ends_.empty(); }
  bool full() const { return ends_.size() >= kMaxLines || text_.size() >= kMaxBytes; }
  void clear();

  std::size_t size() const { return ends_.size(); }
  // With bytes to read behind it (codec::kPadding); valid until add() or clear().
  std::string_view line(std::size_t index);

 private:
  Buffer text_;
  std::vector<std::size_t> ends_;
};

}  // namespace md::store
