// mdcheck - what recordings and databases hold, and what is missing. Manual: man/mdcheck.1
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "check/subject.hpp"
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

Result<Answer> run_report(const Options& o, const Subject& subject, md::codec::Output output) {
  MD_TRY(const Range range, parse_range(o.from, o.to));
  const auto report = o.json ? Report::json(std::move(output)) : Report::text(std::move(output));
  MD_CHECK(check_continuity(subject, range, micros(o.silence), *report));
  MD_CHECK(report->finish());
  return report->holes() != 0 ? Answer::found : Answer::clean;
}

Result<Answer> run_against(const Options& o, const Subject& subject, md::codec::Output output) {
  MD_TRY(const Range range, parse_range(o.from, o.to));
  if (!whole_days(range)) return usage("--against compares whole days: --from and --to are dates");
  const auto report = o.json ? ComparisonReport::json(std::move(output))
                             : ComparisonReport::text(std::move(output));
  MD_CHECK(compare_with(o.against, subject, range, *report));
  MD_CHECK(report->finish());
  return report->differences() != 0 ? Answer::found : Answer::clean;
}

Result<Answer> run_latest(const Options& o, const Subject& subject, md::codec::Output output) {
  MD_TRY(const auto streams, latest_of(subject));
  const md::Micros now = md::now();
  MD_CHECK(output.write(o.json ? latest_json(streams, now) : latest_text(streams, now)));
  MD_CHECK(output.finish());
  const bool stale = o.stale && count_stale(streams, now, micros(*o.stale)) != 0;
  return stale ? Answer::found : Answer::clean;
}

Result<Answer> run_stats(const Options& o, const Subject& subject, md::codec::Output output) {
  MD_TRY(const Stats stats, stats_of(subject));
  MD_CHECK(output.write(o.json ? stats_json(stats) : stats_text(stats)));
  MD_CHECK(output.finish());
  return Answer::clean;
}

Result<void> refuse_mixtures(const Options& o) {
  const bool database = o.dsn || !o.against.empty();
  if (database && o.files != std::vector<std::string>{"-"})
    return usage("--dsn and --against take no FILE");
  if (!(o.from + o.to).empty() && (o.latest || o.stats || !database))
    return usage("--from and --to are for the report of a database and for --against");
  return {};
}

Result<Answer> run(const Options& o, front::Context& context) {
  MD_CHECK(refuse_mixtures(o));
  MD_TRY(auto rejects, front::RejectLog::open(o.rejects, context));
  MD_CHECK(front::refuse_terminal(o.output, md::codec::compression_for(o.output)));
  MD_TRY(auto output, md::codec::Output::open(o.output));
  front::Progress progress{context, "events"};
  Subject subject{
      o.files, std::nullopt,
      [&](const md::Error& error, std::string_view line) { return rejects.reject(error, line); },
      [&, done = std::uint64_t{0}]() mutable { progress.update(++done, 0); }, context.stop};
  if (o.dsn) subject.database = {.dsn = *o.dsn, .stop = &context.stop};

  const auto work = !o.against.empty() ? run_against
                    : o.latest         ? run_latest
                    : o.stats          ? run_stats
                                       : run_report;
  auto answer = work(o, subject, std::move(output));
  if (answer) return rejects.finish(*answer);
  if (!context.stop) return answer;
  context.error(answer.error().text());  // interrupted: front ends by the signal
  return Answer::clean;
}

}  // namespace

int main(int argc, char** argv) {
  return front::main<Options>({"mdcheck", "What recordings and databases hold, and what is missing",
                               "mdcheck lake && mdload lake && mdcheck --against lake"},
                              declare, run, argc, argv);
}
