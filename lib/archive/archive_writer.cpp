#include "archive/archive_writer.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "archive/seal.hpp"
#include "codec/file.hpp"

namespace md::archive {
namespace {

Errc creation_errc(int error_number) {
  return error_number == EACCES || error_number == EPERM || error_number == EROFS ? Errc::permission
                                                                                  : Errc::create;
}

// Opens and locks `part`, emptied of what a killed writer left in it.
Result<codec::Fd> create_part(const std::string& part) {
  codec::Fd fd{::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)};
  if (!fd) return system_error(creation_errc(errno), "cannot create '" + part + "'", errno);
  const Error busy{Errc::temporary, "'" + part + "' is being written by another program", {}, 0, 0};
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return busy;
    return system_error(Errc::create, "cannot lock '" + part + "'", errno);
  }
  // Between open and lock the other writer may have finished and renamed the very file that we
  // opened.
  struct stat ours {
  }, named{};
  if (::fstat(fd.get(), &ours) != 0 || ::stat(part.c_str(), &named) != 0 ||
      ours.st_ino != named.st_ino || ours.st_dev != named.st_dev) {
    return busy;
  }
  if (::ftruncate(fd.get(), 0) != 0)
    return system_error(Errc::io, "cannot empty '" + part + "'", errno);
  return fd;
}

struct FreeArchive {
  void operator()(::archive* tar) const { archive_write_free(tar); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

}  // namespace

struct ArchiveWriter::State {
  State(std::string to, codec::Fd file, Micros when, bool may_replace)
      : path(std::move(to)),
        part(path + ".part"),
        fd(std::move(file)),
        time(when),
        replace(may_replace) {}
  ~State() {
    tar.reset();
    if (!finished) ::unlink(part.c_str());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Result<void> open_tar();
  Result<void> start(const std::string& name, std::uint64_t size, SealedRegion& header);
  Result<void> append(std::string_view bytes);
  Result<void> end_member();
  Result<void> write_member(std::string_view name, std::string_view content, SealedRegion& header,
                            SealedRegion& body);
  Error failure() const;
  static la_ssize_t on_write(::archive*, void* self, const void* bytes, std::size_t size);

  std::string path;
  std::string part;
  codec::Fd fd;
  Micros time;
  bool replace;
  bool finished = false;
  std::uint64_t offset = 0;
  store::Sha256Hasher header_hash;
  std::optional<Error> write_error;  // of our own write, seen through libarchive
  std::unique_ptr<::archive, FreeArchive> tar;
};

la_ssize_t ArchiveWriter::State::on_write(::archive* tar, void* self, const void* bytes,
                                          std::size_t size) {
  State& state = *static_cast<State*>(self);
  const std::string_view text{static_cast<const char*>(bytes), size};
  if (auto written = codec::write_all(state.fd.get(), text, state.part); !written) {
    state.write_error = std::move(written).error();
    archive_set_error(tar, EIO, "%s", "write failed");
    return -1;
  }
  state.header_hash.update(text);
  state.offset += size;
  return static_cast<la_ssize_t>(size);
}

Error ArchiveWriter::State::failure() const {
  if (write_error) return *write_error;
  const char* const text = archive_error_string(tar.get());
  return Error{Errc::internal,
               "cannot write '" + part + "': " + (text != nullptr ? text : "libarchive failed"),
               {},
               0,
               0};
}

Result<void> ArchiveWriter::State::open_tar() {
  tar.reset(archive_write_new());
  // Extended headers only where a name or size needs one; no blocking, so that what libarchive has
  // written is known after each call.
  if (tar == nullptr || archive_write_set_format_pax_restricted(tar.get()) != ARCHIVE_OK ||
      archive_write_set_bytes_per_block(tar.get(), 0) != ARCHIVE_OK ||
      archive_write_open(tar.get(), this, nullptr, on_write, nullptr) != ARCHIVE_OK) {
    return failure();
  }
  return {};
}

Result<void> ArchiveWriter::State::start(const std::string& name, std::uint64_t size,
                                         SealedRegion& header) {
  const std::unique_ptr<archive_entry, FreeEntry> entry{archive_entry_new()};
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), static_cast<time_t>(time / kSecond), 0);
  const std::uint64_t begin = offset;
  header_hash.finish();
  if (archive_write_header(tar.get(), entry.get()) != ARCHIVE_OK) return failure();
  header = {{begin, offset - begin}, header_hash.finish()};
  return {};
}

Result<void> ArchiveWriter::State::append(std::string_view bytes) {
  if (archive_write_data(tar.get(), bytes.data(), bytes.size()) !=
      static_cast<la_ssize_t>(bytes.size())) {
    return failure();
  }
  return {};
}

Result<void> ArchiveWriter::State::end_member() {
  if (archive_write_finish_entry(tar.get()) != ARCHIVE_OK) return failure();
  return {};
}

Result<void> ArchiveWriter::State::write_member(std::string_view name, std::string_view content,
                                                SealedRegion& header, SealedRegion& body) {
  MD_CHECK(start(std::string{name}, content.size(), header));
  store::Sha256Hasher hash;
  hash.update(content);
  body = {{offset, content.size()}, hash.finish()};
  MD_CHECK(append(content));
  return end_member();
}

ArchiveWriter::ArchiveWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArchiveWriter::ArchiveWriter(ArchiveWriter&&) noexcept = default;
ArchiveWriter& ArchiveWriter::operator=(ArchiveWriter&&) noexcept = default;
ArchiveWriter::~ArchiveWriter() = default;

Result<ArchiveWriter> ArchiveWriter::create(const std::string& path, Micros time, bool replace) {
  // Asked again by the rename; here, so that nobody waits hours for it.
  struct stat about {};
  if (!replace && ::lstat(path.c_str(), &about) == 0) {
    return system_error(Errc::exists, "will not replace '" + path + "'", EEXIST);
  }
  MD_TRY(codec::Fd fd, create_part(path + ".part"));
  auto state = std::make_unique<State>(path, std::move(fd), time, replace);
  MD_CHECK(state->open_tar());
  return ArchiveWriter{std::move(state)};
}

Result<void> ArchiveWriter::add(Member& member, int fd) {
  const std::string name = member.name();
  MD_CHECK(state_->start(name, member.bytes, member.header));
  store::Sha256Hasher hash;
  std::array<char, std::size_t{64} << 10> chunk;
  for (std::uint64_t done = 0; done < member.bytes;) {
    const std::size_t size = std::min<std::uint64_t>(chunk.size(), member.bytes - done);
    MD_CHECK(read_exactly(fd, done, chunk.data(), size, name));
    hash.update({chunk.data(), size});
    MD_CHECK(state_->append({chunk.data(), size}));
    done += size;
  }
  member.sha256 = hash.finish();
  return state_->end_member();
}

Result<void> ArchiveWriter::finish(const Manifest& manifest) {
  State& s = *state_;
  Seal seal;
  const std::string json = to_json(manifest);
  if (json.size() > kMaxManifest) {
    return Error{
        Errc::internal, "too many members for one archive: split it with --exchange", {}, 0, 0};
  }
  MD_CHECK(s.write_member(kManifestName, json, seal.manifest_header, seal.manifest));
  MD_CHECK(s.start(std::string{kSealName}, kSealBytes, seal.seal_header));
  MD_CHECK(s.append(to_text(seal)));
  MD_CHECK(s.end_member());
  if (archive_write_close(s.tar.get()) != ARCHIVE_OK) return s.failure();
  if (::fsync(s.fd.get()) != 0)
    return system_error(Errc::io, "cannot write '" + s.part + "'", errno);
  MD_CHECK(codec::rename_file(s.part, s.path, s.replace));
  s.finished = true;
  return codec::sync_directory_of(s.path);
}

std::uint64_t ArchiveWriter::bytes() const { return state_->offset; }

}  // namespace md::archive
