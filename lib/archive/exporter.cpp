#include "archive/exporter.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "archive/archive_writer.hpp"
#include "archive/row_writer.hpp"
#include "base/buffer.hpp"
#include "codec/compressor.hpp"
#include "codec/file.hpp"
#include "venue/registry.hpp"

namespace md::archive {
namespace {

// CSV is handed to the compressor in pieces of this size, and a zstd frame ends after so many bytes
// of it.
constexpr std::size_t kPiece = std::size_t{128} << 10;
constexpr std::uint64_t kFrame = std::uint64_t{8} << 20;

// A file without a name.
Result<codec::Fd> temporary_file(const std::string& directory) {
  std::string path = directory + "/.mdbackup-XXXXXX";
  codec::Fd fd{::mkostemp(path.data(), O_CLOEXEC)};
  if (!fd) {
    const Errc code = errno == EACCES || errno == EROFS ? Errc::permission : Errc::create;
    return system_error(code, "cannot create a file in '" + directory + "'", errno);
  }
  ::unlink(path.c_str());
  return fd;
}

// One member being made: events to rows to a compressed file.
class MemberFile {
 public:
  MemberFile(int fd, int level, const Stream& stream)
      : fd_(fd), compressor_(codec::make_compressor(codec::Compression::zstd, level)) {
    member_.stream = stream;
    csv_.append(row_header(stream.table));
  }

  Result<void> add(const Event& event) {
    const std::uint64_t rows = writer_.append(csv_, event);
    member_.totals.add(rows, event.timestamp);
    days_.add(event);
    if (csv_.size() < kPiece) return {};
    return compress(frame_ + csv_.size() >= kFrame);
  }
  Result<Member> finish() {
    MD_CHECK(compress(true));
    member_.days = days_.days();
    return member_;
  }

 private:
  Result<void> compress(bool end_frame) {
    compressed_.clear();
    MD_CHECK(compressor_->add(csv_.view(), end_frame, compressed_));
    MD_CHECK(codec::write_all(fd_, compressed_.view(), "temporary file of " + member_.name()));
    member_.csv_bytes += csv_.size();
    member_.bytes += compressed_.size();
    frame_ = end_frame ? 0 : frame_ + csv_.size();
    csv_.clear();
    return {};
  }

  int fd_;
  std::unique_ptr<codec::Compressor> compressor_;
  Member member_;
  RowWriter writer_;
  DayDigests days_;
  Buffer csv_;
  Buffer compressed_;
  std::uint64_t frame_ = 0;  // bytes of CSV in the frame so far
};

bool wanted(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() || name.empty() ||
         std::find(names.begin(), names.end(), name) != names.end();
}

std::string directory_of(const std::string& path) {
  const std::string parent = std::filesystem::path{path}.parent_path().string();
  return parent.empty() ? "." : parent;
}

// What decides about the content of the archive, as it stands on a command line.
std::vector<std::string> arguments_of(const Source& source, const ExportOptions& options) {
  std::vector<std::string> arguments = {"export", "--month", options.month};
  const std::vector<std::string> more = source.arguments();
  arguments.insert(arguments.end(), more.begin(), more.end());
  for (const std::string& exchange : options.exchanges)
    arguments.insert(arguments.end(), {"--exchange", exchange});
  for (const std::string& symbol : options.symbols)
    arguments.insert(arguments.end(), {"--symbol", symbol});
  return arguments;
}

// What the venues' other names stand for; names of no venue as they are.
std::vector<std::string> exchange_ids(const std::vector<std::string>& names) {
  std::vector<std::string> ids;
  for (const std::string& name : names) {
    const venue::Venue* const found = venue::find(name);
    ids.emplace_back(found != nullptr ? found->id : std::string_view{name});
  }
  return ids;
}

Error stopped() { return Error{Errc::temporary, "interrupted: no archive was written", {}, 0, 0}; }

}  // namespace

Result<Manifest> export_month(Source& source, const ExportOptions& options) {
  MD_TRY(const Period period, month_period(options.month));
  MD_TRY(ArchiveWriter archive, ArchiveWriter::create(options.path, period.from, options.replace));
  Manifest manifest{options.month, {options.tool_version, arguments_of(source, options)}, 0, {}};
  const std::vector<std::string> exchanges = exchange_ids(options.exchanges);
  MD_TRY(const auto streams, source.streams(period));
  for (const Stream& stream : streams) {
    if (!wanted(exchanges, stream.exchange) || !wanted(options.symbols, stream.symbol)) continue;
    MD_TRY(const codec::Fd temporary,
           temporary_file(options.temp.empty() ? directory_of(options.path) : options.temp));
    MemberFile file{temporary.get(), options.level, stream};
    MD_CHECK(source.read(stream, period, [&](const Event& event) -> Result<void> {
      if (options.stop != nullptr && options.stop->load(std::memory_order_relaxed))
        return stopped();
      if (options.on_event) options.on_event();
      return file.add(event);
    }));
    MD_TRY(Member member, file.finish());
    if (member.totals.events == 0) continue;
    MD_CHECK(archive.add(member, temporary.get()));
    manifest.members.push_back(std::move(member));
  }
  if (manifest.members.empty()) {
    return Error{Errc::not_found,
                 fmt::format("no rows in {}: no archive was written", options.month),
                 {},
                 0,
                 0};
  }
  manifest.rejected = source.rejected();
  MD_CHECK(archive.finish(manifest));
  return manifest;
}

}  // namespace md::archive
