// DatabaseInput: the events of a database, in the order in which the lake that it was loaded from
// would be read.
#pragma once

#include <optional>
#include <vector>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "check/frozen_database.hpp"
#include "check/input.hpp"
#include "check/stored_streams.hpp"
#include "dedupe/line_key.hpp"

namespace md::check {

class DatabaseInput final : public Input {
 public:
  // Events with a timestamp in the range. `database` must outlive the input.
  static Result<DatabaseInput> open(FrozenDatabase& database, const Range& range);

  Result<const dedupe::LineKey*> next() override;
  bool event(Event& event) override {
    event = event_;
    return true;
  }

 private:
  DatabaseInput(FrozenDatabase& database, std::vector<StoredStream> streams)
      : database_(&database), streams_(std::move(streams)) {}

  FrozenDatabase* database_;
  std::vector<StoredStream> streams_;
  std::size_t stream_ = 0;  // the next
  std::optional<StoredStreamReader> reader_;
  Event event_;
  Buffer line_;
  dedupe::KeyReader keys_;
  dedupe::LineKey key_;
};

}  // namespace md::check
