#include "archive/pruner.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <map>
#include <system_error>

#include "archive/archive_file.hpp"
#include "archive/location.hpp"
#include "archive/report.hpp"
#include "archive/verifier.hpp"
#include "codec/file.hpp"

namespace md::archive {
namespace {

namespace fs = std::filesystem;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// "7" or "all"; false if it is neither.
bool parse_count(std::string_view text, std::optional<std::size_t>& count) {
  count.reset();
  if (text == "all") return true;
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc{} || read.ptr != end) return false;
  count = number;
  return true;
}

bool is_covered(const Member& of_day, const Manifest& month) {
  const auto member = std::find_if(month.members.begin(), month.members.end(),
                                   [&](const Member& m) { return m.stream == of_day.stream; });
  if (member == month.members.end() || of_day.days.empty()) return false;
  return std::all_of(of_day.days.begin(), of_day.days.end(), [&](const Day& day) {
    return std::find(member->days.begin(), member->days.end(), day) != member->days.end();
  });
}

// Has `month` every event of `day`.
bool covers(const Manifest& month, const Manifest& day) {
  return std::all_of(day.members.begin(), day.members.end(),
                     [&](const Member& member) { return is_covered(member, month); });
}

class Pruning {
 public:
  explicit Pruning(const PruneOptions& options) : options_(options), rclone_(options.stop) {}

  Result<void> run() {
    MD_CHECK(list());
    // Months first: what stays of them decides about days.
    MD_CHECK(judge_all(months_, options_.policy.monthly));
    return judge_all(days_, options_.policy.daily);
  }

 private:
  void tell(std::string_view word, const std::string& path, std::string text) const {
    options_.tell({word, path, std::move(text)});
  }

  Result<void> list() {
    std::error_code error;
    const auto status = fs::status(options_.directory, error);
    if (!fs::is_directory(status)) {
      return system_error(Errc::not_found, "cannot list '" + options_.directory + "'",
                          fs::exists(status) ? ENOTDIR : ENOENT);
    }
    MD_TRY(const auto paths, archives_at({options_.directory}));
    for (const std::string& path : paths) {
      const auto file = ArchiveFile::open(path);
      if (!file) {
        tell("FAILURE", path, "kept: " + fault_text({file.error().file, file.error().message}));
        continue;
      }
      const Period& period = file->manifest().period;
      if (fs::path{path}.filename() != period.name + ".tar") {
        tell("OK", path, "kept: not named after its period, " + period.name);
        continue;
      }
      (period.is_day() ? days_ : months_)[period.name] = path;
    }
    return {};
  }

  // The newest first.
  Result<void> judge_all(std::map<std::string, std::string>& archives,
                         const std::optional<std::size_t>& stay) {
    std::size_t index = 0;
    std::vector<std::string> gone;
    for (auto at = archives.rbegin(); at != archives.rend(); ++at, ++index) {
      if (options_.stop != nullptr && options_.stop->load())
        return Error{Errc::temporary, "interrupted", {}, 0, 0};
      const auto& [name, path] = *at;
      if (!stay) {
        tell("OK", path, "kept: all of its kind are");
      } else if (index < *stay) {
        tell("OK", path, fmt::format("kept: one of the newest {}", *stay));
      } else {
        MD_TRY(const bool goes, judge(path));
        if (goes) gone.push_back(name);
      }
    }
    for (const std::string& name : gone) archives.erase(name);
    return {};
  }

  // One beyond what the policy keeps. True if it goes.
  Result<bool> judge(const std::string& path) {
    MD_TRY(const ArchiveFile file, ArchiveFile::open(path));
    const Period& period = file.manifest().period;
    const std::string month = period.name.substr(0, std::string_view{"YYYY-MM"}.size());
    if (period.is_day() && months_.contains(month)) {
      MD_TRY(const bool covered, covered_by(months_[month], file.manifest()));
      if (covered) return remove(path, "its events are in " + months_[month]);
    }
    if (!options_.remote.empty()) {
      MD_TRY(const bool copied, copied_to_remote(path));
      if (copied) return remove(path, "the same is at " + options_.remote);
    }
    tell("WARNING", path, "kept: no verified copy of it is known");
    return false;
  }

  Result<bool> covered_by(const std::string& month, const Manifest& day) {
    MD_TRY(const ArchiveFile file, ArchiveFile::open(month));
    if (!covers(file.manifest(), day)) return false;
    return is_whole(month);
  }

  Result<bool> copied_to_remote(const std::string& path) {
    MD_TRY(const bool whole, is_whole(path));
    if (!whole) return false;
    return rclone_.same(fs::absolute(path).string(), options_.remote);
  }

  // Every byte of it. Asked once of each.
  Result<bool> is_whole(const std::string& path) {
    if (const auto known = whole_.find(path); known != whole_.end()) return known->second;
    MD_TRY(const Verdict verdict, verify(path, {.stop = options_.stop}));
    whole_[path] = verdict.ok();
    if (!verdict.ok()) tell("FAILURE", path, "kept: " + fault_text(verdict.faults.front()));
    return verdict.ok();
  }

  Result<bool> remove(const std::string& path, const std::string& why) {
    if (options_.dry_run) {
      tell("OK", path, "would be removed: " + why);
    } else {
      if (::unlink(path.c_str()) != 0)
        return system_error(Errc::io, "cannot remove '" + path + "'", errno);
      MD_CHECK(codec::sync_directory_of(path));
      tell("OK", path, "removed: " + why);
    }
    return true;
  }

  const PruneOptions& options_;
  Rclone rclone_;
  std::map<std::string, std::string> days_;  // paths by the names of periods
  std::map<std::string, std::string> months_;
  std::map<std::string, bool> whole_;
};

}  // namespace

Result<Policy> parse_policy(std::string_view text) {
  const Error wrong{Errc::usage,
                    fmt::format("not a policy such as 'daily 7, monthly all': '{}'", text),
                    {},
                    0,
                    0};
  Policy policy;
  bool daily = false;
  bool monthly = false;
  for (std::string_view rest = text;;) {
    const auto comma = std::min(rest.find(','), rest.size());
    const std::string_view rule = trimmed(rest.substr(0, comma));
    const auto space = std::min(rule.find(' '), rule.size());
    const std::string_view kind = rule.substr(0, space);
    if (kind != "daily" && kind != "monthly") return wrong;
    bool& seen = kind == "daily" ? daily : monthly;
    auto& count = kind == "daily" ? policy.daily : policy.monthly;
    if (seen || !parse_count(trimmed(rule.substr(space)), count)) return wrong;
    seen = true;
    if (comma == rest.size()) return policy;
    rest.remove_prefix(comma + 1);
  }
}

Result<void> prune(const PruneOptions& options) { return Pruning{options}.run(); }

}  // namespace md::archive
