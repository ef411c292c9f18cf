#include "archive/verifier.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "archive/archive_file.hpp"
#include "archive/seal.hpp"
#include "archive/tar_walk.hpp"
#include "base/words.hpp"

namespace md::archive {
namespace {

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Members that the manifest has and the walk has not, and the reverse.
void compare_names(const TarWalk& walk, const Manifest& manifest, std::vector<Fault>& faults) {
  std::vector<std::string> expected;
  for (const Member& member : manifest.members) expected.push_back(member.name());
  expected.emplace_back(kManifestName);
  expected.emplace_back(kSealName);
  for (const std::string& name : expected) {
    if (!has(walk.names, name)) faults.push_back({name, "missing"});
  }
  for (const std::string& name : walk.names) {
    if (!has(expected, name)) faults.push_back({name, "not in the manifest"});
  }
}

// What can be said of an archive that could not be opened.
Result<void> diagnose(const std::string& path, std::vector<Fault>& faults) {
  MD_TRY(const TarWalk walk, walk_tar(path));
  if (!walk.problem.empty()) {
    const std::string& last = walk.names.empty() ? std::string{} : walk.names.back();
    faults.push_back(
        {last, fmt::format("tar is damaged {} ({})",
                           last.empty() ? "at its start" : "in or behind it", walk.problem)});
  }
  if (!walk.manifest) {
    if (!walk.names.empty()) faults.push_back({std::string{kManifestName}, "missing"});
    return {};
  }
  if (const auto manifest = parse_manifest(*walk.manifest); manifest)
    compare_names(walk, *manifest, faults);
  return {};
}

// One member's content. An Error that is not malformed is not about the member.
Result<void> check_content(const ArchiveFile& file, const Member& member,
                           const VerifyOptions& options, std::vector<Fault>& faults) {
  RowReader rows = file.rows(member);
  std::string problem;
  DayDigests days;
  Event event;
  while (problem.empty()) {
    if (options.stop != nullptr && options.stop->load(std::memory_order_relaxed)) {
      return Error{Errc::temporary, "interrupted", {}, 0, 0};
    }
    auto more = rows.next(event);
    if (!more) {
      if (more.error().code != Errc::malformed) return std::move(more).error();
      problem = more.error().line != 0
                    ? fmt::format("line {}: {}", more.error().line, more.error().message)
                    : more.error().message;
    } else if (!*more) {
      break;
    }
    if (problem.empty()) days.add(event);
    if (options.on_event) options.on_event();
  }
  MD_TRY(const store::Sha256 digest, rows.digest());
  const RowTotals& found = rows.totals();
  if (digest != member.sha256) {
    problem = "SHA-256 differs";  // and that explains whatever else is wrong with it
  } else if (problem.empty() &&
             (found.rows != member.totals.rows || found.events != member.totals.events)) {
    problem = fmt::format("{} rows, {} events where the manifest says {}, {}", found.rows,
                          found.events, member.totals.rows, member.totals.events);
  } else if (problem.empty() && found != member.totals) {
    problem = "time range differs";
  } else if (problem.empty() && !member.days.empty() && days.days() != member.days) {
    problem = "digests of its days differ";
  }
  if (!problem.empty()) faults.push_back({member.name(), problem});
  return {};
}

Result<void> check_member(const ArchiveFile& file, const Member& member,
                          const VerifyOptions& options, std::vector<Fault>& faults) {
  if (auto frame = file.check_frame(member); !frame) {
    if (frame.error().code != Errc::malformed) return frame;
    faults.push_back({member.name(), frame.error().message});
  }
  return check_content(file, member, options, faults);
}

}  // namespace

std::vector<std::string> manifest_warnings(const Manifest& manifest) {
  std::vector<std::string> warnings;
  if (manifest.rejected != 0) {
    warnings.push_back(counted(manifest.rejected, "damaged line") + " of the source left out");
  }
  if (!manifest.complete)
    warnings.push_back(fmt::format("{} had not ended when it was exported", manifest.period.name));
  return warnings;
}

Result<Verdict> verify(const std::string& path, const VerifyOptions& options) {
  Verdict verdict;
  verdict.path = path;
  auto file = ArchiveFile::open(path);
  if (!file) {
    if (file.error().code != Errc::malformed) return std::move(file).error();
    // What names a member comes first: it is what people are told.
    const Fault fault{file.error().file, file.error().message};
    if (!fault.member.empty()) verdict.faults.push_back(fault);
    MD_CHECK(diagnose(path, verdict.faults));
    if (fault.member.empty()) verdict.faults.push_back(fault);
    return verdict;
  }
  verdict.period = file->manifest().period.name;
  verdict.bytes = file->bytes();
  verdict.warnings = manifest_warnings(file->manifest());
  for (const Member& member : file->manifest().members) {
    ++verdict.members;
    verdict.rows += member.totals.rows;
    if (!options.quick) MD_CHECK(check_member(*file, member, options, verdict.faults));
  }
  if (options.against != nullptr) MD_CHECK(options.against->compare(*file, verdict.faults));
  return verdict;
}

}  // namespace md::archive
