// Many files into the database, several at once: what mdload does with its arguments.
//
// Each of `jobs` workers has two connections of its own and loads one file after the other, in the
// order of LoadPlan; whoever brings in the last file of a day indexes and attaches it. Threads are
// started for a run and end with it. Pipes are read by the calling thread alone, which takes the
// signals.
//
// Memory: that of one FileLoader for each worker.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/load_file.hpp"
#include "store/load_plan.hpp"

namespace md::store {

// What is told while files are loaded, from any thread.
struct LoadReport {
  RejectLine reject;  // as the lines come; one call at a time
  // One call at a time of these two. In the order of the files, whichever was done first. `path` is
  // "" where the error is of no file: days that could not be attached, which the next run does.
  std::function<void(const std::string& path, const Load&)> loaded;
  std::function<void(const std::string& path, Error)> failed;
};

// Whether another file may fare better, or the error ends a run.
bool ends_the_run(Errc code);

// Runs `files` on `workers` (at least one). No file is begun after an error that ends the run, or
// once `stop` is set; those at hand are rolled back by their workers, who look at `stop`
// themselves.
void load_files(std::vector<std::string> files,
                std::span<const std::unique_ptr<LoadWorker>> workers, const std::atomic<bool>& stop,
                const LoadReport& report);

class FilesLoader {
 public:
  struct Options {
    FileLoader::Options file;  // connect.stop must be set
    int jobs = 1;
  };
  FilesLoader(const Options& options, LoadReport report);
  ~FilesLoader();

  // Loads them, after it has finished the days that a run before left behind. May be called again;
  // connections are kept.
  void load(std::vector<std::string> files);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace md::store
