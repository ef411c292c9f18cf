// Where archives lie: the names that users give and what they mean.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "archive/period.hpp"
#include "base/result.hpp"

namespace md::archive {

// `output` is the archive, or the directory in which it becomes YYYY-MM.tar or YYYY-MM-DD.tar.
// Errors: usage for "-", since an archive that breaks off must not look like one.
Result<std::string> archive_path(const std::string& output, const Period& period);

// Each path itself, or the .tar files of the directory that it names, sorted. Errors: not_found,
// permission.
Result<std::vector<std::string>> archives_at(const std::vector<std::string>& paths);

// Handles archives one after the other. One that cannot be read, or whose manifest cannot, does not
// keep the others from their turn: its error, which says the archive's name, is given back at the
// end, or told when another follows it. Any other error, and `stop`, end it.
Result<void> each_archive(const std::vector<std::string>& paths, const std::atomic<bool>& stop,
                          const std::function<void(const Error&)>& tell,
                          const std::function<Result<void>(const std::string&)>& handle);

}  // namespace md::archive
