// SHA-256 of contents, by which files are known again in the ledger and verified in archives.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace md::store {

using Sha256 = std::array<std::uint8_t, 32>;

// 64 lower-case hexadecimal digits, and back (either case); malformed if the text is anything else.
std::string to_hex(const Sha256& digest);
Result<Sha256> sha256_from_hex(std::string_view text);

// Of bytes that come in pieces. Reusable: finish() begins anew.
class Sha256Hasher {
 public:
  Sha256Hasher();
  Sha256Hasher(Sha256Hasher&&) noexcept;
  Sha256Hasher& operator=(Sha256Hasher&&) noexcept;
  ~Sha256Hasher();

  void update(std::string_view bytes);
  Sha256 finish();
  // Of what came up to now; more may come.
  Sha256 so_far() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Of a file's bytes as they stand on disk. Errors: not_found (missing, a directory), permission,
// io.
Result<Sha256> sha256_of_file(const std::string& path);

}  // namespace md::store
