#include <fmt/format.h>

#include "base/words.hpp"
#include "check/comparison.hpp"
#include "check/json_record.hpp"
#include "check/words.hpp"

namespace md::check {
namespace {

class TextReport final : public ComparisonReport {
 public:
  explicit TextReport(codec::Output output) : ComparisonReport(std::move(output)) {}

 private:
  void write(const Difference& d, Buffer& out) override {
    const std::string where = fmt::format(
        "{} {}", stream_name({}, d.exchange, d.symbol, to_text(d.type)), date_text(d.day));
    const codec::EventDigest& lake = d.compared->lake;
    const codec::EventDigest& database = d.compared->database;
    const auto line = [&](std::string_view kind, const std::string& what) {
      out.append(fmt::format("{:<13} {}: {}\n", kind, where, what));
    };
    switch (d.kind) {
      case Kind::lake_only:
        return line("lake only", counted(lake.events, "event"));
      case Kind::database_only:
        return line("database only", counted(database.events, "event"));
      case Kind::count:
        return line("differs", fmt::format("{} in the lake, {} in the database",
                                           counted(lake.events, "event"), database.events));
      case Kind::content:
        return line("differs",
                    fmt::format("{} in both, content differs", counted(lake.events, "event")));
      case Kind::misfiled:
        return line("misfiled", fmt::format("{} of another day in the lake's file",
                                            counted(d.compared->misfiled, "event")));
    }
  }

  void write(const RetiredDay& r, Buffer& out) override {
    out.append(fmt::format("{:<13} {} {}: {} of {} in the lake, retired to {}\n", "retired",
                           to_text(r.type), date_text(r.day), counted(r.events, "event"),
                           counted(r.streams, "stream"),
                           printable(fmt::format("{}", fmt::join(r.archives, ", ")))));
  }

  void write(const Total& t, Buffer& out) override {
    out.append(fmt::format(
        "{}, {}, {} in the lake, {} in the database: {}\n", counted(t.streams, "stream"),
        counted(t.days, "day"), counted(t.lake_events, "event"), t.database_events,
        t.differences == 0 ? "no differences" : counted(t.differences, "difference")));
  }
};

class JsonReport final : public ComparisonReport {
 public:
  explicit JsonReport(codec::Output output) : ComparisonReport(std::move(output)) {}

 private:
  static std::string_view to_text(Kind kind) {
    constexpr std::string_view kNames[] = {"lake-only", "database-only", "count", "content",
                                           "misfiled"};
    return kNames[static_cast<std::size_t>(kind)];
  }
  static void digest(JsonRecord& record, std::string_view side, const codec::EventDigest& digest) {
    record.number(fmt::format("{}Events", side), digest.events);
    if (digest.events != 0) record.text(fmt::format("{}Digest", side), codec::to_hex(digest.sum));
  }

  void write(const Difference& d, Buffer& out) override {
    JsonRecord record{"difference"};
    record.text("kind", to_text(d.kind));
    record.stream({}, d.exchange, d.symbol, md::to_text(d.type));
    record.text("day", date_text(d.day));
    if (d.kind == Kind::misfiled) {
      record.number("events", d.compared->misfiled);
    } else {
      digest(record, "lake", d.compared->lake);
      digest(record, "database", d.compared->database);
    }
    record.end(out);
  }

  void write(const RetiredDay& r, Buffer& out) override {
    JsonRecord record{"retired"};
    record.text("type", md::to_text(r.type));
    record.text("day", date_text(r.day));
    record.texts("archives", r.archives);
    record.number("streams", r.streams);
    record.number("lakeEvents", r.events);
    record.end(out);
  }

  void write(const Total& t, Buffer& out) override {
    JsonRecord record{"total"};
    record.number("streams", t.streams);
    record.number("days", t.days);
    record.number("lakeEvents", t.lake_events);
    record.number("databaseEvents", t.database_events);
    record.number("retiredEvents", t.retired_events);
    record.number("differences", t.differences);
    record.end(out);
  }
};

}  // namespace

std::unique_ptr<ComparisonReport> ComparisonReport::text(codec::Output output) {
  return std::make_unique<TextReport>(std::move(output));
}

std::unique_ptr<ComparisonReport> ComparisonReport::json(codec::Output output) {
  return std::make_unique<JsonReport>(std::move(output));
}

void ComparisonReport::give_out() {
  if (auto written = output_.write(buffer_.view()); !written && failed_) failed_ = written;
  buffer_.clear();
}

void ComparisonReport::add(Type type, std::string_view exchange, std::string_view symbol,
                           std::int64_t day, const ComparedDay& compared) {
  const codec::EventDigest& lake = compared.lake;
  const codec::EventDigest& database = compared.database;
  total_.lake_events += lake.events;
  total_.database_events += database.events;
  total_.days += lake.events + database.events != 0 ? 1 : 0;
  const auto tell = [&](Kind kind) {
    ++total_.differences;
    write({kind, type, exchange, symbol, day, &compared}, buffer_);
  };
  if (lake.events != database.events) {
    tell(database.events == 0 ? Kind::lake_only
         : lake.events == 0   ? Kind::database_only
                              : Kind::count);
  } else if (lake != database) {
    tell(Kind::content);
  }
  if (compared.misfiled != 0) tell(Kind::misfiled);
  give_out();
}

void ComparisonReport::add(const RetiredDay& retired) {
  total_.days += retired.streams;
  total_.lake_events += retired.events;
  total_.retired_events += retired.events;
  write(retired, buffer_);
  give_out();
}

Result<void> ComparisonReport::finish() {
  write(total_, buffer_);
  give_out();
  MD_CHECK(failed_);
  return output_.finish();
}

}  // namespace md::check
