// Manifest: what an archive holds, member by member; the file manifest.json in it (md-formats(5),
// ARCHIVES).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive/day_digests.hpp"
#include "archive/period.hpp"
#include "archive/region.hpp"
#include "archive/row_reader.hpp"
#include "archive/table.hpp"
#include "base/result.hpp"
#include "store/sha256.hpp"

namespace md::archive {

constexpr std::string_view kManifestName = "manifest.json";
// Of manifest.json. A member takes some 600 bytes of it, and 80 for each day.
constexpr std::size_t kMaxManifest = std::size_t{64} << 20;

struct Member {
  Stream stream;
  codec::Compression compression = codec::Compression::zstd;  // or gzip
  RowTotals totals;
  std::vector<Day> days;        // that it has events of; none in archives of version 1
  std::uint64_t bytes = 0;      // as it stands in the archive, compressed
  std::uint64_t csv_bytes = 0;  // of the CSV in it, header line included
  store::Sha256 sha256{};       // of these bytes
  SealedRegion header;          // the tar header before it, extended header included

  std::string name() const { return member_name(stream, compression); }
  Region content() const { return {header.region.end(), bytes}; }
};

// How the archive was made.
struct Origin {
  std::string tool;                    // "mdbackup 0.1.0"
  std::vector<std::string> arguments;  // of the export, without passwords
  friend bool operator==(const Origin&, const Origin&) = default;
};

struct Manifest {
  Period period;
  bool complete = true;  // had the period ended when it was exported
  Origin origin;
  std::uint64_t rejected = 0;   // lines of the source that were damaged and are not in the archive
  std::vector<Member> members;  // in the order of the archive
};

// The same manifest, the same bytes.
std::string to_json(const Manifest& manifest);
// malformed: not a manifest, of a format this program does not know, a name that is not the one its
// stream has, a number or time out of range.
Result<Manifest> parse_manifest(std::string_view json);

}  // namespace md::archive
