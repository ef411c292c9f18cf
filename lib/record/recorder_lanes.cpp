// Recorder: which lanes there are.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "record/recorder.hpp"
#include "record/replan.hpp"

namespace md::record {

Result<std::shared_ptr<const Link::Plan>> Recorder::plan(venue::Connection connection) const {
  MD_TRY(net::Url url, options_.addresses.connection(connection.url));
  return std::make_shared<const Link::Plan>(std::move(url), std::move(connection));
}

void Recorder::add_lane(std::shared_ptr<const Link::Plan> plan, int batch,
                        std::string_view reason) {
  Carrier carrier;
  carrier.lane =
      std::make_unique<Lane>(shared_, lanes_++, std::move(plan), static_cast<Lane::Owner&>(*this));
  carrier.batch = batch;
  if (paused_ && !options_.drop) carrier.lane->pause();
  if (started_lanes_) carrier.lane->start(reason);
  carriers_.push_back(std::move(carrier));
}

Result<void> Recorder::change(std::vector<std::string> symbols, std::string_view reason) {
  if (stopping_) return {};
  std::vector<Planned> lanes;
  for (const Carrier& carrier : carriers_)
    lanes.push_back({carrier.lane->plan().connection, carrier.batch});
  venue::Subscription wanted{std::move(symbols), options_.subscription.types};
  Replan difference = replan(venue_, lanes, wanted);
  if (carriers_.size() == difference.closed.size() && difference.opened.empty() &&
      !wanted.symbols.empty()) {
    return Error{Errc::usage, fmt::format("{} has no channel for what is asked", venue_.id)};
  }
  // All that can fail comes first.
  std::vector<std::shared_ptr<const Link::Plan>> changed;
  for (auto& [lane, connection] : difference.changed) {
    MD_TRY(changed.emplace_back(), plan(std::move(connection)));
  }
  std::vector<std::shared_ptr<const Link::Plan>> opened;
  for (Planned& each : difference.opened) {
    MD_TRY(opened.emplace_back(), plan(std::move(each.connection)));
  }
  options_.subscription = std::move(wanted);
  watch_.change(options_.subscription);
  for (std::size_t i = 0; i < changed.size(); ++i)
    carriers_[difference.changed[i].first].lane->roll(std::move(changed[i]), std::string{reason});
  for (const std::size_t i : difference.closed) {
    carriers_[i].lane->stop(reason);
    closed_.push_back(std::move(carriers_[i].lane));
  }
  std::erase_if(carriers_, [](const Carrier& carrier) { return !carrier.lane; });
  for (std::size_t i = 0; i < opened.size(); ++i)
    add_lane(std::move(opened[i]), difference.opened[i].batch, reason);
  return {};
}

}  // namespace md::record
