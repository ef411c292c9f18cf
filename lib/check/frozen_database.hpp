// FrozenDatabase: what a database held at one moment, read in short transactions.
//
// A transaction locks every partition that its statements may touch until it ends, and a server has
// some thousands of locks. So one connection only keeps the moment (an exported snapshot), and
// another reads, no more than a month of a table at a time, in transactions that all see it.
//
//   MD_TRY(auto database, FrozenDatabase::open({.dsn = dsn}));
//   MD_TRY(store::Rows rows, database.query("SELECT ..."));
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "check/range.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"
#include "store/tables.hpp"

namespace md::check {

class FrozenDatabase {
 public:
  // Needs two connections. Errors: those of store::Database and require_schema().
  static Result<FrozenDatabase> open(const store::ConnectOptions& options);

  store::Numbers numbers() const { return schema_.numbers; }

  // A transaction, for a reader of many rows; to be ended before anything else. An error ends it.
  Result<store::Database*> begin();
  Result<void> end();
  // One statement in a transaction of its own.
  Result<store::Rows> query(const std::string& sql,
                            std::span<const store::Parameter> parameters = {});

  // The months() of `range` in which a table may have rows; of feed_event, which has no partitions,
  // `range` itself.
  Result<std::vector<Range>> occupied(store::Table table, const Range& range);

 private:
  FrozenDatabase(store::Database keeper, store::Database reader, std::string snapshot,
                 store::Schema schema)
      : keeper_(std::move(keeper)),
        reader_(std::move(reader)),
        snapshot_(std::move(snapshot)),
        schema_(schema) {}

  store::Database keeper_;
  store::Database reader_;
  std::string snapshot_;
  store::Schema schema_;
};

}  // namespace md::check
