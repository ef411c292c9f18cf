#include "archive/lake_source.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "codec/event_json.hpp"
#include "codec/lake.hpp"
#include "codec/line_reader.hpp"

namespace md::archive {
namespace {

// Files of the period and of a day on either side.
Result<codec::LakeDays> files_around(const std::string& directory, const Period& period) {
  return codec::lake_days(directory, day_of(period.from) - 1, day_of(period.to - 1) + 2);
}

}  // namespace

Result<std::unique_ptr<Source>> LakeSource::open(const std::string& directory, Reject reject) {
  MD_CHECK(codec::lake_streams(directory));
  auto shared = std::make_shared<Shared>();
  shared->reject = std::move(reject);
  return std::unique_ptr<Source>{new LakeSource{directory, std::move(shared)}};
}

Result<std::unique_ptr<Source>> LakeSource::another() {
  return std::unique_ptr<Source>{new LakeSource{directory_, shared_}};
}

Result<std::vector<Stream>> LakeSource::streams(const Period& period) {
  std::vector<Stream> streams;
  MD_TRY(auto found, codec::lake_streams(directory_));
  for (codec::LakeStream& stream : found) {
    MD_TRY(const auto files, files_around(stream.directory, period));
    if (files.empty()) continue;
    streams.push_back(
        {table_of(stream.type), std::move(stream.exchange), std::move(stream.symbol)});
  }
  std::sort(streams.begin(), streams.end());
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  return streams;
}

Result<Oddities> LakeSource::read(const Stream& stream, const Period& period,
                                  const TakeEvent& take) {
  oddities_ = {};
  for (const Type type : types_of(stream.table)) {  // of feed_events not every type is there
    MD_TRY(const auto files,
           files_around(codec::lake_directory(directory_, stream.exchange, type, stream.symbol),
                        period));
    for (const auto& [day, path] : files)
      MD_CHECK(read_file(path, type, day, stream, period, take));
  }
  return oddities_;
}

Result<std::string> LakeSource::fingerprint(const Stream& stream, const Period& period) {
  std::string text = "lake\n";
  for (const Type type : types_of(stream.table)) {  // of feed_events not every type is there
    MD_TRY(const auto files,
           files_around(codec::lake_directory(directory_, stream.exchange, type, stream.symbol),
                        period));
    for (const auto& [day, path] : files) {
      struct stat about {};
      if (::stat(path.c_str(), &about) != 0)
        return system_error(Errc::not_found, "cannot read '" + path + "'", errno);
      fmt::format_to(std::back_inserter(text), "{} {} {} {}.{:09}\n", path, about.st_size,
                     about.st_ino, about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
    }
  }
  return text;
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
    if (day_of(event.timestamp) != day) ++oddities_.misfiled;
    MD_CHECK(take(event));
  }
}

Result<void> LakeSource::reject(const Error& error, std::string_view line) {
  ++oddities_.rejected;
  const std::lock_guard lock{shared_->mutex};
  return shared_->reject(error, line);
}

}  // namespace md::archive
