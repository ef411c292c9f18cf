#include "record/market_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <string_view>

#include "base/buffer.hpp"
#include "codec/json_write.hpp"
#include "net/backoff.hpp"
#include "record/fetcher.hpp"

namespace md::record {
namespace {

constexpr int kMaxPages = 100;  // of one market list

constexpr int kAttempts = 4;
constexpr std::int64_t kFirstRetryMs = 500;
constexpr std::int64_t kLastRetryMs = 5'000;
constexpr std::int64_t kStopPollMs = 50;

// One list: asked until answered, refused for good, or stopped.
class Question {
 public:
  Question(net::Loop& loop, const net::Tls& tls, const net::HttpRequest& request,
           const net::HttpClient::Options& options, const std::atomic<bool>& stop, const Log& log)
      : loop_(loop),
        request_(request),
        stop_(stop),
        log_(log),
        client_(loop, tls, request.url, options),
        retry_(loop),
        poll_(loop),
        backoff_(kFirstRetryMs, kLastRetryMs, std::random_device{}()) {}

  Result<net::HttpReply> answer() {
    watch_stop();
    ask();
    loop_.run();
    return *std::move(result_);
  }

 private:
  void watch_stop() {
    if (stop_) return finish(Error{Errc::temporary, "stopped"});
    poll_.start(kStopPollMs, [this] { watch_stop(); });
  }

  void ask() {
    const auto answered = [this](Result<net::HttpReply> reply) {
      if (reply && reply->ok()) return finish(std::move(reply));
      const int status = reply ? reply->status : 0;
      const std::int64_t hold = reply ? hold_ms(status, reply->retry_after_ms) : 0;
      Error why = status != 0 ? Error{Errc::unavailable,
                                      fmt::format("{}: HTTP {}", request_.text(), status)}
                              : std::move(reply).error();
      // What the venue understood and refused it will refuse again, unless it only asks for
      // patience.
      const bool refused =
          status >= 300 && status < 500 && status != 408 && status != 418 && status != 429;
      if (refused || ++attempts_ == kAttempts) return finish(std::move(why));
      log_.warn(why.message);
      retry_.start(std::max(backoff_.next_ms(), hold), [this] { ask(); });
    };
    if (request_.json.empty()) return client_.get(request_.url.target, answered);
    client_.post(request_.url.target, request_.json, answered);
  }

  void finish(Result<net::HttpReply> result) {
    result_ = std::move(result);
    loop_.stop();
  }

  net::Loop& loop_;
  net::HttpRequest request_;
  const std::atomic<bool>& stop_;
  const Log& log_;
  net::HttpClient client_;
  net::Timer retry_;
  net::Timer poll_;
  net::Backoff backoff_;
  int attempts_ = 0;
  std::optional<Result<net::HttpReply>> result_;
};

void append_field(Buffer& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out.append(name);
  char* at = out.reserve(codec::escaped_size(value.size()) + 1);
  at = codec::write_escaped(at, value);
  *at++ = '"';
  out.commit(at);
}

void append_field(Buffer& out, std::string_view name, const Decimal& value) {
  if (value.is_zero()) return;
  out.append(name);
  out.commit(value.write(out.reserve(Decimal::kMaxText)));
}

void append_market(Buffer& out, const venue::Market& market) {
  append_field(out, "{\"symbol\":\"", market.symbol);
  append_field(out, ",\"base\":\"", market.base);
  append_field(out, ",\"quote\":\"", market.quote);
  append_field(out, ",\"kind\":\"", market.kind);
  out.append(market.active ? ",\"active\":true" : ",\"active\":false");
  append_field(out, ",\"tick\":", market.tick);
  append_field(out, ",\"step\":", market.step);
  append_field(out, ",\"contractSize\":", market.contract_size);
  out.append("}\n");
}

}  // namespace

Result<std::vector<venue::Market>> fetch_markets(net::Loop& loop, const net::Tls& tls,
                                                 const venue::Venue& venue,
                                                 const Addresses& addresses,
                                                 const net::HttpClient::Options& options,
                                                 const std::atomic<bool>& stop, const Log& log) {
  std::vector<venue::Market> markets;
  for (const std::string_view list : venue.market_lists) {
    std::string path{list};
    for (int page = 0; !path.empty() && page < kMaxPages; ++page) {
      MD_TRY(const net::HttpRequest request, addresses.request(venue, path));
      MD_TRY(const net::HttpReply reply, Question(loop, tls, request, options, stop, log).answer());
      if (const Result<void> read = venue.read_markets(reply.data(), markets); !read) {
        return Error{Errc::malformed, fmt::format("bad market list from {}: {}", request.text(),
                                                  read.error().message)};
      }
      path = venue.next_page == nullptr ? std::string{} : venue.next_page(path, reply.data());
    }
  }
  return markets;
}

std::string market_lines(std::span<const venue::Market> markets) {
  Buffer lines;
  for (const venue::Market& market : markets) append_market(lines, market);
  return std::string{lines.view()};
}

std::string market_table(std::span<const venue::Market> markets) {
  using Cells = std::array<std::string, 8>;
  const auto text = [](const std::string& value) { return value.empty() ? "-" : value; };
  const auto number = [](const Decimal& value) { return value.is_zero() ? "-" : value.to_text(); };
  std::vector<Cells> rows{
      {"SYMBOL", "BASE", "QUOTE", "KIND", "TICK", "STEP", "CONTRACT", "STATUS"}};
  for (const venue::Market& m : markets) {
    rows.push_back({m.symbol, text(m.base), text(m.quote), text(m.kind), number(m.tick),
                    number(m.step), number(m.contract_size), m.active ? "trading" : "halted"});
  }
  std::array<std::size_t, std::tuple_size_v<Cells>> widths{};
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      out += fmt::format("{:<{}}  ", row[i], widths[i]);
    out += row.back() + "\n";
  }
  return out;
}

}  // namespace md::record
