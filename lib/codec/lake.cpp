#include "codec/lake.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <optional>
#include <system_error>

#include "base/symbol.hpp"
#include "base/time.hpp"
#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"

namespace md::codec {
namespace {

namespace fs = std::filesystem;

// What stands for the empty symbol.
constexpr std::string_view kNoSymbol = "_";

// "exchange=binance" for the key "exchange=" gives "binance".
std::optional<std::string_view> value_of(std::string_view name, std::string_view key) {
  if (!name.starts_with(key)) return std::nullopt;
  return name.substr(key.size());
}

// The day of "date=2026-11-20.ndjson.zst"; nothing for other files.
std::optional<std::int64_t> day_of_file(std::string_view name) {
  constexpr std::size_t kDateLength = 10;
  constexpr std::array<std::string_view, 3> kEndings = {".ndjson.zst", ".ndjson.gz", ".ndjson"};
  const auto value = value_of(name, "date=");
  if (!value || value->size() < kDateLength) return std::nullopt;
  if (std::find(kEndings.begin(), kEndings.end(), value->substr(kDateLength)) == kEndings.end())
    return std::nullopt;
  const auto day = parse_date(value->substr(0, kDateLength));
  if (!day) return std::nullopt;
  return *day;
}

// Names in a directory, sorted.
Result<std::vector<std::string>> names_in(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator at{directory, error};
  for (; !error && at != fs::directory_iterator{}; at.increment(error))
    names.push_back(at->path().filename().string());
  if (error) {
    const Errc code = error.value() == EACCES ? Errc::permission : Errc::not_found;
    return system_error(code, "cannot list '" + directory + "'", error.value());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The values of the "key=value" directories, as they are spelt.
Result<std::vector<std::string>> values_in(const std::string& directory, std::string_view key) {
  MD_TRY(const auto names, names_in(directory));
  std::vector<std::string> values;
  for (const std::string& name : names) {
    const auto value = value_of(name, key);
    std::error_code error;
    if (value && fs::is_directory(fs::path{directory} / name, error)) values.emplace_back(*value);
  }
  return values;
}

// The first event of a stream; false if it has none that can be read.
Result<bool> first_event(const std::string& directory, std::string& symbol, std::string& exchange) {
  MD_TRY(const LakeDays days, lake_days(directory, std::numeric_limits<std::int64_t>::min(),
                                        std::numeric_limits<std::int64_t>::max()));
  EventReader events;
  Event event;
  for (const auto& [day, path] : days) {
    MD_TRY(LineReader lines, LineReader::open(path));
    std::string_view line;
    for (auto got = lines.next(line); got != LineReader::Read::end; got = lines.next(line)) {
      if (got != LineReader::Read::line || !events.read(line, event)) continue;
      symbol = event.symbol;
      exchange = event.exchange;
      return true;
    }
  }
  return false;
}

// Reads `component` back into what it stands for; false if it is not how we would write that.
bool decode(std::string_view component, std::string& out) {
  auto decoded = percent_decode(component);
  if (component.empty() || !decoded || path_component(*decoded) != component) return false;
  out = *std::move(decoded);
  return true;
}

// The names of a stream from the components of its directory. False: there is nothing in it.
Result<bool> name_stream(std::string_view exchange, std::string_view symbol, LakeStream& stream) {
  bool named = true;
  if (is_shortened(exchange) || is_shortened(symbol)) {
    MD_TRY(named, first_event(stream.directory, stream.symbol, stream.exchange));
    if (!named) return false;
    named = path_component(stream.exchange) == exchange && path_component(stream.symbol) == symbol;
  } else {
    const bool none = symbol == kNoSymbol && stream.type >= Type::connect;
    named = decode(exchange, stream.exchange) && (none || decode(symbol, stream.symbol));
  }
  // Found again by its name encoded: another spelling of it would be passed over unnoticed.
  if (!named)
    return Error{
        Errc::malformed, fmt::format("'{}' is no directory of a lake", stream.directory), {}, 0, 0};
  return true;
}

}  // namespace

std::string lake_directory(std::string_view lake, std::string_view exchange, Type type,
                           std::string_view symbol) {
  return fmt::format("{}/exchange={}/type={}/symbol={}", lake, path_component(exchange),
                     to_text(type),
                     symbol.empty() ? std::string(kNoSymbol) : path_component(symbol));
}

std::string lake_file(std::int64_t day) {
  return fmt::format("date={}.ndjson.zst", date_text(day));
}

Result<std::vector<LakeStream>> lake_streams(const std::string& lake) {
  std::vector<LakeStream> streams;
  MD_TRY(const auto exchanges, values_in(lake, "exchange="));
  for (const std::string& exchange : exchanges) {
    const std::string of_exchange = fmt::format("{}/exchange={}", lake, exchange);
    MD_TRY(const auto types, values_in(of_exchange, "type="));
    for (const std::string& name : types) {
      const auto type = type_from(name);
      if (!type) continue;
      const std::string of_type = fmt::format("{}/type={}", of_exchange, name);
      MD_TRY(const auto symbols, values_in(of_type, "symbol="));
      for (const std::string& symbol : symbols) {
        LakeStream stream{*type, {}, {}, fmt::format("{}/symbol={}", of_type, symbol)};
        MD_TRY(const bool named, name_stream(exchange, symbol, stream));
        if (named) streams.push_back(std::move(stream));
      }
    }
  }
  return streams;
}

Result<LakeDays> lake_days(const std::string& directory, std::int64_t first, std::int64_t end) {
  LakeDays days;
  std::error_code error;
  if (!fs::exists(directory, error)) return days;
  MD_TRY(const auto names, names_in(directory));
  for (const std::string& name : names) {
    const auto day = day_of_file(name);
    if (!day || *day < first || *day >= end) continue;
    const auto [at, added] = days.emplace(*day, fmt::format("{}/{}", directory, name));
    if (!added) {
      return Error{Errc::malformed,
                   fmt::format("two files of one day: '{}' and '{}'", at->second, name), directory,
                   0, 0};
    }
  }
  return days;
}

}  // namespace md::codec
