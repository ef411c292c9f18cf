#include "model/event.hpp"

#include <array>

namespace md {
namespace {

constexpr std::array<std::string_view, kTypes> kTypeNames{
    "trade",       "book_change", "book_ticker", "derivative_ticker",
    "liquidation", "connect",     "disconnect",  "gap"};
constexpr std::array<std::string_view, 3> kSideNames{"unknown", "buy", "sell"};
constexpr std::array<std::string_view, 5> kReasonNames{"sequence", "checksum", "overflow",
                                                       "disconnect", "stale"};

template <typename Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view text) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_text(Type type) { return kTypeNames[static_cast<std::size_t>(type)]; }
std::optional<Type> type_from(std::string_view text) { return find_name<Type>(kTypeNames, text); }

std::string_view to_text(Side side) { return kSideNames[static_cast<std::size_t>(side)]; }
std::optional<Side> side_from(std::string_view text) { return find_name<Side>(kSideNames, text); }

std::string_view to_text(GapReason reason) {
  return kReasonNames[static_cast<std::size_t>(reason)];
}
std::optional<GapReason> gap_reason_from(std::string_view text) {
  return find_name<GapReason>(kReasonNames, text);
}

}  // namespace md
