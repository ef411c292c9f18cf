// Independent Reserve (Australia, New Zealand, Singapore): spot.
// https://github.com/independentreserve/websockets/blob/master/orderbook-ticker.md (read
// 2026-11-20)
//
// The book is sent order by order, a channel for each base currency: an order stands in the books
// of all quote currencies, at a converted price. Levels are summed up here.
//   1. subscribe, and remember what becomes of orders;  2. GET GetAllOrders of each market;  3. it
//   has no number, so orders tell whether they are in it: one that is known already is not counted
//   again, one that was cancelled is left out, a volume heard on the stream is the newer one;
//   4. the channel's Nonce grows by exactly 1: behind a hole, all books of the base begin anew;
//   5. a lower Nonce is a restart of the server: connect again.
// There are no channels of best prices. A Trade names the prices in several currencies, or one and
// its Pair (as in 2022): of several, nothing says which it was made in. That Side is the taker's is
// not said either. Trades' Nonce has no holes in a base.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <map>

#include "base/symbol.hpp"
#include "codec/json.hpp"
#include "venue/history.hpp"
#include "venue/registry.hpp"
#include "venue/rows.hpp"
#include "venue/subscribe.hpp"
#include "venue/support.hpp"

namespace md::venue {
namespace {

namespace json = codec::json;

constexpr std::string_view kId = "independent-reserve";
constexpr std::array<std::string_view, 4> kQuotes = {"aud", "usd", "nzd", "sgd"};

// Of one order or trade.
using Prices = std::array<std::optional<Decimal>, kQuotes.size()>;

std::size_t quote_index(std::string_view code) {
  const std::string lower = to_lower(code);
  return static_cast<std::size_t>(std::ranges::find(kQuotes, lower) - kQuotes.begin());
}

std::string symbol_of(std::string_view base, std::size_t quote) {
  return fmt::format("{}-{}", base, kQuotes[quote]);
}
std::string_view base_of(std::string_view symbol) { return split_first(symbol, '-').before; }

std::string snapshot_request(std::string_view symbol) {
  const Halves codes = split_first(symbol, '-');
  return fmt::format("/Public/GetAllOrders?primaryCurrencyCode={}&secondaryCurrencyCode={}",
                     percent_encode(codes.before), percent_encode(codes.behind));
}

// The latest 50 of a market: there is no way to ask for others.
std::string missing_trades(const TradeHole& hole) {
  const Halves codes = split_first(hole.symbol, '-');
  return fmt::format(
      "/Public/GetRecentTrades?primaryCurrencyCode={}&secondaryCurrencyCode={}"
      "&numberOfRecentTradesToRetrieve=50",
      percent_encode(codes.before), percent_encode(codes.behind));
}

constexpr Channel kChannels[] = {
    {Type::trade, "ticker", {}, nullptr, {}, base_of},
    {Type::book_change, "orderbook", {}, nullptr, {}, base_of},
};
// No limits are published.
constexpr Subscribing kSubscribing{.url = "wss://websockets.independentreserve.com",
                                   .channels = kChannels,
                                   .argument = R"("$channel-$symbol")",
                                   .subscribe = R"({"Event":"Subscribe","Data":[$arguments]})",
                                   .unsubscribe = {},
                                   .streams_per_connection = 200,
                                   .arguments_per_request = 50};

Decimal minus(const Decimal& number) { return {-number.mantissa(), number.scale()}; }

// The orders of one base currency, and the levels that they make in each quote currency's book. Its
// members give false where a sum does not fit a Decimal.
class Orders {
 public:
  struct Book {
    bool is_live = false;                   // its snapshot came
    std::map<Decimal, Decimal> bids, asks;  // price to amount
    std::vector<Level> changed_bids, changed_asks;
  };

  std::array<Book, kQuotes.size()>& books() { return books_; }

  // Takes what was not known of an order.
  bool add(std::string_view guid, bool is_bid, const Prices& prices, const Decimal& volume) {
    Order& order = entry(orders_, guid);
    order.is_bid = is_bid;
    if (!order.volume) order.volume = volume;
    for (std::size_t i = 0; i < prices.size(); ++i) {
      if (!prices[i] || order.prices[i]) continue;
      order.prices[i] = prices[i];
      if (!change(i, order, *order.volume)) return false;
    }
    return true;
  }

  // What is left of an order, be it one that was not told of yet; 0 = nothing.
  bool set_volume(std::string_view guid, const Decimal& volume) {
    Order& order = entry(orders_, guid);
    const auto difference = md::add(volume, minus(order.volume.value_or(Decimal{})));
    if (!difference) return false;
    if (volume.is_zero() && !(order.volume && order.volume->is_zero())) forget_later(guid);
    order.volume = volume;
    for (std::size_t i = 0; i < order.prices.size(); ++i) {
      if (order.prices[i] && !change(i, order, *difference)) return false;
    }
    return true;
  }

 private:
  struct Order {
    bool is_bid = false;
    std::optional<Decimal> volume;
    Prices prices;
  };

  bool change(std::size_t quote, const Order& order, const Decimal& difference) {
    if (difference.is_zero()) return true;
    Book& book = books_[quote];
    std::map<Decimal, Decimal>& side = order.is_bid ? book.bids : book.asks;
    const auto level = side.try_emplace(*order.prices[quote]).first;
    const auto amount = md::add(level->second, difference);
    if (!amount) return false;
    (order.is_bid ? book.changed_bids : book.changed_asks).push_back({level->first, *amount});
    level->second = *amount;
    if (amount->is_zero()) side.erase(level);
    return true;
  }

  // Orders that are gone are kept for the snapshots under way, which may still have them.
  void forget_later(std::string_view guid) {
    gone_.emplace_back(guid);
    if (gone_.size() <= kMaxGone) return;
    orders_.erase(gone_.front());
    gone_.pop_front();
  }

  static constexpr std::size_t kMaxGone = 16384;

  BySymbol<Order> orders_;  // by guid
  std::deque<std::string> gone_;
  std::array<Book, kQuotes.size()> books_;
};

class IndependentReserveSession final : public Session {
 public:
  Result<FrameKind> on_frame(const Frame& frame, Sink& out) override {
    event_ = channel_ = nonce_ = type_ = {};
    row_ = {};
    prices_ = {};
    channels_.clear();
    const auto read = [this](json::Key key, json::Value& value) { return read_root(key, value); };
    if (!parser_.read_object(frame.data, read)) return not_an_object(kId, frame.data);
    if (event_ == "NewOrder" || event_ == "OrderChanged" || event_ == "OrderCanceled")
      return on_order(out);
    if (event_ == "Trade") return on_trade(out);
    if (event_ == "Heartbeat") return FrameKind::heartbeat;
    if (event_ == "Subscriptions") return on_subscriptions(out);
    return event_ == "Error" ? FrameKind::error : FrameKind::unknown;
  }

  Result<FrameKind> on_reply(const Reply& reply, Sink& out) override {
    if (reply.status != 200) return FrameKind::error;
    const std::string_view what = last_component(reply.request);
    if (what.starts_with("GetValid")) return FrameKind::markets;
    if (what == "GetRecentTrades") return on_recent_trades(reply, out);
    if (what != "GetAllOrders") return FrameKind::unknown;
    if (!read_orders(reply.data)) return malformed(kId, "broken GetAllOrders answer");
    return FrameKind::data;
  }

  void on_orders(const Reply& reply, Sink& out) override {
    const auto base = bases_.find(to_lower(query_value(reply.request, "primaryCurrencyCode")));
    const std::size_t quote = quote_index(query_value(reply.request, "secondaryCurrencyCode"));
    if (base == bases_.end() || quote == kQuotes.size() || reply.status != 200) return;
    if (last_component(reply.request) != "GetAllOrders" || !read_orders(reply.data)) return;
    Orders& orders = base->second.orders;
    for (const Resting& resting : resting_) {
      Prices prices;
      prices[quote] = resting.level.price;
      if (!orders.add(resting.guid, resting.is_bid, prices, resting.level.amount)) return;
    }
    Orders::Book& book = orders.books()[quote];
    book.is_live = true;
    const auto best_first = [](auto begin, auto end) {
      std::vector<Level> levels;
      for (; begin != end; ++begin) levels.push_back({begin->first, begin->second});
      return levels;
    };
    const std::string symbol = symbol_of(base->first, quote);
    out.on_book({symbol,
                 0,
                 true,
                 best_first(book.bids.rbegin(), book.bids.rend()),
                 best_first(book.asks.begin(), book.asks.end()),
                 {},
                 base->second.nonce,
                 {}});
  }

 private:
  struct Resting {
    std::string_view guid;
    bool is_bid;
    Level level;
  };
  struct Base {
    Seq nonce;
    Orders orders;
  };

  // ---- reading ----

  bool read_root(json::Key key, json::Value& value) {
    if (key == "Event") return value.text(event_);
    if (key == "Channel") return value.text(channel_);
    if (key == "Nonce") return value.text(nonce_);
    if (key == "Time") return value.text(row_.time);
    if (!(key == "Data")) return true;
    if (value.is_object())
      return value.object([this](json::Key k, json::Value& v) { return read_field(k, v); });
    return !value.is_array() || value.array([this](json::Value& channel) {
      return channel.text(channels_.emplace_back());
    });
  }

  bool read_field(json::Key key, json::Value& value) {
    if (key == "OrderGuid" || key == "TradeGuid") return value.text(row_.id);
    if (key == "OrderType") return value.text(type_);
    if (key == "Volume") return value.text(row_.amount);
    if (key == "Side") return value.text(row_.side);
    if (key == "Pair") return value.text(row_.symbol);
    if (key == "TradeDate") return value.text(row_.time);
    if (!(key == "Price")) return true;
    if (!value.is_object()) return value.text(row_.price);
    return value.object([this](json::Key currency, json::Value& price) {
      const std::size_t quote = quote_index(currency.text());
      return quote == kQuotes.size() ||
             (price.text(row_.price) && price.decimal(prices_[quote].emplace()));
    });
  }

  // {"BuyOrders":[{"Guid":..,"Price":..,"Volume":..}, ...],"SellOrders":[..],..}
  bool read_orders(std::string_view data) {
    resting_.clear();
    int sides = 0;
    return parser_.read_object(data, [&](json::Key key, json::Value& value) {
      const bool is_bid = key == "BuyOrders";
      if (!is_bid && !(key == "SellOrders")) return true;
      ++sides;
      return value.array([&](json::Value& order) {
        Resting& resting = resting_.emplace_back();
        resting.is_bid = is_bid;
        int found = 0;
        return order.object([&](json::Key name, json::Value& field) {
          if (name == "Guid") return ++found, field.text(resting.guid);
          if (name == "Price") return ++found, field.decimal(resting.level.price);
          if (name == "Volume") return ++found, field.decimal(resting.level.amount);
          return true;
        }) && found == 3;
      });
    }) && sides == 2;
  }

  // ---- meaning ----

  // The channels that this connection carries now.
  Result<FrameKind> on_subscriptions(Sink& out) {
    for (const std::string_view channel : channels_) {
      const Halves name = split_first(channel, '-');
      if (name.before == "orderbook") base(name.behind, out);
    }
    return FrameKind::ack;
  }

  // A base's state; a new one asks for the books of all its markets.
  Base& base(std::string_view code, Sink& out) {
    const auto found = bases_.find(code);
    if (found != bases_.end()) return found->second;
    for (std::size_t i = 0; i < kQuotes.size(); ++i)
      out.on_request(
          {Request::Kind::fetch, snapshot_request(symbol_of(code, i)), Urgency::first_book});
    return bases_[std::string(code)];
  }

  Result<FrameKind> on_order(Sink& out) {
    const std::string_view code = split_first(channel_, '-').behind;
    std::int64_t nonce;
    Decimal volume;  // 0 of an order that was cancelled
    if (code.empty() || row_.id.empty() || !read_integer(nonce_, nonce) ||
        (event_ != "OrderCanceled" && !Decimal::parse_padded(row_.amount, volume))) {
      return malformed(kId, "order event lacks Channel, Nonce, OrderGuid or Volume");
    }
    const bool is_bid = type_ == "LimitBid";
    if (event_ == "NewOrder" && !is_bid && type_ != "LimitOffer")
      return malformed(kId, "NewOrder lacks OrderType");
    Base& base = this->base(code, out);
    if (base.nonce && nonce != integer_after(*base.nonce)) lose_books(code, base, nonce, out);
    base.nonce = nonce;
    row_.seq = nonce_;
    for (Orders::Book& book : base.orders.books()) {
      book.changed_bids.clear();
      book.changed_asks.clear();
    }
    const bool fits = event_ == "NewOrder" ? base.orders.add(row_.id, is_bid, prices_, volume)
                                           : base.orders.set_volume(row_.id, volume);
    if (!fits) return malformed(kId, "order event with an absurd number");
    FrameKind kind = FrameKind::empty;
    for (std::size_t i = 0; i < kQuotes.size(); ++i) {
      const Orders::Book& book = base.orders.books()[i];
      if (!book.is_live) continue;
      const std::string symbol = symbol_of(code, i);
      row_.symbol = symbol;
      MD_TRY(kind, give_book(kId, row_, false, book.changed_bids, book.changed_asks, out,
                             integer_before(nonce)));
    }
    return kind;
  }

  // Each live book is told the number behind the hole: it shows the gap and asks for its orders. Of
  // a lower number it would think that it had it already.
  static void lose_books(std::string_view code, Base& base, std::int64_t nonce, Sink& out) {
    const bool is_restart = nonce <= *base.nonce;
    for (std::size_t i = 0; i < kQuotes.size(); ++i) {
      if (!base.orders.books()[i].is_live) continue;
      const std::string symbol = symbol_of(code, i);
      if (is_restart) {
        out.on_event(
            {{}, symbol, 0, 0, Gap{Type::book_change, base.nonce, nonce, GapReason::sequence, {}}});
      } else {
        out.on_book({symbol, 0, false, {}, {}, integer_before(nonce), nonce, {}});
      }
    }
    base.orders = {};
    if (is_restart) out.on_request({Request::Kind::reconnect, "Nonce began anew"});
  }

  Result<FrameKind> on_trade(Sink& out) {
    const std::string_view code = split_first(channel_, '-').behind;
    std::int64_t nonce;
    if (code.empty() || !read_integer(nonce_, nonce))
      return malformed(kId, "Trade lacks Channel or Nonce");
    if (!give_trade_gap(code, nonce, out))
      return malformed(kId, "Trade lacks Price, Volume or Side");
    std::string symbol{row_.symbol};
    if (symbol.empty()) {
      const auto is_there = [](const std::optional<Decimal>& price) { return price.has_value(); };
      if (std::ranges::count_if(prices_, is_there) != 1) return FrameKind::unknown;
      const auto price = std::ranges::find_if(prices_, is_there);
      symbol = symbol_of(code, static_cast<std::size_t>(price - prices_.begin()));
    }
    row_.symbol = symbol;
    return give_trade(kId, row_, out);
  }

  // {"Trades":[{"TradeTimestampUtc":..,"PrimaryCurrencyAmount":..,"SecondaryCurrencyTradePrice":..,
  //   "TradeGuid":..,"Taker":"Bid"},..],..}
  static Result<FrameKind> on_recent_trades(const Reply& reply, Sink& out) {
    const std::string symbol =
        fmt::format("{}-{}", query_value(reply.request, "primaryCurrencyCode"),
                    query_value(reply.request, "secondaryCurrencyCode"));
    return give_trade_list(
        kId, reply, "Trades", symbol, out, [](json::Key key, json::Value& value, Row& row) {
          if (key == "TradeGuid") return value.text(row.id);
          if (key == "TradeTimestampUtc") return value.text(row.time);
          if (key == "PrimaryCurrencyAmount") return value.text(row.amount);
          if (key == "SecondaryCurrencyTradePrice") return value.text(row.price);
          if (!(key == "Taker")) return true;
          if (!value.text(row.side)) return false;
          row.side = row.side == "Bid" ? "buy" : row.side == "Offer" ? "sell" : "unknown";
          return true;
        });
  }

  // A hole says what is missing before the trade in hand, of any market of the channel; nothing of
  // a broken one.
  bool give_trade_gap(std::string_view code, std::int64_t nonce, Sink& out) {
    Decimal number;
    if (!Decimal::parse_padded(row_.price, number) || !Decimal::parse_padded(row_.amount, number) ||
        row_.side.empty()) {
      return false;
    }
    std::int64_t& last = entry(trade_nonces_, channel_, integer_before(nonce));
    if (nonce > integer_after(last)) {
      std::vector<std::string> symbols{std::string(code)};  // of 2022: ticker-eth-aud
      if (code.find('-') == std::string_view::npos) {
        symbols.clear();
        for (std::size_t i = 0; i < kQuotes.size(); ++i) symbols.push_back(symbol_of(code, i));
      }
      const std::vector<std::string_view> names{symbols.begin(), symbols.end()};
      out.on_event({{}, {}, 0, 0, Gap{Type::trade, last, nonce, GapReason::sequence, names}});
    }
    last = nonce;
    return true;
  }

  json::Parser parser_;
  std::string_view event_, channel_, nonce_, type_;
  Row row_;
  Prices prices_{};
  std::vector<std::string_view> channels_;
  std::vector<Resting> resting_;  // of a snapshot
  BySymbol<Base> bases_;
  BySymbol<std::int64_t> trade_nonces_;  // by channel
};

// ["Xbt","Eth",...]: the base currencies; each has a market in every quote currency.
Result<void> read_markets(std::string_view data, std::vector<Market>& out) {
  json::Parser parser;
  std::vector<std::string> bases;
  const bool read = parser.read_array(data, [&](json::Value& value) {
    std::string_view code;
    if (!value.is_string() || !value.text(code) || code.empty()) return false;
    bases.push_back(to_lower(code));
    return true;
  });
  if (!read) return malformed(kId, "broken currency list");
  for (const std::string& base : bases) {
    for (std::size_t i = 0; i < kQuotes.size(); ++i) {
      Market& market = out.emplace_back();
      market.symbol = symbol_of(base, i);
      market.base = to_upper(base);
      market.quote = to_upper(kQuotes[i]);
      market.kind = "spot";
    }
  }
  return {};
}

constexpr std::string_view kMarketLists[] = {"/Public/GetValidPrimaryCurrencyCodes"};

}  // namespace

const Venue independent_reserve{
    .id = "independent-reserve",
    .ws_url = kSubscribing.url,
    .rest_url = "https://api.independentreserve.com",
    .types = {Type::trade, Type::book_change},
    // One heartbeat a minute.
    .limits = {.send_interval_ms = 200, .silence_ms = 90'000, .rest_interval_ms = 1000},
    .book = {.snapshot = BookRule::Snapshot::rest, .snapshot_request = snapshot_request},
    .book_merge = BookMerge::chain,
    .trade_ids = TradeIds::unique,
    .trade_history = {.request = missing_trades},
    .market_lists = kMarketLists,
    .connections = [](const Subscription& s) { return connections(kSubscribing, s); },
    .read_markets = read_markets,
    .session = []() -> std::unique_ptr<Session> {
      return std::make_unique<IndependentReserveSession>();
    },
};

}  // namespace md::venue
