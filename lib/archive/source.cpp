#include "archive/source.hpp"

namespace md::archive {

Result<Period> month_period(std::string_view month) {
  MD_TRY(const Days days, parse_month(month));
  return Period{days.first * kDay, days.end * kDay};
}

}  // namespace md::archive
