// DatabaseSource: rows from PostgreSQL, all of one snapshot: what is loaded meanwhile is not in the
// archive, in part or whole.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "archive/source.hpp"
#include "store/database.hpp"

namespace md::archive {

class DatabaseSource final : public Source {
 public:
  // Errors: those of Database and require_schema(). `options.stop` must outlive the source.
  static Result<std::unique_ptr<Source>> open(const store::ConnectOptions& options);

  Result<std::vector<Stream>> streams(const Period& period) override;
  Result<Oddities> read(const Stream& stream, const Period& period, const TakeEvent& take) override;
  // The ledger's rows that concern the period, and the stream's number of events.
  Result<std::string> fingerprint(const Stream& stream, const Period& period) override;
  // On a connection of its own, which sees the snapshot of this one as long as this one is there.
  Result<std::unique_ptr<Source>> another() override;
  // Without the connection string: it may hold a password.
  std::vector<std::string> arguments() const override { return {"--dsn"}; }

 private:
  // Of the period of streams().
  struct Known {
    std::string ledger;
    std::map<Stream, std::uint64_t> events;
  };
  DatabaseSource(store::Database database, store::ConnectOptions options)
      : database_(std::move(database)), options_(std::move(options)) {}

  store::Database database_;
  store::ConnectOptions options_;
  std::shared_ptr<const Known> known_ = std::make_shared<Known>();
};

}  // namespace md::archive
