// A spool's files into the database as they are closed: what mdload --follow does.
//
// The spool is looked through twice a second; a file is read when it is new, or was changed (by
// stat()), or could not be loaded and its time has come again. Memory: the paths of the spool's
// files, beside what FilesLoader needs.
#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"
#include "store/load_files.hpp"

namespace md::store {

struct FollowReport {
  LoadReport files;  // temporary and io errors come again, at longer and longer intervals
  // Once an outage each: the database is waited for without end; it has come back.
  std::function<void(const Error&)> away;
  std::function<void()> back;
};

// Returns when connect.stop (which must be set) is set. Errors: those of files_to_load() for the
// spool as it begins, and those of the database that no waiting mends (ends_the_run()).
Result<void> follow(const std::string& spool, const FilesLoader::Options& options,
                    FollowReport report);

}  // namespace md::store
