#include "venue/subscribe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/symbol.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

struct Stream {
  const Channel* channel;
  std::string_view symbol;
  friend bool operator==(const Stream&, const Stream&) = default;
};

struct Named {
  std::string_view name;
  std::string text;
};

// `pattern` with its $names replaced.
std::string replaced(std::string_view pattern, const std::vector<Named>& names) {
  std::string out;
  while (!pattern.empty()) {
    const auto found = std::ranges::find_if(
        names, [&](const Named& each) { return pattern.starts_with(each.name); });
    std::size_t size;
    if (found != names.end()) {
      out += found->text;
      size = found->name.size();
    } else {
      size = std::min(pattern.find('$', 1), pattern.size());
      out += pattern.substr(0, size);
    }
    pattern.remove_prefix(size);
  }
  return out;
}

// The same with `names`, and what `stream` tells.
std::string fill(std::string_view pattern, const Stream& stream, std::vector<Named> names) {
  const std::vector<Named> of_symbol{{"$symbol", json_escape(stream.symbol)},
                                     {"$lower", json_escape(to_lower(stream.symbol))}};
  names.push_back({"$channel", replaced(stream.channel->name, of_symbol)});
  names.push_back({"$option", replaced(stream.channel->option, of_symbol)});
  // Behind the others: $symbols begins with $symbol.
  names.insert(names.end(), of_symbol.begin(), of_symbol.end());
  return replaced(pattern, names);
}

bool lists_symbols(const Subscribing& rule) {
  return rule.argument.find("$symbols") != std::string_view::npos;
}

// The arguments for the streams of one request.
std::string arguments_of(const Subscribing& rule, std::span<const Stream> streams) {
  std::string out;
  while (!streams.empty()) {
    const Stream& first = streams.front();
    std::size_t count = 0;
    std::string symbols;
    do {
      symbols +=
          fmt::format(R"({}"{}")", count == 0 ? "" : ",", json_escape(streams[count].symbol));
      ++count;
    } while (lists_symbols(rule) && count < streams.size() &&
             streams[count].channel == first.channel);
    if (!out.empty()) out += ',';
    out += fill(rule.argument, first, {{"$symbols", symbols}});
    streams = streams.subspan(count);
  }
  return out;
}

// Requests for `streams`, appended to `out`; `id` is that of the last one.
void add_requests(const Subscribing& rule, std::string_view request,
                  std::span<const Stream> streams, std::size_t& id, std::vector<std::string>& out) {
  while (!streams.empty()) {
    const Stream& first = streams.front();
    std::size_t count = 0;
    while (count < streams.size() &&
           (rule.arguments_per_request == 0 || count < rule.arguments_per_request) &&
           (!rule.request_per_channel || streams[count].channel == first.channel)) {
      ++count;
    }
    out.push_back(fill(
        request, first,
        {{"$arguments", arguments_of(rule, streams.first(count))}, {"$id", std::to_string(++id)}}));
    streams = streams.subspan(count);
  }
}

// The symbols' streams of one path that are wanted.
std::vector<Stream> streams_of(const Subscribing& rule, std::string_view path, Types types,
                               std::span<const std::string> symbols) {
  std::vector<Stream> out;
  const auto is_wanted = [&](const Channel& channel, std::string_view symbol) {
    return channel.path == path && (channel.type == Type::connect || types.has(channel.type)) &&
           (channel.has == nullptr || channel.has(symbol));
  };
  const auto add = [&](const Channel& channel, std::string_view symbol) {
    if (!is_wanted(channel, symbol)) return;
    for (const Channel* other = rule.channels.data(); other != &channel; ++other)
      if (other->name == channel.name && other->option == channel.option &&
          is_wanted(*other, symbol))
        return;
    const Stream stream{&channel, channel.shared == nullptr ? symbol : channel.shared(symbol)};
    if (channel.shared != nullptr && std::ranges::find(out, stream) != out.end()) return;
    out.push_back(stream);
  };
  const bool by_channel = rule.request_per_channel || lists_symbols(rule);
  for (const std::string& symbol : symbols)
    for (const Channel& channel : rule.channels)
      if (!by_channel && channel.shared == nullptr) add(channel, symbol);
  for (const Channel& channel : rule.channels)
    for (const std::string& symbol : symbols)
      if (by_channel || channel.shared != nullptr) add(channel, symbol);
  const auto is_data = [](const Stream& each) { return each.channel->type != Type::connect; };
  if (std::ranges::none_of(out, is_data)) out.clear();
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
    std::size_t id = 0;
    add_requests(rule, rule.subscribe,
                 streams_of(rule, path, subscription.types, connection.symbols), id,
                 connection.send);
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
  std::size_t id = 0;
  if (!rule.unsubscribe.empty()) add_requests(rule, rule.unsubscribe, streams, id, out);
  add_requests(rule, rule.subscribe, streams, id, out);
  return out;
}

}  // namespace md::venue
