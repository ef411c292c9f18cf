#include "record/order.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <utility>

#include "net/local_address.hpp"
#include "record/choices.hpp"

namespace md::record {
namespace {

std::int64_t to_ms(double seconds) { return std::llround(seconds * 1000); }

std::string recorder_name(const Order& o) {
  if (!o.recorder.empty()) return o.recorder;
  std::array<char, 256> host{};
  return gethostname(host.data(), host.size() - 1) == 0 ? host.data() : "recorder";
}

codec::SpoolWriter::Options spool_of(const Order& o, const venue::Venue& venue) {
  using codec::Sync;
  codec::SpoolWriter::Options spool;
  spool.directory = o.spool;
  spool.recorder = recorder_name(o);
  spool.exchange = venue.id;
  spool.rotate = to_ms(o.rotate) * 1000;
  spool.rotate_bytes = o.rotate_size;
  spool.sync = o.fsync == "none" ? Sync::none : o.fsync == "flush" ? Sync::flush : Sync::file;
  return spool;
}

// What a recorder keeps while its configuration is read again.
std::vector<std::pair<std::string, std::string>> fixed_options(const Order& o) {
  const auto text = [](const auto& value) { return fmt::format("{}", value); };
  return {{"raw", text(o.raw)},
          {"spool", o.spool},
          {"recorder", o.recorder},
          {"flush", text(o.flush)},
          {"rotate", text(o.rotate)},
          {"rotate-size", text(o.rotate_size)},
          {"fsync", o.fsync},
          {"retry", text(o.retry)},
          {"overflow", o.overflow},
          {"once", text(o.once)},
          {"no-checksum", text(o.no_checksum)},
          {"ws-url", o.ws_url},
          {"rest-url", o.rest_url},
          {"ca-file", o.ca_file},
          {"proxy", o.proxy},
          {"proxy-auth", o.proxy_auth},
          {"deflate", text(o.deflate)},
          {"redundancy", text(o.redundancy)},
          {"bind", fmt::format("{}", fmt::join(o.bind, ","))},
          {"max-age", text(o.max_age)},
          {"rest-weight", o.rest_weight},
          {"first-data", text(o.first_data)},
          {"silence", text(o.silence)}};
}

}  // namespace

Result<Job> job_of(const Order& o, net::Proxies::Lookup environment) {
  Job job;
  MD_TRY(job.venue, find_venue(o.venue));
  job.tabled = o.tabled;
  if (!o.list_markets) {
    MD_TRY(job.selection, Selection::create({o.symbols, o.all, o.quotes, o.match}));
    if (o.exact && job.selection.follows())
      return Error{Errc::usage, "--exact does without the market list: name symbols"};
  }
  job.exact = o.exact;
  job.follow_ms = to_ms(o.follow);
  Recorder::Options& options = job.recorder;
  MD_TRY(options.addresses, Addresses::parse(o.ws_url, o.rest_url));
  MD_TRY(options.subscription.types, choose_types(*job.venue, o.types));
  MD_TRY(net::Tls tls, net::Tls::create(o.ca_file));
  job.tls = std::make_shared<const net::Tls>(std::move(tls));
  MD_TRY(options.http.proxies, net::Proxies::create(o.proxy, o.proxy_auth, environment));
  options.socket.proxies = options.http.proxies;
  for (const venue::HttpField& field : job.venue->handshake)
    options.http.fields.emplace_back(field.name, field.value);
  options.socket.deflate = o.deflate;
  options.raw = o.raw;
  if (o.no_checksum) options.checksums = book::Feed::Checksums::ignore;
  options.once = o.once;
  options.drop = o.overflow == "drop";
  for (const std::string& address : o.bind) MD_CHECK(net::check_local_address(address));
  options.local_addresses = o.bind;
  if (!o.bind.empty()) options.http.local_address = o.bind.front();
  options.redundancy = o.redundancy;
  options.max_age_ms = to_ms(o.max_age);
  if (!o.rest_weight.empty()) {
    MD_TRY(options.rest_weight, parse_quota(o.rest_weight));
  }
  options.watch = {to_ms(o.first_data), to_ms(o.silence)};
  if (!o.spool.empty()) job.spool = spool_of(o, *job.venue);
  job.output.flush_ms = to_ms(o.flush);
  job.output.retry_ms = to_ms(o.retry);
  job.fixed = fixed_options(o);
  return job;
}

}  // namespace md::record
