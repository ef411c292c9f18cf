// mdcheck - what recordings and databases hold, and what is missing. Manual: man/mdcheck.1
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "check/checker.hpp"
#include "check/comparison.hpp"
#include "check/database_input.hpp"
#include "check/file_input.hpp"
#include "check/latest.hpp"
#include "check/report.hpp"
#include "check/stats.hpp"
#include "codec/output.hpp"
#include "front/front.hpp"
#include "front/progress.hpp"

namespace {

using front::Answer;
using md::Result;
using namespace md::check;  // NOLINT: this program is about nothing else

struct Options {
  std::vector<std::string> files;
  std::string output;
  bool json = false;
  double silence = 0;
  std::optional<std::string> dsn;
  std::string from;
  std::string to;
  std::string against;
  bool latest = false;
  std::optional<double> stale;
  bool stats = false;
  front::Rejects rejects;
};

md::Error usage(const char* text) { return {md::Errc::usage, text, {}, 0, 0}; }

md::Micros micros(double seconds) {
  return static_cast<md::Micros>(std::llround(seconds * md::kSecond));
}

void declare(CLI::App& app, Options& o) {
  front::inputs(app, o.files);
  front::output(app, o.output);
  const auto option = [&](const char* name, auto& value, const char* type, const char* text) {
    return app.add_option(name, value, text)->type_name(type);
  };
  app.add_flag("--json", o.json, "One JSON object a line, for programs");
  auto* const silence =
      option("--silence", o.silence, "S",
             "Report pauses over S seconds (default: 20 usual pauses, at least 60 s)");
  silence->check(CLI::PositiveNumber);
  option("--dsn", o.dsn, "DSN", "Of a database (libpq connection string or URI), not of files");
  option("--from", o.from, "T", "With a database: no events before this date or ISO 8601 time");
  option("--to", o.to, "T", "With a database: only events before it");
  auto* const against = option("--against", o.against, "LAKE",
                               "Compare a database with a lake, by stream and UTC day");
  auto* const latest = app.add_flag("--latest", o.latest, "The newest event of each stream");
  option("--stale", o.stale, "S", "With --latest: exit 1 if one is older than S seconds")
      ->check(CLI::NonNegativeNumber)
      ->needs(latest);
  auto* const stats = app.add_flag("--stats", o.stats, "Events and bytes of each stream and day");
  against->excludes(latest)->excludes(stats)->excludes(silence);
  latest->excludes(stats)->excludes(silence);
  stats->excludes(silence);
  o.rejects.declare(app);
}

// What one run reads and writes.
struct Job {
  const Options& options;
  front::Context& context;
  front::RejectLog& rejects;
  md::dedupe::Reject reject;
  md::codec::Output output;
  front::Progress progress;

  Result<FrozenDatabase> database() const {
    return FrozenDatabase::open({.dsn = options.dsn.value_or(""), .stop = &context.stop});
  }
  std::function<void()> counter() {
    return [this, done = std::uint64_t{0}]() mutable { progress.update(++done, 0); };
  }
  Result<Answer> write(const md::Buffer& text, Answer answer) {
    MD_CHECK(output.write(text.view()));
    MD_CHECK(output.finish());
    return rejects.finish(answer);
  }
};

Result<void> check(const std::string& name, Input& input, const Job& job, Report& report) {
  Checker checker{name, input, micros(job.options.silence), report};
  MD_CHECK(checker.run(job.context.stop));
  for (const StreamCheck* stream : checker.streams()) report.add(*stream);
  return {};
}

Result<Answer> run_report(Job& job) {
  const Options& o = job.options;
  const auto report =
      o.json ? Report::json(std::move(job.output)) : Report::text(std::move(job.output));
  if (o.dsn) {
    MD_TRY(const Range range, parse_range(o.from, o.to));
    MD_TRY(FrozenDatabase database, job.database());
    MD_TRY(DatabaseInput input, DatabaseInput::open(database, range));
    MD_CHECK(check({}, input, job, *report));
  } else {
    MD_TRY(const auto recordings, find_recordings(o.files));
    for (const Recording& recording : recordings) {
      FileInput input{recording, job.reject};
      MD_CHECK(check(recording.name, input, job, *report));
    }
  }
  MD_CHECK(report->finish());
  return job.rejects.finish(report->holes() != 0 ? Answer::found : Answer::clean);
}

Result<Answer> run_comparison(Job& job) {
  const Options& o = job.options;
  MD_TRY(const Range range, parse_range(o.from, o.to));
  if (!whole_days(range)) return usage("--against compares whole days: --from and --to are dates");
  const auto report = o.json ? ComparisonReport::json(std::move(job.output))
                             : ComparisonReport::text(std::move(job.output));
  MD_TRY(FrozenDatabase database, job.database());
  MD_CHECK(
      compare({o.against, range, job.reject, job.counter(), job.context.stop}, database, *report));
  MD_CHECK(report->finish());
  return job.rejects.finish(report->differences() != 0 ? Answer::found : Answer::clean);
}

Result<Answer> run_latest(Job& job) {
  const Options& o = job.options;
  std::vector<Latest> streams;
  if (o.dsn) {
    MD_TRY(FrozenDatabase database, job.database());
    MD_TRY(streams, latest_in(database));
  } else {
    MD_TRY(const auto recordings, find_recordings(o.files));
    MD_TRY(streams, latest_in(recordings, job.reject));
  }
  const md::Micros now = md::now();
  md::Buffer text;
  (o.json ? latest_json : latest_text)(streams, now, text);
  const bool stale = o.stale && count_stale(streams, now, micros(*o.stale)) != 0;
  return job.write(text, stale ? Answer::found : Answer::clean);
}

Result<Answer> run_stats(Job& job) {
  const Options& o = job.options;
  Stats stats;
  if (o.dsn) {
    MD_TRY(FrozenDatabase database, job.database());
    MD_TRY(stats, stats_of(database));
  } else {
    MD_TRY(const auto recordings, find_recordings(o.files));
    MD_TRY(stats, stats_of(recordings, {job.reject, job.counter(), job.context.stop}));
  }
  md::Buffer text;
  (o.json ? stats_json : stats_text)(stats, text);
  return job.write(text, Answer::clean);
}

Result<Answer> run(const Options& o, front::Context& context) {
  const bool files = o.files != std::vector<std::string>{"-"};
  if (files && (o.dsn || !o.against.empty())) return usage("--dsn and --against take no FILE");
  if (!(o.from + o.to).empty() && (o.latest || o.stats || (!o.dsn && o.against.empty())))
    return usage("--from and --to are for the report of a database, and for --against");
  MD_TRY(auto rejects, front::RejectLog::open(o.rejects, context));
  MD_CHECK(front::refuse_terminal(o.output, md::codec::compression_for(o.output)));
  MD_TRY(auto output, md::codec::Output::open(o.output));
  Job job{
      o,
      context,
      rejects,
      [&](const md::Error& error, std::string_view line) { return rejects.reject(error, line); },
      std::move(output),
      {context, "events"}};
  auto answer = (!o.against.empty() ? run_comparison
                 : o.latest         ? run_latest
                 : o.stats          ? run_stats
                                    : run_report)(job);
  if (answer || !context.stop) return answer;
  context.error(answer.error().text());  // interrupted: front ends by the signal
  return Answer::clean;
}

}  // namespace

int main(int argc, char** argv) {
  return front::main<Options>(
      {"mdcheck", "Continuity report: holes, silences, duplicates, disorder, crossed books",
       "mdcheck lake && mdload lake && mdcheck --against lake"},
      declare, run, argc, argv);
}
