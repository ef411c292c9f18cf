#include "store/retired.hpp"

#include <fmt/format.h>

#include "base/time.hpp"

namespace md::store {

Result<std::optional<std::string>> retired_to(Database& database, Table table, std::int64_t day) {
  const Parameter parameters[] = {std::string(name(table)), date_text(day)};
  MD_TRY(const Rows rows,
         database.query("SELECT archive FROM md.retired WHERE table_name = $1 AND day = $2::date"
                        " ORDER BY archive LIMIT 1",
                        parameters));
  if (rows.size() == 0) return std::optional<std::string>{};
  return std::optional(std::string(rows.text(0, 0)));
}

Result<void> refuse_retired(Database& database, Table table, std::int64_t day) {
  MD_TRY(const std::optional<std::string> archive, retired_to(database, table, day));
  if (!archive) return {};
  return Error{Errc::exists, fmt::format("md.{} of {} is retired to archive '{}'", name(table),
                                         date_text(day), *archive)};
}

}  // namespace md::store
