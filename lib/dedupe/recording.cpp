#include "dedupe/recording.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>

#include "dedupe/seen_window.hpp"
#include "venue/registry.hpp"

namespace md::dedupe {
namespace fs = std::filesystem;
namespace {

Error cannot(const char* what, const std::string& path, int error_number) {
  const Errc code = error_number == EACCES ? Errc::permission : Errc::not_found;
  return system_error(code, std::string("cannot ") + what + " '" + path + "'", error_number);
}

// Spool files under a directory, by the directory they lie in.
Result<std::map<std::string, std::vector<std::string>>> spool_files(const std::string& root) {
  std::map<std::string, std::vector<std::string>> found;
  std::error_code error;
  fs::recursive_directory_iterator it{root, fs::directory_options::follow_directory_symlink, error};
  for (; !error && it != fs::recursive_directory_iterator{}; it.increment(error)) {
    const std::string path = it->path().string();
    // What is being collected, and what stands aside.
    if (it->path().filename().native().front() == '.' && it->is_directory(error))
      it.disable_recursion_pending();
    if (path.ends_with(".ndjson.zst") && it->is_regular_file(error))
      found[it->path().parent_path().string()].push_back(path);
  }
  if (error) return cannot("read directory", root, error.value());
  if (found.empty()) return Error{Errc::not_found, "no *.ndjson.zst files in '" + root + "'"};
  for (auto& [directory, files] : found) std::sort(files.begin(), files.end());
  return found;
}

// SPOOL/<recorder>/<exchange>: the recorder. A directory of a lake: the lake. Any other directory
// stands for itself.
std::string recorder_of(const std::string& directory) {
  std::error_code error;
  fs::path path = fs::canonical(directory, error);
  if (error) path = directory;
  if (const auto lake = path.string().find("/exchange="); lake != std::string::npos)
    return path.string().substr(0, lake);
  return venue::find(path.filename().string()) != nullptr ? path.parent_path().string()
                                                          : path.string();
}

}  // namespace

Result<Recordings> find_recordings(const std::vector<std::string>& paths) {
  Recordings out;
  const auto number_of = [&out](const std::string& recorder) {
    const auto known = std::find(out.recorders.begin(), out.recorders.end(), recorder);
    if (known != out.recorders.end()) return static_cast<int>(known - out.recorders.begin());
    out.recorders.push_back(recorder);
    return static_cast<int>(out.recorders.size()) - 1;
  };
  for (const std::string& path : paths) {
    std::error_code error;
    if (path != "-" && fs::is_directory(path, error)) {
      MD_TRY(const auto directories, spool_files(path));
      for (const auto& [directory, files] : directories)
        out.reels.push_back({number_of(recorder_of(directory)), files});
      continue;
    }
    if (path != "-" && ::access(path.c_str(), R_OK) != 0) return cannot("open", path, errno);
    out.recorders.push_back(path);
    out.reels.push_back({static_cast<int>(out.recorders.size()) - 1, {path}});
  }
  if (out.recorders.size() > static_cast<std::size_t>(kMaxRecorders)) {
    return Error{Errc::usage, std::to_string(out.recorders.size()) + " recordings given, " +
                                  std::to_string(kMaxRecorders) + " can be merged at once"};
  }
  return out;
}

Result<bool> ReelReader::next(const Reject& reject) {
  while (true) {
    if (!lines_) {
      if (file_ == reel_.files.size()) return false;
      MD_TRY(lines_, codec::LineReader::open(reel_.files[file_++]));
    }
    switch (lines_->next(line_)) {
      case codec::LineReader::Read::line: {
        if (keys_.read(line_, key_)) return true;
        if (line_.empty()) continue;
        Error error = keys_.error();
        error.file = lines_->path();
        error.line = lines_->line_number();
        MD_CHECK(reject(error, line_));
        continue;
      }
      case codec::LineReader::Read::damage:
        if (lines_->damage().code == Errc::io) return lines_->damage();
        MD_CHECK(reject(lines_->damage(), {}));
        continue;
      case codec::LineReader::Read::end:
        lines_.reset();
    }
  }
}

}  // namespace md::dedupe
