// DatabaseSource: rows from PostgreSQL, all of one snapshot: what is loaded meanwhile is not in the
// archive, in part or whole.
#pragma once

#include <memory>
#include <vector>

#include "archive/source.hpp"
#include "store/database.hpp"

namespace md::archive {

class DatabaseSource final : public Source {
 public:
  // Errors: those of Database and require_schema().
  static Result<std::unique_ptr<Source>> open(const store::ConnectOptions& options);

  Result<std::vector<Stream>> streams(const Period& period) override;
  Result<void> read(const Stream& stream, const Period& period, const TakeEvent& take) override;
  // Without the connection string: it may hold a password.
  std::vector<std::string> arguments() const override { return {"--dsn"}; }

 private:
  explicit DatabaseSource(store::Database database) : database_(std::move(database)) {}

  store::Database database_;
};

}  // namespace md::archive
