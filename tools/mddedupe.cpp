// mddedupe - one sorted, unique stream from K recordings. Manual: man/mddedupe.1
#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "base/words.hpp"
#include "codec/output.hpp"
#include "dedupe/day_list.hpp"
#include "dedupe/lake_writer.hpp"
#include "dedupe/merger.hpp"
#include "dedupe/recording.hpp"
#include "dedupe/stream_sink.hpp"
#include "front/front.hpp"

namespace {

struct Options {
  std::vector<std::string> files;
  std::string output;
  std::string lake;
  std::vector<std::string> dates;
  std::size_t window = md::dedupe::Merger::Options{}.window;
  bool replace = false;
  bool list_days = false;
  front::Rejects rejects;
};

void declare(CLI::App& app, Options& o) {
  front::inputs(app, o.files);
  front::output(app, o.output);
  app.add_option("--window", o.window, "Messages held and remembered (default 65536)")
      ->type_name("N")
      ->check(CLI::Range(1u, 1u << 26));
  auto* lake =
      app.add_option("--lake", o.lake, "Write a lake of files by exchange, type, symbol and day")
          ->type_name("DIR");
  lake->excludes("--output");
  app.add_option("--date", o.dates, "Write this UTC day only (YYYY-MM-DD); may be given again")
      ->type_name("DATE")
      ->allow_extra_args(false);
  app.add_flag("--replace", o.replace, "Replace existing files of the lake")->needs(lake);
  app.add_flag("--list-days", o.list_days, "Merge nothing: print each file's UTC days and events")
      ->excludes(lake, "--date", "--window");
  o.rejects.declare(app);
}

md::Result<std::vector<std::int64_t>> days_of(const std::vector<std::string>& dates) {
  std::vector<std::int64_t> days;
  for (const std::string& date : dates) {
    auto day = md::parse_date(date);
    if (!day)
      return md::Error{
          md::Errc::usage, fmt::format("'{}' is not a date (YYYY-MM-DD)", date), {}, 0, 0};
    days.push_back(*day);
  }
  return days;
}

void report(const md::dedupe::LakeWriter& lake, const front::Context& context) {
  context.note(
      fmt::format("lake: {} files, {} of them as they were", lake.files(), lake.files_kept()));
}

void report(const md::dedupe::Merger::Counts& counts, const front::Context& context) {
  context.note(fmt::format("read {}, copies {}, superseded {}, written {} ({} changed, {} rebuilt)",
                           counts.read, counts.copies, counts.superseded, counts.written,
                           counts.changed, counts.rebuilt));
  if (counts.late != 0) {
    context.warn(md::counted(counts.late, "line") +
                 " came later than --window can sort: written, out of order");
  }
}

// FILE, day and number of events, with tabs between; a file without events has the day "-".
md::Result<front::Answer> print_days(const Options& o, const md::dedupe::Recordings& recordings,
                                     front::RejectLog& rejects, front::Context& context) {
  MD_TRY(auto output, md::codec::Output::open(o.output));
  MD_CHECK(md::dedupe::list_days(
      recordings,
      [&](const md::Error& error, std::string_view line) { return rejects.reject(error, line); },
      [&](const std::string& file, const md::dedupe::DayCounts& days) -> md::Result<void> {
        std::string rows = days.empty() ? fmt::format("{}\t-\t0\n", file) : std::string{};
        for (const auto& [day, events] : days)
          rows += fmt::format("{}\t{}\t{}\n", file, md::date_text(day), events);
        return output.write(rows);
      },
      context.stop));
  if (context.stop && o.output != "-") return front::Answer::clean;
  MD_CHECK(output.finish());
  return rejects.finish(front::Answer::clean);
}

md::Result<front::Answer> run(const Options& o, front::Context& context) {
  MD_TRY(auto days, days_of(o.dates));
  MD_TRY(const auto recordings, md::dedupe::find_recordings(o.files));
  MD_TRY(auto rejects, front::RejectLog::open(o.rejects, context));
  if (o.list_days) return print_days(o, recordings, rejects, context);

  std::unique_ptr<md::dedupe::LakeWriter> lake;
  std::optional<md::dedupe::StreamSink> stream;
  if (!o.lake.empty()) {
    MD_TRY(lake, md::dedupe::LakeWriter::open({o.lake, std::move(days), o.replace}));
  } else {
    MD_CHECK(front::refuse_terminal(o.output, md::codec::compression_for(o.output)));
    MD_TRY(auto output, md::codec::Output::open(o.output));
    stream.emplace(std::move(output), std::move(days));
  }
  md::dedupe::MergedSink& sink = lake ? static_cast<md::dedupe::MergedSink&>(*lake) : *stream;
  const auto reject = [&](const md::Error& error, std::string_view line) {
    return rejects.reject(error, line);
  };
  md::dedupe::Merger merger{{.window = o.window}, recordings, reject, sink};
  MD_CHECK(merger.run(context.stop));
  report(merger.counts(), context);
  // An interrupted merge is not a whole file: the output does not appear.
  if (context.stop && (lake || o.output != "-")) return front::Answer::clean;
  MD_CHECK(lake ? lake->finish() : stream->finish());
  if (lake) report(*lake, context);
  return rejects.finish(front::Answer::clean);
}

}  // namespace

int main(int argc, char** argv) {
  return front::main<Options>(
      {"mddedupe", "One sorted, unique stream from several recordings of the same feeds",
       "mddedupe spool/a spool/b --lake lake --date 2026-11-20"},
      declare, run, argc, argv);
}
