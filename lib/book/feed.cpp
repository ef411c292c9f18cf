#include "book/feed.hpp"

#include <utility>

#include "book/feed_state.hpp"

namespace md::book {

using venue::FrameKind;

Feed::Feed(const venue::Venue& venue, Types types, EventSink& out, Driver* driver,
           Checksums checksums)
    : state_(std::make_unique<State>(venue, types, out, driver, checksums)) {}
Feed::Feed(Feed&&) noexcept = default;
Feed::~Feed() = default;

void Feed::on_connect(std::uint32_t connection, std::span<const std::string_view> symbols,
                      Micros local_timestamp, std::uint32_t beside, std::string_view reason) {
  State& s = *state_;
  s.at(local_timestamp);
  s.trades.on_connect(connection, symbols, beside, local_timestamp);
  s.forget(connection);
  State::Connection opened;
  opened.session = s.venue.session();
  const auto other = s.connections.find(beside);
  opened.group = other == s.connections.end() ? std::make_shared<Group>() : other->second.group;
  opened.opened = local_timestamp;
  opened.symbols.assign(symbols.begin(), symbols.end());
  const bool is_first = opened.group->empty();
  const auto fresh = opened.group->join(connection, symbols, local_timestamp);
  s.connections.emplace(connection, std::move(opened));
  s.current = nullptr;
  if (is_first || !fresh.empty()) s.give(Event{{}, {}, 0, 0, Connect{fresh, reason}});
}

void Feed::on_disconnect(std::uint32_t connection, std::span<const std::string_view> symbols,
                         std::string_view reason, Micros local_timestamp) {
  State& s = *state_;
  s.at(local_timestamp);
  s.trades.on_disconnect(connection);
  const auto found = s.connections.find(connection);
  if (found == s.connections.end() || found->second.group->members().size() == 1) {
    if (found != s.connections.end()) {
      s.speak_for(connection);
      s.end_books(*found->second.group, GapReason::disconnect);
      s.forget(connection);
    }
    s.tickers.clear();
    return s.give(Event{{}, {}, 0, 0, Disconnect{symbols, reason}});
  }
  s.leave_books(found->second, connection);
  const std::vector<std::string> carried = std::exchange(found->second.symbols, {});
  const auto gone = found->second.group->leave(connection, carried, local_timestamp);
  s.forget(connection);
  if (!gone.empty()) s.give(Event{{}, {}, 0, 0, Disconnect{gone, reason}});
}

Result<FrameKind> Feed::on_frame(std::uint32_t connection, const venue::Frame& frame) {
  State& s = *state_;
  s.at(frame.local_timestamp);
  return s.count(s.connection(connection).session->on_frame(frame, s));
}

Result<FrameKind> Feed::on_reply(const venue::Reply& reply) {
  State& s = *state_;
  s.at(reply.local_timestamp);
  s.replying = true;
  auto kind = s.rest->on_reply(reply, s);
  s.replying = false;
  s.trades.on_reply(reply, kind && *kind != FrameKind::error && *kind != FrameKind::unknown);
  if (kind) s.offer_orders(reply);
  return s.count(std::move(kind));
}

Result<FrameKind> Feed::on_raw(const RawLine& line) {
  switch (line.kind) {
    case RawKind::connect:
      on_connect(line.connection, line.symbols, line.local_timestamp, line.beside, line.reason);
      return FrameKind::status;
    case RawKind::disconnect:
      on_disconnect(line.connection, line.symbols, line.reason, line.local_timestamp);
      return FrameKind::status;
    case RawKind::sent:
      return FrameKind::status;
    case RawKind::reply:
      return on_reply(
          {line.request, line.status == 0 ? 200 : line.status, line.data, line.local_timestamp});
    case RawKind::frame:
      break;
  }
  return on_frame(line.connection, {line.data, line.local_timestamp});
}

void Feed::finish(Micros local_timestamp) {
  State& s = *state_;
  s.now = local_timestamp;
  for (auto& [number, connection] : s.connections) {
    s.current_number = number;
    s.end_books(*connection.group, GapReason::stale);
  }
  s.trades.finish();
  s.connections.clear();
  s.current = nullptr;
}

const Feed::Counts& Feed::counts() const { return state_->counts; }

Feed::Books Feed::books() const {
  Books books;
  for (const auto& [number, connection] : state_->connections) {
    if (connection.group->members().front() != number) continue;  // each group once
    books.known += connection.group->books.size();
    for (const auto& [symbol, book] : connection.group->books) books.live += book->live() ? 1 : 0;
  }
  return books;
}

}  // namespace md::book
