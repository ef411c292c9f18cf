#include "venue/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace md::venue {

namespace {

// How long after the first snapshot the one `later` ones behind it may be asked for.
std::int64_t snapshots_ms(const Venue& venue, std::int64_t later) {
  if (later <= 0) return 0;
  const Limits& limits = venue.limits;
  const std::int64_t paced = later * limits.rest_interval_ms;
  if (limits.rest_weight == 0) return paced;
  const std::int64_t in_window =
      limits.rest_weight * Limits::kRestShare / 100 / std::max(venue.book.snapshot_weight, 1);
  return std::max(paced, later / std::max<std::int64_t>(in_window, 1) * limits.rest_window_ms);
}

}  // namespace

Plan plan(const Venue& venue, const Subscription& subscription) {
  Plan plan;
  std::set<std::string_view> symbols;
  const auto connections = venue.connections(subscription);
  plan.connections = connections.size();
  std::int64_t opened_ms = 0;
  for (const Connection& connection : connections) {
    symbols.insert(connection.symbols.begin(), connection.symbols.end());
    plan.requests += connection.send.size();
    plan.most_requests = std::max(plan.most_requests, connection.send.size());
    for (const std::string& request : connection.send)
      plan.largest_request = std::max(plan.largest_request, request.size());
    const auto pauses =
        static_cast<std::int64_t>(std::max<std::size_t>(connection.send.size(), 1) - 1);
    plan.subscribed_ms =
        std::max(plan.subscribed_ms, opened_ms + pauses * venue.limits.send_interval_ms);
    opened_ms += venue.limits.connect_interval_ms;
  }
  plan.symbols = symbols.size();
  plan.complete_ms = plan.subscribed_ms;
  if (venue.book.snapshot == BookRule::Snapshot::rest && venue.book.snapshot_request != nullptr &&
      subscription.types.has(Type::book_change)) {
    plan.snapshots = plan.symbols;
    const auto count = static_cast<std::int64_t>(plan.snapshots);
    plan.snapshot_weight = count * venue.book.snapshot_weight;
    plan.complete_ms = std::max(plan.complete_ms, snapshots_ms(venue, count - 1));
  }
  return plan;
}

std::string to_text(const Plan& plan) {
  std::string text = fmt::format(
      "symbols: {}\nconnections: {}\nrequests: {}, at most {} a connection and {} bytes each\n"
      "subscribed after: {:.1f} s\n",
      plan.symbols, plan.connections, plan.requests, plan.most_requests, plan.largest_request,
      static_cast<double>(plan.subscribed_ms) / 1000);
  if (plan.snapshots != 0) {
    text += fmt::format("snapshots by REST: {}", plan.snapshots);
    if (plan.snapshot_weight != 0) text += fmt::format(", weight {}", plan.snapshot_weight);
    text += '\n';
  }
  return text +
         fmt::format("complete after: {:.1f} s\n", static_cast<double>(plan.complete_ms) / 1000);
}

}  // namespace md::venue
