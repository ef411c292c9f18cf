// Job: what is to be recorded of one venue, and how. What a command line, or a table of a
// configuration file, comes down to.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/spool.hpp"
#include "net/tls.hpp"
#include "record/log.hpp"
#include "record/pipeline.hpp"
#include "record/recorder.hpp"
#include "record/selection.hpp"
#include "venue/venue.hpp"

namespace md::record {

struct Job {
  const venue::Venue* venue = nullptr;
  Selection selection;
  bool exact = false;  // the selection's names are the venue's: no market list is asked for
  // Its symbols are those that are chosen.
  Recorder::Options recorder;
  // Between two looks at the market list, where the selection follows it; 0 = never again.
  std::int64_t follow_ms = 0;
  // One of a configuration file's tables: errors name it, what is wrong with it is wrong with the
  // file, and out of reach at the start it is asked for its list until it answers.
  bool tabled = false;
  std::optional<codec::SpoolWriter::Options> spool{};  // none: the output that all share
  Pipeline::Options output{};                          // of the spool
  // Options that a running station cannot change, by name: their values.
  std::vector<std::pair<std::string, std::string>> fixed{};
  std::shared_ptr<const net::Tls> tls;
  Log log;
};

}  // namespace md::record
