#include "archive/parts.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <vector>

#include "archive/region.hpp"
#include "base/symbol.hpp"

namespace md::archive {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTitle = "mdtools part";

Errc creation_errc(int error_number) {
  return error_number == EACCES || error_number == EPERM || error_number == EROFS ? Errc::permission
                                                                                  : Errc::create;
}

std::string hash_of(std::string_view text) {
  store::Sha256Hasher hash;
  hash.update(text);
  return store::to_hex(hash.finish());
}

// The record's first line.
std::string record_line(std::string_view fingerprint, std::uint64_t misfiled) {
  return fmt::format("{} {} {}\n", kTitle, hash_of(fingerprint), misfiled);
}

// What record_line() was given as `misfiled`, if it was given this fingerprint.
std::optional<std::uint64_t> read_record_line(std::string_view line, std::string_view fingerprint) {
  const auto number = line.substr(line.rfind(' ') + 1);
  std::uint64_t misfiled = 0;
  std::from_chars(number.data(), number.data() + number.size(), misfiled);
  if (record_line(fingerprint, misfiled) != fmt::format("{}\n", line)) return std::nullopt;
  return misfiled;
}

}  // namespace

Result<Parts> Parts::open(std::string directory, Period period) {
  if (::mkdir(directory.c_str(), 0777) != 0 && errno != EEXIST)
    return system_error(creation_errc(errno), "cannot create '" + directory + "'", errno);
  return Parts{std::move(directory), std::move(period)};
}

Parts::~Parts() {
  if (!directory_.empty()) ::rmdir(directory_.c_str());
}

std::string Parts::path(const std::string& member) const {
  return directory_ + "/" + path_component(member);
}

std::optional<Part> Parts::find(const std::string& member, std::string_view fingerprint) const {
  const auto record = codec::read_file(path(member) + ".json", kMaxManifest);
  if (!record) return std::nullopt;
  const auto line_end = record->find('\n');
  if (line_end == std::string::npos) return std::nullopt;
  const std::string_view text{*record};
  const auto misfiled = read_record_line(text.substr(0, line_end), fingerprint);
  auto manifest = parse_manifest(text.substr(line_end + 1));
  if (!misfiled || !manifest || manifest->members.size() != 1) return std::nullopt;
  Part part{std::move(manifest->members.front()), {manifest->rejected, *misfiled}};
  const auto content = store::sha256_of_file(path(member));
  if (part.member.name() != member || !content || *content != part.member.sha256)
    return std::nullopt;
  return part;
}

Result<codec::Fd> Parts::create(const std::string& member) const {
  // The record goes first: it would be that of another content.
  ::unlink((path(member) + ".json").c_str());
  const std::string file = path(member) + ".part";
  codec::Fd fd{::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666)};
  if (!fd) return system_error(creation_errc(errno), "cannot create '" + file + "'", errno);
  return fd;
}

Result<void> Parts::keep(const Part& part, std::string_view fingerprint) const {
  const std::string content = path(part.member.name());
  MD_CHECK(codec::rename_file(content + ".part", content, true));
  const Manifest manifest{period_, true, {}, part.oddities.rejected, {part.member}};
  const std::string record = content + ".json.part";
  const codec::Fd fd{
      ::open(record.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666)};
  if (!fd) return system_error(Errc::io, "cannot create '" + record + "'", errno);
  MD_CHECK(codec::write_all(
      fd.get(), record_line(fingerprint, part.oddities.misfiled) + to_json(manifest), record));
  return codec::rename_file(record, content + ".json", true);
}

Result<codec::Fd> Parts::open_content(const std::string& member) const {
  codec::Fd fd{::open(path(member).c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) return system_error(Errc::io, "cannot read '" + path(member) + "'", errno);
  return fd;
}

void Parts::remove(const std::string& member) const {
  for (const char* suffix : {".json", ".json.part", ".part", ""})
    ::unlink((path(member) + suffix).c_str());
}

void Parts::remove_all() const {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator at{directory_, error};
  for (; !error && at != fs::directory_iterator{}; at.increment(error)) {
    const std::string name = at->path().filename().string();
    // No other file is ours to take.
    if (is_shortened(name) || name.ends_with(".csv.zst") || name.ends_with(".csv.gz") ||
        name.ends_with(".json") || name.ends_with(".part")) {
      names.push_back(name);
    }
  }
  for (const std::string& name : names) ::unlink((directory_ + "/" + name).c_str());
}

}  // namespace md::archive
