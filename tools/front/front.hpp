// What all programs share: options, help, errors to exit codes, signals, closing of stdout.
//
//   int main(int argc, char** argv) { return front::main<Options>({"mdnorm", "one line"}, declare, run, argc, argv); }
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace front {

// Exit codes (each man page, EXIT STATUS).
enum class Exit : int {
  done = 0,
  found = 1,  // done, and what was looked for was found: gaps, mismatches
  usage = 64,
  bad_data = 65,
  no_input = 66,
  unavailable = 69,
  internal = 70,
  cannot_create = 73,
  io = 74,
  temporary = 75,
  protocol = 76,
  permission = 77,
  config = 78,
};
Exit exit_for(md::Errc code);

// What a run that did not fail answers.
enum class Answer { clean, found, bad_data };

struct Context {
  std::string tool;
  const std::atomic<bool>& stop;  // set by SIGINT and SIGTERM; a second signal ends the process at once
  bool quiet = false;
  int verbose = 0;

  // To stderr as "tool: text"; stdout is flushed first. Thread-safe. note() only with -v, warn() not with -q.
  void error(std::string_view text) const;
  void warn(std::string_view text) const;
  void note(std::string_view text) const;
};

struct Program {
  const char* name;
  const char* summary;  // one line, for --help
  const char* example;  // for --help
};

// Parses, runs, prints the error, gives the exit code. -h --help, --version, -q, -v and --config are declared here.
int run_program(const Program& program, const std::function<void(CLI::App&)>& declare,
                const std::function<md::Result<Answer>(Context&)>& run, int argc, char** argv);

template <typename Options>
int main(const Program& program, void (*declare)(CLI::App&, Options&),
         md::Result<Answer> (*run)(const Options&, Context&), int argc, char** argv) {
  Options options;
  return run_program(
      program, [&](CLI::App& app) { declare(app, options); },
      [&](Context& context) { return run(options, context); }, argc, argv);
}

// ---- groups of options that several tools share ---------------------------------------------------------------

// FILE... ; nothing or "-" is standard input.
void inputs(CLI::App& app, std::vector<std::string>& files);

// Bad input: reported with file and line, counted, told at the end; --strict makes the first one the end, --rejects keeps
// the lines.
struct Rejects {
  bool strict = false;
  std::string path;  // --rejects FILE
  void declare(CLI::App& app);
};
class RejectLog {
 public:
  static md::Result<RejectLog> open(const Rejects& options, const Context& context);
  // Reports one bad line (`line` may be empty where it could not be read). With --strict, gives the error back.
  md::Result<void> reject(const md::Error& error, std::string_view line);
  std::uint64_t count() const { return count_; }
  md::Result<Answer> finish(Answer otherwise);  // bad_data if anything was rejected

 private:
  RejectLog() = default;
  bool strict_ = false;
  const Context* context_ = nullptr;
  std::shared_ptr<std::FILE> file_;
  std::string path_;
  std::uint64_t count_ = 0;
};

}  // namespace front
