#include "sim/replay.hpp"

#include <algorithm>
#include <utility>

#include "sim/conversation.hpp"

namespace md::sim {
namespace {

constexpr Micros kPoll = 10'000;
constexpr int kMostPerTurn = 256;  // lines read before other clients get their turn

bool covers(const Stream& wanted, const Stream& stream) {
  return wanted.type == stream.type &&
         (wanted.symbol.empty() || stream.symbol.empty() || wanted.symbol == stream.symbol);
}

}  // namespace

class ReplayClient final : public Conversation {
 public:
  ReplayClient(ReplayExchange& exchange, std::unique_ptr<Wire> wire)
      : Conversation(std::move(wire), exchange.index_.venue->limits.send_interval_ms),
        exchange_(exchange),
        reader_(exchange.options_.files, std::string(exchange.index_.venue->id)),
        sorter_(*exchange.index_.venue) {
    exchange_.clients_.push_back(this);
  }
  ~ReplayClient() override { std::erase(exchange_.clients_, this); }

  bool ready() const { return ready_; }
  bool listening() const { return subscribed(); }
  // Had all that the capture has for it.
  bool complete() const { return complete_; }

 protected:
  void enter(const Stream& stream) override {
    if (std::find(wanted_.begin(), wanted_.end(), stream) == wanted_.end()) {
      wanted_.push_back(stream);
    }
  }
  void leave(const Stream& stream) override { std::erase(wanted_, stream); }

  Next next_frame(Micros now, Buffer& frame) override {
    ready_ = true;
    if (!exchange_.begun()) return Next::wait(now + kPoll);
    if (began_ == 0) began_ = now;
    for (int lines = 0; !waiting_ && !over_; ++lines) {
      if (lines == kMostPerTurn) return Next::wait(now);
      read();
    }
    if (over_) return end(now);
    const Micros due =
        exchange_.options_.pace.due(began_, frame_time_ - exchange_.index_.first_frame);
    if (now < due) return Next::wait(due);
    frame.append(frame_.view());
    waiting_ = false;
    return Next::frame(frame_type_);
  }

 private:
  // Reads one line; a frame for this client waits then until it is due.
  void read() {
    RawLine raw;
    switch (reader_.next(raw)) {
      case CaptureReader::Read::bad:  // told when the capture was read for the first time
        return;
      case CaptureReader::Read::end:
        over_ = true;
        return;
      case CaptureReader::Read::line:
        break;
    }
    for (const Stream& stream : sorter_.streams_of(raw)) {
      const auto wants = [&](const Stream& wanted) { return covers(wanted, stream); };
      if (std::none_of(wanted_.begin(), wanted_.end(), wants)) continue;
      frame_.clear();
      frame_.append(raw.data);
      frame_time_ = raw.local_timestamp;
      frame_type_ = stream.type;
      waiting_ = true;
      return;
    }
  }

  Next end(Micros now) {
    if (over_since_ == 0) over_since_ = now;
    if (!complete_ && has_its_books(now)) {
      complete_ = true;
      exchange_.last_change_ = now;
    }
    if (complete_ && exchange_.may_close(now)) return Next::close(1000, "end of the capture");
    return Next::wait(now + kPoll);
  }

  bool has_its_books(Micros now) const {
    const bool unasked = std::any_of(wanted_.begin(), wanted_.end(), [&](const Stream& wanted) {
      return wanted.type == Type::book_change && exchange_.waits_for_book(wanted.symbol);
    });
    if (unasked) return now >= over_since_ + ReplayExchange::kRestPatience;
    return exchange_.last_asked_ == 0 || now >= exchange_.last_asked_ + ReplayExchange::kRestTime;
  }

  ReplayExchange& exchange_;
  CaptureReader reader_;
  FrameSorter sorter_;
  std::vector<Stream> wanted_;
  bool ready_ = false;
  Micros began_ = 0;
  bool over_ = false;  // the capture
  Micros over_since_ = 0;
  bool complete_ = false;
  // The next frame for this client.
  bool waiting_ = false;
  Buffer frame_;
  Micros frame_time_ = 0;
  Type frame_type_ = Type::trade;
};

ReplayExchange::ReplayExchange(CaptureIndex index, ReplayOptions options)
    : index_(std::move(index)), options_(std::move(options)) {}

ReplayExchange::~ReplayExchange() = default;

HttpAnswer ReplayExchange::get(std::string_view target, Micros now) {
  last_asked_ = now;
  return index_.answers.get(target);
}

HttpAnswer ReplayExchange::get_past(std::string_view target) {
  return index_.answers.get_last(target);
}

std::unique_ptr<Client> ReplayExchange::connect(std::string_view target, Micros now) {
  if (closing_) return nullptr;
  auto client = std::make_unique<ReplayClient>(*this, make_wire(index_.venue->id));
  if (!client->open(target, now)) return nullptr;
  last_change_ = now;
  return client;
}

bool ReplayExchange::tick(Micros now) {
  if (options_.loop || !begun()) return true;
  const bool alone = std::none_of(clients_.begin(), clients_.end(),
                                  [](const auto* client) { return client->listening(); });
  if (!alone) last_seen_ = now;
  return !alone || (!closing_ && now < last_seen_ + kLinger);
}

// All at the same time: a client may open its second connection when its first one had everything.
bool ReplayExchange::may_close(Micros now) {
  if (options_.loop) return true;
  const bool all_complete = std::all_of(clients_.begin(), clients_.end(), [](const auto* client) {
    return client->complete() || !client->listening();
  });
  return closing_ = closing_ || (all_complete && now >= last_change_ + kLinger);
}

bool ReplayExchange::begun() {
  const auto ready = std::count_if(clients_.begin(), clients_.end(),
                                   [](const auto* client) { return client->ready(); });
  return begun_ = begun_ || ready >= options_.clients;
}

bool ReplayExchange::waits_for_book(const std::string& symbol) const {
  const auto request = index_.venue->book.snapshot_request;
  return request != nullptr && index_.answers.waits_for(request(symbol));
}

}  // namespace md::sim
