#include "harness.hpp"

#include <fmt/format.h>

#include "book/feed.hpp"
#include "venue/session_probe.hpp"

namespace md::fuzz {
namespace {

using venue::Padded;

// A day of 2026: times in seed frames are not far from it.
constexpr Micros kNow = 1'795'168'800 * kSecond;

struct Piece {
  std::string_view request;  // of an answer; empty for a frame
  std::string_view data;
};

template <typename Use>  // void(const Piece&)
void for_each_piece(std::string_view input, Use&& use) {
  for (bool more = true; more;) {
    const std::size_t end = input.find(kCut);
    more = end != std::string_view::npos;
    Piece piece{{}, input.substr(0, end)};
    if (more) input.remove_prefix(end + kCut.size());
    if (piece.data.starts_with(kReply)) {
      const std::size_t line = std::min(piece.data.find('\n'), piece.data.size());
      piece.request = piece.data.substr(kReply.size(), line - kReply.size());
      piece.data = piece.data.substr(std::min(line + 1, piece.data.size()));
    }
    use(piece);
  }
}

// Whether a program that reads our lines would take this for text.
bool is_text(std::string_view text) {
  Buffer line;
  codec::append_event(line, {"x", text, kNow, kNow, Gap{}});
  const Padded padded{line.view().substr(0, line.size() - 1)};
  codec::EventReader reader;
  Event event;
  return reader.read(padded.view(), event) && event.symbol == text;
}

}  // namespace

void Survival::on_event(const Event& event) {
  ++events_;
  if (!problem_.empty()) return;
  written_.clear();
  again_.clear();
  codec::append_event(written_, event);
  const Padded line{written_.view().substr(0, written_.size() - 1)};
  Event read;
  if (!reader_.read(line.view(), read)) {
    problem_ = fmt::format("{}: {}", reader_.error().message, line.view());
    return;
  }
  codec::append_event(again_, read);
  if (again_.view() != written_.view())
    problem_ = fmt::format("written {}read as {}", written_.view(), again_.view());
}

std::string read_recording(const venue::Venue& venue, std::string_view input) {
  Survival out;
  book::Feed feed{venue, {}, out};
  Micros now = kNow;
  for_each_piece(input, [&](const Piece& piece) {
    now += kSecond;
    const Padded data{piece.data};
    if (piece.request.empty()) {
      (void)feed.on_frame(1, {data.view(), now});
    } else {
      (void)feed.on_reply({piece.request, 200, data.view(), now});
    }
  });
  feed.finish(now);
  return out.problem();
}

std::string read_market_lists(const venue::Venue& venue, std::string_view input) {
  std::vector<venue::Market> markets;
  for_each_piece(input, [&](const Piece& piece) {
    const Padded data{piece.data};
    (void)venue.read_markets(data.view(), markets);
    if (venue.next_page != nullptr) (void)venue.next_page(piece.request, data.view());
  });
  for (const venue::Market& market : markets) {
    if (market.symbol.empty()) return "a market without a symbol";
    for (const std::string* text : {&market.symbol, &market.base, &market.quote})
      if (!text->empty() && !is_text(*text))
        return fmt::format("a market's name is no text: {}", *text);
    for (const Decimal& number : {market.tick, market.step, market.contract_size})
      if (Decimal read; !Decimal::parse(number.to_text(), read) || read != number)
        return fmt::format("a market's number does not survive: {}", number.to_text());
  }
  return {};
}

}  // namespace md::fuzz
