// Order: what is to be recorded of a venue, word by word as a user gives it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/proxy.hpp"
#include "record/job.hpp"

namespace md::record {

// Seconds are real numbers, lists are as typed; "" = not given.
struct Order {
  std::string venue;
  std::vector<std::string> symbols;
  bool all = false;
  std::vector<std::string> quotes;
  std::string match;
  double follow = 3600;
  bool exact = false;
  std::vector<std::string> types;
  bool raw = false;
  bool no_checksum = false;
  bool once = false;
  std::string ws_url;
  std::string rest_url;
  std::string ca_file;
  std::string proxy;
  std::string proxy_auth;
  bool deflate = false;
  int redundancy = 1;
  std::vector<std::string> bind;
  double max_age = 0;
  std::string rest_weight;  // N/S
  double first_data = 30;
  double silence = 300;
  std::string spool;
  std::string recorder;
  double flush = 1;
  double rotate = 3600;
  std::uint64_t rotate_size = 0;
  std::string fsync = "file";  // none, file, flush
  double retry = 60;
  std::string overflow = "block";  // block, drop

  bool tabled = false;        // see Job
  bool list_markets = false;  // to be asked for the market list alone: nothing is selected
};

// The job, without its log. `environment` reads a variable; null = not set. Errors: usage; those of
// net::Tls and net::Proxies.
Result<Job> job_of(const Order& order, net::Proxies::Lookup environment);

}  // namespace md::record
