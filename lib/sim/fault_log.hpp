// FaultLog: what was done wrong and when, one line of JSON each (write_fault()), in the file as
// soon as it was done.
#pragma once

#include <memory>
#include <string>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "sim/faulty.hpp"

namespace md::sim {

class FaultLog {
 public:
  // Appends to the file. Errors: create, permission.
  static Result<FaultLog> open(const std::string& path);

  // The line that was added, without its '\n'; valid until the next call.
  std::string_view add(const FaultEvent& event);
  // Errors: io: the first line that could not be written.
  Result<void> finish() const;

  // Nowhere: add() gives the lines only.
  FaultLog() = default;

 private:
  std::string path_;
  std::shared_ptr<const int> descriptor_;
  Buffer line_;
  int error_ = 0;
};

}  // namespace md::sim
