// mdrecord - records what a venue publishes, live. Manual: man/mdrecord.1
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>

#include "codec/file.hpp"
#include "front/front.hpp"
#include "front/process.hpp"
#include "record/choices.hpp"
#include "record/fleet.hpp"
#include "record/market_list.hpp"
#include "record/order.hpp"
#include "venue/plan.hpp"

namespace {

namespace record = md::record;

struct Options : record::Order {
  double duration = 0;
  bool list_venues = false;
  bool json = false;
  bool plan = false;
  record::Reporter::Options report;
  std::string log_format = "text";
};

void declare(CLI::App& app, Options& o) {
  app.add_option("VENUE", o.venue, "venue to record; see --list-venues")->type_name("");
  app.add_option("SYMBOL,--symbols", o.symbols, "markets, in any case and with any separators")
      ->type_name("");
  app.add_option("--types", o.types, "what to record; default: all the venue has")
      ->delimiter(',')
      ->type_name("TYPE,...");
  app.add_flag("--all", o.all, "record all markets that are trading");
  app.add_option("--quote", o.quotes, "record all that trade against one of these currencies")
      ->delimiter(',')
      ->type_name("CURRENCY,...");
  app.add_option("--match", o.match, "record all that trade and whose symbol fits this")
      ->type_name("REGEX");
  app.add_option("--follow", o.follow,
                 "seconds between two looks for markets that came or went; 0: none")
      ->check(CLI::Range(0.0, 1e6))
      ->type_name("S");
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

record::Log log_to(const front::Context& ctx, const std::string& prefix = {}) {
  const auto context = std::make_shared<const front::Context>(ctx);
  return {[=](std::string_view text) { context->warn(prefix + std::string{text}); },
          [=](std::string_view text) { context->note(prefix + std::string{text}); }};
}

// Lines on standard error say of which of several venues they are.
record::Log venue_log(const front::Context& ctx, const md::venue::Venue& venue, bool tabled) {
  front::Context own = ctx;
  own.log_fields = fmt::format("venue={}", venue.id);
  const bool prefixed = tabled && ctx.log_format == front::LogFormat::text;
  return log_to(own, prefixed ? fmt::format("{}: ", venue.id) : std::string{});
}

md::Result<record::Job> logged_job(const Options& o, const front::Context& ctx) {
  MD_TRY(record::Job job, job_of(o, read_environment));
  job.log = venue_log(ctx, *job.venue, o.tabled);
  if (const auto& proxy = job.recorder.http.proxies.proxy())
    job.log.note(fmt::format("proxy: '{}'", proxy->text()));
  return job;
}

// What there is one of in a process cannot differ between its venues.
bool same_process(const Options& a, const Options& b) {
  return a.report.metrics == b.report.metrics && a.report.status == b.report.status &&
         a.log_format == b.log_format && a.duration == b.duration;
}

md::Result<record::Job> job_of_table(const Options& all, const std::string& name,
                                     const front::Context& ctx) {
  Options o;
  MD_CHECK(ctx.parse([&](CLI::App& app) { declare(app, o); }, name));
  o.venue = name;
  o.tabled = true;
  md::Result<record::Job> job = logged_job(o, ctx);
  if (job && !same_process(o, all)) {
    job = md::Error{md::Errc::config,
                    "metrics, status, log-format and duration stand above all tables"};
  }
  if (job) return job;
  const md::Errc code = job.error().code;
  return md::Error{code == md::Errc::usage ? md::Errc::config : code,
                   fmt::format("[venue.{}]: {}", name, job.error().text())};
}

// One job for each table of the file, or for that of VENUE; without tables, for the command line.
md::Result<record::Fleet::Jobs> jobs_of(const Options& all, const std::vector<std::string>& tables,
                                        const front::Context& ctx) {
  record::Fleet::Jobs jobs;
  if (tables.empty() && all.venue.empty())
    return md::Error{md::Errc::usage, "VENUE is missing; --list-venues shows them"};
  const md::venue::Venue* only = nullptr;
  if (!all.venue.empty()) {
    MD_TRY(only, record::find_venue(all.venue));
  }
  if (tables.empty()) {
    MD_TRY(record::Job job, logged_job(all, ctx));
    jobs.push_back(std::move(job));
    return jobs;
  }
  for (const std::string& name : tables) {
    if (const auto venue = record::find_venue(name); only != nullptr && venue && *venue != only)
      continue;
    MD_TRY(record::Job job, job_of_table(all, name, ctx));
    for (const record::Job& other : jobs) {
      if (other.venue != job.venue) continue;
      return md::Error{md::Errc::config,
                       fmt::format("[venue.{}]: {} has two tables", name, job.venue->id)};
    }
    jobs.push_back(std::move(job));
  }
  if (jobs.empty())
    return md::Error{md::Errc::config, fmt::format("there is no table [venue.{}]", all.venue)};
  return jobs;
}

// After SIGHUP. An error leaves all as it is.
std::optional<record::Fleet::Jobs> read_again(const Options& before, const front::Context& ctx) {
  Options all;
  const auto tables = ctx.parse([&](CLI::App& app) { declare(app, all); }, {});
  auto jobs = tables ? jobs_of(all, *tables, ctx) : md::Result<record::Fleet::Jobs>(tables.error());
  if (!jobs) {
    ctx.error(jobs.error().text() + ": the configuration stays as it was");
    return std::nullopt;
  }
  if (!same_process(all, before))
    ctx.warn("metrics, status, log-format or duration: a change needs a restart");
  return *std::move(jobs);
}

// --list-markets and --plan: asked, printed, done.
md::Result<front::Answer> print_of(const record::Job& job, const Options& o, md::net::Loop& loop,
                                   const front::Context& ctx) {
  md::venue::Subscription subscription = job.recorder.subscription;
  subscription.symbols = job.selection.names();
  if (o.list_markets || !job.exact) {
    auto markets = record::fetch_markets(loop, *job.tls, *job.venue, job.recorder.addresses,
                                         job.recorder.http, ctx.stop, job.log);
    if (ctx.stop) return front::Answer::clean;
    if (!markets) return std::move(markets).error();
    if (o.list_markets)
      return print(o.json ? record::market_lines(job.venue->id, *markets)
                          : record::market_table(*markets));
    MD_TRY(subscription.symbols, job.selection.choose(*markets));
  }
  const std::string title = job.tabled ? fmt::format("venue: {}\n", job.venue->id) : std::string{};
  return print(title + to_text(md::venue::plan(*job.venue, subscription)));
}

md::Result<front::Answer> run(const Options& o, front::Context& ctx) {
  if (o.log_format == "logfmt") ctx.log_format = front::LogFormat::logfmt;
  if (o.list_venues) return print(record::venue_lines());
  MD_TRY(record::Fleet::Jobs jobs, jobs_of(o, ctx.tables, ctx));
  if (jobs.size() == 1) ctx.log_fields = fmt::format("venue={}", jobs[0].venue->id);
  md::net::Loop loop;
  if (o.list_markets || o.plan) {
    for (const record::Job& job : jobs) MD_CHECK(print_of(job, o, loop, ctx));
    return front::Answer::clean;
  }
  record::Fleet::Options options;
  options.report = o.report;
  options.report.manager = record::Notifier::Environment::read();
  options.duration_ms = to_ms(o.duration);
  if (!ctx.tables.empty()) {
    options.hangup = &front::catch_hangup();
    options.reload = [&] { return read_again(o, ctx); };
  }
#ifdef M_MMAP_THRESHOLD
  // What a burst needed goes back to the kernel. Else the C library takes blocks of that size from
  // its heap as soon as one was freed, and a heap keeps its size.
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
#endif
  const record::Log log = log_to(ctx);
  MD_TRY(const auto fleet,
         record::Fleet::create(loop, std::move(jobs), options,
                               record::to_descriptor(STDOUT_FILENO, "standard output"), log));
  MD_CHECK(fleet->run(ctx.stop));
  return front::Answer::clean;
}

constexpr front::Program kProgram{.name = "mdrecord",
                                  .summary = "record what a venue publishes, live",
                                  .example = "mdrecord binance btcusdt | zstd > btcusdt.ndjson.zst",
                                  .endless = true,
                                  .tables = "venue"};

}  // namespace

int main(int argc, char** argv) { return front::main<Options>(kProgram, declare, run, argc, argv); }
