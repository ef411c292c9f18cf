#include "venue/venue.hpp"

#include <array>

namespace md::venue {

std::string_view to_text(FrameKind kind) {
  constexpr std::array<std::string_view, kFrameKinds> kNames{
      "data",   "empty",   "history", "ack",   "heartbeat",
      "status", "markets", "ignored", "error", "unknown"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_text(Urgency urgency) {
  constexpr std::array<std::string_view, kUrgencies> kNames{"lost_book", "missing_trades",
                                                            "first_book", "routine"};
  return kNames[static_cast<std::size_t>(urgency)];
}

}  // namespace md::venue
