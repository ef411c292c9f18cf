// Recorder: what connections and answers say, and what the feed wants to be asked.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "record/recorder.hpp"

namespace md::record {
namespace {

// The first of a kind are worth a line on stderr; the rest is counted.
constexpr std::uint64_t kWarnings = 10;
constexpr std::size_t kQuoted = 200;

// What asking again will not change, unlike a limit or an outage.
bool is_refusal(const net::HttpReply& reply, const Result<venue::FrameKind>& kind) {
  if (reply.ok()) return kind && *kind == venue::FrameKind::error;
  return reply.status / 100 == 4 && hold_ms(reply.status, reply.retry_after_ms) == 0;
}

}  // namespace

RawLine Recorder::raw_line(RawKind kind, const Link& link, Micros at) const {
  RawLine line;
  line.kind = kind;
  line.exchange = venue_.id;
  line.local_timestamp = at;
  line.connection = link.number();
  line.url = link.url();
  return line;
}

std::uint32_t Recorder::on_open(Lane& lane, Link& link, std::uint32_t beside,
                                std::string_view reason) {
  const std::uint32_t number = ++connections_;
  open_[number] = {&lane, &link};
  const Micros at = now();
  log_.note(fmt::format("connection {}: open to {}", number, link.url()));
  if (options_.raw) {
    RawLine line = raw_line(RawKind::connect, link, at);
    line.connection = number;
    line.beside = beside;
    line.symbols = link.symbols();
    line.reason = reason;
    lines_.on_raw(line);
  }
  feed_.on_connect(number, link.symbols(), at, beside, reason);
  return number;
}

void Recorder::on_sent(Link& link, std::string_view text) {
  if (!options_.raw) return;
  RawLine line = raw_line(RawKind::sent, link, now());
  line.payload = Payload::text;
  line.data = text;
  lines_.on_raw(line);
}

bool Recorder::on_message(Link& link, const Link::Message& message) {
  if (stopping_) return false;
  ++messages_;
  bytes_ += message.data.size();
  if (options_.raw) {
    RawLine line = raw_line(RawKind::frame, link, message.received);
    line.payload = message.binary ? Payload::binary : Payload::text;
    line.data = message.data;
    lines_.on_raw(line);
  }
  const bool is_data = classify(
      link.number(), feed_.on_frame(link.number(), {message.data, message.received}), message.data);
  hold_back();
  return is_data;
}

void Recorder::on_answer(const net::HttpRequest& request, const net::HttpReply& reply) {
  if (stopping_) return;
  const std::string url = request.text();
  if (options_.raw) {
    RawLine line;
    line.kind = RawKind::reply;
    line.exchange = venue_.id;
    line.local_timestamp = reply.received;
    line.request = url;
    line.status = reply.ok() ? 0 : reply.status;
    line.payload = Payload::text;
    line.data = reply.data();
    lines_.on_raw(line);
  }
  const auto kind = feed_.on_reply({url, reply.status, reply.data(), reply.received});
  if (reply.ok()) classify(0, kind, reply.data());
  if (is_refusal(reply, kind)) watch_.on_refusal(url, net::Loop::steady_ms());
  hold_back();
}

// Whether it is a frame of what is subscribed.
bool Recorder::classify(std::uint32_t connection, const Result<venue::FrameKind>& kind,
                        std::string_view data) {
  using venue::FrameKind;
  const auto quoted = data.substr(0, kQuoted);
  if (!kind) {
    if (++bad_frames_ <= kWarnings)
      log_.warn(fmt::format("connection {}: {}: {}", connection, kind.error().message, quoted));
    return false;
  }
  if (*kind == FrameKind::error) {
    if (++refusals_ <= kWarnings)
      log_.warn(fmt::format("connection {}: the venue says: {}", connection, quoted));
  } else if (*kind == FrameKind::unknown) {
    log_.note(fmt::format("connection {}: not understood: {}", connection, quoted));
  }
  return *kind == FrameKind::data || *kind == FrameKind::empty || *kind == FrameKind::history;
}

void Recorder::request(std::uint32_t connection, const venue::Request& request) {
  if (stopping_) return;
  const auto found = open_.find(connection);
  const bool is_open = found != open_.end();
  // What was missed by a connection that is gone is asked for by none (0).
  if (!is_open && (connection != 0 || request.kind != venue::Request::Kind::fetch)) return;
  switch (request.kind) {
    case venue::Request::Kind::send:
      return found->second.link->send(request.text);
    case venue::Request::Kind::reconnect:
      log_.note(fmt::format("connection {}: to be replaced: {}", connection, request.text));
      return found->second.lane->roll(*found->second.link, request.text);
    case venue::Request::Kind::fetch:
      if (const auto asked = options_.addresses.request(venue_, request.text)) {
        fetcher_.fetch(connection, *asked, request.urgency, request.weight);
      } else {
        log_.warn(asked.error().message);
      }
  }
}

void Recorder::on_left(Link& link, std::string_view reason) {
  log_.note(fmt::format("connection {}: left: {}", link.number(), reason));
  disconnected(link, reason);
}

void Recorder::on_end(Link& link, const Link::End& end, int failures) {
  if (end.opened) {
    const bool expected = options_.once && end.closed_by_peer;
    (expected ? log_.note : log_.warn)(fmt::format("connection {}: {}", link.number(), end.reason));
    disconnected(link, end.reason);
  } else if (failures == 1) {
    log_.warn(end.reason);
  } else {
    log_.note(fmt::format("{} (attempt {})", end.reason, failures));
  }
}

void Recorder::disconnected(Link& link, std::string_view reason) {
  const Micros at = now();
  if (options_.raw) {
    RawLine line = raw_line(RawKind::disconnect, link, at);
    line.symbols = link.symbols();
    line.reason = reason;
    lines_.on_raw(line);
  }
  feed_.on_disconnect(link.number(), link.symbols(), reason, at);
  fetcher_.forget(link.number());
  watch_.on_disconnect(link.number());
  open_.erase(link.number());
}

void Recorder::on_done(Lane&, const Link::End& end) {
  if (!end.closed_by_peer && result_) result_ = Error{Errc::unavailable, end.reason};
  const bool all_ended = std::all_of(carriers_.begin(), carriers_.end(),
                                     [](const Carrier& each) { return each.lane->done(); });
  if (all_ended) finish(result_);
}

}  // namespace md::record
