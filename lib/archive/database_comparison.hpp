// DatabaseComparison: has a database the same events as an archive, in each stream and day.
//
// All archives are compared with one moment of the database, the one of open(). Memory: a row, and
// a digest for each day of a stream.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "archive/archive_file.hpp"
#include "archive/fault.hpp"
#include "base/result.hpp"
#include "store/database.hpp"

namespace md::archive {

class DatabaseComparison {
 public:
  // `on_event` is called for each event that is read, for progress. Errors: those of Database and
  // require_schema().
  static Result<DatabaseComparison> open(const store::ConnectOptions& options,
                                         std::function<void()> on_event);
  DatabaseComparison(DatabaseComparison&&) noexcept;
  DatabaseComparison& operator=(DatabaseComparison&&) noexcept;
  ~DatabaseComparison();

  // Adds a fault for each stream that differs, with its days and what either side has of them.
  // Streams that the export left out by --exchange or --symbol are not missed. Digests come from
  // the manifest; of archives without them, and for databases of double precision, from the rows.
  // Errors: those of the database, io.
  Result<void> compare(const ArchiveFile& file, std::vector<Fault>& faults);

 private:
  struct State;
  explicit DatabaseComparison(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace md::archive
