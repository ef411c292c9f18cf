// Kraken spot v2, the server's side: subscribe and unsubscribe with one acknowledgement per symbol,
// ping, heartbeat.
#include <algorithm>
#include <string>

#include "sim/client_json.hpp"
#include "sim/target.hpp"
#include "sim/venue_wires.hpp"

namespace md::sim {
namespace {

std::optional<Type> type_of(std::string_view channel) {
  if (channel == "trade") return Type::trade;
  if (channel == "book") return Type::book_change;
  if (channel == "ticker") return Type::book_ticker;
  return std::nullopt;
}

constexpr int kDepths[] = {10, 25, 100, 500, 1000};
// Times of day are the caller's affair, so these two are always the same.
constexpr std::string_view kTimes =
    R"("time_in":"2024-01-01T00:00:00.000000Z","time_out":"2024-01-01T00:00:00.000001Z")";

class KrakenWire final : public Wire {
 public:
  explicit KrakenWire(std::span<const std::string> symbols) : symbols_(symbols) {}

  bool on_open(std::string_view target, Talk& out) override {
    if (parse_target(target).path != "/v2") return false;
    out.answers.emplace_back(
        R"({"channel":"status","type":"update","data":[{"system":"online","api_version":"v2",)"
        R"("connection_id":13849,"version":"2.0.9"}]})");
    return true;
  }

  void on_text(std::string_view text, Talk& out) override {
    const auto message = json_.object(text);
    if (!message) {
      out.answers.emplace_back(R"({"error":"Malformed message","success":false})");
      return;
    }
    std::string id = json_copy(*message, "req_id", "");
    if (!id.empty()) id = R"(,"req_id":)" + id;
    const std::string method(json_text(*message, "method"));
    const bool enter = method == "subscribe";
    if (method == "ping") {
      out.answers.push_back(R"({"method":"pong",)" + std::string(kTimes) + id + "}");
    } else if (enter || method == "unsubscribe") {
      const auto parameters = (*message)["params"];
      const std::string channel(json_text(parameters, "channel"));
      each_json_text(parameters, "symbol", [&](std::string_view symbol) {
        change(enter, channel, symbol, depth_of(parameters), id, out);
      });
    } else {
      out.answers.push_back(R"({"error":"Method not supported","success":false)" + id + "}");
    }
  }

  std::string_view heartbeat() const override { return R"({"channel":"heartbeat"})"; }

  std::optional<Stream> stream_of(std::string_view frame) override {
    const auto message = json_.object(frame);
    if (!message) return std::nullopt;
    const auto type = type_of(json_text(*message, "channel"));
    if (!type) return std::nullopt;
    return Stream{*type, std::string(json_text((*message)["data"].at(0), "symbol"))};
  }

 private:
  static int depth_of(const simdjson::simdjson_result<simdjson::dom::element>& parameters) {
    std::int64_t depth = 0;
    if (parameters["depth"].get(depth) != simdjson::SUCCESS) return kDepths[0];
    return static_cast<int>(std::clamp<std::int64_t>(depth, 0, INT32_MAX));
  }

  void change(bool enter, const std::string& channel, std::string_view symbol, int depth,
              const std::string& id, Talk& out) const {
    const auto type = type_of(channel);
    const std::string method = enter ? "subscribe" : "unsubscribe";
    const bool is_book = type == Type::book_change;
    const char* refusal = nullptr;
    if (!type) {
      refusal = "Channel not supported";
    } else if (is_book &&
               std::find(std::begin(kDepths), std::end(kDepths), depth) == std::end(kDepths)) {
      refusal = "Depth not supported";
    } else if (!symbols_.empty() &&
               std::find(symbols_.begin(), symbols_.end(), symbol) == symbols_.end()) {
      refusal = "Currency pair not supported";
    }
    if (refusal != nullptr) {
      out.answers.push_back(R"({"method":")" + method + R"(","success":false,"error":)" +
                            json_quote(std::string(refusal) + " " + std::string(symbol)) +
                            R"(,"symbol":)" + json_quote(symbol) + "," + std::string(kTimes) + id +
                            "}");
      return;
    }
    std::string result = R"({"channel":")" + channel + R"(","symbol":)" + json_quote(symbol);
    if (is_book) result += R"(,"depth":)" + std::to_string(depth);
    if (enter) result += is_book ? R"(,"snapshot":true)" : R"(,"snapshot":false)";
    out.answers.push_back(R"({"method":")" + method + R"(","result":)" + result +
                          R"(},"success":true,)" + std::string(kTimes) + id + "}");
    (enter ? out.subscribe : out.unsubscribe)
        .push_back({*type, std::string(symbol), is_book ? depth : 0});
  }

  std::span<const std::string> symbols_;
  ClientJson json_;
};

}  // namespace

std::unique_ptr<Wire> make_kraken_wire(std::span<const std::string> symbols) {
  return std::make_unique<KrakenWire>(symbols);
}

}  // namespace md::sim
