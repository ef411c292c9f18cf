#include "check/subject.hpp"

#include "check/checker.hpp"
#include "check/database_input.hpp"
#include "check/file_input.hpp"
#include "check/frozen_database.hpp"

namespace md::check {
namespace {

Result<void> check(const std::string& name, Input& input, Micros silence, const Subject& subject,
                   Report& report) {
  Checker checker{name, input, silence, report};
  MD_CHECK(checker.run(subject.stop));
  if (subject.stop) return Error{Errc::temporary, "interrupted"};
  for (const StreamCheck* stream : checker.streams()) report.add(*stream);
  return {};
}

}  // namespace

Result<void> check_continuity(const Subject& subject, const Range& range, Micros silence,
                              Report& report) {
  if (subject.database) {
    MD_TRY(FrozenDatabase database, FrozenDatabase::open(*subject.database));
    MD_TRY(DatabaseInput input, DatabaseInput::open(database, range));
    return check({}, input, silence, subject, report);
  }
  MD_TRY(const auto recordings, find_recordings(subject.files));
  for (const Recording& recording : recordings) {
    FileInput input{recording, subject.reject};
    MD_CHECK(check(recording.name, input, silence, subject, report));
  }
  return {};
}

Result<void> compare_with(const std::string& lake, const Subject& subject, const Range& range,
                          ComparisonReport& report) {
  MD_TRY(FrozenDatabase database,
         FrozenDatabase::open(subject.database.value_or(store::ConnectOptions{})));
  return compare({lake, range, subject.reject, subject.on_event, subject.stop}, database, report);
}

Result<std::vector<Latest>> latest_of(const Subject& subject) {
  if (subject.database) {
    MD_TRY(FrozenDatabase database, FrozenDatabase::open(*subject.database));
    return latest_in(database);
  }
  MD_TRY(const auto recordings, find_recordings(subject.files));
  return latest_in(recordings, subject.reject);
}

Result<Stats> stats_of(const Subject& subject) {
  if (subject.database) {
    MD_TRY(FrozenDatabase database, FrozenDatabase::open(*subject.database));
    return stats_in(database);
  }
  MD_TRY(const auto recordings, find_recordings(subject.files));
  return stats_in(recordings, {subject.reject, subject.on_event, subject.stop});
}

}  // namespace md::check
