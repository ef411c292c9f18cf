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

// Regular files only: a thread that waits for a pipe could not be ended.
bool is_worth_a_thread(const Reel& reel) {
  constexpr std::uintmax_t kLeastBytes = std::uintmax_t{256} << 10;
  std::uintmax_t bytes = 0;
  for (const std::string& file : reel.files) {
    std::error_code error;
    if (file == "-" || !fs::is_regular_file(file, error)) return false;
    bytes += fs::file_size(file, error);
  }
  return bytes >= kLeastBytes;
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

ReelReader::ReelReader(const Reel& reel, int threads)
    : recorder_(reel.recorder), scanner_(reel, threads > 1) {
  if (threads > 0 && is_worth_a_thread(reel)) thread_.emplace([this] { read_ahead(); });
}

ReelReader::~ReelReader() {
  batches_.leave();
  if (thread_) thread_->join();
}

void ReelReader::read_ahead() {
  while (LineBatch* const batch = batches_.claim()) {
    scanner_.fill(*batch);
    const bool last = batch->end || batch->failed;
    batches_.publish();
    if (last) return;
  }
}

const LineBatch& ReelReader::next_batch() {
  if (!thread_) {
    scanner_.fill(own_batch_);
    return own_batch_;
  }
  if (batch_ != nullptr) batches_.release();
  return *batches_.next();
}

Result<bool> ReelReader::next(const Reject& reject) {
  if (batch_ == nullptr) batch_ = &next_batch();
  while (true) {
    while (given_ != batch_->lines.size()) {
      const ScannedLine& line = batch_->lines[given_++];
      line_ = line.text;
      key_ = line.scanned ? &line.key : &own_key_;
      if (line.scanned || keys_.read(line_, own_key_)) return true;
      Error error = keys_.error();
      error.file = batch_->file;
      error.line = line.number;
      MD_CHECK(reject(error, line_));
    }
    if (batch_->failed) return *batch_->failed;
    if (batch_->end) return false;
    if (batch_->damage) MD_CHECK(reject(*batch_->damage, {}));
    batch_ = &next_batch();
    given_ = 0;
  }
}

}  // namespace md::dedupe
