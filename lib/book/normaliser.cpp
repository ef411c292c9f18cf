#include "book/normaliser.hpp"

#include "codec/event_json.hpp"
#include "venue/registry.hpp"

namespace md::book {

Normaliser::Normaliser(Options options)
    : options_(std::move(options)), reader_(options_.exchange) {}
Normaliser::~Normaliser() = default;

void Normaliser::on_event(const Event& event) { codec::append_event(events_, event); }

Feed* Normaliser::feed(std::string_view exchange) {
  if (last_feed_ != nullptr && last_exchange_ == exchange) return last_feed_;
  const venue::Venue* venue = venue::find(exchange);
  if (venue == nullptr) return nullptr;
  auto found = feeds_.find(venue->id);
  if (found == feeds_.end())
    found = feeds_
                .emplace(std::string(venue->id),
                         Feed{*venue, options_.types, *this, nullptr, options_.checksums})
                .first;
  last_exchange_ = exchange;
  last_feed_ = &found->second;
  return last_feed_;
}

Result<void> Normaliser::add(std::string_view line) {
  RawLine raw;
  if (!reader_.read(line, raw)) return reader_.error();
  Feed* const to =
      feed(options_.exchange.empty() ? raw.exchange : std::string_view{options_.exchange});
  if (to == nullptr)
    return Error{Errc::malformed,
                 "unknown exchange '" + std::string(raw.exchange.substr(0, 64)) + "'"};
  last_time_ = raw.local_timestamp;
  auto kind = to->on_raw(raw);
  if (kind) return {};
  // Another recorder's line may have fields behind its data.
  const std::size_t size = raw.data.size();
  if (!line.starts_with('{') || !reader_.read_any_order(line, raw) || raw.data.size() == size) {
    return std::move(kind).error();
  }
  MD_TRY([[maybe_unused]] const auto again, to->on_raw(raw));
  return {};
}

void Normaliser::finish() {
  for (auto& [exchange, feed] : feeds_) feed.finish(last_time_);
}

void Normaliser::for_each_feed(
    const std::function<void(std::string_view, const Feed::Counts&)>& use) const {
  for (const auto& [exchange, feed] : feeds_) use(exchange, feed.counts());
}

}  // namespace md::book
