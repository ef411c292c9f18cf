#include "dedupe/stream_table.hpp"

#include <cstring>
#include <tuple>

#include "venue/registry.hpp"

namespace md::dedupe {
namespace {

// The inside of a JSON string as append_event wrote it, or as the scan passed it: only these
// escapes occur.
std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (const char c = text[++i]) {
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'u':
        out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 4)), nullptr, 16));
        i += 4;
        break;
      default:
        out += c;
    }
  }
  return out;
}

Rule book_rule(const venue::Venue* venue, const LineKey& first) {
  if (venue == nullptr) return first.seq ? Rule::chain : Rule::content;
  switch (venue->book_merge) {
    case venue::BookMerge::chain:
      // A recording older than the venue's numbers has none to chain by.
      return first.seq ? Rule::chain : Rule::content;
    case venue::BookMerge::content:
      return Rule::content;
    case venue::BookMerge::follow:
      return Rule::follow;
  }
  return Rule::content;
}

void set_trade_rule(const venue::Venue* venue, const LineKey& first, Stream& stream) {
  using venue::TradeIds;
  const bool has_id = !first.id.empty();
  const TradeIds ids = venue != nullptr ? venue->trade_ids
                       : has_id         ? TradeIds::unique
                                        : TradeIds::none;
  stream.rule = has_id && ids != TradeIds::none ? Rule::id : Rule::content;
  stream.numbered = venue == nullptr || ids >= TradeIds::increasing;
  stream.contiguous = ids == TradeIds::contiguous;
}

}  // namespace

int rank(Type type) {
  switch (type) {
    case Type::disconnect:
      return 0;
    case Type::connect:
      return 1;
    case Type::gap:
      return 2;
    default:
      return 3 + static_cast<int>(type);
  }
}

bool before(const Stream& a, const Stream& b) {
  return std::forward_as_tuple(a.exchange, a.symbol, rank(a.type)) <
         std::forward_as_tuple(b.exchange, b.symbol, rank(b.type));
}

// The symbol's first and last bytes and the exchange's last; where those are fewer than eight, the
// text of the line around them is as good.
std::size_t StreamTable::recent_slot(const LineKey& key) {
  const auto eight = [](const char* at) {
    std::uint64_t bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
  };
  const char* const symbol = key.symbol.data();
  const std::uint64_t hash =
      eight(symbol) * 0x9E3779B97F4A7C15 + eight(symbol + key.symbol.size() - 8) +
      eight(key.stream.data() + key.stream.size() - 8) * 0xC2B2AE3D27D4EB4F + key.stream.size();
  return hash * 0x9E3779B97F4A7C15 >> 56;
}

const Stream& StreamTable::find(const LineKey& key) {
  Recent& recent = recent_[key.symbol.empty() ? 0 : recent_slot(key)];
  if (recent.text == key.stream) return streams_[recent.id];
  return find_slowly(key, recent);
}

const Stream& StreamTable::find_slowly(const LineKey& key, Recent& recent) {
  if (const auto known = by_text_.find(key.stream); known != by_text_.end()) {
    recent = {known->first, known->second};
    return streams_[known->second];
  }
  Stream stream;
  stream.id = static_cast<StreamId>(streams_.size());
  stream.type = key.type;
  stream.exchange = unescape(key.exchange);
  stream.symbol = unescape(key.symbol);
  stream.market = market(stream.exchange, stream.symbol);
  const venue::Venue* const venue = venue::find(stream.exchange);
  if (key.type == Type::book_change) {
    stream.rule = book_rule(venue, key);
  } else if (key.type == Type::trade) {
    set_trade_rule(venue, key, stream);
  } else if (key.type >= Type::connect) {
    stream.rule = Rule::outage;
  }
  by_text_.emplace(key.stream, stream.id);
  return streams_.emplace_back(std::move(stream));
}

MarketId StreamTable::market(std::string_view exchange, std::string_view symbol) {
  std::string name{exchange};
  name += '\0';
  name += symbol;
  const auto [at, fresh] =
      markets_.emplace(std::move(name), static_cast<MarketId>(markets_.size()));
  if (fresh && !symbol.empty()) by_exchange_[std::string(exchange)].push_back(at->second);
  return at->second;
}

const std::vector<MarketId>& StreamTable::markets(std::string_view exchange) {
  return by_exchange_[std::string(exchange)];
}

}  // namespace md::dedupe
