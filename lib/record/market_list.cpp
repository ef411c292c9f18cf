#include "record/market_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <random>
#include <string_view>
#include <utility>

#include "base/buffer.hpp"
#include "codec/json_write.hpp"
#include "record/fetcher.hpp"

namespace md::record {
namespace {

constexpr int kMaxPages = 100;  // of one market list

constexpr int kAttempts = 4;
constexpr std::int64_t kFirstRetryMs = 500;
constexpr std::int64_t kLastRetryMs = 5'000;
constexpr std::int64_t kStopPollMs = 50;

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

void append_market(Buffer& out, std::string_view exchange, const venue::Market& market) {
  append_field(out, "{\"symbol\":\"", market.symbol);
  append_field(out, ",\"exchange\":\"", exchange);
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

MarketQuery::MarketQuery(net::Loop& loop, const net::Tls& tls, const venue::Venue& venue,
                         const Addresses& addresses, const net::HttpClient::Options& options,
                         const Log& log, Done done)
    : loop_(loop),
      tls_(tls),
      venue_(venue),
      addresses_(addresses),
      options_(options),
      log_(log),
      done_(std::move(done)),
      timer_(loop),
      backoff_(kFirstRetryMs, kLastRetryMs, std::random_device{}()) {
  timer_.start(0, [this] { next_list(); });
}

void MarketQuery::next_list() {
  if (list_ == venue_.market_lists.size()) return finish(std::move(markets_));
  path_ = venue_.market_lists[list_++];
  page_ = 0;
  ask();
}

void MarketQuery::ask() {
  auto request = addresses_.request(venue_, path_);
  if (!request) return finish(std::move(request).error());
  request_ = *std::move(request);
  client_ = std::make_unique<net::HttpClient>(loop_, tls_, request_.url, options_);
  const auto answered = [this](const Result<net::HttpReply>& reply) { on_answer(reply); };
  if (request_.json.empty()) return client_->get(request_.url.target, answered);
  client_->post(request_.url.target, request_.json, answered);
}

void MarketQuery::on_answer(const Result<net::HttpReply>& reply) {
  if (reply && reply->ok()) return read(*reply);
  const int status = reply ? reply->status : 0;
  const std::int64_t hold = reply ? hold_ms(status, reply->retry_after_ms) : 0;
  Error why = status != 0
                  ? Error{Errc::unavailable, fmt::format("{}: HTTP {}", request_.text(), status)}
                  : reply.error();
  // What the venue understood and refused it will refuse again, unless it only asks for patience.
  const bool refused =
      status >= 300 && status < 500 && status != 408 && status != 418 && status != 429;
  if (refused || ++attempts_ == kAttempts) return finish(std::move(why));
  log_.warn(why.message);
  timer_.start(std::max(backoff_.next_ms(), hold), [this] { ask(); });
}

void MarketQuery::read(const net::HttpReply& reply) {
  attempts_ = 0;
  if (const Result<void> read = venue_.read_markets(reply.data(), markets_); !read) {
    return finish(Error{Errc::malformed, fmt::format("bad market list from {}: {}", request_.text(),
                                                     read.error().message)});
  }
  path_ = venue_.next_page == nullptr ? std::string{} : venue_.next_page(path_, reply.data());
  if (path_.empty() || ++page_ == kMaxPages) return next_list();
  ask();
}

void MarketQuery::finish(Answer answer) {
  client_.reset();
  const Done done = std::move(done_);
  done(std::move(answer));  // may destroy this
}

MarketQuery::Answer fetch_markets(net::Loop& loop, const net::Tls& tls, const venue::Venue& venue,
                                  const Addresses& addresses,
                                  const net::HttpClient::Options& options,
                                  const std::atomic<bool>& stop, const Log& log) {
  MarketQuery::Answer answer = Error{Errc::temporary, "stopped"};
  MarketQuery query{loop, tls, venue, addresses, options, log, [&](MarketQuery::Answer got) {
                      answer = std::move(got);
                      loop.stop();
                    }};
  net::Timer poll{loop};
  const std::function<void()> watch_stop = [&] {
    if (stop) return loop.stop();
    poll.start(kStopPollMs, watch_stop);
  };
  poll.start(0, watch_stop);
  loop.run();
  return answer;
}

std::string market_lines(std::string_view exchange, std::span<const venue::Market> markets) {
  Buffer lines;
  for (const venue::Market& market : markets) append_market(lines, exchange, market);
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
