// What all programs share: options, help, errors to exit codes, signals, closing of stdout.
//
//   int main(int argc, char** argv) {
//     return front::main<Options>({.name = "mdnorm", .summary = "raw lines to events", .example =
//     "mdnorm x.raw.ndjson"},
//                                 declare, run, argc, argv);
//   }
//
// declare() names options and touches nothing else; run() does the work and answers. Nothing but
// front calls exit().
#pragma once

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "codec/output.hpp"

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

// How lines on stderr look: "tool: text" for people, or for machines as key=value pairs:
//   time=2026-11-20T10:32:49.669123Z level=warn tool=mdrecord venue=kraken msg="connection 1: ..."
enum class LogFormat { text, logfmt };

struct Context {
  std::string tool;
  // Set by SIGINT and SIGTERM; a second signal ends the process at once. Who sees it finishes the
  // line at hand and returns; a finite tool then leaves its output files unfinished (no
  // Output::finish), because they are not whole. The handlers interrupt system calls (no
  // SA_RESTART).
  const std::atomic<bool>& stop;
  bool quiet = false;
  int verbose = 0;
  std::string tool_version = {};  // "mdload 0.1.0", for ledgers and manifests
  LogFormat log_format = LogFormat::text;
  std::string log_fields = {};  // further pairs of logfmt, such as "venue=kraken"
  // As Program::endless, for a finite tool in a mode that runs until it is told to stop.
  bool endless = false;
  // Program::tables: the NAMEs of the configuration file as it was read.
  std::vector<std::string> tables = {};
  // Reads the command line and the file of --config as it is now: options for all, or, with a
  // NAME, with those of its table on top. Gives the NAMEs. usage, config.
  std::function<md::Result<std::vector<std::string>>(const std::function<void(CLI::App&)>& declare,
                                                     const std::string& name)>
      parse = {};

  // To stderr in log_format; stdout is flushed first. Thread-safe. note() only with -v, warn()
  // not with -q.
  void error(std::string_view text) const;
  void warn(std::string_view text) const;
  void note(std::string_view text) const;
};

struct Program {
  const char* name;
  const char* summary;  // one line, for --help
  const char* example;  // for --help
  // Runs until it is told to stop (mdrecord, mdsim): SIGINT and SIGTERM are its good end, exit 0,
  // and a reader of stdout that goes away is an error, 74. A finite tool (false) that was
  // interrupted dies by the signal, as the shell expects, once run() has returned, and ends
  // silently by SIGPIPE.
  bool endless = false;
  // The configuration file may have tables [TABLES.NAME], each with options of NAME alone.
  const char* tables = "";
};

// Parses, runs, prints the error, gives the exit code. -h --help, --version, -q --quiet, -v
// --verbose and --config are declared here. The file of --config is TOML; each key is an option's
// long name (or a positional's name), each table a subcommand; what the command line says wins.
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

// ---- groups of options that several tools share
// ---------------------------------------------------------------

// [FILE...]: nothing or "-" is standard input; `files` is never empty after parsing.
void inputs(CLI::App& app, std::vector<std::string>& files);

// -o, --output FILE: where the result goes; "-", the default, is standard output.
void output(CLI::App& app, std::string& path);

// Errc::usage if compressed bytes would go to a terminal.
md::Result<void> refuse_terminal(const std::string& path, md::codec::Compression compression);

// Bad input: reported with file and line, counted, told at the end; --strict makes the first one
// the end, --rejects keeps the lines, and beside them, in FILE.reasons, why: line N there is of
// line N of FILE, "input.ndjson:5: unknown event type 'x'".
struct Rejects {
  bool strict = false;
  std::string path;  // --rejects FILE
  void declare(CLI::App& app);
};
class RejectLog {
 public:
  // `context` must outlive the log. The file of --rejects is appended to: what an earlier run kept
  // there stays.
  static md::Result<RejectLog> open(const Rejects& options, const Context& context);
  // Reports one bad line (`line` may be empty where it could not be read). Without --rejects the
  // beginning of the line is shown. With --strict, gives the error back.
  md::Result<void> reject(const md::Error& error, std::string_view line);
  std::uint64_t count() const { return count_; }
  // bad_data if anything was rejected, else `otherwise`.
  md::Result<Answer> finish(Answer otherwise);

 private:
  RejectLog() = default;
  bool strict_ = false;
  const Context* context_ = nullptr;
  struct File {
    std::string path;
    std::shared_ptr<std::FILE> stream;
  };
  static md::Result<File> append_to(const std::string& path);
  static md::Result<void> append(const File& file, std::string_view line);

  File lines_;  // without stream: no --rejects
  File reasons_;
  std::uint64_t count_ = 0;
};

}  // namespace front
