#include "codec/spool.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/symbol.hpp"
#include "codec/compressor.hpp"
#include "codec/file.hpp"

namespace md::codec {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".ndjson.zst";
constexpr std::string_view kPart = ".part";
constexpr std::size_t kRepairLimit = std::size_t{1} << 40;

// "2026-11-20T103249Z": ISO 8601 without colons, which some file systems refuse.
std::string file_stamp(Micros time) {
  std::string text = to_iso(time).substr(0, 19);
  std::erase(text, ':');
  return text + "Z";
}

// Bytes up to the end of the last whole zstd frame of the file.
Result<std::uint64_t> whole_frames(int fd, std::uint64_t size, const std::string& path) {
  std::uint64_t whole = 0;
  Buffer window;
  std::size_t wanted = std::size_t{4} << 20;
  while (whole < size) {
    window.clear();
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(wanted, size - whole));
    char* const begin = window.reserve(length);
    std::size_t got = 0;
    while (got < length) {
      const ssize_t count = ::pread(fd, begin + got, length - got, static_cast<off_t>(whole + got));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error(Errc::io, "cannot read '" + path + "'", errno);
      if (count == 0) break;
      got += static_cast<std::size_t>(count);
    }
    const std::size_t frame = ZSTD_findFrameCompressedSize(begin, got);
    if (ZSTD_isError(frame) == 0) {
      whole += frame;
      continue;
    }
    // Either torn, or longer than the window: only a frame that reaches the end of the file is
    // torn.
    if (whole + got >= size || wanted >= kRepairLimit) break;
    wanted *= 4;
  }
  return whole;
}

}  // namespace

Result<std::vector<Repair>> repair_spool(const std::string& directory) {
  std::vector<Repair> repairs;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const std::string part = entry.path().string();
    if (!part.ends_with(std::string(kSuffix) + std::string(kPart))) continue;
    const Fd fd{::open(part.c_str(), O_RDWR | O_CLOEXEC)};
    if (!fd) return system_error(Errc::io, "cannot open '" + part + "'", errno);
    struct stat about {};
    if (::fstat(fd.get(), &about) != 0)
      return system_error(Errc::io, "cannot read '" + part + "'", errno);
    const auto size = static_cast<std::uint64_t>(about.st_size);
    MD_TRY(const std::uint64_t whole, whole_frames(fd.get(), size, part));
    Repair repair{part.substr(0, part.size() - kPart.size()), whole, size - whole};
    if (whole == 0) {
      if (::unlink(part.c_str()) != 0)
        return system_error(Errc::io, "cannot remove '" + part + "'", errno);
      repair.path.clear();
    } else {
      if (::ftruncate(fd.get(), static_cast<off_t>(whole)) != 0 || ::fsync(fd.get()) != 0) {
        return system_error(Errc::io, "cannot repair '" + part + "'", errno);
      }
      MD_CHECK(rename_file(part, repair.path, false));
      MD_CHECK(sync_directory_of(repair.path));
    }
    repairs.push_back(std::move(repair));
  }
  if (error)
    return system_error(Errc::io, "cannot read directory '" + directory + "'", error.value());
  return repairs;
}

struct SpoolWriter::State {
  Result<void> open_file(Micros now) {
    // One second has one name: if it is taken (a restart within the second), the next free one is
    // used.
    for (Micros stamp = now;; stamp += kSecond) {
      path = directory + "/" + file_stamp(stamp) + std::string(kSuffix);
      struct stat about {};
      if (::stat(path.c_str(), &about) == 0) continue;
      file = Fd{::open((path + std::string(kPart)).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                       0644)};
      if (file) break;
      if (errno != EEXIST) {
        return system_error(errno == EACCES ? Errc::permission : Errc::create,
                            "cannot create '" + path + std::string(kPart) + "'", errno);
      }
    }
    compressor = make_compressor(Compression::zstd, options.level);
    opened_slot = now / options.rotate;
    in_frame = false;
    return sync_directory_of(path);
  }

  Result<void> give_out() {
    MD_CHECK(write_all(file.get(), ready.view(), path + std::string(kPart)));
    bytes_out += ready.size();
    ready.clear();
    return {};
  }

  Result<void> end_frame() {
    if (!file || !in_frame) return {};
    MD_CHECK(compressor->add({}, true, ready));
    in_frame = false;
    MD_CHECK(give_out());
    if (options.fsync_frames && ::fdatasync(file.get()) != 0) {
      return system_error(Errc::io, "cannot write '" + path + std::string(kPart) + "'", errno);
    }
    return {};
  }

  Result<void> close() {
    if (!file) return {};
    const std::string part = path + std::string(kPart);
    MD_CHECK(end_frame());
    if (::fsync(file.get()) != 0)
      return system_error(Errc::io, "cannot write '" + part + "'", errno);
    file.close();
    MD_CHECK(rename_file(part, path, false));
    return sync_directory_of(path);
  }

  Options options;
  std::string directory;
  Fd lock;
  Fd file;
  std::string path;  // of the open file, without .part
  std::unique_ptr<Compressor> compressor;
  Buffer ready;
  std::uint64_t bytes_out = 0;
  bool in_frame = false;
  Micros opened_slot = 0;
};

Result<SpoolWriter> SpoolWriter::open(const Options& options) {
  auto state = std::make_unique<State>();
  state->options = options;
  state->directory = options.directory + "/" + percent_encode(options.recorder) + "/" +
                     percent_encode(options.exchange);
  MD_CHECK(make_directories(state->directory));
  const std::string lock = state->directory + "/.lock";
  state->lock = Fd{::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)};
  if (!state->lock) {
    return system_error(errno == EACCES || errno == EPERM ? Errc::permission : Errc::create,
                        "cannot create '" + lock + "'", errno);
  }
  if (::flock(state->lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error{Errc::exists, "another recorder writes to '" + state->directory + "'"};
  }
  MD_TRY([[maybe_unused]] auto repairs, repair_spool(state->directory));
  return SpoolWriter{std::move(state)};
}

SpoolWriter::SpoolWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SpoolWriter::SpoolWriter(SpoolWriter&&) noexcept = default;
SpoolWriter& SpoolWriter::operator=(SpoolWriter&&) noexcept = default;
SpoolWriter::~SpoolWriter() = default;

Result<void> SpoolWriter::write(std::string_view lines, Micros now) {
  State& s = *state_;
  if (s.file && now / s.options.rotate > s.opened_slot) MD_CHECK(s.close());
  if (!s.file) MD_CHECK(s.open_file(now));
  MD_CHECK(s.compressor->add(lines, false, s.ready));
  s.in_frame = true;
  return s.ready.size() >= (std::size_t{256} << 10) ? s.give_out() : Result<void>{};
}

Result<void> SpoolWriter::flush() { return state_->end_frame(); }
Result<void> SpoolWriter::close() { return state_->close(); }
std::uint64_t SpoolWriter::bytes_out() const { return state_->bytes_out; }

}  // namespace md::codec
