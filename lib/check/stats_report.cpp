#include <fmt/format.h>

#include "check/columns.hpp"
#include "check/json_record.hpp"
#include "check/stats.hpp"
#include "check/words.hpp"

namespace md::check {
namespace {

using Bytes = std::optional<std::uint64_t>;

std::string bytes_text(const Bytes& bytes) { return bytes ? fmt::format("{}", *bytes) : "-"; }

std::string per_event(const Bytes& bytes, std::uint64_t events) {
  if (!bytes || events == 0) return "-";
  return fmt::format("{:.1f}", static_cast<double>(*bytes) / static_cast<double>(events));
}

Group total_of(const Stats& stats) {
  Group total{"all", stats.streams.size(), 0, stats.bytes};
  for (const Group& group : stats.groups) total.events += group.events;
  return total;
}

void add_group(Columns& table, const Group& group) {
  table.add({group.name, fmt::format("{}", group.streams), fmt::format("{}", group.events),
             bytes_text(group.bytes), per_event(group.bytes, group.events)});
}

void add_bytes(JsonRecord& record, const Bytes& bytes) {
  if (bytes) record.number("bytes", *bytes);
}

}  // namespace

void stats_text(const Stats& stats, Buffer& out) {
  Columns table;
  table.add({"STREAM", ">EVENTS", ">BYTES", ">BYTES/EVENT", "FIRST", "LAST"});
  for (const StreamStats& stream : stats.streams) {
    table.add({stream_name(stream.recorder, stream.exchange, stream.symbol, to_text(stream.type)),
               fmt::format("{}", stream.events), bytes_text(stream.bytes),
               per_event(stream.bytes, stream.events), to_iso(stream.first), to_iso(stream.last)});
  }
  table.write(out);
  if (!stats.streams.empty()) out.append('\n');
  table.add({"TABLE", "PART", ">EVENTS", ">TABLE BYTES", ">INDEX BYTES", ">BYTES/EVENT"});
  for (const PartStats& part : stats.parts) {
    table.add({part.table, part.part.empty() ? "all" : part.part, fmt::format("{}", part.events),
               fmt::format("{}", part.table_bytes), fmt::format("{}", part.index_bytes),
               per_event(part.table_bytes + part.index_bytes, part.events)});
  }
  table.write(out);
  if (!stats.parts.empty()) out.append('\n');
  table.add(
      {stats.parts.empty() ? "TYPE" : "TABLE", ">STREAMS", ">EVENTS", ">BYTES", ">BYTES/EVENT"});
  for (const Group& group : stats.groups) add_group(table, group);
  add_group(table, total_of(stats));
  table.write(out);
}

void stats_json(const Stats& stats, Buffer& out) {
  for (const StreamStats& stream : stats.streams) {
    JsonRecord record{"stream"};
    record.stream(stream.recorder, stream.exchange, stream.symbol, to_text(stream.type));
    record.number("events", stream.events);
    add_bytes(record, stream.bytes);
    record.time("first", stream.first);
    record.time("last", stream.last);
    record.end(out);
  }
  for (const PartStats& part : stats.parts) {
    JsonRecord record{"part"};
    record.text("table", part.table);
    if (!part.part.empty()) record.text("part", part.part);
    record.number("events", part.events);
    record.number("tableBytes", part.table_bytes);
    record.number("indexBytes", part.index_bytes);
    record.end(out);
  }
  for (const Group& group : stats.groups) {
    JsonRecord record{"group"};
    record.text("name", group.name);
    record.number("streams", group.streams);
    record.number("events", group.events);
    add_bytes(record, group.bytes);
    record.end(out);
  }
  const Group total = total_of(stats);
  JsonRecord record{"total"};
  record.number("streams", total.streams);
  record.number("events", total.events);
  add_bytes(record, total.bytes);
  record.end(out);
}

}  // namespace md::check
