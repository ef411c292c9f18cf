#include "codec/output.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/buffer.hpp"
#include "codec/compressor.hpp"
#include "codec/file.hpp"

namespace md::codec {
namespace {

constexpr std::size_t kWriteSize = std::size_t{256} << 10;  // bytes gathered for one write()

// Opens `part` for writing alone: a leftover of a killed run is taken over, a running writer's is
// not.
Result<Fd> open_part(const std::string& part) {
  while (true) {
    Fd fd{::open(part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)};
    if (!fd) {
      const bool denied = errno == EACCES || errno == EPERM;
      return system_error(denied ? Errc::permission : Errc::create, "cannot create '" + part + "'",
                          errno);
    }
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      return Error{Errc::exists, "'" + part + "' is being written by another process"};
    }
    // Its owner may have renamed the file between our open and our lock: then this is not our
    // .part.
    struct stat opened {
    }, named{};
    if (::fstat(fd.get(), &opened) == 0 && ::stat(part.c_str(), &named) == 0 &&
        opened.st_ino == named.st_ino) {
      if (::ftruncate(fd.get(), 0) != 0)
        return system_error(Errc::create, "cannot truncate '" + part + "'", errno);
      return fd;
    }
  }
}

}  // namespace

Compression compression_for(std::string_view path) {
  if (path.ends_with(".zst")) return Compression::zstd;
  if (path.ends_with(".gz")) return Compression::gzip;
  return Compression::none;
}

struct Output::State {
  ~State() {
    if (!part.empty()) ::unlink(part.c_str());
  }

  Result<void> give_out(std::size_t at_least) {
    if (ready.size() < at_least || ready.empty()) return {};
    MD_CHECK(write_all(fd.get(), ready.view(), path));
    bytes_out += ready.size();
    ready.clear();
    return {};
  }

  std::string path;
  std::string part;  // empty: written in place (standard output, a device, a FIFO)
  Options options;
  Fd fd;
  Compression compression = Compression::none;
  std::unique_ptr<Compressor> compressor;
  Buffer ready;
  std::size_t frame_bytes = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

Result<Output> Output::open(const std::string& path, const Options& options) {
  auto state = std::make_unique<State>();
  state->options = options;
  Compression compression =
      options.compression.value_or(path == "-" ? Compression::none : compression_for(path));
  struct stat about {};
  if (path == "-") {
    state->path = "standard output";
    state->fd = Fd{::dup(STDOUT_FILENO)};
    if (!state->fd) return system_error(Errc::io, "cannot write 'standard output'", errno);
  } else if (::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode) &&
             !S_ISDIR(about.st_mode)) {
    state->path = path;
    state->fd = Fd{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!state->fd) return system_error(Errc::create, "cannot open '" + path + "'", errno);
  } else {
    if (::stat(path.c_str(), &about) == 0 && (!options.replace || S_ISDIR(about.st_mode))) {
      return system_error(Errc::exists, "will not replace '" + path + "'",
                          S_ISDIR(about.st_mode) ? EISDIR : EEXIST);
    }
    state->path = path;
    const std::string part = path + ".part";
    MD_TRY(Fd opened, open_part(part));
    state->fd = std::move(opened);
    state->part = part;
  }
  state->compression = compression;
  state->compressor = compression == Compression::none
                          ? make_compressor(compression, options.level)
                          : make_compressor_beside(compression, options.level);
  return Output{std::move(state)};
}

Output::Output(std::unique_ptr<State> state) : state_(std::move(state)) {}
Output::Output(Output&&) noexcept = default;
Output& Output::operator=(Output&&) noexcept = default;
Output::~Output() = default;

Result<void> Output::write(std::string_view lines) {
  State& s = *state_;
  s.bytes_in += lines.size();
  if (s.compression == Compression::none && s.ready.empty() && lines.size() >= kWriteSize) {
    MD_CHECK(write_all(s.fd.get(), lines, s.path));  // a whole batch need not be gathered again
    s.bytes_out += lines.size();
    return {};
  }
  s.frame_bytes += lines.size();
  const bool end_frame = s.frame_bytes >= s.options.frame_size;
  MD_CHECK(s.compressor->add(lines, end_frame, s.ready));
  if (end_frame) s.frame_bytes = 0;
  return s.give_out(kWriteSize);
}

Result<void> Output::flush() {
  State& s = *state_;
  if (s.frame_bytes != 0) {
    MD_CHECK(s.compressor->add({}, true, s.ready));
    s.frame_bytes = 0;
  }
  return s.give_out(0);
}

Result<void> Output::finish() {
  State& s = *state_;
  // An empty .zst or .gz is one empty frame, so that it is a valid file.
  if (s.bytes_in == 0) s.frame_bytes = 1;
  MD_CHECK(flush());
  if (s.part.empty()) return {};
  if (::fsync(s.fd.get()) != 0)
    return system_error(Errc::io, "cannot write '" + s.part + "'", errno);
  MD_CHECK(rename_file(s.part, s.path, s.options.replace));
  s.part.clear();
  s.fd.close();
  return sync_directory_of(s.path);
}

std::uint64_t Output::bytes_in() const { return state_->bytes_in; }
std::uint64_t Output::bytes_out() const { return state_->bytes_out; }
const std::string& Output::path() const { return state_->path; }

}  // namespace md::codec
