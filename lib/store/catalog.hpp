// Catalog: ids of instruments and tables of days, made as they are needed.
//
// It has a connection of its own: what it makes is there for all at once, so that no loader waits
// for another one's long transaction, and it works while the loader's own connection is in the
// midst of a COPY. A connection that was lost while nothing was asked of it is made again.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "base/result.hpp"
#include "store/database.hpp"
#include "store/day_tables.hpp"
#include "store/schema.hpp"
#include "store/tables.hpp"

namespace md::store {

class Catalog {
 public:
  // Connects at first need.
  Catalog(ConnectOptions options, const Schema& schema)
      : options_(std::move(options)), schema_(schema) {}

  // md.instrument.id; a new row if the instrument is new. Names are storable (check_storable).
  Result<std::int32_t> instrument(std::string_view exchange, std::string_view symbol);

  // What a COPY of rows of this day names: the day's table, or the whole one where days have none
  // of their own. The one place that decides it. `fresh`: a new day is made fresh and remembered
  // (take_fresh_days); else it is attached, and one that others have left fresh too. exists: the
  // day was retired to an archive.
  Result<std::string> copy_target(const DayTable& day, bool fresh);

  // Days are looked up anew: they may have been dropped.
  void forget_days() { targets_.clear(); }

  // The fresh days that copy_target() gave since the last call: to be finished by whoever is done
  // with them.
  std::vector<DayTable> take_fresh_days();
  Result<void> finish_day(const DayTable& day);
  Result<void> finish_leftovers();

 private:
  Result<Database*> database();
  template <typename Work>
  auto ask(Work work) -> decltype(work(std::declval<Database&>()));
  Result<std::int32_t> store_instrument(Database& db, std::string_view exchange,
                                        std::string_view symbol);

  ConnectOptions options_;
  Schema schema_;
  std::optional<Database> database_;
  std::unordered_map<std::string, std::int32_t, StringHash, std::equal_to<>> instruments_;
  std::map<DayTable, std::string> targets_;
  std::set<DayTable> fresh_;
  std::string key_;
};

}  // namespace md::store
