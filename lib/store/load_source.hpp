// Standard input under a name, stored batch by batch: what mdload --source does.
//
// A batch and its place in the text (md.source) are one transaction. The same text, given again
// from its beginning, goes on where it ended; a server that goes away in between is connected to
// again, and the batch at hand sent again unless it turns out to be stored. So no line is lost or
// stored twice, whoever is killed.
//
// Memory: a batch (source_text.hpp) beside what Loader and LineReader need.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "store/database.hpp"
#include "store/load_file.hpp"

namespace md::store {

struct SourceLoad {
  std::uint64_t passed_over = 0;  // lines stored before
  std::uint64_t lines = 0;        // stored now, or left out as bad
};

// Reads standard input to its end, or until connect.stop (which must be set): then the lines read
// are still stored. A batch is committed when it is full, or two seconds after its first line. A
// last line without newline may be torn: it is rejected, and not counted as one of the text.
//
// Errors: exists (the name is stored with another text), usage (no name, or none that a database
// can hold), temporary (another mdload goes on with the source; stopped while the database was
// away), unavailable (after all attempts), those of LineReader and Loader. What was committed
// before stays.
Result<SourceLoad> load_source(const std::string& name, const ConnectOptions& connect,
                               const std::string& tool_version, const RejectLine& reject);

}  // namespace md::store
