#include "dedupe/identity.hpp"

#include <charconv>

namespace md::dedupe {
namespace {

Hash128 chain_key(StreamId stream, const LineKey& key) {
  // A keep-alive (prevSeq = seq) comes again and again.
  const bool repeats = key.prev_seq && *key.prev_seq == *key.seq;
  const std::int64_t parts[] = {
      *key.seq, key.prev_seq.value_or(-1),
      static_cast<std::int64_t>(key.is_snapshot) << 1 | static_cast<std::int64_t>(key.rebuilt),
      repeats ? key.timestamp : 0};
  return hash128({reinterpret_cast<const char*>(parts), sizeof parts}, stream);
}

}  // namespace

// Streams differ by the seed.
Hash128 trade_key(StreamId stream, std::string_view id, const Seq& seq) {
  constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15u;
  return hash128(
      id, (std::uint64_t{stream} << 32) ^ static_cast<std::uint64_t>(seq.value_or(0)) * kSpread);
}

std::optional<Hash128> unique_key(const Stream& stream, const LineKey& key) {
  if (stream.rule == Rule::id && !key.id.empty()) return trade_key(stream.id, key.id, key.seq);
  if (stream.rule == Rule::chain && key.seq) return chain_key(stream.id, key);
  // Several changes may share one number, so the content counts too.
  if (stream.type == Type::book_ticker && key.seq) return content_hash(key);
  return {};
}

bool number_from(std::string_view text, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace md::dedupe
