#include "dedupe/outages.hpp"

#include <algorithm>

namespace md::dedupe {

Outages::Span& Outages::at(int recorder, MarketId market) {
  const auto r = static_cast<std::size_t>(recorder);
  if (r >= markets_.size()) markets_.resize(r + 1), ended_.resize(r + 1);
  if (market >= markets_[r].size()) markets_[r].resize(market + std::size_t{1});
  return markets_[r][market];
}

void Outages::add(Span& span, Outage outage) const {
  std::erase_if(span.outages, [this](const Outage& old) { return old.to < past_; });
  span.outages.push_back(outage);
}

void Outages::on_disconnect(int recorder, MarketId market, Micros time) {
  Span& span = at(recorder, market);
  if (!span.outages.empty() && span.outages.back().to == kForever) return;
  add(span, {span.last == kNever ? time : span.last, kForever});
}

void Outages::on_connect(int recorder, MarketId market, Micros time) {
  Span& span = at(recorder, market);
  if (!span.outages.empty() && span.outages.back().to == kForever) {
    span.outages.back().to = time;
  } else if (span.last != kNever) {
    add(span, {span.last, time});
  }
  on_message(recorder, market, time);
}

void Outages::on_gap(int recorder, MarketId market, Micros time) {
  Span& span = at(recorder, market);
  if (!span.outages.empty() && span.outages.back().to == kForever) return;
  add(span, {span.last == kNever ? time - 1 : std::min(span.last, time - 1), time});
}

void Outages::on_end(int recorder) {
  at(recorder, 0);
  ended_[static_cast<std::size_t>(recorder)] = true;
}

bool Outages::up(int recorder, MarketId market, Micros time) const {
  const auto r = static_cast<std::size_t>(recorder);
  if (r >= markets_.size() || market >= markets_[r].size()) return false;
  const Span& span = markets_[r][market];
  if (span.first == kNever || span.first >= time || (ended_[r] && span.last < time)) return false;
  return std::none_of(span.outages.begin(), span.outages.end(), [time](const Outage& outage) {
    return outage.from < time && time <= outage.to;
  });
}

bool Outages::any_up(Recorders but, MarketId market, Micros time) const {
  for (int recorder = 0; recorder < static_cast<int>(markets_.size()); ++recorder) {
    if ((but >> recorder & 1) == 0 && up(recorder, market, time)) return true;
  }
  return false;
}

}  // namespace md::dedupe
