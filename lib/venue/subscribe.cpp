#include "venue/subscribe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/symbol.hpp"

namespace md::venue {
namespace {

struct Stream {
  const Channel* channel;
  std::string_view symbol;
};

std::string escaped(std::string_view symbol) {
  std::string out;
  for (const char c : symbol) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// `pattern` with its $names replaced.
std::string fill(std::string_view pattern, const Stream& stream, std::string_view arguments,
                 std::size_t id) {
  std::string out;
  const auto replace = [&](std::string_view name, std::string_view by) {
    if (!pattern.starts_with(name)) return false;
    out += by;
    pattern.remove_prefix(name.size());
    return true;
  };
  while (!pattern.empty()) {
    if (pattern.front() != '$') {
      const std::size_t size = std::min(pattern.find('$'), pattern.size());
      out += pattern.substr(0, size);
      pattern.remove_prefix(size);
    } else if (!replace("$channel", stream.channel->name) &&
               !replace("$symbol", escaped(stream.symbol)) &&
               !replace("$lower", escaped(to_lower(stream.symbol))) &&
               !replace("$arguments", arguments) && !replace("$id", std::to_string(id))) {
      out += '$';
      pattern.remove_prefix(1);
    }
  }
  return out;
}

// Requests for `streams`, appended to `out`.
void add_requests(const Subscribing& rule, std::string_view request,
                  std::span<const Stream> streams, std::vector<std::string>& out) {
  std::size_t id = 0;
  while (!streams.empty()) {
    std::string arguments;
    std::size_t count = 0;
    while (count < streams.size() && count < rule.arguments_per_request &&
           (!rule.request_per_channel || streams[count].channel == streams[0].channel)) {
      if (count != 0) arguments += ',';
      arguments += fill(rule.argument, streams[count++], {}, 0);
    }
    out.push_back(fill(request, streams[0], arguments, ++id));
    streams = streams.subspan(count);
  }
}

// The symbols' streams of one path that are wanted.
std::vector<Stream> streams_of(const Subscribing& rule, std::string_view path, Types types,
                               std::span<const std::string> symbols) {
  std::vector<Stream> out;
  const auto wanted = [&](const Channel& channel, std::string_view symbol) {
    return channel.path == path && types.has(channel.type) &&
           (channel.has == nullptr || channel.has(symbol));
  };
  const auto add = [&](const Channel& channel, std::string_view symbol) {
    if (!wanted(channel, symbol)) return;
    for (const Channel* before = rule.channels.data(); before != &channel; ++before) {
      if (before->name == channel.name && wanted(*before, symbol)) return;
    }
    out.push_back({&channel, symbol});
  };
  if (rule.request_per_channel) {
    for (const Channel& channel : rule.channels)
      for (const std::string& symbol : symbols) add(channel, symbol);
  } else {
    for (const std::string& symbol : symbols)
      for (const Channel& channel : rule.channels) add(channel, symbol);
  }
  return out;
}

void add_connections(const Subscribing& rule, std::string_view path,
                     const Subscription& subscription, std::vector<Connection>& out) {
  std::span<const std::string> rest{subscription.symbols};
  while (!rest.empty()) {
    Connection connection{fmt::format("{}{}", rule.url, path), {}, {}};
    std::size_t count = 0, streams = 0;
    for (; count < rest.size(); ++count) {
      const std::size_t own =
          streams_of(rule, path, subscription.types, rest.subspan(count, 1)).size();
      if (own == 0) continue;
      if (streams != 0 && rule.streams_per_connection != 0 &&
          streams + own > rule.streams_per_connection)
        break;
      streams += own;
      connection.symbols.push_back(rest[count]);
    }
    rest = rest.subspan(count);
    if (streams == 0) continue;
    connection.send.assign(rule.first.begin(), rule.first.end());
    add_requests(rule, rule.subscribe,
                 streams_of(rule, path, subscription.types, connection.symbols), connection.send);
    out.push_back(std::move(connection));
  }
}

}  // namespace

std::vector<Connection> connections(const Subscribing& rule, const Subscription& subscription) {
  std::vector<Connection> out;
  std::vector<std::string_view> paths;
  for (const Channel& channel : rule.channels) {
    if (std::find(paths.begin(), paths.end(), channel.path) != paths.end()) continue;
    paths.push_back(channel.path);
    add_connections(rule, channel.path, subscription, out);
  }
  return out;
}

std::vector<std::string> resubscribe_book(const Subscribing& rule, std::string_view symbol) {
  std::vector<Stream> streams;
  for (const Channel& channel : rule.channels) {
    if (channel.type == Type::book_change && (channel.has == nullptr || channel.has(symbol)))
      streams.push_back({&channel, symbol});
  }
  std::vector<std::string> out;
  if (!rule.unsubscribe.empty()) add_requests(rule, rule.unsubscribe, streams, out);
  add_requests(rule, rule.subscribe, streams, out);
  return out;
}

}  // namespace md::venue
