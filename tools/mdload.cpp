// mdload - events into PostgreSQL, each file exactly once. Manual: man/mdload.1
#include <fmt/format.h>

#include <optional>

#include "front/front.hpp"
#include "store/follow.hpp"
#include "store/load_files.hpp"
#include "store/load_source.hpp"
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
  std::optional<std::string> source;
  std::optional<std::string> spool;
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
  auto* source = app.add_option("--source", o.source,
                                "standard input as a source that is resumed under this NAME")
                     ->type_name("NAME");
  app.add_option("--follow", o.spool, "load the files of SPOOL as they are closed, without end")
      ->type_name("SPOOL")
      ->excludes(source)
      ->excludes(init);
  source->excludes(init);
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

md::store::FilesLoader::Options file_options(const Options& o, const front::Context& ctx) {
  return {.file = {.connect = o.connect, .tool_version = ctx.tool_version, .replace = o.replace},
          .jobs = o.jobs};
}

// One bad file does not keep the others out; the last error is the answer, those before it are told
// on the way.
md::Result<front::Answer> load_files(const Options& o, front::RejectLog& rejects,
                                     front::Context& ctx) {
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
  md::store::LoadReport told;
  told.reject = [&](const md::Error& bad, std::string_view line) {
    return rejects.reject(bad, line);
  };
  told.loaded = [&](const std::string& file, const md::store::Load& load) {
    report(file, load, ctx);
  };
  told.failed = [&](const std::string& file, md::Error failed) {
    if (!ctx.stop) {
      keep(std::move(failed));
    } else if (!file.empty()) {
      ctx.error(fmt::format("interrupted: nothing of '{}' is loaded", file));
    }
  };
  md::store::FilesLoader(file_options(o, ctx), told).load(std::move(files));
  MD_TRY(const front::Answer answer, rejects.finish(front::Answer::clean));
  if (error) return *std::move(error);
  return answer;
}

md::Result<front::Answer> load_source(const Options& o, front::RejectLog& rejects,
                                      front::Context& ctx) {
  ctx.endless = true;
  const auto reject = [&](const md::Error& bad, std::string_view line) {
    return rejects.reject(bad, line);
  };
  const auto load = md::store::load_source(*o.source, o.connect, ctx.tool_version, reject);
  MD_TRY(const front::Answer answer, rejects.finish(front::Answer::clean));
  if (!load) return load.error();
  ctx.note(fmt::format("source '{}': {} lines stored before, {} now", *o.source, load->passed_over,
                       load->lines));
  return answer;
}

md::Result<front::Answer> follow(const Options& o, front::RejectLog& rejects, front::Context& ctx) {
  ctx.endless = true;
  md::store::FollowReport told;
  told.files.reject = [&](const md::Error& bad, std::string_view line) {
    return rejects.reject(bad, line);
  };
  told.files.loaded = [&](const std::string& file, const md::store::Load& load) {
    report(file, load, ctx);
  };
  told.files.failed = [&](const std::string&, const md::Error& error) { ctx.error(error.text()); };
  told.away = [&](const md::Error& error) { ctx.warn(error.text() + "; waiting for it"); };
  told.back = [&] { ctx.warn("the database is back"); };
  MD_CHECK(md::store::follow(*o.spool, file_options(o, ctx), told));
  MD_CHECK(rejects.finish(front::Answer::clean));  // bad lines were told as they came
  return front::Answer::clean;
}

md::Result<front::Answer> run(const Options& given, front::Context& ctx) {
  Options o = given;
  o.connect.stop = &ctx.stop;
  if (o.init) return init(o, o.connect, ctx);
  const bool files_given = o.in != std::vector<std::string>{"-"};
  if (files_given && (o.source || o.spool)) {
    return md::Error{md::Errc::usage,
                     fmt::format("{} takes no files", o.source ? "--source" : "--follow")};
  }
  MD_TRY(auto rejects, front::RejectLog::open(o.rejects, ctx));
  if (o.source) return load_source(o, rejects, ctx);
  if (o.spool) return follow(o, rejects, ctx);
  return load_files(o, rejects, ctx);
}

}  // namespace

int main(int argc, char** argv) {
  return front::main<Options>({.name = "mdload",
                               .summary = "load events into PostgreSQL, each file exactly once",
                               .example = "mdload --init && mdload lake/"},
                              declare, run, argc, argv);
}
