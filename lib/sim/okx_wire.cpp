// OKX v5, the server's side: op subscribe and unsubscribe with one acknowledgement per argument,
// and the text ping.
#include <string>

#include "sim/client_json.hpp"
#include "sim/target.hpp"
#include "sim/venue_wires.hpp"

namespace md::sim {
namespace {

struct Channel {
  std::string_view name;
  Type type;
  bool business;  // on /business, else on /public
};
constexpr Channel kChannels[] = {
    {"trades", Type::trade, false},
    {"trades-all", Type::trade, true},
    {"books", Type::book_change, false},
    {"bbo-tbt", Type::book_ticker, false},
    {"tickers", Type::derivative_ticker, false},
    {"mark-price", Type::derivative_ticker, false},
    {"index-tickers", Type::derivative_ticker, false},
    {"funding-rate", Type::derivative_ticker, false},
    {"open-interest", Type::derivative_ticker, false},
    {"liquidation-orders", Type::liquidation, false},
};
constexpr std::string_view kConnectionId = "5d1e0c7a";

const Channel* channel_named(std::string_view name) {
  for (const Channel& known : kChannels) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

class OkxWire final : public Wire {
 public:
  bool on_open(std::string_view target, Talk& out) override {
    static_cast<void>(out);
    const std::string path = parse_target(target).path;
    business_ = path == "/ws/v5/business";
    return business_ || path == "/ws/v5/public";
  }

  void on_text(std::string_view text, Talk& out) override {
    if (text == "ping") {
      out.answers.emplace_back("pong");
      return;
    }
    const auto message = json_.object(text);
    const std::string_view op = message ? json_text(*message, "op") : std::string_view{};
    simdjson::dom::array arguments;
    if ((op != "subscribe" && op != "unsubscribe") ||
        (*message)["args"].get(arguments) != simdjson::SUCCESS) {
      refuse("60012", "Illegal request", out);
      return;
    }
    for (simdjson::dom::element argument : arguments) answer(op, argument, out);
  }

  std::string shutdown_notice(Micros) const override {
    return R"({"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade. Please reconnect.","connId":")" +
           std::string(kConnectionId) + R"("})";
  }

  std::optional<Stream> stream_of(std::string_view frame) override {
    const auto message = json_.object(frame);
    if (!message) return std::nullopt;
    const auto argument = (*message)["arg"];
    const Channel* channel = channel_named(json_text(argument, "channel"));
    if (channel == nullptr) return std::nullopt;
    return Stream{channel->type, std::string(json_text(argument, "instId"))};
  }

 private:
  void answer(std::string_view op, simdjson::dom::element argument, Talk& out) const {
    const std::string_view name = json_text(argument, "channel");
    const std::string_view symbol = json_text(argument, "instId");
    const Channel* channel = channel_named(name);
    if (channel == nullptr || channel->business != business_) {
      refuse("60018",
             "Wrong URL or channel:" + std::string(name) + ",instId:" + std::string(symbol) +
                 " doesn't exist",
             out);
      return;
    }
    // Liquidations come for a whole instrument type: no symbol, which is how a Stream says all.
    (op == "subscribe" ? out.subscribe : out.unsubscribe)
        .push_back({channel->type, std::string(symbol)});
    out.answers.push_back(R"({"event":")" + std::string(op) + R"(","arg":)" +
                          simdjson::minify(argument) + R"(,"connId":")" +
                          std::string(kConnectionId) + R"("})");
  }

  static void refuse(std::string_view code, const std::string& why, Talk& out) {
    out.answers.push_back(R"({"event":"error","code":")" + std::string(code) + R"(","msg":)" +
                          json_quote(why) + R"(,"connId":")" + std::string(kConnectionId) +
                          R"("})");
  }

  bool business_ = false;
  ClientJson json_;
};

}  // namespace

std::unique_ptr<Wire> make_okx_wire() { return std::make_unique<OkxWire>(); }

}  // namespace md::sim
