// Destination: where recorded lines end up. Used by one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "codec/spool.hpp"

namespace md::record {

class Destination {
 public:
  virtual ~Destination() = default;
  // Whole lines, the first of them received at `received`. May block for as long as the reader or
  // disk does.
  virtual Result<void> write(std::string_view lines, Micros received) = 0;
  // What was written can be read by others, also after a crash.
  virtual Result<void> flush() = 0;
  virtual Result<void> close() = 0;
  // Given to the kernel so far, as it is stored.
  virtual std::uint64_t bytes_out() const = 0;

  // Files can be ended at any flush, and what failed be written again to another.
  virtual bool has_files() const { return false; }
  // The file has reached its time or size: flush() and close() it.
  virtual bool due(Micros) const { return false; }
  // After a failure: what was written since the last flush is taken back.
  virtual Result<void> set_aside() { return {}; }
  // Lines that tell of a loss, after which nothing is written.
  virtual Result<void> record_loss(std::string_view, Micros) { return {}; }
};

// An open descriptor such as standard output, which stays open: one write() a batch.
std::unique_ptr<Destination> to_descriptor(int fd, std::string name);
// Spool files; see codec::SpoolWriter for the errors.
std::unique_ptr<Destination> to_spool(codec::SpoolWriter writer);

}  // namespace md::record
