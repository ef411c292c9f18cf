#include "book/trades.hpp"

#include <map>

namespace md::book {
namespace {

// What was asked, as Request::fetch has it: the URL without its host.
std::string question_of(std::string_view request) {
  constexpr std::string_view kPost = "POST ";
  std::string out;
  if (request.starts_with(kPost)) out = kPost, request.remove_prefix(kPost.size());
  if (const auto host = request.find("://"); host < request.find_first_of("/?"))
    request.remove_prefix(std::min(request.size(), request.find('/', host + 3)));
  return out.append(request);
}

}  // namespace

Trades::Lines::value_type& Trades::find(std::string_view symbol) {
  if (latest_ != nullptr && latest_->first == symbol) return *latest_;
  auto found = lines_.find(symbol);
  if (found == lines_.end())
    found = lines_.emplace(std::string(symbol), Entry{TradeLine{venue_, symbol}}).first;
  latest_ = &*found;
  return *latest_;
}

// What the line waits for may have changed.
void Trades::settle(Lines::value_type& at) {
  auto& [symbol, entry] = at;
  if (const Micros due = entry.line.deadline(); due != entry.due) {
    if (entry.due != 0) due_.erase({entry.due, symbol});
    if (due != 0) due_.emplace(due, symbol);
    entry.due = due;
  }
  if (entry.question == entry.line.question()) return;
  if (!entry.question.empty()) asked_.erase(entry.question);
  entry.question = entry.line.question();
  if (!entry.question.empty()) asked_.insert_or_assign(entry.question, symbol);
}

bool Trades::on_trade(const Event& event, const Trade& trade, std::uint32_t connection,
                      Micros now) {
  auto& at = find(event.symbol);
  const bool fresh = at.second.line.on_trade(event, trade, connection, now, *this);
  settle(at);
  return fresh;
}

void Trades::on_connect(std::uint32_t connection, std::span<const std::string_view> symbols,
                        std::uint32_t beside, Micros now) {
  // Of a recorder that was killed and begins to count anew, the end was not seen.
  on_disconnect(connection);
  for (const std::string_view symbol : symbols) {
    const auto found = lines_.find(symbol);
    if (found == lines_.end()) continue;
    found->second.line.on_connect(connection, beside, now);
    settle(*found);
  }
}

void Trades::on_disconnect(std::uint32_t connection) {
  for (auto& at : lines_) {
    at.second.line.on_disconnect(connection);
    settle(at);
  }
}

void Trades::call_due(Micros now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    auto& at = find(due_.begin()->second);
    at.second.line.on_time(now, *this);
    settle(at);
  }
}

void Trades::on_answered(const Event& event, const Trade& trade) {
  auto found = answered_.find(event.symbol);
  if (found == answered_.end()) found = answered_.try_emplace(std::string(event.symbol)).first;
  auto& kept = found->second.emplace_back();
  kept.id = trade.id;
  kept.timestamp = event.timestamp;
  kept.trade = trade;
  kept.trade.id = {};
}

void Trades::on_reply(const venue::Reply& reply, bool understood) {
  auto answered = std::exchange(answered_, {});
  // A refusal is asked again by whoever asks.
  if (reply.status != 200) return;
  std::string question;
  if (!asked_.empty()) question = question_of(reply.request);
  if (const auto asked = asked_.find(question); asked != asked_.end())
    answered.try_emplace(std::string(asked->second));
  for (auto& [symbol, trades] : answered) {
    const auto found = lines_.find(symbol);
    if (found == lines_.end()) continue;
    TradeLine& line = found->second.line;
    const bool asked = !question.empty() && line.question() == question;
    line.on_answer(trades, asked, understood, reply.local_timestamp, *this);
    settle(*found);
  }
}

void Trades::finish() {
  // In the order of their names, so that the same input gives the same output.
  std::map<std::string_view, Lines::value_type*> lines;
  for (auto& at : lines_) lines.emplace(at.first, &at);
  for (auto& [symbol, at] : lines) {
    at->second.line.finish(*this);
    settle(*at);
  }
}

}  // namespace md::book
