#include "check/file_input.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace md::check {
namespace {

// In a lake, what interrupts streams is read before them.
bool of_connections(const dedupe::Reel& reel) {
  const std::string& path = reel.files.front();
  return path.find("/type=gap/") != std::string::npos ||
         path.find("/type=disconnect/") != std::string::npos ||
         path.find("/type=connect/") != std::string::npos;
}

}  // namespace

Result<std::vector<Recording>> find_recordings(const std::vector<std::string>& paths) {
  std::vector<Recording> out;
  Recording files;
  for (const std::string& path : paths) {
    std::error_code error;
    const bool directory = path != "-" && std::filesystem::is_directory(path, error);
    MD_TRY(dedupe::Recordings found, dedupe::find_recordings({path}));
    if (!directory) {
      std::move(found.reels.begin(), found.reels.end(), std::back_inserter(files.reels));
      continue;
    }
    const std::size_t begin = out.size();
    for (const std::string& name : found.recorders) out.push_back({name, {}});
    for (dedupe::Reel& reel : found.reels) {
      out[begin + static_cast<std::size_t>(reel.recorder)].reels.push_back(std::move(reel));
    }
  }
  if (!files.reels.empty()) out.push_back(std::move(files));
  for (Recording& recording : out) {
    if (out.size() == 1) recording.name.clear();
    std::stable_partition(recording.reels.begin(), recording.reels.end(), of_connections);
  }
  return out;
}

Result<const dedupe::LineKey*> FileInput::next() {
  while (true) {
    if (!reader_) {
      if (reel_ == recording_.reels.size()) return nullptr;
      reader_.emplace(recording_.reels[reel_++]);
    }
    MD_TRY(const bool more, reader_->next(reject_));
    if (more) return &reader_->key();
    reader_.reset();
  }
}

}  // namespace md::check
