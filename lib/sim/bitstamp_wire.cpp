// Bitstamp WebSocket v2, the server's side: one channel per message, acknowledged even if its
// market does not exist.
#include <string>

#include "base/symbol.hpp"
#include "sim/client_json.hpp"
#include "sim/target.hpp"
#include "sim/venue_wires.hpp"

namespace md::sim {
namespace {

struct Channel {
  std::string_view prefix;  // the market follows
  Type type;
};
constexpr Channel kChannels[] = {
    {"live_trades_", Type::trade},       {"diff_order_book_", Type::book_change},
    {"order_book_", Type::book_ticker},  {"funding_rate_", Type::derivative_ticker},
    {"live_orders_", Type::liquidation},
};

std::optional<Stream> stream_named(std::string_view channel) {
  for (const Channel& known : kChannels) {
    if (channel.starts_with(known.prefix)) {
      return Stream{known.type, std::string(channel.substr(known.prefix.size()))};
    }
  }
  return std::nullopt;
}

class BitstampWire final : public Wire {
 public:
  bool on_open(std::string_view target, Talk& out) override {
    static_cast<void>(out);
    return parse_target(target).path.empty();
  }

  void on_text(std::string_view text, Talk& out) override {
    const auto message = json_.object(text);
    if (!message) return refuse("Incorrect JSON format.", out);
    const std::string_view event = json_text(*message, "event");
    if (event == "bts:heartbeat") {
      out.answers.emplace_back(
          R"({"event":"bts:heartbeat","channel":"","data":{"status":"success"}})");
      return;
    }
    const bool enter = event == "bts:subscribe";
    if (!enter && event != "bts:unsubscribe") return refuse("Bad subscription string.", out);
    const std::string_view channel = json_text((*message)["data"], "channel");
    if (channel.empty() || to_lower(channel) != channel || channel.find('/') != channel.npos) {
      return refuse("Bad subscription string.", out);
    }
    if (auto stream = stream_named(channel)) {
      (enter ? out.subscribe : out.unsubscribe).push_back(*std::move(stream));
    }
    out.answers.push_back((enter ? R"({"event":"bts:subscription_succeeded","channel":)"
                                 : R"({"event":"bts:unsubscription_succeeded","channel":)") +
                          json_quote(channel) + R"(,"data":{}})");
  }

  std::optional<Stream> stream_of(std::string_view frame) override {
    const auto message = json_.object(frame);
    return message ? stream_named(json_text(*message, "channel")) : std::nullopt;
  }

 private:
  static void refuse(std::string_view why, Talk& out) {
    out.answers.push_back(R"({"event":"bts:error","channel":"","data":{"code":null,"message":)" +
                          json_quote(why) + "}}");
  }

  ClientJson json_;
};

}  // namespace

std::unique_ptr<Wire> make_bitstamp_wire() { return std::make_unique<BitstampWire>(); }

}  // namespace md::sim
