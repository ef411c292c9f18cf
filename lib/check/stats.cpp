#include "check/stats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "dedupe/stream_table.hpp"

namespace md::check {
namespace {

void add(StreamStats& stream, std::uint64_t events, Micros first, Micros last) {
  stream.first = stream.events == 0 ? first : std::min(stream.first, first);
  stream.last = stream.events == 0 ? last : std::max(stream.last, last);
  stream.events += events;
}

void sort(std::vector<StreamStats>& streams) {
  const auto place = [](const StreamStats& stream) {
    return std::tuple<const std::string&, const std::string&, const std::string&, int>(
        stream.recorder, stream.exchange, stream.symbol, dedupe::rank(stream.type));
  };
  std::sort(streams.begin(), streams.end(),
            [&](const StreamStats& a, const StreamStats& b) { return place(a) < place(b); });
}

// ---- Files

std::uint64_t size_of(const dedupe::Reel& reel) {
  std::uint64_t bytes = 0;
  for (const std::string& path : reel.files) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (!error) bytes += size;  // standard input has none
  }
  return bytes;
}

// The streams of one recording.
class FileStats {
 public:
  FileStats(const Recording& recording, const StatsOptions& options)
      : recording_(recording), options_(options) {}

  Result<void> run(Stats& stats) {
    for (const dedupe::Reel& reel : recording_.reels) {
      met_.clear();
      MD_CHECK(read(reel));
      const std::uint64_t bytes = size_of(reel);
      stats.bytes += bytes;
      if (met_.size() != 1) continue;
      auto& of_stream = streams_[*met_.begin()].bytes;
      of_stream = of_stream.value_or(0) + bytes;
    }
    for (auto& [id, stream] : streams_) stats.streams.push_back(std::move(stream));
    return {};
  }

 private:
  Result<void> read(const dedupe::Reel& reel) {
    const Recording one{recording_.name, {reel}};
    FileInput input{one, options_.reject};
    while (true) {
      MD_TRY(const dedupe::LineKey* const key, input.next());
      if (key == nullptr) return {};
      if (options_.stop) return Error{Errc::temporary, "interrupted"};
      options_.on_event();
      const dedupe::Stream& stream = table_.find(*key);
      const auto [at, fresh] = streams_.try_emplace(stream.id);
      if (fresh) {
        at->second.recorder = recording_.name;
        at->second.exchange = stream.exchange;
        at->second.symbol = stream.symbol;
        at->second.type = stream.type;
      }
      add(at->second, 1, key->timestamp, key->timestamp);
      met_.insert(stream.id);
    }
  }

  const Recording& recording_;
  const StatsOptions& options_;
  dedupe::StreamTable table_;
  std::map<dedupe::StreamId, StreamStats> streams_;
  std::set<dedupe::StreamId> met_;  // in the reel at hand
};

void group_by_type(Stats& stats) {
  for (int i = 0; i < kTypes; ++i) {
    const auto type = static_cast<Type>(i);
    Group group{std::string(to_text(type)), 0, 0, 0};
    for (const StreamStats& stream : stats.streams) {
      if (stream.type != type) continue;
      ++group.streams;
      group.events += stream.events;
      if (stream.bytes && group.bytes) {
        *group.bytes += *stream.bytes;
      } else {
        group.bytes.reset();
      }
    }
    if (group.streams != 0) stats.groups.push_back(std::move(group));
  }
}

// ---- Database

using Streams = std::map<std::tuple<std::string, std::string, Type>, StreamStats>;
using Parts = std::map<std::string, PartStats>;

// Type, exchange, symbol, day, events, first and last, of what a table has in a range.
std::string count_query(store::Table table, const Range& range) {
  constexpr std::string_view kColumns =
      "(\"timestamp\" AT TIME ZONE 'UTC')::date d, count(*) n,"
      " (extract(epoch FROM min(\"timestamp\")) * 1000000)::bigint a,"
      " (extract(epoch FROM max(\"timestamp\")) * 1000000)::bigint b";
  if (!store::has_instrument(table)) {
    return fmt::format(
        "SELECT kind::text, exchange, s, d, n, a, b FROM (SELECT kind, exchange,"
        " coalesce(symbol, '') s, {} FROM md.{} WHERE {} GROUP BY 1, 2, 3, 4) f",
        kColumns, store::name(table), store::sql_range(range.from, range.to));
  }
  return fmt::format(
      "SELECT '{0}', i.exchange, i.symbol, d, n, a, b FROM md.instrument i"
      " JOIN (SELECT instrument_id, {1} FROM md.{0} WHERE {2} GROUP BY 1, 2) f"
      " ON f.instrument_id = i.id",
      store::name(table), kColumns, store::sql_range(range.from, range.to));
}

// "md.trade_20261120" is the day "2026-11-20", "md.trade_from_2100" is "from_2100".
std::string part_of(std::string_view partition, std::string_view table) {
  if (!partition.starts_with(table) || partition.size() <= table.size() + 1)
    return std::string(partition);
  partition.remove_prefix(table.size() + 1);
  const std::string date =
      fmt::format("{}-{}-{}", partition.substr(0, 4),
                  partition.substr(std::min<std::size_t>(4, partition.size()), 2),
                  partition.substr(std::min<std::size_t>(6, partition.size())));
  return parse_date(date) ? date : std::string(partition);
}

// The part that rows of a day lie in, if it is one of `parts`.
PartStats* part_of_day(Parts& parts, std::string_view day) {
  if (const auto found = parts.find(std::string(day)); found != parts.end()) return &found->second;
  const bool early = day < "2009" || day.ends_with("BC");
  if (const auto found = parts.find(early ? "before_2009" : "from_2100"); found != parts.end())
    return &found->second;
  const auto whole = parts.find("");
  return whole == parts.end() ? nullptr : &whole->second;
}

Result<Parts> read_sizes(FrozenDatabase& database, store::Table table) {
  MD_TRY(const store::Rows rows,
         database.query(fmt::format(
             "SELECT c.relname, pg_table_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c"
             " WHERE c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent ="
             " 'md.{0}'::regclass) OR (c.oid = 'md.{0}'::regclass AND c.relkind = 'r')",
             store::name(table))));
  Parts parts;
  for (int row = 0; row < rows.size(); ++row) {
    const std::string_view relation = rows.text(row, 0);
    const std::string part =
        relation == store::name(table) ? std::string() : part_of(relation, store::name(table));
    parts[part] = {std::string(store::name(table)), part, 0,
                   static_cast<std::uint64_t>(rows.integer(row, 1)),
                   static_cast<std::uint64_t>(rows.integer(row, 2))};
  }
  return parts;
}

Result<Group> read_table(FrozenDatabase& database, store::Table table, Streams& streams,
                         Parts& parts) {
  Group group{std::string(store::name(table)), 0, 0, 0};
  const std::size_t before = streams.size();
  MD_TRY(const auto ranges, database.occupied(table, kAllTimes));
  for (const Range& range : ranges) {
    MD_TRY(const store::Rows rows, database.query(count_query(table, range)));
    for (int row = 0; row < rows.size(); ++row) {
      const auto type = type_from(rows.text(row, 0));
      if (!type)
        return Error{Errc::internal,
                     fmt::format("unknown kind '{}' in md.feed_event", rows.text(row, 0))};
      const auto events = static_cast<std::uint64_t>(rows.integer(row, 4));
      StreamStats& stream =
          streams[{std::string(rows.text(row, 1)), std::string(rows.text(row, 2)), *type}];
      stream.exchange = rows.text(row, 1);
      stream.symbol = rows.text(row, 2);
      stream.type = *type;
      add(stream, events, rows.integer(row, 5), rows.integer(row, 6));
      group.events += events;
      if (PartStats* const part = part_of_day(parts, rows.text(row, 3))) part->events += events;
    }
  }
  group.streams = streams.size() - before;
  for (const auto& [name, part] : parts) *group.bytes += part.table_bytes + part.index_bytes;
  return group;
}

}  // namespace

Result<Stats> stats_in(const std::vector<Recording>& recordings, const StatsOptions& options) {
  Stats stats;
  for (const Recording& recording : recordings) MD_CHECK(FileStats(recording, options).run(stats));
  sort(stats.streams);
  group_by_type(stats);
  return stats;
}

Result<Stats> stats_in(FrozenDatabase& database) {
  Stats stats;
  Streams streams;
  for (const store::Table table : store::kAllTables) {
    MD_TRY(Parts parts, read_sizes(database, table));
    MD_TRY(Group group, read_table(database, table, streams, parts));
    stats.bytes += group.bytes.value_or(0);
    stats.groups.push_back(std::move(group));
    for (auto& [name, part] : parts) {
      if (part.events != 0) stats.parts.push_back(std::move(part));
    }
  }
  for (auto& [key, stream] : streams) stats.streams.push_back(std::move(stream));
  sort(stats.streams);
  return stats;
}

}  // namespace md::check
