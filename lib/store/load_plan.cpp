#include "store/load_plan.hpp"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/time.hpp"
#include "model/event.hpp"

namespace md::store {
namespace {

// LAKE/exchange=.../type=trade/symbol=.../date=2026-11-20.ndjson.zst
std::optional<DayTable> lake_day(const std::string& path) {
  constexpr std::string_view kType = "type=";
  constexpr std::string_view kDate = "date=";
  constexpr std::size_t kDateLength = 10;
  std::optional<Type> type;
  std::optional<std::int64_t> day;
  for (const std::filesystem::path& component : std::filesystem::path(path)) {
    const std::string_view text = component.native();
    if (text.starts_with(kType)) type = type_from(text.substr(kType.size()));
    if (text.starts_with(kDate)) {
      const auto date = parse_date(text.substr(kDate.size(), kDateLength));
      if (date) day = *date;
    }
  }
  if (!type || !day) return std::nullopt;
  return DayTable{table_of(*type), *day};
}

}  // namespace

LoadPlan::LoadPlan(std::vector<std::string> files) {
  std::vector<std::optional<DayTable>> days;
  days.reserve(files.size());
  for (const std::string& file : files) days.push_back(lake_day(file));

  std::vector<std::size_t> order(files.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
    const auto& a = days[one];
    const auto& b = days[other];
    if (!a || !b) return !a && b;
    return std::tie(a->day, a->table, files[one]) < std::tie(b->day, b->table, files[other]);
  });
  for (const std::size_t from : order) {
    const auto& day = days[from];
    day ? ++left_[*day] : ++left_of_any_day_;
    files_.push_back(std::move(files[from]));
    fills_.push_back(day);
  }
}

std::vector<DayTable> LoadPlan::done(std::size_t file, std::span<const DayTable> fresh) {
  const auto& day = fills_[file];
  day ? --left_[*day] : --left_of_any_day_;
  met_.insert(fresh.begin(), fresh.end());
  std::vector<DayTable> complete;
  if (left_of_any_day_ != 0) return complete;
  std::erase_if(met_, [&](const DayTable& one) {
    const auto left = left_.find(one);
    if (left != left_.end() && left->second != 0) return false;
    complete.push_back(one);
    return true;
  });
  return complete;
}

std::vector<DayTable> LoadPlan::rest() {
  std::vector<DayTable> days(met_.begin(), met_.end());
  met_.clear();
  return days;
}

}  // namespace md::store
