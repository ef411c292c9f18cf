// Subscriptions as tables: which stream carries what, how requests for streams are written, and how
// many of them a connection and a request may bear.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "venue/venue.hpp"

namespace md::venue {

// A stream that is subscribed for a data type. One that carries two types stands twice in a table
// and is subscribed once.
struct Channel {
  // Type::connect: with whatever else a connection carries, such as heartbeats.
  Type type;
  std::string_view name;  // as $channel; may hold $symbol and $lower itself
  // Behind the address; channels of different paths go to different connections.
  std::string_view path{};
  // Whether a symbol has this channel; null = all have.
  bool (*has)(std::string_view symbol) = nullptr;
  std::string_view option{};  // as $option: what the requests of this channel alone say
  // What stands for $symbol instead of the symbol, such as its index or its whole market. What
  // symbols share a connection subscribes once, behind the streams of single symbols.
  std::string_view (*shared)(std::string_view symbol) = nullptr;
};

// How streams are subscribed. In the patterns, $channel is a channel's name, $symbol a symbol as
// JSON text without its quotes, $lower the same in lower case, $option what the channel's row has
// (a pattern itself), $arguments the written arguments with commas between them, and $id a number
// that rises by one from request to request of a connection. An argument with $symbols is of a
// channel and all its symbols in a request, which are written "A","B".
//
//   constexpr Subscribing kSubscribing{
//       .url = "wss://stream.example.com/v5", .channels = kChannels,
//       .argument = R"("$channel.$symbol")",
//       .subscribe = R"({"op":"subscribe","args":[$arguments],"req_id":"$id"})",
//       .unsubscribe = R"({"op":"unsubscribe","args":[$arguments],"req_id":"$id"})",
//       .streams_per_connection = 200, .arguments_per_request = 10};
struct Subscribing {
  std::string_view url;
  std::span<const Channel> channels;
  std::string_view argument{};     // one stream; empty where a request subscribes a single stream
  std::string_view subscribe;      // a request
  std::string_view unsubscribe{};  // a request; empty where there is none
  // Whether a request names one channel and lists symbols ($channel stands in the request then).
  bool request_per_channel = false;
  std::size_t streams_per_connection = 0;  // 0 = no limit
  std::size_t arguments_per_request = 1;   // 0 = no limit: one request a connection
  // Sent first on each connection.
  std::span<const std::string_view> first{};
};

// A symbol's streams stay on one connection; symbols fill one connection after the other.
std::vector<Connection> connections(const Subscribing& rule, const Subscription& subscription);

// The frames that leave and enter one symbol's book channel again; their $id begins at 1.
std::vector<std::string> resubscribe_book(const Subscribing& rule, std::string_view symbol);

}  // namespace md::venue
