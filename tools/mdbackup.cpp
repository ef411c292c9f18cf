// mdbackup - monthly archives: export, verify, restore, list. Manual: man/mdbackup.1
#include <fmt/format.h>

#include <functional>

#include "archive/database_source.hpp"
#include "archive/exporter.hpp"
#include "archive/lake_source.hpp"
#include "archive/location.hpp"
#include "archive/report.hpp"
#include "front/front.hpp"
#include "front/progress.hpp"

namespace {

using front::Answer;
using md::Result;
using namespace md::archive;  // NOLINT: this program is about nothing else

struct Options {
  Result<Answer> (*command)(const Options&, front::Context&) = nullptr;
  ExportOptions exporting;
  std::string month;
  std::string day;
  std::string format = "csv.zst";
  std::string lake;
  std::string output = ".";
  front::Rejects rejects;
  std::string dsn;
  std::vector<std::string> files;
  bool json = false;
};

md::store::ConnectOptions connection(const Options& o, const front::Context& ctx) {
  return {.dsn = o.dsn, .stop = &ctx.stop};
}

// front checks stdout at the end.
void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

Result<Answer> each(const std::vector<std::string>& files, front::Context& ctx,
                    const std::function<Result<Answer>(const std::string&)>& handle) {
  Answer answer = Answer::clean;
  MD_CHECK(each_archive(
      files, ctx.stop, [&](const md::Error& error) { ctx.error(error.text()); },
      [&](const std::string& file) -> Result<void> {
        MD_TRY(const Answer one, handle(file));
        if (one != Answer::clean) answer = one;
        return {};
      }));
  return answer;
}

std::function<void()> counter(front::Progress& progress) {
  return [&progress, done = std::uint64_t{0}]() mutable { progress.update(++done, 0); };
}

Result<Period> period_of(const Options& o) {
  if (o.month.empty() == o.day.empty())
    return md::Error{md::Errc::usage, "export takes either --month or --day", {}, 0, 0};
  auto period = o.day.empty() ? month_period(o.month) : day_period(o.day);
  if (period) return period;
  return md::Error{
      md::Errc::usage,
      fmt::format("{}: {}", o.day.empty() ? "--month" : "--day", period.error().message),
      {},
      0,
      0};
}

Result<Answer> run_export(const Options& o, front::Context& ctx) {
  if (o.lake.empty() == o.dsn.empty()) {
    return md::Error{md::Errc::usage, "export takes either --lake or --dsn", {}, 0, 0};
  }
  front::Progress progress{ctx, "events"};
  ExportOptions options = o.exporting;
  MD_TRY(options.period, period_of(o));
  MD_TRY(options.path, archive_path(o.output, options.period));
  options.compression = md::codec::compression_for(o.format);
  options.tool_version = ctx.tool_version;
  options.stop = &ctx.stop;
  options.on_event = counter(progress);
  MD_TRY(front::RejectLog rejects, front::RejectLog::open(o.rejects, ctx));
  const auto reject = [&](const md::Error& e, auto line) { return rejects.reject(e, line); };
  MD_TRY(const auto source, o.lake.empty() ? DatabaseSource::open(connection(o, ctx))
                                           : LakeSource::open(o.lake, reject));
  options.now = md::now();
  MD_TRY(const Exported done, export_archive(*source, options));
  for (const std::string& text : export_warnings(done)) ctx.warn(text);
  return rejects.finish(Answer::clean);
}

Result<Answer> run_verify(const Options& o, front::Context& ctx) {
  front::Progress progress{ctx, "events"};
  const VerifyOptions options{&ctx.stop, counter(progress)};
  return each(o.files, ctx, [&](const std::string& file) -> Result<Answer> {
    MD_TRY(const Verdict verdict, verify(file, options));
    print(o.json ? verdict_json(verdict) : verdict_text(verdict));
    for (std::size_t i = 1; !o.json && i < verdict.faults.size(); ++i) {  // the verdict has one
      ctx.error(file + ": " + fault_text(verdict.faults[i]));
    }
    return verdict.ok() ? Answer::clean : Answer::found;
  });
}

Result<Answer> run_restore(const Options& o, front::Context& ctx) {
  front::Progress progress{ctx, "events"};
  const auto tell = [&](const md::Error& error) { ctx.error(error.text()); };
  MD_TRY(Restorer restorer,
         Restorer::open({connection(o, ctx), ctx.tool_version, tell, counter(progress)}));
  std::uint64_t refused = 0;
  MD_TRY(const Answer answer, each(o.files, ctx, [&](const std::string& path) -> Result<Answer> {
           MD_TRY(const ArchiveFile file, ArchiveFile::open(path));
           MD_TRY(const Restored done, restorer.restore(file));
           ctx.note(restored_text(path, done));
           refused += done.refused;
           return done.damaged + done.rejected_events == 0 ? Answer::clean : Answer::bad_data;
         }));
  if (refused == 0) return answer;
  return md::Error{md::Errc::exists, fmt::format("members not restored: {}", refused), {}, 0, 0};
}

Result<Answer> run_list(const Options& o, front::Context& ctx) {
  std::vector<std::string> archives;
  for (const std::string& path : o.files) {
    MD_TRY(const auto found, archives_at(path));
    archives.insert(archives.end(), found.begin(), found.end());
  }
  return each(archives, ctx, [&](const std::string& path) -> Result<Answer> {
    MD_TRY(const ArchiveFile file, ArchiveFile::open(path));
    print(o.json ? listing_json(file) : listing_text(file));
    return Answer::clean;
  });
}

void declare_export(CLI::App& app, Options& o) {
  ExportOptions& e = o.exporting;
  const auto option = [&](const char* name, auto& value, const char* type, const char* text) {
    return app.add_option(name, value, text)->type_name(type)->allow_extra_args(false);
  };
  option("--month", o.month, "YYYY-MM", "UTC month");
  option("--day", o.day, "YYYY-MM-DD", "UTC day");
  option("--dsn", o.dsn, "DSN", "from this database (libpq)");
  option("--lake", o.lake, "DIR", "from this lake");
  option("-o,--output", o.output, "PATH", "archive, or directory for YYYY-MM[-DD].tar");
  option("--format", o.format, "csv.zst|csv.gz", "of the members (default: csv.zst)")
      ->check(CLI::IsMember({"csv.zst", "csv.gz"}));
  option("-j,--jobs", e.jobs, "N", "members made at the same time (default: 1)")
      ->check(CLI::Range(1, 64));
  option("--exchange", e.exchanges, "ID", "only this one; repeatable");
  option("--symbol", e.symbols, "NAME", "only this one; repeatable");
  app.add_flag("--replace", e.replace, "replace an archive of that name");
  option("--temp", e.temp, "DIR", "for members until all are there, not the archive's directory");
  option("--level", e.level, "N", "of compression (default: 6)")->check(CLI::Range(1, 19));
  o.rejects.declare(app);
}

void declare(CLI::App& app, Options& o) {
  const auto command = [&](const char* name, const char* description, auto run) {
    return app.add_subcommand(name, description)->callback([&o, run] { o.command = run; });
  };
  app.require_subcommand(1);
  declare_export(*command("export", "write the rows of a month or day into an archive", run_export),
                 o);
  CLI::App* verify = command("verify", "recompute all that archives say of themselves", run_verify);
  CLI::App* restore =
      command("restore", "store every row of archives in a database, once", run_restore);
  CLI::App* list = command("list", "show what archives, or a directory of them, hold", run_list);
  for (CLI::App* reader : {verify, restore, list})
    reader->add_option("file", o.files, "archives")->required();
  for (CLI::App* reporter : {verify, list})
    reporter->add_flag("--json", o.json, "a JSON object a line");
  restore->add_option("--dsn", o.dsn, "into this database (libpq)")->type_name("DSN")->required();
}

Result<Answer> run(const Options& o, front::Context& ctx) {
  auto answer = o.command(o, ctx);
  if (answer || !ctx.stop) return answer;
  ctx.error(answer.error().text());  // interrupted: front ends by the signal
  return Answer::clean;
}

}  // namespace

int main(int argc, char** argv) {
  return front::main<Options>(
      {.name = "mdbackup",
       .summary = "monthly archives of market data",
       .example = "mdbackup export --lake lake --month 2026-11 && mdbackup verify 2026-11.tar"},
      declare, run, argc, argv);
}
