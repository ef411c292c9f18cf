#include "codec/spool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
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
// A clock this far behind the file's beginning was set back; less is a line that was long under
// way.
constexpr Micros kSetBack = kMinute;

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

std::string to_text(const Repair& repair) {
  if (repair.path.empty())
    return fmt::format("removed '{}', left by a crash: no whole frame in its {} bytes", repair.part,
                       repair.cut_bytes);
  return fmt::format("closed '{}', left by a crash: {} bytes kept, {} torn ones cut", repair.path,
                     repair.kept_bytes, repair.cut_bytes);
}

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
    Repair repair{part, part.substr(0, part.size() - kPart.size()), whole, size - whole};
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
  // One second has one name: if it is taken (a restart within the second, two files in one, a clock
  // set back), the next free one is used.
  std::string next_path(Micros now) {
    for (named = std::max(now, named + kSecond);; named += kSecond) {
      std::string free = directory + "/" + file_stamp(named) + std::string(kSuffix);
      struct stat about {};
      if (::stat(free.c_str(), &about) != 0) return free;
    }
  }

  Result<void> sync_file(const Fd& of, const std::string& name) const {
    if (options.sync != Sync::none && ::fsync(of.get()) != 0)
      return system_error(Errc::io, "cannot write '" + name + "'", errno);
    return {};
  }

  Result<void> sync_names() const {
    return options.sync == Sync::none ? Result<void>{} : sync_directory_of(path);
  }

  Result<void> open_file(Micros now) {
    do {
      path = next_path(now);
      file = Fd{::open(part().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)};
    } while (!file && errno == EEXIST);
    if (!file) {
      return system_error(errno == EACCES ? Errc::permission : Errc::create,
                          "cannot create '" + part() + "'", errno);
    }
    compressor = make_compressor(Compression::zstd, options.level);
    opened = now;
    in_frame = false;
    ready.clear();
    size = 0;
    whole = 0;
    return sync_names();
  }

  std::string part() const { return path + std::string(kPart); }

  Result<void> give_out() {
    MD_CHECK(write_all(file.get(), ready.view(), part()));
    bytes_out += ready.size();
    size += ready.size();
    ready.clear();
    return {};
  }

  Result<void> end_frame() {
    if (!file || !in_frame) return {};
    MD_CHECK(compressor->add({}, true, ready));
    MD_CHECK(give_out());
    if (options.sync == Sync::flush && ::fdatasync(file.get()) != 0)
      return system_error(Errc::io, "cannot write '" + part() + "'", errno);
    in_frame = false;
    whole = size;
    return {};
  }

  Result<void> close() {
    if (!file) return {};
    MD_CHECK(end_frame());
    // After an fsync that failed nobody knows what is on the disk, and asking again would say that
    // all is well: the file is left to the next start, which looks at what is there.
    Fd done = std::move(file);
    MD_CHECK(sync_file(done, part()));
    done.close();
    MD_CHECK(rename_file(part(), path, false));
    return sync_names();
  }

  Result<void> set_aside() {
    if (!file) return {};
    Fd broken = std::move(file);
    if (whole == 0) {
      if (::unlink(part().c_str()) != 0)
        return system_error(Errc::io, "cannot remove '" + part() + "'", errno);
      return {};
    }
    if (::ftruncate(broken.get(), static_cast<off_t>(whole)) != 0)
      return system_error(Errc::io, "cannot cut '" + part() + "'", errno);
    MD_CHECK(sync_file(broken, part()));
    broken.close();
    MD_CHECK(rename_file(part(), path, false));
    return sync_names();
  }

  std::string reserve_path() const { return directory + "/.reserve"; }

  // A disk that is full already, or cannot allocate ahead, gives no reserve; a loss is then
  // recorded if there is room when it happens.
  void make_reserve() const {
    const Fd fd{::open(reserve_path().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)};
    if (!fd) return;
    if (::posix_fallocate(fd.get(), 0, static_cast<off_t>(kReserveBytes)) != 0)
      ::unlink(reserve_path().c_str());
  }

  Result<void> record_loss(std::string_view lines, Micros now) {
    Buffer frame;
    MD_CHECK(make_compressor(Compression::zstd, options.level)->add(lines, true, frame));
    const Fd reserve{::open(reserve_path().c_str(), O_WRONLY | O_CLOEXEC)};
    if (!reserve || frame.size() > kReserveBytes) {
      MD_CHECK(open_file(now));
      MD_CHECK(write_all(file.get(), frame.view(), part()));
      return close();
    }
    // In place, so that no new space is needed.
    MD_CHECK(write_all(reserve.get(), frame.view(), reserve_path()));
    if (::ftruncate(reserve.get(), static_cast<off_t>(frame.size())) != 0)
      return system_error(Errc::io, "cannot cut '" + reserve_path() + "'", errno);
    MD_CHECK(sync_file(reserve, reserve_path()));
    path = next_path(now);
    MD_CHECK(rename_file(reserve_path(), path, false));
    return sync_names();
  }

  Options options;
  std::string directory;
  Fd lock;
  std::vector<Repair> repairs;
  Fd file;
  std::string path;  // of the open file, without .part
  std::unique_ptr<Compressor> compressor;
  Buffer ready;
  std::uint64_t bytes_out = 0;
  bool in_frame = false;
  std::uint64_t size = 0;   // of the open file
  std::uint64_t whole = 0;  // of it, up to the end of the last frame that is safe
  Micros opened = 0;
  Micros named = 0;  // the last name's second
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
  MD_TRY(state->repairs, repair_spool(state->directory));
  state->make_reserve();
  return SpoolWriter{std::move(state)};
}

SpoolWriter::SpoolWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
SpoolWriter::SpoolWriter(SpoolWriter&&) noexcept = default;
SpoolWriter& SpoolWriter::operator=(SpoolWriter&&) noexcept = default;
SpoolWriter::~SpoolWriter() = default;

const std::vector<Repair>& SpoolWriter::repairs() const { return state_->repairs; }

Result<void> SpoolWriter::write(std::string_view lines, Micros now) {
  State& s = *state_;
  if (!s.file) MD_CHECK(s.open_file(now));
  s.in_frame = true;
  MD_CHECK(s.compressor->add(lines, false, s.ready));
  return s.ready.size() >= (std::size_t{256} << 10) ? s.give_out() : Result<void>{};
}

bool SpoolWriter::due(Micros now) const {
  const State& s = *state_;
  const std::uint64_t size = s.size + s.ready.size();
  return s.file &&
         (now / s.options.rotate > s.opened / s.options.rotate || now + kSetBack < s.opened ||
          (s.options.rotate_bytes != 0 && size >= s.options.rotate_bytes));
}

Result<void> SpoolWriter::flush() { return state_->end_frame(); }
Result<void> SpoolWriter::close() { return state_->close(); }
std::uint64_t SpoolWriter::bytes_out() const { return state_->bytes_out; }
Result<void> SpoolWriter::set_aside() { return state_->set_aside(); }
Result<void> SpoolWriter::record_loss(std::string_view lines, Micros now) {
  return state_->record_loss(lines, now);
}

}  // namespace md::codec
