#include "store/catalog.hpp"

#include <fmt/format.h>

#include <utility>

namespace md::store {
namespace {

Result<std::optional<std::int32_t>> find_instrument(Database& db, std::string_view exchange,
                                                    std::string_view symbol) {
  const Parameter names[] = {std::string(exchange), std::string(symbol)};
  MD_TRY(const Rows rows,
         db.query("SELECT id FROM md.instrument WHERE exchange = $1 AND symbol = $2", names));
  if (rows.size() == 0) return std::optional<std::int32_t>{};
  return std::optional{static_cast<std::int32_t>(rows.integer(0, 0))};
}

}  // namespace

Result<Database*> Catalog::database() {
  if (!database_) {
    MD_TRY(Database connected, Database::connect(options_));
    database_.emplace(std::move(connected));
  }
  return &*database_;
}

// All that is asked for may be asked again: a connection that was there before and is gone now may
// have been lost long ago.
template <typename Work>
auto Catalog::ask(Work work) -> decltype(work(std::declval<Database&>())) {
  const bool connected_before = database_.has_value();
  MD_TRY(Database* const db, database());
  auto answer = work(*db);
  if (answer || answer.error().code != Errc::unavailable) return answer;
  database_.reset();
  if (!connected_before) return answer;
  MD_TRY(Database* const again, database());
  return work(*again);
}

Result<std::int32_t> Catalog::store_instrument(Database& db, std::string_view exchange,
                                               std::string_view symbol) {
  MD_TRY(std::optional<std::int32_t> id, find_instrument(db, exchange, symbol));
  if (id) return *id;
  const Parameter names[] = {std::string(exchange), std::string(symbol)};
  MD_CHECK(db.query(
      "INSERT INTO md.instrument (exchange, symbol) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      names));
  MD_TRY(id, find_instrument(db, exchange, symbol));
  if (id) return *id;
  return Error{Errc::internal,
               fmt::format("instrument '{}' of '{}' cannot be stored", symbol, exchange)};
}

Result<std::int32_t> Catalog::instrument(std::string_view exchange, std::string_view symbol) {
  key_.assign(exchange).append(1, '\0').append(symbol);
  if (const auto known = instruments_.find(key_); known != instruments_.end()) return known->second;
  MD_TRY(const std::int32_t id,
         ask([&](Database& db) { return store_instrument(db, exchange, symbol); }));
  instruments_.emplace(key_, id);
  return id;
}

Result<std::string> Catalog::copy_target(const DayTable& day, bool fresh) {
  if (!has_day_table(day)) return fmt::format("md.{}", name(day.table));
  if (const auto known = targets_.find(day); known != targets_.end()) return known->second;

  MD_TRY(DayState state, ask([&](Database& db) { return day_state(db, day); }));
  if (state == DayState::missing) {
    MD_CHECK(ask([&](Database& db) { return make_day(db, day); }));
    state = DayState::fresh;
  }
  if (state == DayState::fresh) {
    if (fresh) {
      fresh_.insert(day);
    } else {
      MD_CHECK(finish_day(day));
    }
  }
  return targets_.emplace(day, day_table_name(day)).first->second;
}

std::vector<DayTable> Catalog::take_fresh_days() {
  std::vector<DayTable> days(fresh_.begin(), fresh_.end());
  fresh_.clear();
  return days;
}

Result<void> Catalog::finish_day(const DayTable& day) {
  return ask([&](Database& db) { return store::finish_day(db, day); });
}

Result<void> Catalog::finish_leftovers() {
  return ask([](Database& db) { return store::finish_leftovers(db); });
}

}  // namespace md::store
