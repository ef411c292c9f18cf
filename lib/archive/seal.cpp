#include "archive/seal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace md::archive {
namespace {

constexpr std::string_view kTitle = "mdtools archive seal 1\n";

std::string line(std::string_view name, const SealedRegion& sealed) {
  return fmt::format("{} {} {} {}\n", name, sealed.region.offset, sealed.region.bytes,
                     store::to_hex(sealed.sha256));
}

store::Sha256 sha256_of(std::string_view text) {
  store::Sha256Hasher hash;
  hash.update(text);
  return hash.finish();
}

// Takes what stands before `end` off `text`.
std::string_view take(std::string_view& text, char end) {
  const auto at = std::min(text.find(end), text.size());
  const std::string_view token = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return token;
}

std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

SealedRegion take_line(std::string_view& text) {
  std::string_view rest = take(text, '\n');
  take(rest, ' ');
  SealedRegion sealed;
  sealed.region.offset = number(take(rest, ' '));
  sealed.region.bytes = number(take(rest, ' '));
  if (const auto digest = store::sha256_from_hex(rest); digest) sealed.sha256 = *digest;
  return sealed;
}

}  // namespace

std::string to_text(const Seal& seal) {
  std::string text{kTitle};
  text += line("manifest-header", seal.manifest_header);
  text += line("manifest", seal.manifest);
  text += line("seal-header", seal.seal_header);
  text += fmt::format("text {}\n", store::to_hex(sha256_of(text)));
  text.resize(kSealBytes, '\n');  // at most 451 bytes without them
  return text;
}

Result<Seal> parse_seal(std::string_view text) {
  std::string_view rest = text;
  take(rest, '\n');
  const SealedRegion manifest_header = take_line(rest);
  const SealedRegion manifest = take_line(rest);
  const Seal seal{manifest_header, manifest, take_line(rest)};
  // Whatever was misread above does not give the same text again.
  if (to_text(seal) != text)
    return Error{Errc::malformed, "is damaged", std::string{kSealName}, 0, 0};
  return seal;
}

}  // namespace md::archive
