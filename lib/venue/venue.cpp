#include "venue/venue.hpp"

#include <array>

namespace md::venue {

std::string_view to_text(FrameKind kind) {
  constexpr std::array<std::string_view, kFrameKinds> kNames{
      "data",   "empty",   "history", "ack",   "heartbeat",
      "status", "markets", "ignored", "error", "unknown"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace md::venue
