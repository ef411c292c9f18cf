// Binance spot and USD-M futures, the server's side: SUBSCRIBE, UNSUBSCRIBE, LIST_SUBSCRIPTIONS,
// and streams named in the URL. Every well-formed name is acknowledged, also one that will never
// deliver, as the venue does.
#include <algorithm>
#include <string>
#include <utility>

#include "base/symbol.hpp"
#include "sim/client_json.hpp"
#include "sim/target.hpp"
#include "sim/venue_wires.hpp"

namespace md::sim {
namespace {

// Futures carry some channels on /public and the others on /market, and are silent about those of
// the wrong path.
enum class Part : std::uint8_t { all, book_side, market_side };

struct Channel {
  std::string_view name;  // what stands between the symbol's '@' and the next one
  Type type;
  Part part;  // where futures have it
};
constexpr Channel kChannels[] = {
    {"trade", Type::trade, Part::book_side},
    {"aggTrade", Type::trade, Part::market_side},
    {"depth", Type::book_change, Part::book_side},
    {"bookTicker", Type::book_ticker, Part::book_side},
    {"markPrice", Type::derivative_ticker, Part::market_side},
    {"ticker", Type::derivative_ticker, Part::market_side},
    {"forceOrder", Type::liquidation, Part::market_side},
};

class BinanceWire final : public Wire {
 public:
  explicit BinanceWire(bool futures) : futures_(futures) {}

  bool on_open(std::string_view text, Talk& out) override {
    const Target target = parse_target(text);
    std::string_view path = target.path;
    if (futures_) {
      part_ = Part::book_side;  // a connection without a path is as one to /public
      if (path.starts_with("/public/")) path.remove_prefix(7);
      if (path.starts_with("/market/")) {
        path.remove_prefix(7);
        part_ = Part::market_side;
      }
    }
    if (path != "/stream") return false;
    std::string_view names = target.parameter("streams").value_or("");
    while (!names.empty()) {
      const auto end = names.find('/');
      if (end != 0) subscribe(names.substr(0, end), out);
      names = end == names.npos ? std::string_view{} : names.substr(end + 1);
    }
    return true;
  }

  void on_text(std::string_view text, Talk& out) override {
    const auto message = json_.object(text);
    if (!message) {
      out.answers.emplace_back(R"({"error":{"code":3,"msg":"Invalid JSON"}})");
      return;
    }
    const std::string id = json_copy(*message, "id");
    const std::string_view method = json_text(*message, "method");
    std::string result = "null";
    if (method == "SUBSCRIBE") {
      each_json_text(*message, "params", [&](std::string_view name) { subscribe(name, out); });
    } else if (method == "UNSUBSCRIBE") {
      each_json_text(*message, "params", [&](std::string_view name) { unsubscribe(name, out); });
    } else if (method == "LIST_SUBSCRIPTIONS") {
      result = "[";
      for (const std::string& name : names_)
        (result += result.size() > 1 ? "," : "") += json_quote(name);
      result += "]";
    } else {
      out.answers.push_back(R"({"error":{"code":2,"msg":"Invalid request: unknown method"},"id":)" +
                            id + "}");
      return;
    }
    out.answers.push_back(R"({"result":)" + result + R"(,"id":)" + id + "}");
  }

  // https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams (read 2026-11-20);
  // the combined form is that of all its frames.
  std::string shutdown_notice(Micros venue_time) const override {
    if (futures_) return {};
    return R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":)" +
           std::to_string(venue_time / 1000) + "}}";
  }

 private:
  void subscribe(std::string_view name, Talk& out) {
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) names_.emplace_back(name);
    if (auto stream = stream_named(name)) out.subscribe.push_back(*std::move(stream));
  }

  void unsubscribe(std::string_view name, Talk& out) {
    std::erase(names_, name);
    if (auto stream = stream_named(name)) out.unsubscribe.push_back(*std::move(stream));
  }

  // "btcusdt@depth@100ms", "!forceOrder@arr". Upper-case names are acknowledged and then silent.
  std::optional<Stream> stream_named(std::string_view name) const {
    const bool all = name.starts_with('!');
    const auto at = name.find('@');
    if (at == name.npos) return std::nullopt;
    std::string_view channel = all ? name.substr(1, at - 1) : name.substr(at + 1);
    channel = channel.substr(0, channel.find('@'));
    const std::string_view symbol = all ? std::string_view{} : name.substr(0, at);
    if (to_lower(symbol) != symbol) return std::nullopt;
    for (const Channel& known : kChannels) {
      if (known.name != channel) continue;
      if (futures_ && known.part != part_) return std::nullopt;
      return Stream{known.type, to_upper(symbol)};
    }
    return std::nullopt;
  }

  bool futures_;
  Part part_ = Part::all;
  std::vector<std::string> names_;
  ClientJson json_;
};

}  // namespace

std::unique_ptr<Wire> make_binance_wire() { return std::make_unique<BinanceWire>(false); }
std::unique_ptr<Wire> make_binance_futures_wire() { return std::make_unique<BinanceWire>(true); }

}  // namespace md::sim
