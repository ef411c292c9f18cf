#include "archive/lake_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <map>

#include "base/symbol.hpp"
#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"

namespace md::archive {
namespace {

namespace fs = std::filesystem;

// "exchange=binance" for the key "exchange=" gives "binance".
std::optional<std::string_view> value_of(std::string_view name, std::string_view key) {
  if (!name.starts_with(key)) return std::nullopt;
  return name.substr(key.size());
}

// The day of "date=2026-11-20.ndjson.zst"; nothing for other files, such as a .part.
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

Error listing_error(const std::string& directory, const std::error_code& error) {
  const Errc code = error.value() == EACCES ? Errc::permission : Errc::not_found;
  return system_error(code, "cannot list '" + directory + "'", error.value());
}

// Names in a directory, sorted.
Result<std::vector<std::string>> names_in(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator at{directory, error};
  for (; !error && at != fs::directory_iterator{}; at.increment(error))
    names.push_back(at->path().filename().string());
  if (error) return listing_error(directory, error);
  std::sort(names.begin(), names.end());
  return names;
}

// The decoded value of each "key=value" directory.
Result<std::vector<std::string>> values_in(const std::string& directory, std::string_view key) {
  MD_TRY(const auto names, names_in(directory));
  std::vector<std::string> values;
  for (const std::string& name : names) {
    const auto value = value_of(name, key);
    if (!value || !fs::is_directory(fs::path{directory} / name)) continue;
    auto decoded = percent_decode(*value);
    // Found again by its name encoded: another spelling of it would be passed over unnoticed.
    if (value->empty() || !decoded || percent_encode(*decoded) != *value) {
      return Error{Errc::malformed, fmt::format("'{}' is no directory of a lake", name), directory,
                   0, 0};
    }
    values.push_back(*std::move(decoded));
  }
  return values;
}

// Paths by day, of the period and a day on either side.
using DayFiles = std::map<std::int64_t, std::string>;
Result<DayFiles> day_files(const std::string& directory, const Period& period) {
  const std::int64_t first = day_of(period.from) - 1;
  const std::int64_t last = day_of(period.to - 1) + 1;
  MD_TRY(const auto names, names_in(directory));
  DayFiles files;
  for (const std::string& name : names) {
    const auto day = day_of_file(name);
    if (!day || *day < first || *day > last) continue;
    const auto [at, added] = files.emplace(*day, (fs::path{directory} / name).string());
    if (!added) {
      // Reading both would double the day, reading one might lose half of it.
      return Error{Errc::malformed,
                   fmt::format("two files of one day: '{}' and '{}'", at->second, name), directory,
                   0, 0};
    }
  }
  return files;
}

// What stands for the empty symbol of connection events.
constexpr std::string_view kNoSymbol = "_";

std::string stream_directory(const std::string& lake, const Stream& stream, Type type) {
  return fmt::format("{}/exchange={}/type={}/symbol={}", lake, percent_encode(stream.exchange),
                     to_text(type),
                     stream.symbol.empty() ? kNoSymbol : percent_encode(stream.symbol));
}

}  // namespace

Result<std::unique_ptr<Source>> LakeSource::open(const std::string& directory, Reject reject) {
  MD_CHECK(names_in(directory));
  return std::unique_ptr<Source>{new LakeSource{directory, std::move(reject)}};
}

Result<std::vector<Stream>> LakeSource::streams(const Period& period) {
  std::vector<Stream> streams;
  MD_TRY(const auto exchanges, values_in(directory_, "exchange="));
  for (const std::string& exchange : exchanges) {
    const std::string below = fmt::format("{}/exchange={}", directory_, percent_encode(exchange));
    MD_TRY(const auto types, values_in(below, "type="));
    for (const std::string& name : types) {
      const auto type = type_from(name);
      if (!type) continue;  // computed: bars, snapshots of books
      MD_TRY(const auto symbols, values_in(fmt::format("{}/type={}", below, name), "symbol="));
      for (const std::string& symbol : symbols) {
        Stream stream{table_of(*type), exchange, symbol};
        if (stream.table == Table::feed_events && symbol == kNoSymbol) stream.symbol.clear();
        MD_TRY(const DayFiles files,
               day_files(stream_directory(directory_, stream, *type), period));
        if (!files.empty()) streams.push_back(std::move(stream));
      }
    }
  }
  std::sort(streams.begin(), streams.end());
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  return streams;
}

Result<void> LakeSource::read(const Stream& stream, const Period& period, const TakeEvent& take) {
  for (int i = 0; i < kTypes; ++i) {
    const auto type = static_cast<Type>(i);
    if (table_of(type) != stream.table) continue;
    const std::string directory = stream_directory(directory_, stream, type);
    std::error_code error;
    if (!fs::exists(directory, error)) continue;  // of feed_events not every type is there
    MD_TRY(const DayFiles files, day_files(directory, period));
    for (const auto& [day, path] : files)
      MD_CHECK(read_file(path, type, day, stream, period, take));
  }
  return {};
}

Result<void> LakeSource::read_file(const std::string& path, Type type, std::int64_t day,
                                   const Stream& stream, const Period& period,
                                   const TakeEvent& take) {
  MD_TRY(codec::LineReader lines, codec::LineReader::open(path));
  codec::EventReader events;
  Event event;
  std::string_view line;
  while (true) {
    const auto got = lines.next(line);
    if (got == codec::LineReader::Read::end) return {};
    if (got == codec::LineReader::Read::damage) {
      MD_CHECK(reject(lines.damage(), {}));
      continue;
    }
    if (!events.read(line, event)) {
      Error error = events.error();
      error.file = path;
      error.line = lines.line_number();
      MD_CHECK(reject(std::move(error), line));
      continue;
    }
    if (event.type() != type || event.exchange != stream.exchange ||
        event.symbol != stream.symbol) {
      MD_CHECK(reject({Errc::malformed, "not of the type, exchange and symbol of its directory",
                       path, lines.line_number(), 0},
                      line));
      continue;
    }
    if (!period.holds(event.timestamp)) continue;
    if (day_of(event.timestamp) != day) ++misfiled_;
    MD_CHECK(take(event));
  }
}

Result<void> LakeSource::reject(Error error, std::string_view line) {
  ++rejected_;
  return reject_(error, line);
}

}  // namespace md::archive
