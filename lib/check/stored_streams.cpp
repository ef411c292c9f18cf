#include "check/stored_streams.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

namespace md::check {
namespace {

using Key = std::tuple<Type, std::string, std::string>;

// Type, exchange and symbol of what a table holds in a range.
std::string streams_query(store::Table table, const Range& range) {
  if (!store::has_instrument(table)) {
    return fmt::format(
        "SELECT DISTINCT kind::text, exchange, coalesce(symbol, '') FROM md.{} WHERE {}",
        store::name(table), store::sql_range(range.from, range.to));
  }
  return fmt::format(
      "SELECT '{0}', i.exchange, i.symbol FROM md.instrument i JOIN (SELECT DISTINCT instrument_id"
      " FROM md.{0} WHERE {1}) f ON f.instrument_id = i.id",
      store::name(table), store::sql_range(range.from, range.to));
}

}  // namespace

Result<std::vector<StoredStream>> stored_streams(FrozenDatabase& database, const Range& range) {
  std::map<Key, std::vector<Range>> found;
  for (const store::Table table : store::kAllTables) {
    MD_TRY(const auto parts, database.occupied(table, range));
    for (const Range& part : parts) {
      MD_TRY(const store::Rows rows, database.query(streams_query(table, part)));
      for (int row = 0; row < rows.size(); ++row) {
        const auto type = type_from(rows.text(row, 0));
        if (!type)
          return Error{Errc::internal,
                       fmt::format("unknown kind '{}' in md.feed_event", rows.text(row, 0))};
        found[{*type, std::string(rows.text(row, 1)), std::string(rows.text(row, 2))}].push_back(
            part);
      }
    }
  }
  std::vector<StoredStream> streams;
  for (auto& [key, ranges] : found) {
    const auto& [type, exchange, symbol] = key;
    streams.push_back({type, exchange, symbol, std::move(ranges)});
  }
  return streams;
}

Result<bool> StoredStreamReader::next(Event& event) {
  while (true) {
    if (!reader_) {
      if (range_ == stream_.ranges.size()) return false;
      const Range& range = stream_.ranges[range_++];
      MD_TRY(store::Database* const connection, database_.begin());
      MD_TRY(reader_, store::Reader::open(*connection, {stream_.type, stream_.exchange,
                                                        stream_.symbol, range.from, range.to}));
    }
    MD_TRY(const bool more, reader_->next(event));
    if (more) return true;
    reader_.reset();
    MD_CHECK(database_.end());
  }
}

}  // namespace md::check
