#include "store/sha256.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "codec/file.hpp"

namespace md::store {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_hex(const Sha256& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

Result<Sha256> sha256_from_hex(std::string_view text) {
  Sha256 digest;
  if (text.size() != 2 * digest.size()) return Error{Errc::malformed, "SHA-256 is not 64 digits"};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return Error{Errc::malformed, "SHA-256 is not hexadecimal"};
    digest[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return digest;
}

struct Sha256Hasher::State {
  State() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }

  EVP_MD_CTX* context = EVP_MD_CTX_new();
};

Sha256Hasher::Sha256Hasher() : state_(std::make_unique<State>()) {}
Sha256Hasher::Sha256Hasher(Sha256Hasher&&) noexcept = default;
Sha256Hasher& Sha256Hasher::operator=(Sha256Hasher&&) noexcept = default;
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::update(std::string_view bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

Sha256 Sha256Hasher::finish() {
  Sha256 digest;
  EVP_DigestFinal_ex(state_->context, digest.data(), nullptr);
  EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr);
  return digest;
}

Sha256 Sha256Hasher::so_far() const {
  State copy;
  EVP_MD_CTX_copy_ex(copy.context, state_->context);
  Sha256 digest;
  EVP_DigestFinal_ex(copy.context, digest.data(), nullptr);
  return digest;
}

Result<Sha256> sha256_of_file(const std::string& path) {
  const codec::Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) {
    return system_error(errno == EACCES ? Errc::permission : Errc::not_found,
                        "cannot open '" + path + "'", errno);
  }
  struct stat about {};
  if (::fstat(file.get(), &about) == 0 && S_ISDIR(about.st_mode)) {
    return system_error(Errc::not_found, "cannot read '" + path + "'", EISDIR);
  }
  std::vector<char> chunk(kChunk);
  Sha256Hasher hasher;
  while (true) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(Errc::io, "cannot read '" + path + "'", errno);
    if (got == 0) return hasher.finish();
    hasher.update({chunk.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace md::store
