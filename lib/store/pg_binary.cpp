#include "store/pg_binary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <iterator>

namespace md::store {
namespace {

constexpr Micros kPostgresEpoch = 946'684'800 * kSecond;  // 2000-01-01
constexpr std::uint16_t kNegative = 0x4000;  // numeric's sign; others are NaN and infinities

// Object ids of types, fixed by PostgreSQL (pg_type.dat).
constexpr std::uint32_t kText = 25;
constexpr std::uint32_t kFloat8 = 701;
constexpr std::uint32_t kNumeric = 1700;

// 38 digits and up to three zeros that fill the last group.
constexpr int kMaxGroups = (Decimal::kMaxDigits + 3 + 3) / 4 + 1;

constexpr std::array<unsigned, 4> kPowers = {1, 10, 100, 1000};

char* put16(char* out, std::uint16_t value) {
  out[0] = static_cast<char>(value >> 8);
  out[1] = static_cast<char>(value);
  return out + 2;
}
char* put32(char* out, std::uint32_t value) {
  value = __builtin_bswap32(value);
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}
char* put64(char* out, std::uint64_t value) {
  value = __builtin_bswap64(value);
  std::memcpy(out, &value, sizeof value);
  return out + sizeof value;
}

// Groups of four digits, the lowest first; gives their number. `low_digits`: how many of the
// mantissa's digits stand in the last, partly filled group.
int split(UInt128 mantissa, int low_digits, std::uint16_t* groups) {
  int count = 0;
  if (low_digits != 0) {
    const unsigned power = kPowers[static_cast<std::size_t>(low_digits)];
    groups[count++] = static_cast<std::uint16_t>(static_cast<unsigned>(mantissa % power) *
                                                 kPowers[static_cast<std::size_t>(4 - low_digits)]);
    mantissa /= power;
  }
  // Nearly all mantissas have 64 bits, where a division costs a tenth.
  while (mantissa >> 64 != 0) {
    groups[count++] = static_cast<std::uint16_t>(mantissa % 10'000);
    mantissa /= 10'000;
  }
  for (auto low = static_cast<std::uint64_t>(mantissa); low != 0; low /= 10'000) {
    groups[count++] = static_cast<std::uint16_t>(low % 10'000);
  }
  return count;
}

// A field of type numeric, its length first.
char* put_numeric(char* out, const Decimal& value) {
  std::array<std::uint16_t, kMaxGroups> groups;
  const bool negative = value.is_negative();
  const auto magnitude =
      negative ? -static_cast<UInt128>(value.mantissa()) : static_cast<UInt128>(value.mantissa());
  const int scale = value.scale();
  int high = split(magnitude, scale % 4, groups.data());
  while (high > 0 && groups[static_cast<std::size_t>(high - 1)] == 0) --high;
  const int weight = high == 0 ? 0 : high - 1 - (scale + 3) / 4;
  int low = 0;
  while (low < high && groups[static_cast<std::size_t>(low)] == 0) ++low;

  out = put32(out, static_cast<std::uint32_t>(8 + 2 * (high - low)));
  out = put16(out, static_cast<std::uint16_t>(high - low));
  out = put16(out, static_cast<std::uint16_t>(weight));
  out = put16(out, negative ? kNegative : std::uint16_t{0});
  out = put16(out, static_cast<std::uint16_t>(scale));
  for (int i = high - 1; i >= low; --i) out = put16(out, groups[static_cast<std::size_t>(i)]);
  return out;
}

constexpr std::size_t kMaxNumericField = 4 + 8 + 2 * kMaxGroups;

char* put_number(char* out, const Decimal& value, Numbers numbers) {
  if (numbers == Numbers::exact) return put_numeric(out, value);
  out = put32(out, 8);
  return put64(out, std::bit_cast<std::uint64_t>(value.to_double()));
}

char* put_array_head(char* out, std::size_t size, std::uint32_t element) {
  out = put32(out, size == 0 ? 0 : 1);
  out = put32(out, 0);
  out = put32(out, element);
  if (size == 0) return out;
  out = put32(out, static_cast<std::uint32_t>(size));
  return put32(out, 1);
}

constexpr std::size_t kMaxArrayHead = 20;

std::uint64_t load_unsigned(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// Of what put_numeric wrote; false where a Decimal cannot hold it (more than 38 digits, NaN).
bool decode_numeric(std::string_view bytes, Decimal& out) {
  if (bytes.size() < 8) return false;
  const auto at = [&](std::size_t i) { return load_unsigned(bytes.substr(2 * i, 2)); };
  const auto count = static_cast<int>(at(0));
  const int weight = static_cast<std::int16_t>(at(1));
  const std::uint64_t sign = at(2);
  const auto scale = static_cast<int>(at(3));
  if (bytes.size() != 8 + 2 * static_cast<std::size_t>(count)) return false;
  if ((sign != 0 && sign != kNegative) || scale > Decimal::kMaxScale) return false;

  // Digit by digit up to the scale: digits past it are zeros that fill the last group.
  constexpr auto kLimit = static_cast<UInt128>(-1) >> 1;
  UInt128 mantissa = 0;
  int digits = 0;
  const auto push = [&](unsigned digit) {
    if (digits == 0 && digit == 0) return true;
    if (++digits > Decimal::kMaxDigits || mantissa > kLimit / 10) return false;
    mantissa = mantissa * 10 + digit;
    return true;
  };
  const int first = weight < 0 ? 0 : weight;
  for (int group = first; group >= -((scale + 3) / 4); --group) {
    const int index = weight - group;
    const auto value = index >= 0 && index < count
                           ? static_cast<unsigned>(at(4 + static_cast<std::size_t>(index)))
                           : 0u;
    if (value > 9999) return false;
    const int last = group < 0 ? std::min(4, scale - 4 * (-group - 1)) : 4;
    for (int i = 0; i < last; ++i) {
      if (!push(value / kPowers[static_cast<std::size_t>(3 - i)] % 10)) return false;
    }
  }
  const auto signed_mantissa = static_cast<Int128>(mantissa);
  out = Decimal(sign == kNegative ? -signed_mantissa : signed_mantissa, scale);
  return true;
}

bool decode_float8(std::string_view bytes, Decimal& out) {
  if (bytes.size() != 8) return false;
  const auto value = std::bit_cast<double>(load_unsigned(bytes));
  if (!std::isfinite(value)) return false;
  std::array<char, 32> text;
  const auto end = fmt::format_to_n(text.data(), text.size(), "{}", value);
  return Decimal::parse(std::string_view(text.data(), end.size), out);
}

}  // namespace

std::string_view copy_header() {
  constexpr std::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  return kHeader;
}

std::string_view copy_trailer() {
  constexpr std::string_view kTrailer("\377\377", 2);
  return kTrailer;
}

// ---- RowWriter
// --------------------------------------------------------------------------------------------------

void RowWriter::begin(int fields) {
  out_.commit(put16(out_.reserve(2), static_cast<std::uint16_t>(fields)));
}

void RowWriter::null() { out_.commit(put32(out_.reserve(4), 0xffffffff)); }

void RowWriter::integer(std::int32_t value) {
  char* out = put32(out_.reserve(8), 4);
  out_.commit(put32(out, static_cast<std::uint32_t>(value)));
}

void RowWriter::bigint(std::int64_t value) {
  char* out = put32(out_.reserve(12), 8);
  out_.commit(put64(out, static_cast<std::uint64_t>(value)));
}

void RowWriter::boolean(bool value) {
  char* out = put32(out_.reserve(5), 1);
  *out++ = value ? 1 : 0;
  out_.commit(out);
}

void RowWriter::text(std::string_view value) {
  out_.commit(put32(out_.reserve(4), static_cast<std::uint32_t>(value.size())));
  out_.append(value);
}

void RowWriter::time(Micros value) { bigint(value - kPostgresEpoch); }

void RowWriter::number(const Decimal& value) {
  out_.commit(put_number(out_.reserve(kMaxNumericField), value, numbers_));
}

void RowWriter::numbers(std::span<const Level> levels, Decimal Level::*member) {
  const std::size_t start = out_.size();
  char* out = out_.reserve(4 + kMaxArrayHead + levels.size() * kMaxNumericField);
  char* const length = out;
  out = put_array_head(out + 4, levels.size(), numbers_ == Numbers::exact ? kNumeric : kFloat8);
  for (const Level& level : levels) out = put_number(out, level.*member, numbers_);
  out_.commit(out);
  put32(length, static_cast<std::uint32_t>(out_.size() - start - 4));
}

void RowWriter::texts(std::span<const std::string_view> values) {
  std::size_t size = kMaxArrayHead;
  for (const std::string_view value : values) size += 4 + value.size();
  char* out = put32(out_.reserve(4 + size), static_cast<std::uint32_t>(values.empty() ? 12 : size));
  out = put_array_head(out, values.size(), kText);
  for (const std::string_view value : values) {
    out = put32(out, static_cast<std::uint32_t>(value.size()));
    if (!value.empty()) std::memcpy(out, value.data(), value.size());
    out += value.size();
  }
  out_.commit(out);
}

void RowWriter::bigint(const Seq& value) { value ? bigint(*value) : null(); }

void RowWriter::number(const std::optional<Decimal>& value) { value ? number(*value) : null(); }

// ---- RowReader
// --------------------------------------------------------------------------------------------------

void RowReader::fail() {
  ok_ = false;
  rest_ = {};
}

std::string_view RowReader::take(std::size_t size) {
  if (rest_.size() < size) {
    fail();
    return {};
  }
  const std::string_view bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return bytes;
}

bool RowReader::begin(int fields) {
  const auto found = static_cast<std::int16_t>(load_unsigned(take(2)));
  if (!ok_ || found == -1) return false;
  if (found != fields) fail();
  return ok_;
}

std::optional<std::string_view> RowReader::field() {
  const auto size = static_cast<std::int32_t>(load_unsigned(take(4)));
  if (!ok_ || size < 0) return std::nullopt;
  return take(static_cast<std::size_t>(size));
}

void RowReader::skip() { field(); }

bool RowReader::boolean() {
  const auto bytes = field();
  if (!bytes || bytes->size() != 1) fail();
  return ok_ && bytes->front() != 0;
}

std::string_view RowReader::text() { return field().value_or(std::string_view{}); }

Micros RowReader::time() {
  const auto time = optional_time();
  if (!time) fail();
  return time.value_or(0);
}

Decimal RowReader::number() {
  const auto value = optional_number();
  if (!value) fail();
  return value.value_or(Decimal{});
}

Seq RowReader::optional_bigint() {
  const auto bytes = field();
  if (!bytes) return std::nullopt;
  if (bytes->size() != 8) fail();
  return static_cast<std::int64_t>(load_unsigned(*bytes));
}

std::optional<Micros> RowReader::optional_time() {
  const Seq value = optional_bigint();
  if (!value) return std::nullopt;
  // Infinity and years past 9999 are no times of events.
  if (*value < kFirstTime - kPostgresEpoch || *value > kLastTime - kPostgresEpoch) {
    fail();
    return std::nullopt;
  }
  return *value + kPostgresEpoch;
}

std::optional<Decimal> RowReader::optional_number() {
  const auto bytes = field();
  if (!bytes) return std::nullopt;
  return decode_number(*bytes);
}

Decimal RowReader::decode_number(std::string_view bytes) {
  Decimal value;
  if (numbers_ == Numbers::exact ? !decode_numeric(bytes, value) : !decode_float8(bytes, value))
    fail();
  return value;
}

// Leaves the elements in `bytes`.
int RowReader::array_size(std::string_view& bytes, std::uint32_t element) {
  const auto at = [&](std::size_t i) { return load_unsigned(bytes.substr(4 * i, 4)); };
  if (bytes.size() == 12 && at(0) == 0) {
    bytes = {};
    return 0;
  }
  if (bytes.size() < kMaxArrayHead || at(0) != 1 || at(2) != element || at(3) > bytes.size()) {
    fail();
    return 0;
  }
  const auto size = static_cast<int>(at(3));
  bytes.remove_prefix(kMaxArrayHead);
  return size;
}

void RowReader::numbers(std::vector<Level>& levels, Decimal Level::*member, bool grow) {
  auto bytes = field();
  if (!bytes) return fail();
  const auto size =
      static_cast<std::size_t>(array_size(*bytes, numbers_ == Numbers::exact ? kNumeric : kFloat8));
  if (grow) levels.resize(size);
  if (levels.size() != size) return fail();
  RowReader elements(*bytes, numbers_);
  for (std::size_t i = 0; i < size && elements.ok(); ++i) levels[i].*member = elements.number();
  if (!elements.ok()) fail();
}

void RowReader::texts(std::vector<std::string_view>& values) {
  values.clear();
  auto bytes = field();
  if (!bytes) return;
  const int size = array_size(*bytes, kText);
  RowReader elements(*bytes, numbers_);
  for (int i = 0; i < size && elements.ok(); ++i) values.push_back(elements.text());
  if (!elements.ok()) fail();
}

}  // namespace md::store
