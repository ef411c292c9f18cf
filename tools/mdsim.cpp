// mdsim - a local exchange that speaks a venue's own protocol. Manual: man/mdsim.1
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/quota.hpp"
#include "base/time.hpp"
#include "codec/output.hpp"
#include "front/front.hpp"
#include "sim/fault_log.hpp"
#include "sim/faulty.hpp"
#include "sim/limits.hpp"
#include "sim/recording.hpp"
#include "sim/replay.hpp"
#include "sim/server.hpp"
#include "sim/synthetic.hpp"

namespace {

using md::Result;

struct Options {
  std::vector<std::string> captures;
  std::string exchange;
  bool loop = false;
  front::Rejects rejects;
  std::string synthesize;
  bool print = false;
  std::string listen = "127.0.0.1:0";
  std::vector<std::string> tls;
  std::string speed = "1";
  double duration = 0;
  std::string start = "2024-01-01T00:00:00Z";
  md::sim::MarketOptions market;
  int clients = 1;
  std::vector<std::string> list;
  std::vector<std::string> delist;
  std::vector<std::string> faults;
  std::uint64_t fault_seed = 1;
  std::string fault_log;
  std::string rest_limit, connect_limit, message_limit;
};

void declare(CLI::App& app, Options& o) {
  app.add_option("capture", o.captures, "raw captures of one venue, one after the other");
  app.add_option("--listen", o.listen, "address to serve on; port 0 = any free one")
      ->type_name("ADDRESS")
      ->capture_default_str();
  app.add_option("--tls", o.tls, "serve with TLS; both are PEM files")
      ->type_name("CERT KEY")
      ->expected(2);
  app.add_option("--speed", o.speed, "times as fast as the original, or max")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--exchange", o.exchange, "whose lines of the capture to serve")->type_name("ID");
  app.add_flag("--loop", o.loop, "serve the capture again to everyone who connects, until stopped");
  app.add_option("--synthesize", o.synthesize, "serve a random market: VENUE:SYMBOL,...")
      ->type_name("MARKET");
  app.add_flag("--print", o.print, "write the synthetic market as a raw capture and exit");
  constexpr std::int64_t kIds = std::int64_t{1} << 62;
  const auto number = [&](const char* name, auto& value, auto low, decltype(low) high,
                          const char* help) {
    return app.add_option(name, value, help)->check(CLI::Range(low, high))->capture_default_str();
  };
  number("--rate", o.market.rate, 1, 10'000'000, "messages a second, over all symbols");
  number("--duration", o.duration, 0.0, 1e9, "seconds the market lasts; 0 = until stopped")
      ->type_name("S");
  number("--seed", o.market.seed, std::uint64_t{0}, UINT64_MAX, "another seed, another market");
  app.add_option("--start", o.start, "time of the first message; or now")
      ->type_name("TIME")
      ->capture_default_str();
  number("--levels", o.market.levels, 16, 10'000, "levels on each side of a book");
  number("--trade-id", o.market.first_trade_id, std::int64_t{1}, kIds, "first trade id");
  number("--update-id", o.market.first_update_id, std::int64_t{1}, kIds, "first book update id");
  number("--clients", o.clients, 1, 1000, "begin when this many have subscribed");
  app.add_option("--list", o.list, "the venue begins to list a symbol so long after the begin")
      ->type_name("SYMBOL@S")
      ->allow_extra_args(false);
  app.add_option("--delist", o.delist, "the venue ceases to list a symbol")
      ->type_name("SYMBOL@S")
      ->allow_extra_args(false);
  app.add_option("--faults", o.faults, "what to do wrong, and when; @FILE: as the file says")
      ->type_name("RULES")
      ->allow_extra_args(false);  // what follows may be a capture
  number("--fault-seed", o.fault_seed, std::uint64_t{0}, UINT64_MAX, "another seed, other faults");
  app.add_option("--fault-log", o.fault_log, "append what was done wrong, as lines of JSON")
      ->type_name("FILE");
  const auto limit = [&](const char* name, std::string& value, const char* help) {
    app.add_option(name, value, help)->type_name("N/S");
  };
  limit("--rest-limit", o.rest_limit, "bear this weight of REST requests in S seconds, and ban");
  limit("--connect-limit", o.connect_limit, "bear so many openings of WebSockets, and ban");
  limit("--message-limit", o.message_limit, "bear so many messages on a connection, and close it");
  o.rejects.declare(app);
}

Result<md::sim::FaultOptions> fault_options(const Options& o, std::string_view venue) {
  md::sim::FaultOptions out{
      .rules = {}, .seed = o.fault_seed, .clock = [] { return md::now(); }, .on_fault = {}};
  for (const std::string& text : o.faults) {
    MD_CHECK(text.starts_with('@') ? md::sim::read_faults(text.substr(1), out.rules)
                                   : md::sim::parse_faults(text, out.rules));
  }
  MD_CHECK(md::sim::check_faults(out.rules, venue));
  return out;
}

Result<md::sim::SyntheticOptions> synthetic_options(const Options& o,
                                                    const std::vector<std::string>& symbols) {
  md::sim::SyntheticOptions out;
  out.market = o.market;
  out.clients = o.clients;
  MD_TRY(out.pace, md::sim::parse_pace(o.speed));
  for (const std::string& text : o.list) {
    MD_TRY(const auto listing, md::sim::parse_listing(text, true, symbols));
    out.listings.push_back(listing);
  }
  for (const std::string& text : o.delist) {
    MD_TRY(const auto listing, md::sim::parse_listing(text, false, symbols));
    out.listings.push_back(listing);
  }
  const auto start = o.start == "now" ? Result<md::Micros>(md::now()) : md::parse_iso(o.start);
  if (!start) return md::Error{.code = md::Errc::usage, .message = start.error().message};
  out.market.start = *start;
  if (o.duration > 0) {
    out.messages =
        static_cast<std::uint64_t>(std::max(1.0, o.duration * static_cast<double>(o.market.rate)));
  }
  return out;
}

Result<md::sim::LimitOptions> limit_options(const Options& o, const md::sim::Dialect& dialect,
                                            const front::Context& context) {
  md::sim::LimitOptions out;
  const auto read = [](const std::string& text) -> Result<md::Quota> {
    return text.empty() ? md::Quota{} : md::parse_quota(text);
  };
  MD_TRY(out.rest, read(o.rest_limit));
  MD_TRY(out.connect, read(o.connect_limit));
  MD_TRY(out.message, read(o.message_limit));
  out.weight = [&dialect](std::string_view target) { return dialect.weight(target); };
  out.used_field = dialect.used_weight_field();
  out.on_offence = [&context](std::string_view what) { context.warn(what); };
  return out;
}

Result<void> serve(md::sim::Exchange& healthy, std::string_view venue, const Options& o,
                   const front::Context& context) {
  MD_TRY(auto faults, fault_options(o, venue));
  md::sim::FaultLog log;
  if (!o.fault_log.empty()) {
    MD_TRY(log, md::sim::FaultLog::open(o.fault_log));
  }
  faults.on_fault = [&](const md::sim::FaultEvent& event) { context.note(log.add(event)); };
  md::sim::FaultyExchange exchange(healthy, std::move(faults));
  md::sim::ServerOptions options;
  MD_CHECK(md::sim::parse_listen(o.listen, options));
  if (!o.tls.empty()) {
    options.certificate = o.tls[0];
    options.key = o.tls[1];
  }
  MD_TRY(auto server, md::sim::Server::listen(options, exchange));
  if (std::fputs((server.url() + '\n').c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    return md::system_error(md::Errc::io, "cannot write 'standard output'", errno);
  }
  MD_CHECK(server.run(context.stop));
  return log.finish();
}

Result<front::Answer> run_synthetic(const Options& o, const front::Context& context) {
  MD_TRY(auto venue, md::sim::parse_venue_market(o.synthesize));
  MD_TRY(const auto options, synthetic_options(o, venue.symbols));
  if (o.print) {
    MD_TRY(auto out, md::codec::Output::open("-"));
    md::sim::SyntheticRecording recording(std::move(venue), options.market);
    MD_CHECK(recording.write(options.messages, context.stop, out));
    MD_CHECK(out.finish());
  } else {
    const std::string id = venue.venue;
    // Lives as long as the exchange that it is given to.
    MD_TRY(auto limits, limit_options(o, *venue.dialect, context));
    md::sim::SyntheticExchange exchange(std::move(venue), options);
    md::sim::LimitedExchange limited(exchange, std::move(limits));
    MD_CHECK(serve(limited, id, o, context));
    if (limited.refused() != 0) {
      context.warn(
          fmt::format("beyond the limits: {} refused, {} bans", limited.refused(), limited.bans()));
    }
  }
  return front::Answer::clean;
}

Result<front::Answer> run_capture(const Options& o, const front::Context& context) {
  md::sim::ReplayOptions options{
      .files = o.captures, .pace = {}, .clients = o.clients, .loop = o.loop};
  MD_TRY(options.pace, md::sim::parse_pace(o.speed));
  MD_TRY(auto rejects, front::RejectLog::open(o.rejects, context));
  MD_TRY(auto index, md::sim::index_capture(o.captures, o.exchange,
                                            [&](const md::Error& error, std::string_view line) {
                                              return rejects.reject(error, line);
                                            }));
  const std::string_view id = index.venue->id;
  md::sim::ReplayExchange exchange(std::move(index), std::move(options));
  MD_CHECK(serve(exchange, id, o, context));
  return rejects.finish(front::Answer::clean);
}

Result<front::Answer> run(const Options& o, front::Context& context) {
  const auto usage = [](const char* why) {
    return md::Error{.code = md::Errc::usage, .message = why};
  };
  if (o.captures.empty() == o.synthesize.empty())
    return usage("either a capture or --synthesize is needed");
  if (o.print && o.synthesize.empty()) return usage("--print goes with --synthesize");
  const bool limits = !(o.rest_limit + o.connect_limit + o.message_limit).empty();
  if (limits && (o.print || o.synthesize.empty()))
    return usage("limits go with --synthesize, and without --print");
  if (o.print && !o.faults.empty()) return usage("--faults needs clients: not with --print");
  if ((o.print || o.synthesize.empty()) && (!o.list.empty() || !o.delist.empty()))
    return usage("--list and --delist need a synthetic market, and clients: not with --print");
  if (std::find(o.captures.begin(), o.captures.end(), "-") != o.captures.end()) {
    return usage("a capture must be a file: every client reads it from its beginning");
  }
  return o.captures.empty() ? run_synthetic(o, context) : run_capture(o, context);
}

}  // namespace

int main(int argc, char** argv) {
  return front::main<Options>(
      {.name = "mdsim",
       .summary = "a local exchange that speaks a venue's own protocol",
       .example = "mdsim --synthesize binance:btcusdt,ethusdt --rate 1000 --duration 60",
       .endless = true},
      declare, run, argc, argv);
}
