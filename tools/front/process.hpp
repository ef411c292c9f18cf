// The process as front::run_program sets it up and leaves it: descriptors, signals, standard
// output.
#pragma once

#include <atomic>

#include "base/result.hpp"

namespace front {

// Descriptors 0 to 2 that the parent left closed are occupied, so that no file we open becomes our
// stdout by accident; reading or writing them fails.
void open_missing_descriptors();

// SIGINT and SIGTERM: the first sets stop_flag(), the second ends the process at once. `endless`
// programs also ignore SIGPIPE. To be called before threads are started: they inherit the mask.
void catch_signals(bool endless);

const std::atomic<bool>& stop_flag();

// From now on SIGHUP sets the flag that is given, for who reads its configuration again, instead
// of ending the process. Who sees the flag clears it.
std::atomic<bool>& catch_hangup();

// If SIGINT or SIGTERM came: ends the process by that very signal, as if it had not been caught.
void die_if_interrupted();

// Flushes and closes; Errc::io if anything written to standard output cannot be there.
md::Result<void> close_stdout();

}  // namespace front
