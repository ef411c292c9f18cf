// mdrecord - records what a venue publishes, live. Manual: man/mdrecord.1
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstdlib>

#include "codec/file.hpp"
#include "front/front.hpp"
#include "net/local_address.hpp"
#include "record/choices.hpp"
#include "record/market_list.hpp"
#include "record/recorder.hpp"
#include "record/reporter.hpp"
#include "record/symbols.hpp"
#include "venue/plan.hpp"

namespace {

// From the end of a run to the end of its output: with the goodbyes of the connections less than
// five seconds.
constexpr std::int64_t kDrainMs = 3000;

struct Options {
  std::string venue;
  std::vector<std::string> symbols;
  std::vector<std::string> types;
  bool raw = false;
  std::string spool;
  std::string recorder;
  std::string ws_url;
  std::string rest_url;
  std::string rest_weight;
  std::string ca_file;
  std::string proxy;
  std::string proxy_auth;
  bool deflate = false;
  bool exact = false;
  double flush = 1;
  double rotate = 3600;
  std::uint64_t rotate_size = 0;
  std::string fsync = "file";
  double retry = 60;
  std::string overflow = "block";
  double first_data = 30;
  double silence = 300;
  double duration = 0;
  bool once = false;
  bool list_venues = false;
  bool list_markets = false;
  bool json = false;
  bool all = false;
  bool plan = false;
  bool no_checksum = false;
  int redundancy = 1;
  std::vector<std::string> bind;
  double max_age = 0;
  md::record::Reporter::Options report;
  std::string log_format = "text";
};

void declare(CLI::App& app, Options& o) {
  app.add_option("VENUE", o.venue, "venue to record; see --list-venues")->type_name("");
  app.add_option("SYMBOL", o.symbols, "markets, in any case and with any separators")
      ->type_name("");
  app.add_option("--types", o.types, "what to record; default: all the venue has")
      ->delimiter(',')
      ->type_name("TYPE,...");
  app.add_flag("--all", o.all, "record all markets that are trading now");
  app.add_flag("--plan", o.plan, "print what the subscription costs at the venue, and end");
  app.add_flag("--no-checksum", o.no_checksum,
               "do not check the checksums that venues send of books");
  app.add_flag("--raw", o.raw, "record frames as they came instead of events");
  app.add_option("--spool", o.spool, "write files below DIR instead of standard output")
      ->type_name("DIR");
  app.add_option("--recorder", o.recorder,
                 "name of this recorder in the spool; default: the host's")
      ->type_name("NAME");
  app.add_option("--flush", o.flush, "seconds until recorded lines are safe in the spool file")
      ->check(CLI::Range(0.001, 3600.0))
      ->type_name("S");
  app.add_option("--rotate", o.rotate, "seconds a spool file covers")
      ->check(CLI::Range(1.0, 604800.0))
      ->type_name("S");
  app.add_option("--rotate-size", o.rotate_size, "size at which a spool file ends, such as 256MiB")
      ->transform(CLI::AsSizeValue(false))
      ->type_name("BYTES");
  app.add_option("--fsync", o.fsync, "when spool files are forced to disk: none, file or flush")
      ->check(CLI::IsMember({"none", "file", "flush"}))
      ->type_name("WHEN");
  app.add_option("--retry", o.retry, "seconds to keep trying when the spool cannot be written")
      ->check(CLI::Range(0.0, 86400.0))
      ->type_name("S");
  app.add_option("--overflow", o.overflow,
                 "when the output is too slow: block (hold the venue back) or drop lines")
      ->check(CLI::IsMember({"block", "drop"}))
      ->type_name("WHAT");
  app.add_option("--first-data", o.first_data,
                 "seconds until a subscribed stream without data is asked about")
      ->check(CLI::Range(0.001, 86400.0))
      ->type_name("S");
  app.add_option("--silence", o.silence, "the same for a stream that has fallen silent")
      ->check(CLI::Range(0.001, 86400.0))
      ->type_name("S");
  app.add_option("--duration", o.duration, "stop after this many seconds")
      ->check(CLI::Range(0.001, 1e9))
      ->type_name("S");
  app.add_flag("--once", o.once, "end when the venue closes its connections");
  app.add_option("--redundancy", o.redundancy, "connections that carry the same, at all times")
      ->check(CLI::Range(1, 8))
      ->type_name("N");
  app.add_option("--max-age", o.max_age,
                 "replace connections before they are this many seconds old")
      ->check(CLI::Range(1.0, 1e9))
      ->type_name("S");
  app.add_option("--bind", o.bind, "connect from these addresses of this host in turn")
      ->delimiter(',')
      ->type_name("ADDRESS,...");
  app.add_flag("--exact", o.exact, "take symbols as they are, without the market list");
  app.add_option("--ws-url", o.ws_url, "connect to this ws[s]://HOST[:PORT] instead")
      ->type_name("URL");
  app.add_option("--rest-url", o.rest_url, "ask this http[s]://HOST[:PORT] instead")
      ->type_name("URL");
  app.add_option("--rest-weight", o.rest_weight,
                 "REST weight to spend at most; default: the venue's limit")
      ->type_name("N/S");
  app.add_option("--ca-file", o.ca_file, "trust the authorities in this PEM file too")
      ->type_name("FILE");
  app.add_option("--proxy", o.proxy, "go through this HTTP proxy; default: HTTPS_PROXY")
      ->type_name("URL");
  app.add_option("--proxy-auth", o.proxy_auth, "file with the proxy's 'user:password'")
      ->type_name("FILE");
  app.add_flag("--deflate", o.deflate, "let the venue compress what it sends");
  app.add_option("--metrics", o.report.metrics, "serve metrics at http://[HOST:]PORT/metrics")
      ->type_name("ADDRESS");
  app.add_option("--status", o.report.status, "keep a summary for people in this file")
      ->type_name("FILE");
  app.add_option("--log-format", o.log_format, "standard error as text or as logfmt")
      ->check(CLI::IsMember({"text", "logfmt"}))
      ->type_name("FORMAT");
  app.add_flag("--list-venues", o.list_venues, "print the venues and what they have");
  app.add_flag("--list-markets", o.list_markets, "print the venue's markets");
  app.add_flag("--json", o.json, "print markets as JSON lines");
}

const char* read_environment(const char* name) { return std::getenv(name); }

std::int64_t to_ms(double seconds) { return std::llround(seconds * 1000); }

md::Result<front::Answer> print(std::string_view lines) {
  MD_CHECK(md::codec::write_all(STDOUT_FILENO, lines, "standard output"));
  return front::Answer::clean;
}

std::string recorder_name(const Options& o) {
  if (!o.recorder.empty()) return o.recorder;
  std::array<char, 256> host{};
  return gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "recorder";
}

md::Result<std::unique_ptr<md::record::Destination>> open_destination(const Options& o,
                                                                      const md::venue::Venue& venue,
                                                                      const front::Context& ctx) {
  using md::codec::Sync;
  if (o.spool.empty()) return md::record::to_descriptor(STDOUT_FILENO, "standard output");
  md::codec::SpoolWriter::Options spool;
  spool.directory = o.spool;
  spool.recorder = recorder_name(o);
  spool.exchange = venue.id;
  spool.rotate = to_ms(o.rotate) * 1000;
  spool.rotate_bytes = o.rotate_size;
  spool.sync = o.fsync == "none" ? Sync::none : o.fsync == "flush" ? Sync::flush : Sync::file;
  MD_TRY(md::codec::SpoolWriter writer, md::codec::SpoolWriter::open(spool));
  for (const md::codec::Repair& repair : writer.repairs()) ctx.warn(to_text(repair));
  return md::record::to_spool(std::move(writer));
}

md::Result<front::Answer> run(const Options& o, front::Context& ctx) {
  namespace record = md::record;
  if (o.log_format == "logfmt") ctx.log_format = front::LogFormat::logfmt;
  if (o.list_venues) return print(record::venue_lines());
  if (o.venue.empty())
    return md::Error{md::Errc::usage, "VENUE is missing; --list-venues shows them"};
  MD_TRY(const md::venue::Venue* venue, record::find_venue(o.venue));
  ctx.log_fields = fmt::format("venue={}", venue->id);
  if (o.symbols.empty() && !o.list_markets && !o.all)
    return md::Error{md::Errc::usage, "SYMBOL is missing; --list-markets shows them"};
  if (o.all && !o.symbols.empty()) return md::Error{md::Errc::usage, "--all takes no SYMBOL"};
  if (o.all && o.exact)
    return md::Error{md::Errc::usage, "--all needs the market list, --exact does without"};
  record::Recorder::Options options;
  MD_TRY(options.addresses, record::Addresses::parse(o.ws_url, o.rest_url));
  if (!o.rest_weight.empty()) {
    MD_TRY(options.rest_weight, md::parse_quota(o.rest_weight));
  }
  MD_TRY(options.subscription.types, record::choose_types(*venue, o.types));
  MD_TRY(const md::net::Tls tls, md::net::Tls::create(o.ca_file));
  MD_TRY(options.http.proxies, md::net::Proxies::create(o.proxy, o.proxy_auth, read_environment));
  options.socket.proxies = options.http.proxies;
  options.socket.deflate = o.deflate;
  for (const std::string& address : o.bind) MD_CHECK(md::net::check_local_address(address));
  options.local_addresses = o.bind;
  if (!o.bind.empty()) options.http.local_address = o.bind.front();
  options.redundancy = o.redundancy;
  options.max_age_ms = to_ms(o.max_age);
  const record::Log log{[&](std::string_view text) { ctx.warn(text); },
                        [&](std::string_view text) { ctx.note(text); }};
  if (const auto& proxy = options.http.proxies.proxy())
    ctx.note(fmt::format("proxy: '{}'", proxy->text()));
  md::net::Loop loop;

  options.subscription.symbols = o.symbols;
  if (o.list_markets || !o.exact) {
    auto markets =
        record::fetch_markets(loop, tls, *venue, options.addresses, options.http, ctx.stop, log);
    if (ctx.stop) return front::Answer::clean;
    if (!markets) return std::move(markets).error();
    if (o.list_markets)
      return print(o.json ? record::market_lines(*markets) : record::market_table(*markets));
    if (o.all) {
      options.subscription.symbols = record::active_symbols(*markets);
    } else {
      MD_TRY(options.subscription.symbols, record::match_symbols(*markets, o.symbols));
    }
  }
  if (o.plan) return print(to_text(md::venue::plan(*venue, options.subscription)));

  options.raw = o.raw;
  if (o.no_checksum) options.checksums = md::book::Feed::Checksums::ignore;
  options.once = o.once;
  options.drop = o.overflow == "drop";
  options.duration_ms = to_ms(o.duration);
  options.watch = {to_ms(o.first_data), to_ms(o.silence)};
  MD_TRY(auto destination, open_destination(o, *venue, ctx));
  record::Pipeline::Options queue;
  queue.flush_ms = to_ms(o.flush);
  queue.retry_ms = to_ms(o.retry);
  // By value: the writer's thread may outlive this function.
  queue.describe_loss = [venue, subscription = options.subscription, raw = o.raw](
                            md::Buffer& out, const record::Loss& loss) {
    record::append_loss(out, *venue, subscription, raw, loss);
  };
  record::Pipeline pipeline{std::move(destination), queue};
  MD_TRY(const auto recorder, record::Recorder::create(loop, tls, *venue, options, pipeline, log));
  record::Reporter::Options report = o.report;
  report.manager = record::Notifier::Environment::read();
  MD_TRY(const auto reporter, record::Reporter::create(
                                  loop, report, [&] { return recorder->snapshot(); }, log));
  if (!o.report.metrics.empty()) {
    const bool unknown_port = o.report.metrics == "0" || o.report.metrics.ends_with(":0");
    (unknown_port ? log.warn : log.note)("metrics at " + reporter->metrics_url());
  }
  auto recorded = recorder->run(ctx.stop);
  reporter->stopping();
  ctx.note(recorder->summary());
  auto written = pipeline.finish(kDrainMs);
  for (const std::string& notice : pipeline.take_notices()) ctx.warn(notice);
  reporter->finish();
  MD_CHECK(std::move(written));
  MD_CHECK(std::move(recorded));
  return front::Answer::clean;
}

constexpr front::Program kProgram{.name = "mdrecord",
                                  .summary = "record what a venue publishes, live",
                                  .example = "mdrecord binance btcusdt | zstd > btcusdt.ndjson.zst",
                                  .endless = true};

}  // namespace

int main(int argc, char** argv) { return front::main<Options>(kProgram, declare, run, argc, argv); }
