#include "archive/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>

#include "archive/archive_file.hpp"
#include "archive/location.hpp"
#include "archive/report.hpp"
#include "archive/table.hpp"
#include "archive/verifier.hpp"
#include "base/time.hpp"
#include "base/words.hpp"
#include "codec/event_digest.hpp"
#include "store/reader.hpp"
#include "store/retired.hpp"
#include "store/schema.hpp"
#include "store/tables.hpp"

namespace md::archive {
namespace {

constexpr std::int64_t kMaxDays = 100'000;

std::string file_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// The archives of a directory: their digests, and whether they are what they say.
class Shelf {
 public:
  // One stream's day as an archive's manifest has it.
  struct Entry {
    std::size_t archive = 0;
    codec::EventDigest digest;
  };

  // Reads the manifests, and keeps what they have of the days in `due`, which is sorted.
  static Result<Shelf> open(const RetentionOptions& options,
                            const std::map<Table, std::vector<std::int64_t>>& due) {
    Shelf shelf;
    shelf.options_ = &options;
    MD_TRY(shelf.paths_, archives_at({options.archives}));
    shelf.verified_.resize(shelf.paths_.size());
    for (std::size_t i = 0; i < shelf.paths_.size(); ++i) {
      const auto file = ArchiveFile::open(shelf.paths_[i]);
      if (!file) {
        if (shelf.paths_[i] == options.archives) return file.error();
        shelf.unreadable_.push_back(file.error());
        continue;
      }
      for (const Member& member : file->manifest().members) {
        const auto days = due.find(member.stream.table);
        if (days != due.end()) shelf.add(i, member, days->second);
      }
    }
    return shelf;
  }

  const std::vector<Entry>& find(const Stream& stream, std::int64_t day) const {
    static const std::vector<Entry> none;
    const auto found = entries_.find({stream, day});
    return found == entries_.end() ? none : found->second;
  }
  std::string name(std::size_t archive) const { return file_name(paths_[archive]); }

  struct Verified {
    std::string problem;  // empty: it is whole
    store::Sha256 sha256{};
  };
  // Verifies it in full, at the first call.
  Result<const Verified*> verified(std::size_t archive) {
    std::optional<Verified>& known = verified_[archive];
    if (known) return &*known;
    const std::string& path = paths_[archive];
    VerifyOptions how;
    how.stop = options_->stop;
    how.on_event = options_->on_event;
    MD_TRY(const Verdict verdict, verify(path, how));
    Verified now;
    if (!verdict.ok()) now.problem = fault_text(verdict.faults.front());
    MD_TRY(now.sha256, store::sha256_of_file(path));
    return &known.emplace(std::move(now));
  }

  // Why there may be nothing of a day.
  std::string unreadable() const {
    if (unreadable_.empty()) return {};
    const Error& first = unreadable_.front();
    return printable(fmt::format(" (and archives that cannot be read: {}, the first: {})",
                                 unreadable_.size(), first.text()));
  }

 private:
  void add(std::size_t archive, const Member& member, const std::vector<std::int64_t>& due) {
    for (const Day& day : member.days) {
      if (std::binary_search(due.begin(), due.end(), day.day))
        entries_[{member.stream, day.day}].push_back({archive, day.digest});
    }
  }

  const RetentionOptions* options_ = nullptr;
  std::vector<std::string> paths_;
  std::vector<std::optional<Verified>> verified_;
  std::vector<Error> unreadable_;
  std::map<std::pair<Stream, std::int64_t>, std::vector<Entry>> entries_;
};

// One day of one table against the shelf.
class DayCheck {
 public:
  DayCheck(store::Database& database, Shelf& shelf, const RetentionOptions& options, Fate& fate)
      : database_(database), shelf_(shelf), options_(options), fate_(fate) {}

  // What the archives have of the day; fate.kept_because says if it is not all.
  Result<std::vector<store::RetiredTo>> run() {
    std::vector<store::RetiredTo> covering;
    MD_TRY(const auto streams,
           store::streams_of_day(database_, store::table_of(fate_.type), fate_.day));
    for (const store::Stream& stream : streams) fate_.rows += stream.rows;
    // What numbers alone tell comes first: it takes no reading.
    for (const store::Stream& stream : streams) {
      if (!has_as_many(stream)) return covering;
    }
    for (const store::Stream& stream : streams) {
      MD_TRY(const bool covered, cover(stream));
      if (!covered) return covering;
    }
    for (const auto& [archive, rows] : rows_in_) {
      MD_TRY(const Shelf::Verified* const verified, shelf_.verified(archive));
      fate_.archives.push_back(shelf_.name(archive));
      covering.push_back({shelf_.name(archive), verified->sha256, rows});
    }
    return covering;
  }

 private:
  const std::vector<Shelf::Entry>& entries(const store::Stream& stream) const {
    return shelf_.find({table_of(fate_.type), stream.exchange, stream.symbol}, fate_.day);
  }
  void keep(const store::Stream& stream, const std::string& why) {
    fate_.kept_because = printable(fmt::format("{} '{}': {}", stream.exchange, stream.symbol, why));
  }

  bool has_as_many(const store::Stream& stream) {
    const auto& there = entries(stream);
    if (there.empty()) {
      keep(stream, fmt::format("no archive has it{}", shelf_.unreadable()));
      return false;
    }
    const bool as_many = std::any_of(there.begin(), there.end(), [&](const Shelf::Entry& entry) {
      return entry.digest.events == stream.rows;
    });
    if (!as_many) {
      keep(stream, fmt::format("{} rows, and {} in '{}'", stream.rows, there.front().digest.events,
                               shelf_.name(there.front().archive)));
    }
    return as_many;
  }

  Result<codec::EventDigest> digest(const store::Stream& stream) {
    MD_TRY(store::Reader reader,
           store::Reader::open(database_, {fate_.type, stream.exchange, stream.symbol,
                                           fate_.day * kDay, (fate_.day + 1) * kDay}));
    codec::EventDigest digest;
    Event event;
    while (true) {
      if (options_.stop != nullptr && options_.stop->load())
        return Error{Errc::temporary, "interrupted"};
      MD_TRY(const bool more, reader.next(event));
      if (!more) return digest;
      digester_.add(digest, event);
      if (options_.on_event) options_.on_event();
    }
  }

  // By an archive that is whole. Of several the first will do.
  Result<bool> cover(const store::Stream& stream) {
    MD_TRY(const codec::EventDigest here, digest(stream));
    std::string why = "other events than in the archives";
    for (const Shelf::Entry& entry : entries(stream)) {
      if (entry.digest != here) continue;
      MD_TRY(const Shelf::Verified* const verified, shelf_.verified(entry.archive));
      if (verified->problem.empty()) {
        rows_in_[entry.archive] += here.events;
        return true;
      }
      why =
          fmt::format("archive '{}' is damaged: {}", shelf_.name(entry.archive), verified->problem);
    }
    keep(stream, why);
    return false;
  }

  store::Database& database_;
  Shelf& shelf_;
  const RetentionOptions& options_;
  Fate& fate_;
  codec::EventDigester digester_;
  std::map<std::size_t, std::uint64_t> rows_in_;  // by archive
};

Result<Fate> decide(store::Database& database, const store::Schema& schema, Shelf& shelf,
                    const RetentionOptions& options, Type type, std::int64_t day) {
  Fate fate{type, day, 0, {}, {}};
  MD_CHECK(database.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  MD_TRY(const std::string ledger, store::ledger_of_day(database, day));
  MD_TRY(const auto covering, DayCheck(database, shelf, options, fate).run());
  MD_CHECK(database.execute("COMMIT"));
  if (!fate.kept_because.empty() || options.dry_run) return fate;
  auto dropped = store::retire_day(database, schema, store::table_of(type), day, ledger, covering,
                                   options.tool_version);
  if (dropped) return fate;
  const bool stopped = options.stop != nullptr && options.stop->load();
  if (dropped.error().code != Errc::temporary || stopped) return std::move(dropped).error();
  fate.kept_because = fmt::format("in use just now: {}", dropped.error().message);
  return fate;
}

}  // namespace

Result<KeepRule> parse_keep_rule(std::string_view text) {
  const std::size_t equals = text.find('=');
  const auto type = type_from(text.substr(0, equals));
  const std::string_view days =
      equals == std::string_view::npos ? std::string_view{} : text.substr(equals + 1);
  std::int64_t number = 0;
  const char* const end = days.data() + days.size();
  const auto read = std::from_chars(days.data(), end, number);
  const bool is_days = read.ec == std::errc() && read.ptr + 1 == end && *read.ptr == 'd';
  if (!type || !store::has_instrument(store::table_of(*type)) || !is_days || number < 1 ||
      number > kMaxDays) {
    return Error{
        Errc::usage, fmt::format("not TYPE=DAYSd, such as book_change=30d: '{}'", text), {}, 0, 0};
  }
  return KeepRule{*type, number};
}

std::string fate_text(const Fate& fate, bool dry_run) {
  const std::string what =
      fmt::format("md.{} of {}", store::name(store::table_of(fate.type)), date_text(fate.day));
  if (!fate.kept_because.empty()) return fmt::format("kept {}: {}\n", what, fate.kept_because);
  std::string text = fmt::format("{} {}: {}", dry_run ? "to be dropped" : "dropped", what,
                                 counted(fate.rows, "row"));
  const char* before = ", in";
  for (const std::string& archive : fate.archives) {
    text += printable(fmt::format("{} '{}'", before, archive));
    before = ",";
  }
  return text + "\n";
}

Result<bool> retire(store::Database& database, const RetentionOptions& options,
                    const std::function<void(const Fate&)>& tell) {
  MD_TRY(const store::Schema schema, store::require_schema(database));
  std::vector<std::pair<std::int64_t, Type>> due;
  std::map<Table, std::vector<std::int64_t>> days_due;
  for (const KeepRule& rule : options.rules) {
    MD_TRY(const auto days, store::stored_days(database, schema, store::table_of(rule.type)));
    for (const std::int64_t day : days) {
      if (day >= options.today - rule.days) continue;
      due.emplace_back(day, rule.type);
      days_due[table_of(rule.type)].push_back(day);
    }
  }
  std::sort(due.begin(), due.end());
  due.erase(std::unique(due.begin(), due.end()), due.end());
  for (auto& [table, days] : days_due) std::sort(days.begin(), days.end());
  if (due.empty()) return true;
  MD_TRY(Shelf shelf, Shelf::open(options, days_due));
  bool all = true;
  for (const auto& [day, type] : due) {
    auto fate = decide(database, schema, shelf, options, type, day);
    if (!fate) {
      database.abandon();
      return std::move(fate).error();
    }
    all = all && fate->kept_because.empty();
    tell(*fate);
  }
  return all;
}

}  // namespace md::archive
