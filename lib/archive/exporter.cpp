#include "archive/exporter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>

#include "archive/archive_writer.hpp"
#include "archive/member_file.hpp"
#include "archive/parts.hpp"
#include "archive/stream_filter.hpp"

namespace md::archive {
namespace {

namespace fs = std::filesystem;

std::string_view format_name(codec::Compression compression) {
  return compression == codec::Compression::gzip ? "csv.gz" : "csv.zst";
}

// What decides about the content of the archive, as it stands on a command line.
std::vector<std::string> arguments_of(const Source& source, const ExportOptions& options) {
  std::vector<std::string> arguments = {"export", options.period.is_day() ? "--day" : "--month",
                                        options.period.name};
  const std::vector<std::string> more = source.arguments();
  arguments.insert(arguments.end(), more.begin(), more.end());
  for (const std::string& exchange : options.exchanges)
    arguments.insert(arguments.end(), {"--exchange", exchange});
  for (const std::string& symbol : options.symbols)
    arguments.insert(arguments.end(), {"--symbol", symbol});
  if (options.compression != codec::Compression::zstd)
    arguments.insert(arguments.end(), {"--format", std::string{format_name(options.compression)}});
  return arguments;
}

std::string parts_directory(const ExportOptions& options) {
  const fs::path path{options.path};
  const fs::path where = options.temp.empty() ? path.parent_path() : fs::path{options.temp};
  return (where / path.filename()).string() + ".parts";
}

Error stopped() { return Error{Errc::temporary, "interrupted: no archive was written", {}, 0, 0}; }

// The members of all streams, made by threads.
class Crew {
 public:
  Crew(const ExportOptions& options, const Parts& parts, std::vector<Stream> streams)
      : options_(options), parts_(parts), streams_(std::move(streams)), made_(streams_.size()) {}

  Result<void> run(Source& source) {
    std::vector<std::unique_ptr<Source>> others;
    const std::size_t threads =
        std::min(static_cast<std::size_t>(std::max(options_.jobs, 1)), streams_.size());
    for (std::size_t i = 1; i < threads; ++i) {
      MD_TRY(auto other, source.another());
      others.push_back(std::move(other));
    }
    std::vector<std::future<void>> working;
    for (std::size_t i = 0; i < threads; ++i) {
      Source* const own = i == 0 ? &source : others[i - 1].get();
      working.push_back(std::async(std::launch::async, [this, own] { work(*own); }));
    }
    for (auto& thread : working) {
      while (thread.wait_for(kTellEvery) != std::future_status::ready) tell();
      thread.get();  // with what it threw
    }
    tell();
    if (error_) return *error_;
    return {};
  }

  // In the order of the streams; none for streams without events.
  const std::vector<std::optional<Part>>& made() const { return made_; }
  std::uint64_t continued() const { return continued_; }
  // Bad lines of those without events.
  std::uint64_t rejected() const { return rejected_; }

 private:
  static constexpr std::chrono::milliseconds kTellEvery{200};
  static constexpr std::uint64_t kCountEvery = 256;

  void work(Source& source) {
    while (!failed_) {
      const std::size_t index = next_++;
      if (index >= streams_.size()) return;
      auto part = make(source, streams_[index]);
      if (part) {
        made_[index] = *std::move(part);
        continue;
      }
      failed_ = true;
      const std::lock_guard lock{mutex_};
      // Of the errors of several threads, that of the first stream.
      if (error_ && error_index_ < index) continue;
      error_ = std::move(part).error();
      error_index_ = index;
    }
  }

  // All that decides about a member's bytes.
  Result<std::string> fingerprint(Source& source, const Stream& stream) const {
    MD_TRY(const std::string rows, source.fingerprint(stream, options_.period));
    return fmt::format("{}\n{}\n{}\n{}\n{}", options_.tool_version, options_.period.name,
                       options_.level, kRowSchema, rows);
  }

  Result<std::optional<Part>> make(Source& source, const Stream& stream) {
    const std::string name = member_name(stream, options_.compression);
    MD_TRY(const std::string made_of, fingerprint(source, stream));
    // One with bad lines is made again, so that they are told again.
    if (auto part = parts_.find(name, made_of); part && part->oddities.rejected == 0) {
      ++continued_;
      return part;
    }
    MD_TRY(codec::Fd fd, parts_.create(name));
    MemberFile file{std::move(fd), options_.compression, options_.level, stream};
    std::uint64_t events = 0;
    const auto take = [&](const Event& event) -> Result<void> {
      if (failed_ || (options_.stop != nullptr && options_.stop->load(std::memory_order_relaxed)))
        return stopped();
      if (++events % kCountEvery == 0) events_ += kCountEvery;
      return file.add(event);
    };
    const auto oddities = source.read(stream, options_.period, take);
    events_ += events % kCountEvery;
    if (!oddities || events == 0) parts_.remove(name);
    if (!oddities) return oddities.error();
    if (events == 0) {
      // Its bad lines are of this period as far as anybody can say.
      rejected_ += oddities->rejected;
      return std::optional<Part>{};
    }
    MD_TRY(Member member, file.finish());
    Part part{std::move(member), *oddities};
    MD_CHECK(parts_.keep(part, made_of));
    return std::optional{std::move(part)};
  }

  void tell() {
    for (const std::uint64_t events = events_; options_.on_event && told_ < events; ++told_)
      options_.on_event();
  }

  const ExportOptions& options_;
  const Parts& parts_;
  const std::vector<Stream> streams_;
  std::vector<std::optional<Part>> made_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::uint64_t> events_ = 0;
  std::atomic<std::uint64_t> continued_ = 0;
  std::atomic<std::uint64_t> rejected_ = 0;
  std::atomic<bool> failed_ = false;
  std::uint64_t told_ = 0;
  std::mutex mutex_;
  std::optional<Error> error_;
  std::size_t error_index_ = 0;
};

Result<void> copy(const Parts& parts, const Part& part, ArchiveWriter& archive, Member& member) {
  MD_TRY(const codec::Fd content, parts.open_content(part.member.name()));
  member = part.member;
  MD_CHECK(archive.add(member, content.get()));
  if (member.sha256 == part.member.sha256) return {};
  return Error{Errc::io, fmt::format("'{}' changed while it was copied", member.name()), {}, 0, 0};
}

}  // namespace

Result<Exported> export_archive(Source& source, const ExportOptions& options) {
  const Period& period = options.period;
  MD_TRY(ArchiveWriter archive, ArchiveWriter::create(options.path, period.from, options.replace));
  MD_TRY(const Parts parts, Parts::open(parts_directory(options), period));
  const StreamFilter filter{options.exchanges, options.symbols};
  MD_TRY(auto streams, source.streams(period));
  std::erase_if(streams, [&](const Stream& stream) { return !filter.takes(stream); });
  Crew crew{options, parts, std::move(streams)};
  MD_CHECK(crew.run(source));

  Exported done;
  done.continued = crew.continued();
  Manifest& manifest = done.manifest;
  manifest.period = period;
  manifest.complete = period.to <= options.now;
  manifest.origin = {options.tool_version, arguments_of(source, options)};
  manifest.rejected = crew.rejected();
  for (const std::optional<Part>& part : crew.made()) {
    if (!part) continue;
    if (options.stop != nullptr && options.stop->load()) return stopped();
    MD_CHECK(copy(parts, *part, archive, manifest.members.emplace_back()));
    manifest.rejected += part->oddities.rejected;
    done.misfiled += part->oddities.misfiled;
  }
  if (manifest.members.empty()) {
    parts.remove_all();
    return Error{Errc::not_found,
                 fmt::format("no rows in {}: no archive was written", period.name),
                 {},
                 0,
                 0};
  }
  MD_CHECK(archive.finish(manifest));
  parts.remove_all();
  return done;
}

}  // namespace md::archive
