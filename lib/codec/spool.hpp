// Spool files: SPOOL/<recorder>/<exchange>/<YYYY-MM-DDTHHMMSSZ>.ndjson.zst, `.part` while open.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace md::codec {

// One recorder's files for one exchange.
class SpoolWriter {
 public:
  struct Options {
    std::string directory;  // SPOOL
    std::string recorder;   // percent-encoded into the path
    std::string exchange;
    Micros rotate = kHour;      // a new file begins when the UTC clock crosses a multiple of this
    int level = 3;              // zstd
    bool fsync_frames = false;  // fsync after every flush, not only at close
  };

  // Closes what a crash left (repair_spool) and opens the directory; a lock keeps a second writer
  // out (Errc::exists). The first file is created by the first write.
  static Result<SpoolWriter> open(const Options& options);

  SpoolWriter(SpoolWriter&&) noexcept;
  SpoolWriter& operator=(SpoolWriter&&) noexcept;
  ~SpoolWriter();

  // Whole lines received at `now`; rotates first if due. A name already taken is never reused: the
  // next free second is.
  Result<void> write(std::string_view lines, Micros now);
  // Ends the zstd frame: what was written is with the kernel.
  Result<void> flush();
  // Ends the frame, fsyncs, renames away the .part; the next write opens a new file.
  Result<void> close();

  // Compressed bytes given to the kernel, in all files.
  std::uint64_t bytes_out() const;

 private:
  struct State;
  explicit SpoolWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What was done with one .part file found.
struct Repair {
  std::string path;  // of the closed file; empty if nothing whole was in it (then removed)
  std::uint64_t kept_bytes = 0;
  std::uint64_t cut_bytes = 0;  // behind the last whole frame
};

// Cuts every .part file of `directory` (one exchange's) after its last whole frame and closes it.
Result<std::vector<Repair>> repair_spool(const std::string& directory);

}  // namespace md::codec
