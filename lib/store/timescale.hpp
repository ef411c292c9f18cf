// TimescaleDB: tables of events as hypertables, compressed by instrument and time.
#pragma once

#include "base/result.hpp"
#include "store/database.hpp"

namespace md::store {

// The extension, made in this database if the server has it and it is not here yet; config, with
// what is missing, if it cannot be. In the transaction of the caller.
Result<void> require_timescale(Database& database);

// Of a schema just created without partitions: chunks of a UTC day, compressed after some days,
// and md.bar_1m as a continuous aggregate. Both go on by policies, in the background of the server.
Result<void> make_hypertables(Database& database);

}  // namespace md::store
