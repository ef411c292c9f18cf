// ArchiveWriter: a tar archive (pax format, by libarchive) that appears only when it is complete.
//
// Written as `path.part`, locked against a second writer, and renamed by finish(). The same
// members, the same bytes: nothing in it depends on when, where or by whom it was written.
#pragma once

#include <memory>
#include <string>

#include "archive/manifest.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace md::archive {

class ArchiveWriter {
 public:
  // `time`, in whole seconds, is what tar shows as the members' time of modification. `replace`: an
  // existing archive may be replaced. Errors: exists, create, permission; temporary if another
  // program is writing the same archive.
  static Result<ArchiveWriter> create(const std::string& path, Micros time, bool replace);

  ArchiveWriter(ArchiveWriter&&) noexcept;
  ArchiveWriter& operator=(ArchiveWriter&&) noexcept;
  // Without finish(), the .part file is removed.
  ~ArchiveWriter();

  // Appends the first member.bytes bytes of `fd` as the member named member.name(), and sets
  // member.sha256 and member.header. Errors: io.
  Result<void> add(Member& member, int fd);
  // Appends manifest and seal, fsyncs and renames. Must be called, and checked, for the archive to
  // exist.
  Result<void> finish(const Manifest& manifest);

  std::uint64_t bytes() const;  // written so far

 private:
  struct State;
  explicit ArchiveWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace md::archive
