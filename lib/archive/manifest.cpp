#include "archive/manifest.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <iterator>
#include <vector>

#include "archive/json_strings.hpp"
#include "archive/row_writer.hpp"

namespace md::archive {
namespace {

constexpr std::string_view kFormat = "mdtools archive";
constexpr std::uint64_t kVersion = 2;
// Had no days.
constexpr std::uint64_t kOldestVersion = 1;

using simdjson::dom::element;

// Looks fields up and remembers the first that is missing or of the wrong kind.
class Fields {
 public:
  explicit Fields(element object, std::string where) : object_(object), where_(std::move(where)) {}

  std::string text(const char* key) { return std::string{get<std::string_view>(key)}; }
  std::uint64_t number(const char* key) { return get<std::uint64_t>(key); }
  bool boolean(const char* key) { return get<bool>(key); }
  // Calls `take` for each element of an array.
  template <typename Take>
  void each(const char* key, Take take) {
    simdjson::dom::array elements;
    if (object_[key].get(elements) != simdjson::SUCCESS) return bad(key);
    for (const element item : elements) take(item);
  }
  store::Sha256 sha256(const char* key) {
    auto digest = store::sha256_from_hex(get<std::string_view>(key));
    if (!digest) bad(key);
    return digest ? *digest : store::Sha256{};
  }
  Micros time(const char* key) {
    Micros value = 0;
    // to_iso() must give the text back: nothing is read that we would not have written.
    if (const std::string text = this->text(key); !parse_iso(text, value) || to_iso(value) != text)
      bad(key);
    return value;
  }
  void bad(std::string_view key) { fail(fmt::format("{}: '{}' is missing or wrong", where_, key)); }
  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }
  const std::string& problem() const { return problem_; }

 private:
  template <typename T>
  T get(const char* key) {
    T value{};
    if (object_[key].get(value) != simdjson::SUCCESS) bad(key);
    return value;
  }

  element object_;
  std::string where_;
  std::string problem_;
};

// The days of a member, which must add up to its events and lie between its first and last
// timestamp.
std::vector<Day> read_days(Fields& member, const RowTotals& totals) {
  std::vector<Day> days;
  std::uint64_t events = 0;
  member.each("days", [&](element object) {
    Fields fields{object, "day"};
    Day day;
    const std::string text = fields.text("date");
    const auto date = parse_date(text);
    const auto sum = codec::hash128_from_hex(fields.text("digest"));
    if (!date || date_text(*date) != text || !sum) fields.bad("date");
    day.day = date ? *date : 0;
    day.digest = {fields.number("events"), sum ? *sum : Hash128{}};
    events += day.digest.events;
    const bool follows = days.empty() || days.back().day < day.day;
    if (!fields.problem().empty() || !follows || day.digest.events == 0) member.bad("days");
    days.push_back(day);
  });
  if (days.empty() || events != totals.events || days.front().day != day_of(*totals.first) ||
      days.back().day != day_of(*totals.last)) {
    member.bad("days");
  }
  return days;
}

// Problems go to `parent`.
Member read_member(element object, std::size_t index, std::uint64_t version, const Period& period,
                   Fields& parent) {
  Fields fields{object, fmt::format("member {}", index + 1)};
  Member member;
  const auto table = table_from(fields.text("table"));
  if (!table) fields.bad("table");
  member.stream = {table.value_or(Table::trades), fields.text("exchange"), fields.text("symbol")};
  const std::string name = fields.text("name");
  if (name.ends_with(".gz")) member.compression = codec::Compression::gzip;
  if (name != member.name()) fields.bad("name");
  if (fields.number("schema") != static_cast<std::uint64_t>(kRowSchema)) fields.bad("schema");
  const Micros first = fields.time("first");
  const Micros last = fields.time("last");
  if (!period.holds(first)) fields.bad("first");
  if (last < first || !period.holds(last)) fields.bad("last");
  member.totals = {fields.number("rows"), fields.number("events"), first, last};
  if (version != kOldestVersion) member.days = read_days(fields, member.totals);
  member.bytes = fields.number("bytes");
  member.csv_bytes = fields.number("csvBytes");
  member.sha256 = fields.sha256("sha256");
  member.header = {{fields.number("headerOffset"), fields.number("headerBytes")},
                   fields.sha256("headerSha256")};
  if (!fields.problem().empty()) parent.fail(fields.problem());
  return member;
}

// With the brackets of the array and of the member that it ends.
void write_days(std::string& out, const std::vector<Day>& days) {
  const char* separator = "";
  for (const Day& day : days) {
    fmt::format_to(std::back_inserter(out),
                   "{}{{\"date\": \"{}\", \"events\": {}, \"digest\": \"{}\"}}", separator,
                   date_text(day.day), day.digest.events, codec::to_hex(day.digest.sum));
    separator = ", ";
  }
  out += "]}";
}

}  // namespace

std::string to_json(const Manifest& manifest) {
  std::string out;
  auto to = std::back_inserter(out);
  fmt::format_to(
      to,
      "{{\n  \"format\": \"{}\",\n  \"version\": {},\n  \"period\": {},\n  \"complete\": {},\n"
      "  \"tool\": {},\n  \"arguments\": [",
      kFormat, kVersion, json_text(manifest.period.name), manifest.complete,
      json_text(manifest.origin.tool));
  const char* separator = "";
  for (const std::string& argument : manifest.origin.arguments) {
    fmt::format_to(to, "{}{}", separator, json_text(argument));
    separator = ", ";
  }
  fmt::format_to(to, "],\n  \"rejected\": {},\n  \"members\": [", manifest.rejected);
  separator = "\n";
  for (const Member& m : manifest.members) {
    fmt::format_to(
        to,
        "{}    {{\"name\": {}, \"table\": \"{}\", \"exchange\": {}, \"symbol\": {}, \"schema\": "
        "{}, "
        "\"rows\": {}, \"events\": {}, \"first\": \"{}\", \"last\": \"{}\", \"bytes\": {}, "
        "\"csvBytes\": {}, "
        "\"sha256\": \"{}\", \"headerOffset\": {}, \"headerBytes\": {}, \"headerSha256\": \"{}\", "
        "\"days\": [",
        separator, json_text(m.name()), to_text(m.stream.table), json_text(m.stream.exchange),
        json_text(m.stream.symbol), kRowSchema, m.totals.rows, m.totals.events,
        to_iso(*m.totals.first), to_iso(*m.totals.last), m.bytes, m.csv_bytes,
        store::to_hex(m.sha256), m.header.region.offset, m.header.region.bytes,
        store::to_hex(m.header.sha256));
    write_days(out, m.days);
    separator = ",\n";
  }
  return out += "\n  ]\n}\n";
}

Result<Manifest> parse_manifest(std::string_view json) {
  simdjson::dom::parser parser{kMaxManifest};
  element document;
  if (const auto error = parser.parse(json.data(), json.size()).get(document);
      error != simdjson::SUCCESS) {
    return Error{Errc::malformed, fmt::format("not JSON: {}", simdjson::error_message(error)),
                 std::string{kManifestName}, 0, 0};
  }
  Fields fields{document, "manifest"};
  if (fields.text("format") != kFormat) fields.bad("format");
  const std::uint64_t version = fields.number("version");
  if (version < kOldestVersion || version > kVersion) fields.bad("version");
  Manifest manifest;
  const bool oldest = version == kOldestVersion;
  const char* const period_key = oldest ? "month" : "period";
  const std::string name = fields.text(period_key);
  if (auto period = oldest ? month_period(name) : parse_period(name); period) {
    manifest.period = *std::move(period);
  } else {
    fields.bad(period_key);
  }
  if (!oldest) manifest.complete = fields.boolean("complete");
  manifest.origin.tool = fields.text("tool");
  manifest.rejected = fields.number("rejected");
  fields.each("arguments", [&](element argument) {
    std::string_view text;
    if (argument.get(text) != simdjson::SUCCESS) fields.bad("arguments");
    manifest.origin.arguments.emplace_back(text);
  });
  fields.each("members", [&](element object) {
    Member member = read_member(object, manifest.members.size(), version, manifest.period, fields);
    // Sorted, and so each of them once.
    if (!manifest.members.empty() && !(manifest.members.back().stream < member.stream))
      fields.bad("members");
    manifest.members.push_back(std::move(member));
  });
  if (!fields.problem().empty()) {
    return Error{Errc::malformed, fields.problem(), std::string{kManifestName}, 0, 0};
  }
  return manifest;
}

}  // namespace md::archive
