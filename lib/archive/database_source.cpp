#include "archive/database_source.hpp"

#include <algorithm>

#include "store/reader.hpp"
#include "store/schema.hpp"

namespace md::archive {

Result<std::unique_ptr<Source>> DatabaseSource::open(const store::ConnectOptions& options) {
  MD_TRY(store::Database database, store::Database::connect(options));
  MD_CHECK(store::require_schema(database));
  MD_CHECK(database.begin("ISOLATION LEVEL REPEATABLE READ READ ONLY"));
  return std::unique_ptr<Source>{new DatabaseSource{std::move(database)}};
}

Result<std::vector<Stream>> DatabaseSource::streams(const Period& period) {
  MD_TRY(const auto stored, store::list_streams(database_, period.from, period.to));
  std::vector<Stream> streams;
  for (const store::Stream& s : stored) streams.push_back({table_of(s.type), s.exchange, s.symbol});
  std::sort(streams.begin(), streams.end());
  streams.erase(std::unique(streams.begin(), streams.end()), streams.end());
  return streams;
}

Result<void> DatabaseSource::read(const Stream& stream, const Period& period,
                                  const TakeEvent& take) {
  for (int i = 0; i < kTypes; ++i) {
    const auto type = static_cast<Type>(i);
    if (table_of(type) != stream.table) continue;
    MD_TRY(store::Reader reader,
           store::Reader::open(database_,
                               {type, stream.exchange, stream.symbol, period.from, period.to}));
    Event event;
    while (true) {
      MD_TRY(const bool more, reader.next(event));
      if (!more) break;
      MD_CHECK(take(event));
    }
  }
  return {};
}

}  // namespace md::archive
