// Coinbase Exchange feed, the server's side: each subscribe or unsubscribe is answered with the
// list of everything the connection is subscribed to.
#include <algorithm>
#include <string>
#include <utility>

#include "sim/client_json.hpp"
#include "sim/target.hpp"
#include "sim/venue_wires.hpp"

namespace md::sim {
namespace {

std::optional<Type> type_of(std::string_view channel) {
  if (channel == "matches") return Type::trade;
  if (channel == "level2" || channel == "level2_batch") return Type::book_change;
  if (channel == "ticker" || channel == "ticker_batch") return Type::book_ticker;
  return std::nullopt;  // heartbeat, status
}

class CoinbaseWire final : public Wire {
 public:
  bool on_open(std::string_view target, Talk& out) override {
    static_cast<void>(out);
    return parse_target(target).path.empty();
  }

  void on_text(std::string_view text, Talk& out) override {
    const auto message = json_.object(text);
    const std::string_view type = message ? json_text(*message, "type") : std::string_view{};
    simdjson::dom::array channels;
    if ((type != "subscribe" && type != "unsubscribe") ||
        (*message)["channels"].get(channels) != simdjson::SUCCESS) {
      out.answers.emplace_back(
          R"({"type":"error","message":"Failed to subscribe","reason":"Malformed JSON or no channels"})");
      return;
    }
    const bool enter = type == "subscribe";
    for (simdjson::dom::element channel : channels) {
      // A channel is an object with its own products, or a name for which those of the message
      // stand.
      std::string_view name;
      if (channel.get(name) == simdjson::SUCCESS) {
        each_json_text(*message, "product_ids",
                       [&](std::string_view product) { change(enter, name, product, out); });
      } else {
        name = json_text(channel, "name");
        const bool own = channel["product_ids"].error() == simdjson::SUCCESS;
        const auto take = [&](std::string_view product) { change(enter, name, product, out); };
        own ? each_json_text(channel, "product_ids", take)
            : each_json_text(*message, "product_ids", take);
      }
    }
    out.answers.push_back(subscriptions());
  }

  std::optional<Stream> stream_of(std::string_view frame) override {
    const auto message = json_.object(frame);
    if (!message) return std::nullopt;
    const std::string_view type = json_text(*message, "type");
    const std::string symbol(json_text(*message, "product_id"));
    if (type == "last_match" || type == "match") return Stream{Type::trade, symbol};
    if (type == "ticker") return Stream{Type::book_ticker, symbol};
    if (type == "snapshot" || type == "l2update") return Stream{Type::book_change, symbol};
    return std::nullopt;
  }

 private:
  using Entry = std::pair<std::string, std::string>;  // channel, product

  void change(bool enter, std::string_view channel, std::string_view product, Talk& out) {
    const Entry entry{channel, product};
    const auto found = std::find(entries_.begin(), entries_.end(), entry);
    if (enter && found == entries_.end()) entries_.push_back(entry);
    if (!enter && found != entries_.end()) entries_.erase(found);
    if (const auto type = type_of(channel)) {
      (enter ? out.subscribe : out.unsubscribe).push_back({*type, std::string(product)});
    }
  }

  std::string subscriptions() const {
    std::vector<Entry> sorted = entries_;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Entry& a, const Entry& b) { return a.first < b.first; });
    std::string out = R"({"type":"subscriptions","channels":[)";
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const bool first_of_channel = i == 0 || sorted[i - 1].first != sorted[i].first;
      if (first_of_channel) {
        out += (i == 0 ? "" : "]},") + (R"({"name":)" + json_quote(sorted[i].first)) +
               R"(,"product_ids":[)";
      } else {
        out += ",";
      }
      out += json_quote(sorted[i].second);
    }
    return out += sorted.empty() ? "]}" : "]}]}";
  }

  std::vector<Entry> entries_;
  ClientJson json_;
};

}  // namespace

std::unique_ptr<Wire> make_coinbase_wire() { return std::make_unique<CoinbaseWire>(); }

}  // namespace md::sim
