#include "archive/stored_days.hpp"

#include "store/reader.hpp"

namespace md::archive {

Result<void> each_stored(store::Database& database, const Stream& stream,
                         std::span<const Type> types, Micros from, Micros to,
                         const std::function<Result<void>(const Event&)>& take) {
  for (const Type type : types) {
    MD_TRY(store::Reader reader,
           store::Reader::open(database, {type, stream.exchange, stream.symbol, from, to}));
    Event event;
    while (true) {
      MD_TRY(const bool more, reader.next(event));
      if (!more) break;
      MD_CHECK(take(event));
    }
  }
  return {};
}

Result<std::vector<Day>> stored_days(store::Database& database, const Stream& stream,
                                     std::span<const Type> types, Micros from, Micros to) {
  DayDigests days;
  MD_CHECK(each_stored(database, stream, types, from, to, [&](const Event& event) -> Result<void> {
    days.add(event);
    return {};
  }));
  return days.days();
}

}  // namespace md::archive
