#include "front/front.hpp"

#include <fmt/format.h>

#include <mutex>
#include <new>

#include "base/time.hpp"
#include "front/config.hpp"
#include "front/help.hpp"
#include "front/process.hpp"
#include "front/progress.hpp"

namespace front {
namespace {

// In quotes, on one line, whatever a venue had us quote.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string log_line(const Context& context, std::string_view level, std::string_view text) {
  if (context.log_format == LogFormat::text) return fmt::format("{}: {}\n", context.tool, text);
  return fmt::format("time={} level={} tool={}{}{} msg={}\n", md::to_iso(md::now()), level,
                     context.tool, context.log_fields.empty() ? "" : " ", context.log_fields,
                     quoted(text));
}

void print_line(const Context& context, std::string_view level, std::string_view text) {
  static std::mutex mutex;
  const std::lock_guard lock{mutex};
  std::fflush(stdout);
  Progress::hide();
  const std::string line = log_line(context, level, text);
  std::fwrite(line.data(), 1, line.size(), stderr);  // nobody is left to tell if this fails
}

struct Common {
  bool quiet = false;
  int verbose = 0;
};

enum class ConfigFile { read, only_named };

void declare_all(CLI::App& app, const Program& program, Common& common,
                 const std::function<void(CLI::App&)>& declare, ConfigFile config,
                 const std::string& table = {}) {
  app.name(program.name);
  app.fallthrough();  // `mdbackup export -q`: a subcommand passes on what is not its own
  app.set_help_flag("-h,--help", "show this help and exit")->group(kCommonGroup);
  declare(app);
  app.set_version_flag("--version", fmt::format("{} {}", program.name, MD_VERSION),
                       "show the version and exit")
      ->group(kCommonGroup);
  app.add_flag("-q,--quiet", common.quiet, "only errors on stderr")->group(kCommonGroup);
  app.add_flag("-v,--verbose", common.verbose, "more on stderr")->group(kCommonGroup);
  CLI::Option* option = nullptr;
  if (config == ConfigFile::read) {
    option = app.set_config("--config", "", "options from a TOML file");
    app.config_formatter(std::make_shared<TomlConfig>(program.tables, table));
    app.allow_config_extras(CLI::config_extras_mode::error);
  } else {
    option = app.add_option("--config", "options from a TOML file");
  }
  option->type_name("FILE")->group(kCommonGroup);
}

std::string config_file_of(CLI::App& app) {
  const CLI::Option* option = app.get_config_ptr();
  return option == nullptr || option->empty() ? std::string{} : option->results().back();
}

// CLI11's sentences in the shape of ours: lower case, one line, nothing of the library's insides.
std::string sentence(const CLI::ParseError& error) {
  std::string text = error.what();
  text = text.substr(0, text.find('\n'));
  const auto after = [&](std::string_view mark) {
    return text.substr(text.find(mark) + mark.size());
  };
  const auto before = [&](std::string_view mark) { return text.substr(0, text.find(mark)); };
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    return "unknown option or argument: " + after(": ");
  }
  if (text.starts_with("INI was not able to parse ")) return "unknown option: " + after("parse ");
  if (text.ends_with(" missing")) return before(": ") + ": value missing";
  if (text.find("e+308") != std::string::npos ||
      text.find("17976931348623157") != std::string::npos) {
    return before(": ") + ": " +
           text.substr(text.find(": ") + 2, text.find(" not in range") - text.find(": ") - 2) +
           " is out of range";  // CLI11 would print the limits of double
  }
  if (text.size() > 1 && std::isupper(static_cast<unsigned char>(text[0])) != 0 &&
      std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

// Is the command line wrong by itself, whatever the configuration file says?
bool command_line_is_wrong(const Program& program, const std::function<void(CLI::App&)>& declare,
                           int argc, char** argv) {
  CLI::App app;
  Common common;
  declare_all(app, program, common, declare, ConfigFile::only_named);
  try {
    app.parse(argc, argv);
    return false;
  } catch (const CLI::RequiredError&) {
    return false;  // the file might have had it
  } catch (const CLI::ParseError&) {
    return true;
  }
}

// Parses command line and configuration; gives the names of the file's tables. What is asked for
// instead (help, version) is thrown.
md::Result<std::vector<std::string>> parse(CLI::App& app, const Program& program, Common& common,
                                           const std::function<void(CLI::App&)>& declare,
                                           const std::string& table, int argc, char** argv) {
  declare_all(app, program, common, declare, ConfigFile::read, table);
  try {
    app.parse(argc, argv);
    return static_cast<const TomlConfig&>(*app.get_config_formatter()).names();
  } catch (const CLI::CallForHelp&) {
    throw;
  } catch (const CLI::CallForVersion&) {
    throw;
  } catch (const CLI::FileError&) {
    return md::Error{md::Errc::config,
                     fmt::format("cannot read configuration '{}'", config_file_of(app))};
  } catch (const CLI::ParseError& error) {
    const std::string file = config_file_of(app);
    if (file.empty() || command_line_is_wrong(program, declare, argc, argv)) {
      return md::Error{md::Errc::usage,
                       fmt::format("{} (see '{} --help')", sentence(error), program.name)};
    }
    const std::string where =
        table.empty() ? std::string{} : fmt::format("[{}.{}]: ", program.tables, table);
    return md::Error{md::Errc::config,
                     fmt::format("bad configuration '{}': {}{}", file, where, sentence(error))};
  }
}

// Runs and answers the exit code; errors are printed here.
Exit run_guarded(const std::function<md::Result<Answer>(Context&)>& run, Context& context) {
  try {
    const md::Result<Answer> answer = run(context);
    if (!answer) {
      context.error(answer.error().text());
      return exit_for(answer.error().code);
    }
    switch (*answer) {
      case Answer::clean:
        return Exit::done;
      case Answer::found:
        return Exit::found;
      case Answer::bad_data:
        return Exit::bad_data;
    }
    return Exit::internal;
  } catch (const std::bad_alloc&) {
    context.error("out of memory");
  } catch (const std::exception& error) {
    context.error(fmt::format("internal error: {}", error.what()));
  }
  return Exit::internal;
}

// A text asked for, such as help: the whole of the output.
Exit print_and_close(const Context& context, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  const md::Result<void> closed = close_stdout();
  if (closed) return Exit::done;
  context.error(closed.error().text());
  return Exit::io;
}

}  // namespace

Exit exit_for(md::Errc code) {
  switch (code) {
    case md::Errc::malformed:
      return Exit::bad_data;
    case md::Errc::not_found:
      return Exit::no_input;
    case md::Errc::io:
      return Exit::io;
    case md::Errc::exists:
    case md::Errc::create:
      return Exit::cannot_create;
    case md::Errc::unavailable:
      return Exit::unavailable;
    case md::Errc::temporary:
      return Exit::temporary;
    case md::Errc::protocol:
      return Exit::protocol;
    case md::Errc::permission:
      return Exit::permission;
    case md::Errc::config:
      return Exit::config;
    case md::Errc::usage:
      return Exit::usage;
    case md::Errc::internal:
      return Exit::internal;
  }
  return Exit::internal;
}

void Context::error(std::string_view text) const { print_line(*this, "error", text); }

void Context::warn(std::string_view text) const {
  if (!quiet) print_line(*this, "warn", text);
}

void Context::note(std::string_view text) const {
  if (verbose > 0 && !quiet) print_line(*this, "info", text);
}

int run_program(const Program& program, const std::function<void(CLI::App&)>& declare,
                const std::function<md::Result<Answer>(Context&)>& run, int argc, char** argv) {
  open_missing_descriptors();
  Context context{.tool = program.name,
                  .stop = stop_flag(),
                  .tool_version = fmt::format("{} {}", program.name, MD_VERSION)};
  const auto leave = [](Exit exit) { return static_cast<int>(exit); };
#ifdef __AVX2__
  if (__builtin_cpu_supports("avx2") == 0) {
    context.error("this build needs a processor with AVX2; build with -DMD_MARCH=x86-64");
    return leave(Exit::config);
  }
#endif
  CLI::App app;
  Common common;
  try {
    auto parsed = parse(app, program, common, declare, {}, argc, argv);
    if (!parsed) {
      context.error(parsed.error().text());
      return leave(exit_for(parsed.error().code));
    }
    context.tables = *std::move(parsed);
  } catch (const CLI::CallForHelp&) {
    return leave(print_and_close(context, help_text(app, program)));
  } catch (const CLI::CallForVersion& version) {
    return leave(print_and_close(context, std::string{version.what()} + '\n'));
  }
  context.parse = [&](const std::function<void(CLI::App&)>& again, const std::string& table) {
    CLI::App other;
    Common ignored;
    return parse(other, program, ignored, again, table, argc, argv);
  };
  context.quiet = common.quiet;
  context.verbose = common.verbose;

  catch_signals(program.endless);
  Exit exit = run_guarded(run, context);
  if (const md::Result<void> closed = close_stdout(); !closed && exit != Exit::io) {
    context.error(closed.error().text());
    exit = Exit::io;
  }
  if (!program.endless && !context.endless &&
      (exit == Exit::done || exit == Exit::found || exit == Exit::bad_data)) {
    die_if_interrupted();
  }
  return leave(exit);
}

}  // namespace front
