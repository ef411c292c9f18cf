#include "archive/location.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>

namespace md::archive {

namespace fs = std::filesystem;

namespace {

bool next_may_fare_better(Errc code) {
  return code == Errc::malformed || code == Errc::not_found || code == Errc::permission;
}

Result<std::vector<std::string>> archives_in(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> found;
  fs::directory_iterator at{path, error};
  for (; !error && at != fs::directory_iterator{}; at.increment(error)) {
    if (at->path().extension() == ".tar") found.push_back(at->path().string());
  }
  if (error) {
    const Errc code = error.value() == EACCES ? Errc::permission : Errc::not_found;
    return system_error(code, "cannot list '" + path + "'", error.value());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

Result<std::string> archive_path(const std::string& output, const Period& period) {
  if (output == "-")
    return Error{Errc::usage, "an archive cannot be written to standard output", {}, 0, 0};
  std::error_code error;
  if (!output.ends_with('/') && !fs::is_directory(output, error)) return output;
  std::string path = (fs::path{output} / period.name).lexically_normal().string();
  return path += ".tar";
}

Result<std::vector<std::string>> archives_at(const std::vector<std::string>& paths) {
  std::vector<std::string> all;
  for (const std::string& path : paths) {
    MD_TRY(const auto found, archives_in(path));
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}
Result<void> each_archive(const std::vector<std::string>& paths, const std::atomic<bool>& stop,
                          const std::function<void(const Error&)>& tell,
                          const std::function<Result<void>(const std::string&)>& handle) {
  std::optional<Error> failed;
  for (const std::string& path : paths) {
    auto handled = handle(path);
    if (handled) continue;
    if (failed) tell(*failed);
    failed = std::move(handled).error();
    // Of what is wrong inside an archive, the error names the member.
    if (failed->code == Errc::malformed) {
      failed->file = failed->file.empty() ? path : path + ": " + failed->file;
    }
    if (stop || !next_may_fare_better(failed->code)) break;
  }
  if (failed) return *std::move(failed);
  return {};
}

}  // namespace md::archive
