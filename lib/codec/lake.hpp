// The lake: how its files are named, and which there are (md-formats(5), FILES).
//
//   LAKE/exchange=E/type=T/symbol=S/date=YYYY-MM-DD.ndjson.zst      (or .ndjson.gz, .ndjson)
//
// E and S are path components (base/symbol.hpp): percent-encoded, shortened where they are very
// long. Events without a symbol, such as connects, lie under "symbol=_". Other names, such as those
// of files being written (.part), are passed over.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/event.hpp"

namespace md::codec {

// One directory of day files.
struct LakeStream {
  Type type = Type::trade;
  std::string exchange;
  std::string symbol;  // empty: events without one
  std::string directory;
};

// "LAKE/exchange=E/type=T/symbol=S"
std::string lake_directory(std::string_view lake, std::string_view exchange, Type type,
                           std::string_view symbol);
// "date=YYYY-MM-DD.ndjson.zst"
std::string lake_file(std::int64_t day);

// All streams, in the order of their directories' names. Types that are not events (computed: bars,
// snapshots of books) are passed over. A shortened name is read from the first event of the
// directory; a directory without one is passed over. Errors: not_found, permission (`lake` or a
// directory in it cannot be listed); malformed (a directory that no lake writer names so).
Result<std::vector<LakeStream>> lake_streams(const std::string& lake);

// The files of LakeStream::directory with first <= day < end, by day. None where it is not there.
// Errors: permission; malformed (two files of one day: reading both would double it, reading one
// might lose half of it).
using LakeDays = std::map<std::int64_t, std::string>;
Result<LakeDays> lake_days(const std::string& directory, std::int64_t first, std::int64_t end);

}  // namespace md::codec
