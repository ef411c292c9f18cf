#include "front/front.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace front {
namespace {

// What a program did: its exit code (128 + n for signal n) and what it printed.
struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

struct Options {
  std::vector<std::string> files;
  int window = 7;
};

void declare(CLI::App& app, Options& options) {
  inputs(app, options.files);
  app.add_option("--window", options.window, "messages kept")->check(CLI::PositiveNumber);
}

bool fails_with_epipe(int fd) { return write(fd, "x", 1) < 0 && errno == EPIPE; }

std::string slurp(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void declare_commands(CLI::App& app, Options& options) {
  CLI::App* const list = app.add_subcommand("list", "lists");
  list->add_option("--window", options.window, "messages kept")->required();
  app.add_subcommand("prune", "prunes");
  app.require_subcommand(1);
}

struct Setting {
  bool endless = false;
  bool commands = false;  // declare_commands()
  std::string out = {};   // path of stdout; empty: kept in the outcome
};

class FrontTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "front_test.XXXXXX").string();
    directory_ = mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream{path(name)} << text;
    return path(name);
  }

  // front::main ends with stdout closed, so each run is a process of its own.
  Outcome run(std::vector<std::string> arguments,
              md::Result<Answer> (*work)(const Options&, Context&),
              const Setting& setting = {}) const {
    const std::string out = setting.out.empty() ? path("out") : setting.out;
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
      dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
      dup2(open(path("err").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
      std::vector<char*> argv{const_cast<char*>("mdtry")};
      for (std::string& argument : arguments) argv.push_back(argument.data());
      _exit(main<Options>({.name = "mdtry",
                           .summary = "tries",
                           .example = "mdtry x",
                           .endless = setting.endless,
                           .tables = "part"},
                          setting.commands ? declare_commands : declare, work,
                          static_cast<int>(argv.size()), argv.data()));
    }
    int status = 0;
    waitpid(child, &status, 0);
    Outcome outcome;
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (setting.out.empty()) outcome.out = slurp(out);
    outcome.err = slurp(path("err"));
    return outcome;
  }

  std::string directory_;
};

md::Result<Answer> show(const Options& options, Context&) {
  std::printf("%d", options.window);
  for (const std::string& file : options.files) std::printf(" %s", file.c_str());
  std::printf("\n");
  return Answer::clean;
}

TEST(ExitForTest, EachErrorHasItsCode) {
  using md::Errc;
  const std::pair<Errc, int> table[] = {
      {Errc::malformed, 65}, {Errc::not_found, 66},   {Errc::io, 74},         {Errc::exists, 73},
      {Errc::create, 73},    {Errc::unavailable, 69}, {Errc::temporary, 75},  {Errc::protocol, 76},
      {Errc::config, 78},    {Errc::usage, 64},       {Errc::permission, 77}, {Errc::internal, 70},
  };
  for (const auto& [error, code] : table) EXPECT_EQ(static_cast<int>(exit_for(error)), code);
}

TEST_F(FrontTest, HealthyRunLeavesStderrEmpty) {
  const Outcome outcome = run({"a", "b", "--window", "9"}, show);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "9 a b\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(FrontTest, NoFileIsStandardInput) { EXPECT_EQ(run({}, show).out, "7 -\n"); }

TEST_F(FrontTest, AnswersBecomeExitCodes) {
  EXPECT_EQ(
      run({}, [](const Options&, Context&) -> md::Result<Answer> { return Answer::found; }).code,
      1);
  EXPECT_EQ(
      run({}, [](const Options&, Context&) -> md::Result<Answer> { return Answer::bad_data; }).code,
      65);
}

TEST_F(FrontTest, ErrorIsPrintedOnceWithTheToolsName) {
  const Outcome outcome = run({}, [](const Options&, Context&) -> md::Result<Answer> {
    return md::Error{md::Errc::malformed, "not JSON", "x.ndjson", 3, 7};
  });
  EXPECT_EQ(outcome.code, 65);
  EXPECT_EQ(outcome.err, "mdtry: x.ndjson:3:7: not JSON\n");
}

TEST_F(FrontTest, ExceptionIsOurBug) {
  const Outcome outcome = run(
      {}, [](const Options&, Context&) -> md::Result<Answer> { throw std::runtime_error{"boom"}; });
  EXPECT_EQ(outcome.code, 70);
  EXPECT_EQ(outcome.err, "mdtry: internal error: boom\n");
  EXPECT_EQ(
      run({}, [](const Options&, Context&) -> md::Result<Answer> { throw std::bad_alloc{}; }).err,
      "mdtry: out of memory\n");
}

TEST_F(FrontTest, WrongUsageIsOneShortLine) {
  const std::pair<std::vector<std::string>, std::string> table[] = {
      {{"--foo"}, "mdtry: unknown option or argument: --foo (see 'mdtry --help')\n"},
      {{"--window", "-1"}, "mdtry: --window: Value -1 is out of range (see 'mdtry --help')\n"},
      {{"--window"}, "mdtry: --window: value missing (see 'mdtry --help')\n"},
  };
  for (const auto& [arguments, message] : table) {
    const Outcome outcome = run(arguments, show);
    EXPECT_EQ(outcome.code, 64);
    EXPECT_EQ(outcome.err, message);
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(FrontTest, HelpAndVersionGoToStdout) {
  const Outcome help = run({"--help"}, show);
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.err, "");
  EXPECT_TRUE(help.out.starts_with("usage: mdtry [OPTION...] [FILE...]\n\ntries\n")) << help.out;
  EXPECT_NE(help.out.find("      --window N            messages kept\n"), std::string::npos)
      << help.out;
  EXPECT_NE(help.out.find("\nExample:\n  mdtry x\n"), std::string::npos) << help.out;
  EXPECT_EQ(run({"--version"}, show).out.substr(0, 6), "mdtry ");
}

TEST_F(FrontTest, HelpKnowsSubcommands) {
  const std::string all = run({"--help"}, show, {.commands = true}).out;
  EXPECT_TRUE(
      all.starts_with("usage: mdtry list [OPTION...] --window N\n"
                      "       mdtry prune [OPTION...]\n\ntries\n"))
      << all;
  EXPECT_NE(all.find("\nlist: lists\n      --window N            messages kept\n\nprune: prunes\n"),
            std::string::npos)
      << all;
  const std::string one = run({"list", "--help"}, show, {.commands = true}).out;
  EXPECT_TRUE(one.starts_with("usage: mdtry list [OPTION...] --window N\n\nlists\n")) << one;
  EXPECT_EQ(one.find("--help"), one.rfind("--help")) << one;
}

TEST_F(FrontTest, CommonOptionsMayFollowASubcommand) {
  EXPECT_EQ(run({"list", "--window", "3", "-q"}, show, {.commands = true}).out, "3\n");
}

TEST_F(FrontTest, ATableOfTheConfigurationIsASubcommand) {
  const std::string config = write("c.toml", "[list]\nwindow = 5\n");
  EXPECT_EQ(run({"--config", config, "list"}, show, {.commands = true}).out, "5\n");
}

TEST_F(FrontTest, FullDiskIsNeverSuccess) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, std::vector<std::string>{"--help"},
        std::vector<std::string>{"--version"}}) {
    const Outcome outcome = run(arguments, show, {.out = "/dev/full"});
    EXPECT_EQ(outcome.code, 74);
    EXPECT_EQ(outcome.err, "mdtry: cannot write to standard output: No space left on device\n");
  }
}

TEST_F(FrontTest, ClosedStdoutIsAnErrorAndNobodyElsesFile) {
  const Outcome outcome =
      run({}, [](const Options& options, Context& context) -> md::Result<Answer> {
        close(STDOUT_FILENO);
        return show(options, context);
      });
  EXPECT_EQ(outcome.code, 74);
}

TEST_F(FrontTest, ConfigurationHoldsOptionsAndPositionals) {
  const std::string config = write("c.toml", "window = 5\nfile = ['x', 'y']\n");
  EXPECT_EQ(run({"--config", config}, show).out, "5 x y\n");
  EXPECT_EQ(run({"--config", config, "z", "--window", "3"}, show).out, "3 z\n");
}

TEST_F(FrontTest, BadConfigurationIsTold) {
  const auto message = [&](const std::string& text) {
    const Outcome outcome = run({"--config", write("c.toml", text)}, show);
    EXPECT_EQ(outcome.code, 78) << text;
    const std::string prefix = "mdtry: bad configuration '" + path("c.toml") + "': ";
    EXPECT_TRUE(outcome.err.starts_with(prefix)) << outcome.err;
    return outcome.err.substr(std::min(prefix.size(), outcome.err.size()));
  };
  EXPECT_EQ(message("windo = 1\n"), "unknown option: windo\n");
  EXPECT_EQ(message("[piece]\nwindow = 1\n"), "unknown option: piece.window\n");
  EXPECT_EQ(message("window = 'x'\n"), "--window: Value x is out of range\n");
  EXPECT_TRUE(message("\nwindow = \n").starts_with("line 2, column "));
  EXPECT_TRUE(message("window = 2026-11-20\n").starts_with("line 1: a value must be "));
}

// Each table of the configuration, with what it comes to.
md::Result<Answer> show_tables(const Options& all, Context& context) {
  MD_CHECK(show(all, context));
  for (const std::string& name : context.tables) {
    Options options;
    MD_TRY(const auto names, context.parse([&](CLI::App& app) { declare(app, options); }, name));
    std::printf("%s %zu: ", name.c_str(), names.size());
    MD_CHECK(show(options, context));
  }
  return Answer::clean;
}

TEST_F(FrontTest, TablesHoldOptionsOfTheirOwn) {
  const std::string config = write("c.toml",
                                   "window = 5\nfile = ['x']\n[part.b]\nfile = ['y', 'z']\n"
                                   "[part.a]\nwindow = 9\n");
  EXPECT_EQ(run({"--config", config}, show_tables).out, "5 x\na 2: 9 x\nb 2: 5 y z\n");
  EXPECT_EQ(run({"--config", config, "--window", "2"}, show_tables).out,
            "2 x\na 2: 2 x\nb 2: 2 y z\n");
}

TEST_F(FrontTest, ABadTableIsTold) {
  const auto message = [&](const std::string& text) {
    const Outcome outcome = run({"--config", write("c.toml", text)}, show_tables);
    EXPECT_EQ(outcome.code, 78) << text;
    const std::string prefix = "mdtry: bad configuration '" + path("c.toml") + "': ";
    EXPECT_TRUE(outcome.err.starts_with(prefix)) << outcome.err;
    return outcome.err.substr(std::min(prefix.size(), outcome.err.size()));
  };
  EXPECT_EQ(message("[part.a]\nwindo = 1\n"), "[part.a]: unknown option: windo\n");
  EXPECT_EQ(message("[part]\nwindow = 1\n"), "line 2: expected a table [part.NAME]\n");
  EXPECT_EQ(message("[parts.a]\nwindow = 1\n"), "unknown option: parts.a.window\n");
}

TEST_F(FrontTest, MissingConfigurationIsTold) {
  const Outcome outcome = run({"--config", path("none.toml")}, show);
  EXPECT_EQ(outcome.code, 78);
  EXPECT_EQ(outcome.err, "mdtry: cannot read configuration '" + path("none.toml") + "'\n");
}

TEST_F(FrontTest, WrongCommandLineIsUsageEvenWithAConfiguration) {
  EXPECT_EQ(run({"--config", write("c.toml", "window = 5\n"), "--foo"}, show).code, 64);
}

md::Result<Answer> interrupted(const Options&, Context& context) {
  EXPECT_FALSE(context.stop);
  raise(SIGTERM);
  std::printf("stopped: %d\n", context.stop.load() ? 1 : 0);
  return Answer::clean;
}

TEST_F(FrontTest, FirstSignalLetsTheProgramFinish) {
  const Outcome endless = run({}, interrupted, {.endless = true});
  EXPECT_EQ(endless.code, 0);
  EXPECT_EQ(endless.out, "stopped: 1\n");
  const Outcome finite = run({}, interrupted);
  EXPECT_EQ(finite.code, 128 + SIGTERM);
  EXPECT_EQ(finite.out, "stopped: 1\n");
}

TEST_F(FrontTest, SecondSignalEndsAtOnce) {
  const Outcome outcome = run({},
                              [](const Options&, Context&) -> md::Result<Answer> {
                                raise(SIGINT);
                                raise(SIGTERM);
                                return Answer::clean;
                              },
                              {.endless = true});
  EXPECT_EQ(outcome.code, 128 + SIGTERM);
}

TEST_F(FrontTest, OnlyEndlessProgramsOutliveTheirReader) {
  const auto write_to_nobody = [](const Options&, Context&) -> md::Result<Answer> {
    int ends[2];
    if (pipe(ends) != 0) return md::Error{md::Errc::internal, "pipe", {}, 0, 0};
    close(ends[0]);
    if (fails_with_epipe(ends[1])) return md::Error{md::Errc::io, "reader gone", {}, 0, 0};
    return Answer::clean;
  };
  EXPECT_EQ(run({}, write_to_nobody, {.endless = true}).code, 74);
  EXPECT_EQ(run({}, write_to_nobody).code, 128 + SIGPIPE);
}

TEST_F(FrontTest, QuietAndVerboseChooseWhatIsSaid) {
  const auto talk = [](const Options&, Context& context) -> md::Result<Answer> {
    context.error("e");
    context.warn("w");
    context.note("n");
    return Answer::clean;
  };
  EXPECT_EQ(run({}, talk).err, "mdtry: e\nmdtry: w\n");
  EXPECT_EQ(run({"-q"}, talk).err, "mdtry: e\n");
  EXPECT_EQ(run({"-v"}, talk).err, "mdtry: e\nmdtry: w\nmdtry: n\n");
}

}  // namespace
}  // namespace front
