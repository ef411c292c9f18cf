// The seal: the last member of an archive, which protects the manifest as the manifest protects the
// members.
//
//   offset 0   header | content | zeros to 512     member 1         hashes of header and content:
//   in the manifest
//              ...                                 member n
//              header | manifest.json | zeros      manifest         hashes of both: in the seal
//              header | manifest.seal              seal, one block  hash of the header: in the seal
//              1024 zeros                          tar's end        checked to be zeros, as all
//              padding is
//
// So there is no byte in the file whose change goes unnoticed. The seal's text, its place known
// from the file's end:
//
//   mdtools archive seal 1
//   manifest-header OFFSET BYTES SHA256
//   manifest OFFSET BYTES SHA256
//   seal-header OFFSET BYTES SHA256
//   text SHA256                              of the lines above
//
// and line ends to fill the block.
#pragma once

#include <string>
#include <string_view>

#include "archive/region.hpp"
#include "base/result.hpp"

namespace md::archive {

constexpr std::string_view kSealName = "manifest.seal";
constexpr std::uint64_t kSealBytes = kTarBlock;
// Behind it: the two zero blocks that end a tar.
constexpr std::uint64_t kTarEnd = 2 * kTarBlock;

struct Seal {
  SealedRegion manifest_header;
  SealedRegion manifest;
  SealedRegion seal_header;
  friend bool operator==(const Seal&, const Seal&) = default;
};

// kSealBytes of them.
std::string to_text(const Seal& seal);
// malformed unless it is exactly a text that to_text() gives.
Result<Seal> parse_seal(std::string_view text);

}  // namespace md::archive
