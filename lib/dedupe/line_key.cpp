#include "dedupe/line_key.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "codec/line_reader.hpp"

namespace md::dedupe {
namespace {

// Bytes that need no thought inside a JSON string.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (int c = 0x20; c < 0x7F; ++c) plain[static_cast<std::size_t>(c)] = c != '"' && c != '\\';
  return plain;
}();

// The fields an event line may have, as bits: which were found.
enum Found : unsigned {
  kPrice = 1,
  kAmount = 2,
  kSide = 4,
  kIsSnapshot = 8,
  kBids = 16,
  kAsks = 32,
};

unsigned required(Type type) {
  switch (type) {
    case Type::trade:
    case Type::liquidation:
      return kPrice | kAmount | kSide;
    case Type::book_change:
      return kIsSnapshot | kBids | kAsks;
    default:
      return 0;
  }
}

class Scanner {
 public:
  Scanner(std::string_view line, bool escapes)
      : p_(line.data()), end_(p_ + line.size()), escapes_(escapes) {}

  const char* at() const { return p_; }
  bool done() const { return p_ == end_; }
  bool skip(char c) { return p_ != end_ && *p_ == c && (++p_, true); }
  template <std::size_t N>
  bool skip(const char (&text)[N]) {
    if (static_cast<std::size_t>(end_ - p_) < N - 1 || std::memcmp(p_, text, N - 1) != 0)
      return false;
    p_ += N - 1;
    return true;
  }

  // A string with its quotes; `out` is what stands between them.
  bool text(std::string_view& out) {
    if (!skip('"')) return false;
    const char* const begin = p_;
    for (; p_ != end_; ++p_) {
      if (kPlain[static_cast<unsigned char>(*p_)]) continue;
      if (*p_ == '"') {
        out = {begin, static_cast<std::size_t>(p_ - begin)};
        ++p_;
        return true;
      }
      if (!escapes_ || (*p_ == '\\' && ++p_ == end_)) return false;
    }
    return false;
  }
  bool text() {
    std::string_view ignored;
    return text(ignored);
  }

  // A decimal as Decimal::write spells it.
  bool decimal() {
    skip('-');
    const char* const begin = p_;
    skip_digits();
    std::ptrdiff_t digits = p_ - begin;
    if (digits == 0 || (*begin == '0' && digits > 1)) return false;
    if (skip('.')) {
      const char* const fraction = p_;
      skip_digits();
      if (p_ == fraction || p_[-1] == '0') return false;
      digits += p_ - fraction;
    }
    return digits <= Decimal::kMaxDigits;
  }
  bool integer(Seq& out) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(p_, end_, value);
    if (error != std::errc{}) return false;
    p_ = end;
    out = value;
    return true;
  }
  bool boolean(bool& out) {
    out = skip("true");
    return out || skip("false");
  }
  bool time(Micros& out) {
    if (static_cast<std::size_t>(end_ - p_) < kIsoLength + 2) return false;
    const std::string_view iso{p_ + 1, kIsoLength};
    if (*p_ != '"' || p_[kIsoLength + 1] != '"' || iso.back() != 'Z' || !parse_iso(iso, out))
      return false;
    p_ += kIsoLength + 2;
    return true;
  }
  bool levels() {
    if (!skip('[')) return false;
    if (skip(']')) return true;
    do {
      if (!skip("{\"price\":") || !decimal() || !skip(",\"amount\":") || !decimal() || !skip('}'))
        return false;
    } while (skip(','));
    return skip(']');
  }
  bool texts() {
    if (!skip('[')) return false;
    if (skip(']')) return true;
    do {
      if (!text()) return false;
    } while (skip(','));
    return skip(']');
  }

 private:
  // What lies behind the line may be digits, too.
  void skip_digits() { p_ = std::min(md::skip_digits(p_), end_); }

  const char* p_;
  const char* end_;
  bool escapes_;
};

// The same as name == text, with the length known: no call.
template <std::size_t N>
bool is(std::string_view name, const char (&text)[N]) {
  return name.size() == N - 1 && std::memcmp(name.data(), text, N - 1) == 0;
}

// One field behind the head; `found` collects those a type must have.
bool field(Scanner& in, std::string_view name, LineKey& key, unsigned& found) {
  if (is(name, "price")) return found |= kPrice, in.decimal();
  if (is(name, "amount")) return found |= kAmount, in.decimal();
  if (is(name, "bids")) return found |= kBids, in.levels();
  if (is(name, "asks")) return found |= kAsks, in.levels();
  if (is(name, "id")) return in.text(key.id);
  if (is(name, "side")) {
    std::string_view side;
    return found |= kSide, in.text(side) && side_from(side);
  }
  if (is(name, "isSnapshot")) return found |= kIsSnapshot, in.boolean(key.is_snapshot);
  if (is(name, "prevSeq")) return in.integer(key.prev_seq);
  if (is(name, "seq")) return in.integer(key.seq);
  if (is(name, "rebuilt")) return in.boolean(key.rebuilt);
  if (is(name, "backfilled")) return in.boolean(key.backfilled);
  if (is(name, "fundingTimestamp")) {
    Micros ignored = 0;
    return in.time(ignored);
  }
  if (is(name, "symbols")) return in.texts();
  if (is(name, "channel") || is(name, "reason")) return in.text();
  for (std::string_view number :
       {"askAmount", "askPrice", "bidPrice", "bidAmount", "lastPrice", "openInterest",
        "fundingRate", "predictedFundingRate", "indexPrice", "markPrice"}) {
    if (name == number) return in.decimal();
  }
  return false;
}

bool of_connection(Type type) { return type == Type::connect || type == Type::disconnect; }

}  // namespace

bool scan_line(std::string_view line, LineKey& key, bool escapes) {
  Scanner in{line, escapes};
  key = LineKey{};
  std::string_view name;
  if (!in.skip("{\"type\":") || !in.text(name)) return false;
  const auto type = type_from(name);
  if (!type) return false;
  key.type = *type;
  if (in.skip(",\"symbol\":")) {
    if (!in.text(key.symbol) || key.symbol.empty()) return false;
  } else if (!of_connection(*type) && *type != Type::gap) {
    return false;
  }
  if (!in.skip(",\"exchange\":") || !in.text(key.exchange) || key.exchange.empty()) return false;
  key.stream = {line.data(), static_cast<std::size_t>(in.at() - line.data())};

  unsigned found = 0;
  bool timed = false;
  while (true) {
    // A trade is the same one however it came, and its last field says how.
    if (!key.backfilled)
      key.content = {line.data(), static_cast<std::size_t>(in.at() - line.data())};
    if (!in.skip(',') || !in.text(name) || !in.skip(':')) return false;
    if (is(name, "timestamp")) {
      if (!in.time(key.timestamp) || !in.skip(",\"localTimestamp\":")) return false;
      timed = true;
      break;
    }
    if (is(name, "localTimestamp")) break;
    if (!field(in, name, key, found)) return false;
  }
  if (!in.time(key.local_timestamp) || !in.skip('}') || !in.done()) return false;
  if (!timed) key.timestamp = key.local_timestamp;
  if (!timed && !of_connection(*type) && *type != Type::gap) return false;
  return (found & required(*type)) == required(*type);
}

bool KeyReader::read(std::string_view line, LineKey& key) {
  // What a gap or a connection says must be right to the word: few lines, so the full reader has
  // them.
  if (scan_line(line, key) && key.type < Type::connect) return true;
  Event event;
  if (!events_.read(line, event)) return false;
  scratch_.clear();
  codec::append_event(scratch_, event);
  scratch_.reserve(codec::kPadding);
  return scan_line({scratch_.data(), scratch_.size() - 1}, key, true);
}

}  // namespace md::dedupe
