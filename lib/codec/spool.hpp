// Spool files: SPOOL/<recorder>/<exchange>/<YYYY-MM-DDTHHMMSSZ>.ndjson.zst, `.part` while open.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace md::codec {

// What was done with one .part file found.
struct Repair {
  std::string part;  // as it was found
  std::string path;  // of the closed file; empty if nothing whole was in it (then removed)
  std::uint64_t kept_bytes = 0;
  std::uint64_t cut_bytes = 0;  // behind the last whole frame
};

// In words for a person.
std::string to_text(const Repair& repair);

// When files are forced to the disk. A killed process loses nothing that was flushed with any of
// them; a power cut takes what the kernel had not yet written.
enum class Sync : std::uint8_t {
  none,   // never
  file,   // when a file is complete, before it gets its name
  flush,  // after every flush, too
};

// One recorder's files for one exchange.
class SpoolWriter {
 public:
  // Space kept in `.reserve` for record_loss() on a disk that is full.
  static constexpr std::size_t kReserveBytes = std::size_t{64} << 10;

  struct Options {
    std::string directory;  // SPOOL
    std::string recorder;   // percent-encoded into the path
    std::string exchange;
    Micros rotate = kHour;           // a file ends when the UTC clock crosses a multiple of this
    std::uint64_t rotate_bytes = 0;  // or has about this size, compressed; 0 = any
    int level = 0;                   // see compressor.hpp
    Sync sync = Sync::file;
  };

  // Closes what a crash left (repairs()) and opens the directory; a lock keeps a second writer out
  // (Errc::exists). A file is created by the first write to it.
  static Result<SpoolWriter> open(const Options& options);

  SpoolWriter(SpoolWriter&&) noexcept;
  SpoolWriter& operator=(SpoolWriter&&) noexcept;
  ~SpoolWriter();

  // What open() mended.
  const std::vector<Repair>& repairs() const;

  // Whole lines received at `now`, which names the file if none is open. A name once taken is never
  // used again: the next free second is.
  Result<void> write(std::string_view lines, Micros now);
  // Ends the zstd frame: what was written is with the kernel.
  Result<void> flush();
  // The open file has reached its time or size, or the clock was set back by more than a minute:
  // close() it.
  bool due(Micros now) const;
  // Ends the frame, syncs, renames away the .part; the next write opens a new file. What was
  // flushed stays in the .part, for the next start, where this fails.
  Result<void> close();
  // After a write() or flush() that failed: cuts the file after its last whole frame and closes it.
  // What was written since the last flush is then in no file, and may be written again.
  Result<void> set_aside();
  // Lines that tell of a loss, as a file of their own, in space kept for it.
  Result<void> record_loss(std::string_view lines, Micros now);

  // Compressed bytes given to the kernel, in all files.
  std::uint64_t bytes_out() const;

 private:
  struct State;
  explicit SpoolWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Cuts every .part file of `directory` (one exchange's) after its last whole frame and closes it.
Result<std::vector<Repair>> repair_spool(const std::string& directory);

}  // namespace md::codec
