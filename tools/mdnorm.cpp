// mdnorm - recorded raw frames to normalised events. Manual: man/mdnorm.1
#include <fmt/format.h>

#include <string>
#include <vector>

#include "book/normaliser.hpp"
#include "codec/line_reader.hpp"
#include "codec/output.hpp"
#include "front/front.hpp"
#include "front/types.hpp"
#include "venue/registry.hpp"

namespace {

constexpr std::size_t kBatch = std::size_t{256} << 10;  // bytes of events for one write

struct Options {
  std::vector<std::string> files;
  std::string output;
  std::string exchange;
  md::Types types;
  bool no_checksum = false;
  front::Rejects rejects;
};

void declare(CLI::App& app, Options& o) {
  front::inputs(app, o.files);
  front::output(app, o.output);
  front::types(app, o.types);
  app.add_option("--exchange", o.exchange,
                 "Venue of all lines, whatever they say; needed for '<time> <frame>' lines")
      ->type_name("ID");
  app.add_flag("--no-checksum", o.no_checksum,
               "do not check the checksums that venues send of books");
  o.rejects.declare(app);
}

void report(const md::book::Normaliser& normaliser, const front::Context& context) {
  normaliser.for_each_feed([&](std::string_view exchange, const md::book::Feed::Counts& counts) {
    std::string text;
    for (std::size_t i = 0; i < counts.frames.size(); ++i) {
      if (counts.frames[i] == 0) continue;
      text +=
          fmt::format(" {}={}", to_text(static_cast<md::venue::FrameKind>(i)), counts.frames[i]);
    }
    context.note(fmt::format("{}: frames:{} malformed={}", exchange, text, counts.malformed));
    text.clear();
    for (std::size_t i = 0; i < counts.events.size(); ++i) {
      if (counts.events[i] != 0)
        text += fmt::format(" {}={}", to_text(static_cast<md::Type>(i)), counts.events[i]);
    }
    context.note(fmt::format("{}: events:{}", exchange, text));
    if (counts.unanswered != 0)
      context.note(
          fmt::format("{}: book changes that met no snapshot: {}", exchange, counts.unanswered));
    if (counts.impossible_times != 0) {
      context.note(
          fmt::format("{}: impossible timestamps replaced: {}", exchange, counts.impossible_times));
    }
    if (counts.repeated != 0)
      context.note(fmt::format("{}: repeated trades left out: {}", exchange, counts.repeated));
  });
}

md::Result<front::Answer> run(const Options& o, front::Context& context) {
  if (!o.exchange.empty() && md::venue::find(o.exchange) == nullptr) {
    return md::Error{md::Errc::usage, "unknown exchange '" + o.exchange + "'"};
  }
  MD_CHECK(front::refuse_terminal(o.output, md::codec::compression_for(o.output)));
  MD_TRY(auto rejects, front::RejectLog::open(o.rejects, context));
  MD_TRY(auto out, md::codec::Output::open(o.output));
  using Checksums = md::book::Feed::Checksums;
  md::book::Normaliser normaliser{
      {o.types, o.exchange, o.no_checksum ? Checksums::ignore : Checksums::verify}};
  for (const std::string& file : o.files) {
    MD_TRY(auto in, md::codec::LineReader::open(file));
    std::string_view line;
    for (auto read = in.next(line); read != md::codec::LineReader::Read::end && !context.stop;
         read = in.next(line)) {
      if (read == md::codec::LineReader::Read::damage) {
        MD_CHECK(rejects.reject(in.damage(), {}));
        continue;
      }
      if (auto added = normaliser.add(line); !added) {
        md::Error error = std::move(added).error();
        error.file = in.path();
        error.line = in.line_number();
        MD_CHECK(rejects.reject(error, line));
      }
      const bool pause = in.drained() && in.bytes_total() == 0;
      if (normaliser.events().size() < kBatch && !pause) continue;
      MD_CHECK(out.write(normaliser.events().view()));
      normaliser.events().clear();
      if (pause) MD_CHECK(out.flush());
    }
    if (context.stop) return front::Answer::clean;
  }
  normaliser.finish();
  MD_CHECK(out.write(normaliser.events().view()));
  MD_CHECK(out.finish());
  report(normaliser, context);
  return rejects.finish(front::Answer::clean);
}

}  // namespace

int main(int argc, char** argv) {
  return front::main<Options>({"mdnorm", "Turns recorded raw frames into normalised events",
                               "mdrecord --raw binance btcusdt | mdnorm | jq .price"},
                              declare, run, argc, argv);
}
