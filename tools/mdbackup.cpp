// mdbackup - archives of months and days: export, verify, restore, list, sync, prune.
// Manual: man/mdbackup.1
#include <fmt/format.h>

#include <functional>
#include <optional>

#include "archive/database_source.hpp"
#include "archive/exporter.hpp"
#include "archive/lake_source.hpp"
#include "archive/location.hpp"
#include "archive/period.hpp"
#include "archive/pruner.hpp"
#include "archive/remote_archive.hpp"
#include "archive/report.hpp"
#include "archive/syncer.hpp"
#include "front/front.hpp"
#include "front/progress.hpp"

namespace {

using front::Answer;
using md::Result;
using namespace md::archive;  // NOLINT: this program is about nothing else

constexpr int kMostGzip = 9;  // level

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
  bool quick = false;
  std::string against;
  std::string remote;
  std::string sample = "5%";
  std::string keep;
  bool dry_run = false;
  std::vector<std::string> types;
  std::string from;
  std::string to;
  bool json = false;
};

md::store::ConnectOptions connection(const Options& o, const front::Context& ctx) {
  return {.dsn = o.dsn, .stop = &ctx.stop};
}

// front checks stdout at the end.
void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

Result<Answer> each_of(const std::vector<std::string>& files, front::Context& ctx,
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

// The archives that the arguments name.
Result<Answer> each(const Options& o, front::Context& ctx,
                    const std::function<Result<Answer>(const std::string&)>& handle) {
  if (o.files.empty())
    return md::Error{md::Errc::usage, "no archives given, and no --remote", {}, 0, 0};
  MD_TRY(const auto files, archives_at(o.files));
  return each_of(files, ctx, handle);
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
  if (options.compression == md::codec::Compression::gzip && options.level > kMostGzip)
    return md::Error{md::Errc::usage, "--level of csv.gz is at most 9", {}, 0, 0};
  options.tool_version = ctx.tool_version;
  options.stop = &ctx.stop;
  options.on_event = counter(progress);
  MD_TRY(front::RejectLog rejects, front::RejectLog::open(o.rejects, ctx));
  const auto reject = [&](const md::Error& e, auto line) { return rejects.reject(e, line); };
  MD_TRY(const auto source, o.lake.empty() ? DatabaseSource::open(connection(o, ctx))
                                           : LakeSource::open(o.lake, reject));
  options.now = md::now();
  MD_TRY(const Exported done, export_archive(*source, options));
  ctx.note(exported_text(options.path, done));
  for (const std::string& text : export_warnings(done)) ctx.warn(text);
  return rejects.finish(Answer::clean);
}

// The verdict has the first fault; stderr has the others.
Answer report(const Verdict& verdict, const Options& o, const front::Context& ctx) {
  print(o.json ? verdict_json(verdict) : verdict_text(verdict));
  for (std::size_t i = 1; !o.json && i < verdict.faults.size(); ++i)
    ctx.error(verdict.path + ": " + fault_text(verdict.faults[i]));
  return verdict.ok() ? Answer::clean : Answer::found;
}

Result<Choice> choice_of(const Options& o) {
  Choice choice;
  for (const std::string& type : o.types) choice.types.push_back(*md::type_from(type));
  choice.streams = StreamFilter{o.exporting.exchanges, o.exporting.symbols};
  if (!o.from.empty()) {
    MD_TRY(choice.from, parse_moment("--from", o.from));
  }
  if (!o.to.empty()) {
    MD_TRY(choice.to, parse_moment("--to", o.to));
  }
  return choice;
}

Result<Answer> verify_at_remote(const Options& o, front::Context& ctx) {
  RemoteOptions options;
  options.remote = o.remote;
  options.stop = &ctx.stop;
  MD_TRY(options.percent, parse_percent(o.sample));
  MD_TRY(options.local, archives_at(o.files));
  Answer answer = Answer::clean;
  MD_CHECK(verify_remote(options, [&](const Verdict& verdict) {
    if (report(verdict, o, ctx) != Answer::clean) answer = Answer::found;
  }));
  return answer;
}

Result<Answer> run_verify(const Options& o, front::Context& ctx) {
  if (!o.remote.empty()) return verify_at_remote(o, ctx);
  front::Progress progress{ctx, "events"};
  VerifyOptions options{.quick = o.quick, .stop = &ctx.stop, .on_event = counter(progress)};
  std::optional<DatabaseComparison> against;
  if (!o.against.empty()) {
    const md::store::ConnectOptions connect{.dsn = o.against, .stop = &ctx.stop};
    MD_TRY(auto opened, DatabaseComparison::open(connect, options.on_event));
    options.against = &against.emplace(std::move(opened));
  }
  bool any = false;
  MD_TRY(const Answer answer, each(o, ctx, [&](const std::string& file) -> Result<Answer> {
           any = true;
           MD_TRY(const Verdict verdict, verify(file, options));
           return report(verdict, o, ctx);
         }));
  // Nothing to be found damaged is not the same as nothing damaged.
  if (!any) return md::Error{md::Errc::not_found, "no archives to verify", {}, 0, 0};
  return answer;
}

Result<Answer> run_restore(const Options& o, front::Context& ctx) {
  front::Progress progress{ctx, "events"};
  const auto tell = [&](const md::Error& error) { ctx.error(error.text()); };
  MD_TRY(Choice choice, choice_of(o));
  MD_TRY(Restorer restorer, Restorer::open({connection(o, ctx), ctx.tool_version, std::move(choice),
                                            tell, counter(progress)}));
  return each(o, ctx, [&](const std::string& path) -> Result<Answer> {
    MD_TRY(const ArchiveFile file, ArchiveFile::open(path));
    MD_TRY(const Restored done, restorer.restore(file));
    ctx.note(restored_text(path, done));
    return done.damaged + done.rejected_events == 0 ? Answer::clean : Answer::bad_data;
  });
}

Result<Answer> run_list(const Options& o, front::Context& ctx) {
  const auto show = [&](const ArchiveFile& file) {
    print(o.json ? listing_json(file) : listing_text(file));
  };
  if (o.remote.empty()) {
    return each(o, ctx, [&](const std::string& path) -> Result<Answer> {
      MD_TRY(const ArchiveFile file, ArchiveFile::open(path));
      show(file);
      return Answer::clean;
    });
  }
  const Rclone rclone{&ctx.stop};
  MD_TRY(const auto there, rclone.archives(o.remote));
  std::vector<std::string> names;
  names.reserve(there.size());
  for (const RemoteFile& file : there) names.push_back(remote_path(o.remote, file.name));
  return each_of(names, ctx, [&, at = there.begin()](const auto&) mutable -> Result<Answer> {
    MD_TRY(const ArchiveFile file, open_remote(rclone, o.remote, *at++));
    show(file);
    return Answer::clean;
  });
}

Answer tell(const Finding& finding) {
  print(verdict_line(finding.word, finding.path, finding.text));
  return finding.word == "FAILURE" ? Answer::found : Answer::clean;
}

Result<Answer> run_sync(const Options& o, front::Context& ctx) {
  MD_TRY(const Syncer syncer, Syncer::open({o.remote, o.exporting.replace, &ctx.stop}));
  return each(o, ctx, [&](const std::string& path) -> Result<Answer> {
    MD_TRY(const Finding finding, syncer.sync(path));
    return tell(finding);
  });
}

Result<Answer> run_prune(const Options& o, front::Context& ctx) {
  Answer answer = Answer::clean;
  MD_TRY(const Policy policy, parse_policy(o.keep));
  MD_CHECK(
      prune({o.files.front(), policy, o.remote, o.dry_run, &ctx.stop, [&](const Finding& finding) {
               if (tell(finding) != Answer::clean) answer = Answer::found;
             }}));
  return answer;
}

CLI::Option* option(CLI::App& app, const char* name, auto& value, const char* type,
                    const char* text) {
  return app.add_option(name, value, text)->type_name(type)->allow_extra_args(false);
}

void declare_streams(CLI::App& app, Options& o) {
  option(app, "--exchange", o.exporting.exchanges, "ID", "only this one; repeatable");
  option(app, "--symbol", o.exporting.symbols, "NAME", "only this one; repeatable");
}

void declare_export(CLI::App& app, Options& o) {
  ExportOptions& e = o.exporting;
  option(app, "--month", o.month, "YYYY-MM", "UTC month");
  option(app, "--day", o.day, "YYYY-MM-DD", "UTC day");
  option(app, "--dsn", o.dsn, "DSN", "from this database (libpq)");
  option(app, "--lake", o.lake, "DIR", "from this lake");
  option(app, "-o,--output", o.output, "PATH", "archive, or directory for YYYY-MM[-DD].tar");
  option(app, "--format", o.format, "FORMAT", "csv.zst or csv.gz (default: csv.zst)")
      ->check(CLI::IsMember({"csv.zst", "csv.gz"}));
  option(app, "-j,--jobs", e.jobs, "N", "members made at the same time (default: 1)")
      ->check(CLI::Range(1, 64));
  declare_streams(app, o);
  app.add_flag("--replace", e.replace, "replace an archive of that name");
  option(app, "--temp", e.temp, "DIR",
         "for members until all are there, not the archive's directory");
  option(app, "--level", e.level, "N", "of compression (default: 1; csv.gz: 6)")
      ->check(CLI::Range(1, 19));
  o.rejects.declare(app);
}

void declare_remote(CLI::App& app, Options& o) {
  option(app, "--remote", o.remote, "REMOTE", "rclone's NAME:PATH, or a directory");
}

void declare_verify(CLI::App& app, Options& o) {
  app.add_flag("--quick", o.quick, "seal, manifest and layout; members are not read");
  option(app, "--against", o.against, "DSN", "compare with this database too (libpq)");
  declare_remote(app, o);
  option(app, "--sample", o.sample, "PERCENT", "of a remote archive, read so much (default: 5%)");
}

void declare_sync(CLI::App& app, Options& o) {
  declare_remote(app, o);
  app.get_option("--remote")->required();
  app.add_flag("--replace", o.exporting.replace,
               "other archives of these names, if these are whole");
}

void declare_prune(CLI::App& app, Options& o) {
  option(app, "--keep", o.keep, "POLICY", "how many stay, as 'daily 7, monthly all'")->required();
  declare_remote(app, o);
  app.add_flag("--dry-run", o.dry_run, "say what would be removed, and remove nothing");
  app.add_option("dir", o.files, "directory of archives")->required()->expected(1);
}

void declare_restore(CLI::App& app, Options& o) {
  option(app, "--dsn", o.dsn, "DSN", "into this database (libpq)")->required();
  option(app, "--type", o.types, "TYPE", "only events of this type; repeatable")
      ->check([](const std::string& type) {
        return md::type_from(type) ? std::string{} : "no type of event: '" + type + "'";
      });
  declare_streams(app, o);
  option(app, "--from", o.from, "TIME", "only timestamps from this one on");
  option(app, "--to", o.to, "TIME", "only timestamps before this one");
}

void declare(CLI::App& app, Options& o) {
  const auto command = [&](const char* name, const char* description, auto run, auto declare_own) {
    CLI::App* const sub = app.add_subcommand(name, description);
    sub->callback([&o, run] { o.command = run; });
    declare_own(*sub, o);
    return sub;
  };
  app.require_subcommand(1);
  command("export", "write the rows of a month or day into an archive", run_export, declare_export);
  CLI::App* const verify = command("verify", "recompute all that archives say of themselves",
                                   run_verify, declare_verify);
  CLI::App* const restore = command("restore", "store every row of archives in a database, once",
                                    run_restore, declare_restore);
  CLI::App* const list = command("list", "show what archives hold", run_list, declare_remote);
  CLI::App* const sync =
      command("sync", "copy archives to a remote, and compare", run_sync, declare_sync);
  command("prune", "remove archives beyond a policy that are elsewhere", run_prune, declare_prune);
  for (CLI::App* reader : {verify, restore, list, sync})
    reader->add_option("file", o.files, "archives, or directories of them");
  for (CLI::App* reader : {restore, sync}) reader->get_option("file")->required();
  for (CLI::App* reporter : {verify, list})
    reporter->add_flag("--json", o.json, "a JSON object a line");
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
       .summary = "archives of market data, by month and day",
       .example = "mdbackup export --lake lake --month 2026-11 && mdbackup verify 2026-11.tar"},
      declare, run, argc, argv);
}
