#include "sim/synthetic.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/symbol.hpp"
#include "sim/conversation.hpp"
#include "venue/registry.hpp"

namespace md::sim {
namespace {

constexpr Micros kPoll = 1000;      // how often a client looks whether the others have moved on
constexpr int kMostPerTurn = 1024;  // messages generated before other clients get their turn
constexpr std::size_t kMostPerMessage = 8;  // frames of one message: one for each depth of a book

std::int64_t send_interval_ms(std::string_view id) {
  const venue::Venue* const venue = venue::find(id);
  return venue == nullptr ? 0 : venue->limits.send_interval_ms;
}

}  // namespace

Result<Listing> parse_listing(std::string_view text, bool listed,
                              const std::vector<std::string>& symbols) {
  const auto fail = [&](std::string_view why) {
    return Error{.code = Errc::usage,
                 .message = std::string(why) + ": '" + std::string(text) + "'"};
  };
  const auto at = text.rfind('@');
  if (at == text.npos) return fail("a listing is SYMBOL@SECONDS");
  const std::string name = to_upper(text.substr(0, at));
  const auto found = std::find_if(symbols.begin(), symbols.end(), [&](const std::string& symbol) {
    return to_upper(symbol) == name;
  });
  if (found == symbols.end()) return fail("not a symbol of the market");
  double seconds = 0;
  const std::string_view number = text.substr(at + 1);
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), seconds);
  if (error != std::errc{} || end != number.data() + number.size() ||
      !(seconds >= 0 && seconds <= 1e9))
    return fail("a listing is SYMBOL@SECONDS");
  return Listing{static_cast<std::size_t>(found - symbols.begin()),
                 static_cast<Micros>(seconds * static_cast<double>(kSecond)), listed};
}

class SyntheticClient final : public Conversation {
 public:
  SyntheticClient(SyntheticExchange& exchange, std::unique_ptr<Wire> wire)
      : Conversation(std::move(wire), send_interval_ms(exchange.venue_.venue)),
        exchange_(exchange),
        wanted_(exchange.market_.symbols()) {
    exchange_.clients_.push_back(this);
  }
  ~SyntheticClient() override { std::erase(exchange_.clients_, this); }

  bool ready() const { return ready_; }
  bool listening() const { return subscribed(); }
  std::uint64_t position() const { return position_; }

 protected:
  void enter(const Stream& stream) override {
    const auto symbol = symbol_index(stream.symbol);
    if (!symbol) return;  // of a symbol that does not exist: acknowledged, and silent for ever
    if (!subscribed()) position_ = exchange_.head_;
    wanted_[*symbol][static_cast<std::size_t>(stream.type)] = {true, stream.depth, exchange_.head_};
    if (stream.type == Type::book_change) {
      auto& depths = exchange_.book_depths_[*symbol];
      if (std::find(depths.begin(), depths.end(), stream.depth) == depths.end())
        depths.push_back(stream.depth);
    }
    Buffer first;
    if (exchange_.venue_.dialect->begin_stream(exchange_.market_, *symbol, stream, first)) {
      say(std::string(first.view()), stream.type);
    }
  }

  void leave(const Stream& stream) override {
    if (const auto symbol = symbol_index(stream.symbol)) {
      wanted_[*symbol][static_cast<std::size_t>(stream.type)].on = false;
    }
  }

  Next next_frame(Micros now, Buffer& frame) override {
    if (!ready_) {
      ready_ = true;
      exchange_.begin_if_all_there(now);
    }
    if (!exchange_.begun_) return Next::wait(now + kPoll);
    if (position_ < exchange_.oldest()) return Next::close(1008, "too slow");
    for (int made = 0;;) {
      while (position_ < exchange_.head_) {
        const auto& slot = exchange_.ring_[position_ % SyntheticExchange::kRing];
        const auto& wanted = wanted_[slot.symbol][static_cast<std::size_t>(slot.type)];
        const bool mine = wanted.on && wanted.depth == slot.depth && position_ >= wanted.since;
        ++position_;
        if (!mine) continue;
        frame.append(slot.text);
        return Next::frame(slot.type);
      }
      if (exchange_.over()) return Next::close(1000, "end of the market");
      if (++made > kMostPerTurn) return Next::wait(now);
      if (!exchange_.produce(now)) return Next::wait(exchange_.next_due(now));
    }
  }

 private:
  struct Wanted {
    bool on = false;
    int depth = 0;
    std::uint64_t since = 0;  // what was in the ring before is part of the stream's beginning
  };

  std::optional<std::size_t> symbol_index(std::string_view name) const {
    const auto& symbols = exchange_.venue_.symbols;
    const auto found = std::find(symbols.begin(), symbols.end(), name);
    const auto index = static_cast<std::size_t>(found - symbols.begin());
    if (found == symbols.end() || !exchange_.market_.listed(index)) return std::nullopt;
    return index;
  }

  SyntheticExchange& exchange_;
  std::vector<std::array<Wanted, kTypes>> wanted_;  // by symbol and type
  std::uint64_t position_ = 0;                      // in the ring
  bool ready_ = false;  // has subscribed, and waits for the market to begin
};

SyntheticExchange::SyntheticExchange(VenueMarket venue, const SyntheticOptions& options)
    : venue_(std::move(venue)),
      options_(options),
      market_([&] {
        MarketOptions market = options.market;
        market.symbols = venue_.symbols;
        return market;
      }()),
      ring_(kRing),
      book_depths_(venue_.symbols.size()) {
  std::stable_sort(options_.listings.begin(), options_.listings.end(),
                   [](const Listing& a, const Listing& b) { return a.at > b.at; });
  // The earliest, which come last, decide how it begins.
  for (const Listing& listing : options_.listings) market_.list(listing.symbol, !listing.listed);
}

SyntheticExchange::~SyntheticExchange() = default;

HttpAnswer SyntheticExchange::get(std::string_view target, Micros) {
  return venue_.dialect->get(market_, target);
}

HttpAnswer SyntheticExchange::get_past(std::string_view target) {
  return venue_.dialect->get(past_ ? past_->first : market_, target);
}

void SyntheticExchange::keep_past(Micros age) {
  past_age_ = std::max(past_age_, age);
  past_.emplace(market_, market_);
}

std::unique_ptr<Client> SyntheticExchange::connect(std::string_view target, Micros now) {
  auto client = std::make_unique<SyntheticClient>(*this, make_wire(venue_.venue, venue_.symbols));
  if (!client->open(target, now)) return nullptr;
  return client;
}

bool SyntheticExchange::tick(Micros now) {
  if (!begun_) return true;
  // The market goes on without clients; those who come back find it where it is.
  if (options_.pace.speed) {
    while (produce(now)) {
    }
  }
  if (past_ && now >= past_since_ + past_age_) {
    past_->first = std::exchange(past_->second, market_);
    past_since_ = now;
  }
  const bool alone = std::none_of(clients_.begin(), clients_.end(),
                                  [](const auto* client) { return client->listening(); });
  if (!alone) last_seen_ = now;
  if (over()) return !alone;
  return options_.pace.speed || now - last_seen_ < kLinger;
}

void SyntheticExchange::begin_if_all_there(Micros now) {
  if (begun_) return;
  const auto ready = std::count_if(clients_.begin(), clients_.end(),
                                   [](const auto* client) { return client->ready(); });
  if (ready < options_.clients) return;
  begun_ = true;
  began_ = last_seen_ = now;
}

bool SyntheticExchange::produce(Micros now) {
  if (over() || !begun_) return false;
  if (options_.pace.speed) {
    if (next_due(now) > now) return false;
  } else {
    for (const SyntheticClient* client : clients_) {
      if (client->listening() && client->position() + kRing < head_ + kMostPerMessage) return false;
    }
  }
  const Message& message = market_.next();
  ++made_;
  change_list();
  if (!market_.listed(message.symbol)) return true;
  if (message.type == Type::book_change) {
    for (const int depth : book_depths_[message.symbol]) add_frame(message, depth);
  } else {
    add_frame(message, 0);
  }
  return true;
}

Micros SyntheticExchange::next_due(Micros now) const {
  if (!options_.pace.speed) return now + kPoll;
  return options_.pace.due(began_, market_.time_of(made_) - market_.options().start);
}

void SyntheticExchange::change_list() {
  auto& due = options_.listings;
  for (; !due.empty() && market_.time() - market_.options().start >= due.back().at; due.pop_back())
    market_.list(due.back().symbol, due.back().listed);
}

void SyntheticExchange::add_frame(const Message& message, int depth) {
  frame_.clear();
  if (!venue_.dialect->encode(market_, message, depth, frame_)) return;
  Slot& slot = ring_[head_ % kRing];
  slot.text.assign(frame_.view());
  slot.type = message.type;
  slot.symbol = message.symbol;
  slot.depth = depth;
  ++head_;
}

}  // namespace md::sim
