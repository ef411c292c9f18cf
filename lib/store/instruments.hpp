// Instruments: what market lists tell of them, into md.instrument.
//
// A market list is what `mdrecord VENUE --list-markets --json` prints: JSON lines with exchange and
// symbol, and base, quote, kind, active, tick, step and contractSize as far as they are known
// (md-formats(5)). Other fields are passed over.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "store/database.hpp"

namespace md::store {

struct InstrumentCounts {
  std::uint64_t added = 0;
  std::uint64_t changed = 0;    // something was told that was not known, or known otherwise
  std::uint64_t unchanged = 0;  // not written
};

// Called for each line that is no market; an error given back ends the list.
using RejectMarket = std::function<Result<void>(const Error& error, std::string_view line)>;

// All lines of one list ("-" is standard input), in one transaction. What a line leaves out stays
// as it was. Two lists at once, and loads that meet new instruments, do not disturb each other.
// Memory: about 1 MiB. Errors: those of LineReader and Database, what `reject` gives, temporary if
// `stop` is set; the list then changes nothing.
Result<InstrumentCounts> store_instruments(Database& database, const std::string& path,
                                           const RejectMarket& reject,
                                           const std::atomic<bool>* stop);

}  // namespace md::store
