// event_work - parts of the programs that no program does alone, for instruction counts and
// profiles.
//
//   event_work read FILE      event lines are read into events
//   event_work write FILE     and written again as lines
//   event_work rows FILE      or as the rows that mdload gives to PostgreSQL
//
// Nothing is kept; the number of events and of bytes made of them is printed.
#include <cstdio>
#include <string_view>

#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"
#include "store/tables.hpp"

int main(int argc, char** argv) {
  const std::string_view work = argc == 3 ? argv[1] : "";
  if (work != "read" && work != "write" && work != "rows") {
    std::fprintf(stderr, "usage: event_work read|write|rows FILE\n");
    return 64;
  }
  auto lines = md::codec::LineReader::open(argv[2]);
  if (!lines) {
    std::fprintf(stderr, "event_work: %s\n", lines.error().text().c_str());
    return 66;
  }
  md::codec::EventReader reader;
  md::Buffer out;
  md::store::RowWriter rows(out, md::store::Numbers::exact);
  unsigned long long events = 0, bytes = 0;
  std::string_view line;
  for (;;) {
    const auto read = lines->next(line);
    if (read == md::codec::LineReader::Read::end) break;
    md::Event event;
    if (read == md::codec::LineReader::Read::damage || !reader.read(line, event)) return 65;
    ++events;
    if (work == "write") md::codec::append_event(out, event);
    if (work == "rows") {
      if (!md::store::check_storable(event)) return 65;
      append_row(rows, event,
                 {.instrument = 1, .load = 1, .line = static_cast<std::int64_t>(events)});
    }
    if (out.size() < (std::size_t{1} << 18)) continue;
    bytes += out.size();
    out.clear();
  }
  std::printf("%llu events %llu bytes\n", events, bytes + out.size());
  return 0;
}
