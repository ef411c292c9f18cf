// What is sent to a venue for many markets, for whatever choice of types.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <set>

#include "base/symbol.hpp"
#include "book/feed.hpp"
#include "recordings.hpp"

namespace md::conformance {
namespace {

using venue::Connection;

class Connections : public VenueTest {};
MD_FOR_EACH_VENUE(Connections);

constexpr std::size_t kSymbols = 1000;

// The names in the venue's golden events: what its symbols look like.
std::vector<std::string> examples(const venue::Venue& venue) {
  struct Names final : EventSink {
    void on_event(const Event& event) override {
      if (!event.symbol.empty()) names.emplace(event.symbol);
    }
    std::set<std::string> names;
  } out;
  for (const Case& golden : golden_cases(venue)) {
    book::Feed feed{venue, {}, out};
    for (const Line& line : golden.lines) (void)feed.on_raw(*line);
  }
  return {out.names.begin(), out.names.end()};
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A name of the same form that nobody has: "PI_XBTUSD" becomes "PI_XB0042TUSD". The mark stands in
// the first word of three letters, so that what tells kinds of markets apart (a leading t, PI_,
// -SWAP, _261225) stays.
struct Made {
  std::string symbol;
  std::string mark;  // in lower case, since some venues' stream names are
};
Made make(const std::string& example, std::size_t number) {
  std::size_t at = example.size();
  for (std::size_t i = 0; i + 2 < example.size() && at == example.size(); ++i)
    if (is_letter(example[i]) && is_letter(example[i + 1]) && is_letter(example[i + 2])) at = i + 2;
  const std::string digits = fmt::format("{:04}", number);
  Made made{example, {}};
  made.symbol.insert(at, digits);
  const std::size_t begin = at < 2 ? 0 : at - 2;
  made.mark = to_lower(made.symbol.substr(begin, at - begin + digits.size() + 1));
  return made;
}

std::vector<Types> subsets(Types all) {
  std::vector<Types> out{{}};
  for (int i = 0; i < kTypes; ++i) {
    const auto type = static_cast<Type>(i);
    if (!all.has(type)) continue;
    for (std::size_t j = 0, end = out.size(); j < end; ++j) out.emplace_back(out[j]).add(type);
  }
  out.erase(out.begin());  // nothing
  return out;
}

std::string names_of(Types types) {
  std::string out;
  for (int i = 0; i < kTypes; ++i)
    if (types.has(static_cast<Type>(i))) out += fmt::format(" {}", to_text(static_cast<Type>(i)));
  return out;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

// How often a symbol is told of in what is sent, and on how many connections it is.
struct Share {
  std::size_t streams = 0, connections = 0;
  std::string text() const {
    return fmt::format("told of {} times, on {} connections", streams, connections);
  }
};

// The streams of a symbol may be spread over more connections where the first was nearly full.
bool agree(const Share& share, const Share& alone) {
  return share.streams == alone.streams && share.connections >= alone.connections &&
         share.connections <= std::max(alone.connections, alone.streams);
}

Share share_of(const Made& made, const std::vector<Connection>& connections) {
  Share share;
  for (const Connection& c : connections) {
    const auto own = std::count(c.symbols.begin(), c.symbols.end(), made.symbol);
    share.connections += static_cast<std::size_t>(own);
    if (own == 0) continue;
    share.streams += count(to_lower(c.url), made.mark);
    for (const std::string& text : c.send) share.streams += count(to_lower(text), made.mark);
  }
  return share;
}

void expect_whole(const std::string& text) {
  EXPECT_FALSE(text.empty());
  if (!text.starts_with('{') && !text.starts_with('[')) return;
  simdjson::dom::parser parser;
  EXPECT_EQ(parser.parse(text).error(), simdjson::SUCCESS) << text;
}

void expect_whole(const std::vector<Connection>& connections) {
  for (const Connection& c : connections) {
    EXPECT_TRUE(c.url.starts_with("wss://")) << c.url;
    EXPECT_FALSE(c.symbols.empty());
    for (const std::string& text : c.send) expect_whole(text);
  }
}

// A thousand markets like those of the golden cases: each is subscribed as it would be alone.
TEST_P(Connections, NoSymbolIsLostOrDoubled) {
  const std::vector<std::string> like = examples(venue());
  ASSERT_FALSE(like.empty());
  std::vector<Made> made;
  venue::Subscription all;
  for (std::size_t i = 0; i < kSymbols; ++i) {
    made.push_back(make(like[i % like.size()], i));
    all.symbols.push_back(made.back().symbol);
  }
  std::size_t carried = 0;
  for (const Types types : subsets(venue().types)) {
    SCOPED_TRACE(names_of(types));
    all.types = types;
    const std::vector<Connection> together = venue().connections(all);
    expect_whole(together);
    std::size_t named = 0, known = 0;
    for (const Connection& c : together) named += c.symbols.size();
    for (const Made& m : made) {
      const Share alone = share_of(m, venue().connections({{m.symbol}, types}));
      const Share share = share_of(m, together);
      known += share.connections;
      ASSERT_TRUE(agree(share, alone))
          << m.symbol << " is " << share.text() << "; alone it is " << alone.text();
    }
    EXPECT_EQ(named, known) << "connections carry symbols that nobody asked for";
    carried += named;
    if (HasFailure()) return;
  }
  EXPECT_GT(carried, 0u) << "no made-up symbol, such as " << made[0].symbol << ", has any channel";
}

// Names that need escapes, and what is sent when a book broke.
TEST_P(Connections, WhatIsSentIsWhole) {
  std::vector<std::string> symbols = examples(venue());
  for (const char* odd : {R"(A"B-USD)", R"(A\B-USD)", "币安人生USDT", "a b/c", "%"})
    symbols.emplace_back(odd);
  for (const std::string& symbol : symbols) {
    SCOPED_TRACE(symbol);
    expect_whole(venue().connections({{symbol}, venue().types}));
    if (venue().book.resubscribe != nullptr) {
      const auto frames = venue().book.resubscribe(symbol);
      EXPECT_FALSE(frames.empty() && &symbol == symbols.data());
      for (const std::string& text : frames) expect_whole(text);
    }
    if (venue().book.snapshot_request != nullptr) {
      const std::string request = venue().book.snapshot_request(symbol);
      const bool posts = request.starts_with("POST /");
      EXPECT_TRUE(posts || request.starts_with('/')) << request;
      EXPECT_EQ(request.find_first_of(posts ? "\r\n" : " \"\r\n"), std::string::npos) << request;
      const std::size_t body = request.find_first_of("{[");
      if (posts && body != std::string::npos) expect_whole(request.substr(body));
    }
  }
  expect_whole(std::string(venue().limits.ping.empty() ? "-" : venue().limits.ping));
}

}  // namespace
}  // namespace md::conformance
