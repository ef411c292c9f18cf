// mdload - events into PostgreSQL, each file exactly once. Manual: man/mdload.1
#include <fmt/format.h>

#include <optional>

#include "front/front.hpp"
#include "store/load_files.hpp"
#include "store/schema.hpp"

namespace {

struct Options {
  front::Rejects rejects;
  std::vector<std::string> in;
  md::store::ConnectOptions connect;
  bool init = false;
  bool double_precision = false;
  bool replace = false;
  int jobs = 1;
};

void declare(CLI::App& app, Options& o) {
  front::inputs(app, o.in);
  o.rejects.declare(app);
  app.add_option("--dsn", o.connect.dsn,
                 "database (libpq connection string or URI); default: libpq's environment")
      ->type_name("DSN");
  auto* init = app.add_flag("--init", o.init,
                            "create the schema md or bring it up to date, and load nothing");
  app.add_flag("--double", o.double_precision,
               "with --init: double precision prices, not exact ones")
      ->needs(init);
  app.add_flag("--replace", o.replace,
               "a file loaded before with other content: take that out, this in");
  app.add_option("-j,--jobs", o.jobs, "files loaded at once")
      ->type_name("N")
      ->check(CLI::Range(1, 64));
  app.add_option("--retries", o.connect.retries, "attempts to reach a database that is away")
      ->type_name("N")
      ->check(CLI::Range(0, 100));
}

md::Result<front::Answer> init(const Options& o, const md::store::ConnectOptions& connect,
                               front::Context& ctx) {
  using md::store::Numbers;
  MD_TRY(auto database, md::store::Database::connect(connect));
  const auto numbers = o.double_precision ? std::optional(Numbers::binary) : std::nullopt;
  MD_TRY(const auto schema, md::store::migrate(database, numbers, ctx.tool_version));
  ctx.note(fmt::format("schema md has version {}", schema.version));
  return front::Answer::clean;
}

void report(const std::string& path, const md::store::Load& load, const front::Context& ctx) {
  if (load.already_loaded) {
    ctx.note(fmt::format("'{}' is loaded already", path));
  } else if (load.removed != 0) {
    ctx.note(fmt::format("'{}': {} events in place of {}", path, load.rows, load.removed));
  } else {
    ctx.note(fmt::format("'{}': {} events", path, load.rows));
  }
}

md::Result<front::Answer> run(const Options& o, front::Context& ctx) {
  md::store::ConnectOptions connect = o.connect;
  connect.stop = &ctx.stop;
  if (o.init) return init(o, connect, ctx);

  MD_TRY(auto rejects, front::RejectLog::open(o.rejects, ctx));
  // One bad file does not keep the others out; the last error is the answer, those before it are
  // told on the way.
  std::optional<md::Error> error;
  const auto keep = [&](md::Error now) {
    if (error) ctx.error(error->text());
    error = std::move(now);
  };
  std::vector<std::string> files;
  for (const std::string& argument : o.in) {
    auto found = md::store::files_to_load(argument);
    if (found) {
      files.insert(files.end(), found->begin(), found->end());
    } else {
      keep(std::move(found).error());
    }
  }
  md::store::FilesLoader loader(
      {.file = {.connect = connect, .tool_version = ctx.tool_version, .replace = o.replace},
       .jobs = o.jobs},
      {.reject = [&](const md::Error& bad,
                     std::string_view line) { return rejects.reject(bad, line); },
       .loaded = [&](const std::string& file,
                     const md::store::Load& load) { report(file, load, ctx); },
       .failed =
           [&](const std::string& file, md::Error failed) {
             if (!ctx.stop) {
               keep(std::move(failed));
             } else if (!file.empty()) {
               ctx.error(fmt::format("interrupted: nothing of '{}' is loaded", file));
             }
           }});
  loader.load(std::move(files));
  MD_TRY(const front::Answer answer, rejects.finish(front::Answer::clean));
  if (error) return *std::move(error);
  return answer;
}

}  // namespace

int main(int argc, char** argv) {
  return front::main<Options>({.name = "mdload",
                               .summary = "load events into PostgreSQL, each file exactly once",
                               .example = "mdload --init && mdload lake/"},
                              declare, run, argc, argv);
}
