#include "archive/syncer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "archive/remote_archive.hpp"
#include "archive/report.hpp"

namespace md::archive {
namespace {

// What the remote has under an archive's name.
enum class There { nothing, the_same, another, no_archive };

Result<There> look(const Rclone& rclone, const std::string& remote, const RemoteFile* file,
                   const ArchiveFile& local) {
  if (file == nullptr) return There::nothing;
  const auto found = open_remote(rclone, remote, *file);
  if (found) {
    const bool same = found->identity() == local.identity() && found->bytes() == local.bytes();
    return same ? There::the_same : There::another;
  }
  if (found.error().code != Errc::malformed) return found.error();
  return There::no_archive;
}

}  // namespace

Result<Syncer> Syncer::open(SyncOptions options) {
  const Rclone rclone{options.stop};
  MD_TRY(auto there, rclone.archives(options.remote));
  return Syncer{std::move(options), rclone, std::move(there)};
}

const RemoteFile* Syncer::find(const std::string& name) const {
  const auto found = std::lower_bound(
      there_.begin(), there_.end(), name,
      [](const RemoteFile& file, const std::string& wanted) { return file.name < wanted; });
  return found == there_.end() || found->name != name ? nullptr : &*found;
}

Result<Finding> Syncer::sync(const std::string& path) const {
  const auto finding = [&](std::string_view word, std::string text) {
    return Finding{word, path, std::move(text)};
  };
  const std::string local = std::filesystem::absolute(path).string();
  const std::string name = std::filesystem::path{path}.filename().string();
  const auto file = ArchiveFile::open(path);
  if (!file) {
    if (file.error().code != Errc::malformed) return file.error();
    return finding("FAILURE", "not sent: " + fault_text({file.error().file, file.error().message}));
  }
  MD_TRY(const There there, look(rclone_, options_.remote, find(name), *file));
  if (there == There::another && !options_.replace) {
    return finding("FAILURE",
                   fmt::format("not sent: {} has another archive of that name", options_.remote));
  }
  if (there == There::another || there == There::no_archive) {
    MD_TRY(const Verdict verdict, verify(path, {.stop = options_.stop}));
    if (!verdict.ok()) return finding("FAILURE", "not sent: " + fault_text(verdict.faults.front()));
  }
  if (there != There::the_same) {
    MD_CHECK(rclone_.copy(local, remote_path(options_.remote, name), there != There::nothing));
  }
  MD_TRY(const bool same, rclone_.same(local, options_.remote));
  if (!same) return finding("FAILURE", fmt::format("{} has other content", options_.remote));
  return finding("OK", there == There::the_same ? "there already, and the same"
                                                : fmt::format("sent: {} bytes", file->bytes()));
}

}  // namespace md::archive
