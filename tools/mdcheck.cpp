// mdcheck - continuity report of recordings. Manual: man/mdcheck.1
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "check/checker.hpp"
#include "check/file_input.hpp"
#include "check/report.hpp"
#include "codec/output.hpp"
#include "front/front.hpp"

namespace {

struct Options {
  std::vector<std::string> files;
  std::string output;
  bool json = false;
  double silence = 0;
  front::Rejects rejects;
};

void declare(CLI::App& app, Options& o) {
  front::inputs(app, o.files);
  front::output(app, o.output);
  app.add_flag("--json", o.json, "One JSON object a line, for programs");
  app.add_option("--silence", o.silence,
                 "Report pauses over S seconds (default: 20 usual pauses, at least 60 s)")
      ->type_name("S")
      ->check(CLI::PositiveNumber);
  o.rejects.declare(app);
}

md::Result<front::Answer> run(const Options& o, front::Context& context) {
  MD_TRY(const auto recordings, md::check::find_recordings(o.files));
  MD_TRY(auto rejects, front::RejectLog::open(o.rejects, context));
  MD_CHECK(front::refuse_terminal(o.output, md::codec::compression_for(o.output)));
  MD_TRY(auto output, md::codec::Output::open(o.output));
  const auto report = o.json ? md::check::Report::json(std::move(output))
                             : md::check::Report::text(std::move(output));
  const auto silence = static_cast<md::Micros>(std::llround(o.silence * md::kSecond));
  const md::dedupe::Reject reject = [&](const md::Error& error, std::string_view line) {
    return rejects.reject(error, line);
  };

  for (const md::check::Recording& recording : recordings) {
    md::check::FileInput input{recording, reject};
    md::check::Checker checker{recording.name, input, silence, *report};
    MD_CHECK(checker.run(context.stop));
    for (const md::check::StreamCheck* stream : checker.streams()) report->add(*stream);
  }
  MD_CHECK(report->finish());
  return rejects.finish(report->holes() != 0 ? front::Answer::found : front::Answer::clean);
}

}  // namespace

int main(int argc, char** argv) {
  return front::main<Options>(
      {"mdcheck", "Continuity report: holes, silences, duplicates, disorder, crossed books",
       "mdcheck lake && mdload lake"},
      declare, run, argc, argv);
}
