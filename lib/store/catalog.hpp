// Catalog: ids of instruments and partitions of days, made as they are needed.
//
// It has a connection of its own: what it makes is there for all at once, so that no loader waits
// for another one's long transaction, and it works while the loader's own connection is in the
// midst of a COPY.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"
#include "store/tables.hpp"

namespace md::store {

class Catalog {
 public:
  // Connects at first need.
  Catalog(ConnectOptions options, Days days) : options_(std::move(options)), kept_by_(days) {}

  // md.instrument.id; a new row if the instrument is new. Names are storable (check_storable).
  Result<std::int32_t> instrument(std::string_view exchange, std::string_view symbol);

  // Sees to it that rows of this UTC day have a partition. True if it was not known before: a COPY
  // that is under way may not know it either. exists: the day was retired to an archive.
  Result<bool> ensure_day(Table table, std::int64_t day);

 private:
  Result<Database*> database();
  Result<std::optional<std::int32_t>> find_instrument(std::string_view exchange,
                                                      std::string_view symbol);
  Result<bool> has_partition(const std::string& partition);
  Result<void> create_partition(Table table, std::int64_t day, const std::string& partition);

  ConnectOptions options_;
  Days kept_by_;
  std::optional<Database> database_;
  std::unordered_map<std::string, std::int32_t, StringHash, std::equal_to<>> instruments_;
  std::array<std::unordered_set<std::int64_t>, kTables> days_;
  std::string key_;
};

}  // namespace md::store
