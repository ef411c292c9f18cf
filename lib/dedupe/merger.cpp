#include "dedupe/merger.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "dedupe/identity.hpp"

namespace md::dedupe {
namespace {

// The hold's bytes follow its messages: most lines are a little longer or, trades, shorter.
constexpr std::size_t kBytesPerMessage = 192;
constexpr std::size_t kMinBytes = std::size_t{1} << 20;
constexpr Micros kAnyTime = std::numeric_limits<Micros>::max() / 4;
// Threads are for the recordings of a few hosts, not for each file of a lake.
int threads_of_each(std::size_t reels) { return reels == 1 ? 2 : reels <= 8 ? 1 : 0; }
// Most trade ids of one gap that are looked up to see whether they were filled in.
constexpr std::int64_t kMaxLookedUp = 100'000;

Held held_from(const LineKey& key, const Stream& stream, int recorder) {
  Held held;
  held.local_timestamp = key.local_timestamp;
  held.timestamp = key.timestamp;
  held.prev_seq = key.prev_seq.value_or(0);
  held.seq = key.seq.value_or(0);
  held.has_prev_seq = key.prev_seq.has_value();
  held.has_seq = key.seq.has_value();
  held.is_snapshot = key.is_snapshot;
  held.rebuilt = key.rebuilt;
  held.recorders = Recorders{1} << recorder;
  held.recorder = static_cast<std::int8_t>(recorder);
  held.stream = stream.id;
  if (key.seq && stream.type != Type::gap) {
    held.number = *key.seq;
  } else if (stream.numbered && !number_from(key.id, held.number)) {
    held.number = 0;
  }
  return held;
}

std::span<const std::string_view> symbols_of(const Event& event) {
  if (const auto* connect = event.as<Connect>()) return connect->symbols;
  if (const auto* disconnect = event.as<Disconnect>()) return disconnect->symbols;
  return event.as<Gap>()->symbols;
}

}  // namespace

Merger::Merger(const Options& options, const Recordings& recordings, Reject reject, MergedSink& out)
    : options_(options),
      reject_(std::move(reject)),
      out_(out),
      reels_left_(recordings.recorders.size()),
      seen_(options.window),
      hold_(options.window, std::max(kMinBytes, options.window * kBytesPerMessage), streams_),
      written_up_to_(std::numeric_limits<Micros>::min()) {
  for (const Reel& reel : recordings.reels) {
    ++reels_left_[static_cast<std::size_t>(reel.recorder)];
    readers_.push_back(
        std::make_unique<ReelReader>(reel, threads_of_each(recordings.reels.size())));
  }
}

Merger::~Merger() = default;

Result<void> Merger::run(const std::atomic<bool>& stop) {
  for (std::size_t i = readers_.size(); i-- > 0;) MD_CHECK(advance(i));
  while (!readers_.empty() && !stop) {
    std::size_t first = 0;
    for (std::size_t i = 1; i < readers_.size(); ++i) {
      if (readers_[i]->key().local_timestamp < readers_[first]->key().local_timestamp) first = i;
    }
    MD_CHECK(take(*readers_[first]));
    MD_CHECK(failed_);
    MD_CHECK(advance(first));
  }
  while (!hold_.empty()) {
    release_front();
    MD_CHECK(failed_);
  }
  return {};
}

// To the reader's next line; a reader without one is removed.
Result<void> Merger::advance(std::size_t reader) {
  MD_TRY(const bool more, readers_[reader]->next(reject_));
  if (more) return {};
  const int recorder = readers_[reader]->recorder();
  if (--reels_left_[static_cast<std::size_t>(recorder)] == 0) outages_.on_end(recorder);
  readers_.erase(readers_.begin() + static_cast<std::ptrdiff_t>(reader));
  return {};
}

Result<void> Merger::take(ReelReader& reader) {
  ++counts_.read;
  const LineKey& key = reader.key();
  const int recorder = reader.recorder();
  const Stream& stream = streams_.find(key);
  if (stream.rule != Rule::outage)
    outages_.on_message(recorder, stream.market, key.local_timestamp);

  Hash128 hash;
  const std::uint32_t copied = find_copy(stream, key, recorder, hash);
  if (copied != SeenWindow::kNone) {
    take_copy(copied, stream, reader);
    return {};
  }
  const std::uint32_t entry = seen_.add(hash, recorder, key.local_timestamp);
  if (stream.rule == Rule::follow) follows_[stream.id].on_new();

  Held message = held_from(key, stream, recorder);
  message.seen = entry;
  if (stream.rule == Rule::outage) note_outage(stream, message, reader.line());
  while (hold_.full(reader.line().size())) release_front();
  const Slot slot = hold_.add(message, reader.line());
  seen_[entry].slot = slot;
  if (stream.rule == Rule::chain && message.has_seq) chains_[stream.id].add(slot, hold_);
  return {};
}

// A line that another recorder's, or an earlier one, made superfluous.
void Merger::take_copy(std::uint32_t entry, const Stream& stream, const ReelReader& reader) {
  ++counts_.copies;
  SeenWindow::Entry& seen = seen_[entry];
  seen.recorders |= Recorders{1} << reader.recorder();
  const bool held = seen.slot != kNoSlot && hold_[seen.slot].live && hold_[seen.slot].seen == entry;
  if (held) hold_[seen.slot].recorders |= seen.recorders;
  if (stream.rule == Rule::outage) {
    note_outage(stream, held_from(reader.key(), stream, reader.recorder()), reader.line());
  }
  if (stream.rule == Rule::follow) {
    follows_[stream.id].on_copy();
    // Too late for the recorder's book: that must begin again.
    if (!held) follows_[stream.id].on_break(Recorders{1} << reader.recorder());
  }
}

// The entry of a message this line is a copy of; `hash` is its key for the window.
std::uint32_t Merger::find_copy(const Stream& stream, const LineKey& key, int recorder,
                                Hash128& hash) const {
  if (const auto unique = unique_key(stream, key)) {
    hash = *unique;
    return seen_.find(hash);
  }
  hash = content_hash(key);
  const bool timed = key.timestamp != key.local_timestamp;
  return seen_.find_unmatched(hash, recorder, key.local_timestamp,
                              timed ? kAnyTime : options_.tolerance);
}

// Markets a line of a connection is about.
std::vector<MarketId> Merger::markets_of(const Stream& stream,
                                         std::span<const std::string_view> symbols) {
  if (!stream.symbol.empty()) return {stream.market};
  if (symbols.empty()) return streams_.markets(stream.exchange);
  std::vector<MarketId> markets;
  for (std::string_view symbol : symbols)
    markets.push_back(streams_.market(stream.exchange, symbol));
  return markets;
}

void Merger::note_outage(const Stream& stream, const Held& message, std::string_view line) {
  Event event;
  if (!events_.read(line, event)) return;
  for (const MarketId market : markets_of(stream, symbols_of(event))) {
    if (stream.type == Type::connect)
      outages_.on_connect(message.recorder, market, message.local_timestamp);
    if (stream.type == Type::disconnect)
      outages_.on_disconnect(message.recorder, market, message.local_timestamp);
    // Of trades, it says nothing of the rest, and comes when the venue was asked in vain.
    const auto* const gap = event.as<Gap>();
    if (gap != nullptr && gap->channel != Type::trade)
      outages_.on_gap(message.recorder, market, message.local_timestamp);
  }
}

void Merger::release_front() {
  const Slot slot = hold_.front();
  const Held& message = hold_[slot];
  const Stream& stream = streams_[message.stream];
  outages_.forget_before(message.local_timestamp);
  if (stream.rule == Rule::outage) return release_outage(slot, stream);
  if (stream.rule == Rule::follow) return release_followed(slot, stream);
  if (stream.rule == Rule::chain && message.has_seq)
    return chains_[stream.id].release(slot, hold_, *this);
  if (stream.type == Type::book_change && message.is_snapshot)
    return release_content_book(slot, stream);
  Emitter::emit(slot, hold_);
}

// A line about a connection is kept where the merged stream was without the market: no other
// recorder was up.
void Merger::release_outage(Slot slot, const Stream& stream) {
  const Held message = hold_[slot];
  Event event;
  if (!events_.read(hold_.line(slot), event)) return drop(slot);
  const auto markets = markets_of(stream, symbols_of(event));
  const auto* const gap = event.as<Gap>();
  if (stream.type == Type::disconnect || (gap != nullptr && gap->channel == Type::book_change)) {
    for (const MarketId market : markets) {
      if (auto based = based_.find(market); based != based_.end())
        based->second &= ~message.recorders;
      for (auto& [id, follow] : follows_) {
        if (streams_[id].market == market) follow.on_break(message.recorders);
      }
    }
  }
  bool needed = true;
  if (gap != nullptr) {
    needed = !is_filled(message, event, *gap, stream);
  } else if (!markets.empty()) {
    needed = !std::all_of(markets.begin(), markets.end(), [&](MarketId market) {
      return outages_.any_up(message.recorders, market, message.local_timestamp);
    });
  }
  if (!needed) return drop(slot);
  Emitter::emit(slot, hold_);
}

bool Merger::is_filled(const Held& message, const Event& event, const Gap& gap,
                       const Stream& stream) {
  const bool numbered = gap.prev_seq && gap.seq && !event.symbol.empty();
  for (StreamId id = 0; numbered && id < streams_.size(); ++id) {
    const Stream& about = streams_[id];
    if (about.market != stream.market || about.type != gap.channel) continue;
    if (about.rule == Rule::chain) return chains_[id].covers(*gap.prev_seq, *gap.seq, hold_);
    if (about.rule == Rule::id && about.contiguous && *gap.seq - *gap.prev_seq <= kMaxLookedUp) {
      char digits[24];
      for (std::int64_t missing = *gap.prev_seq + 1; missing < *gap.seq; ++missing) {
        const auto end = std::to_chars(digits, digits + sizeof digits, missing).ptr;
        if (seen_.find(trade_key(id, {digits, static_cast<std::size_t>(end - digits)}, {})) ==
            SeenWindow::kNone)
          return false;
      }
      return true;
    }
  }
  const auto markets = markets_of(stream, gap.symbols);
  const Micros time = gap.channel == Type::trade ? event.timestamp : message.local_timestamp;
  return !markets.empty() && std::all_of(markets.begin(), markets.end(), [&](MarketId market) {
    return outages_.any_up(message.recorders, market, time);
  });
}

void Merger::release_followed(Slot slot, const Stream& stream) {
  const Held& message = hold_[slot];
  Event event;
  if (!events_.read(hold_.line(slot), event)) return drop(slot);
  edited_.clear();
  switch (follows_[stream.id].release(message, event, *event.as<BookChange>(), outages_,
                                      stream.market, edited_)) {
    case BookFollow::Verdict::write_after_snapshot:
      ++counts_.rebuilt;
      write(stream, edited_line(), event.timestamp, event.local_timestamp);
      [[fallthrough]];
    case BookFollow::Verdict::write:
      return Emitter::emit(slot, hold_);
    case BookFollow::Verdict::drop:
      return drop(slot);
  }
}

// A snapshot of a recorder that reconnected must not take a book back that another recorder kept.
void Merger::release_content_book(Slot slot, const Stream& stream) {
  const Held& message = hold_[slot];
  Recorders& based = based_[stream.market];
  bool kept = false;
  for (int r = 0; r < kMaxRecorders && !message.rebuilt; ++r) {
    const bool other = ((based & ~message.recorders) >> r & 1) != 0;
    kept = kept || (other && outages_.up(r, stream.market, message.local_timestamp));
  }
  based |= message.recorders;
  if (kept) return drop(slot);
  Emitter::emit(slot, hold_);
}

void Merger::emit(Slot slot, const Change& change) {
  const Held& message = hold_[slot];
  const Stream& stream = streams_[message.stream];
  std::string_view text = hold_.line(slot);
  if (change.local_timestamp != message.local_timestamp || change.prev_seq) {
    Event event;
    if (events_.read(text, event)) {
      ++counts_.changed;
      if (event.timestamp == event.local_timestamp) event.timestamp = change.local_timestamp;
      event.local_timestamp = change.local_timestamp;
      if (change.prev_seq) std::get<BookChange>(event.body).prev_seq = change.prev_seq;
      edited_.clear();
      codec::append_event(edited_, event);
      text = edited_line();
    }
  }
  write(stream, text, message.timestamp, change.local_timestamp);
  hold_.remove(slot);
}

// The line in edited_, as a MergedLine wants it.
std::string_view Merger::edited_line() {
  edited_.reserve(codec::kPadding);
  return {edited_.data(), edited_.size() - 1};
}

void Merger::drop(Slot slot) {
  ++counts_.superseded;
  hold_.remove(slot);
}

void Merger::write(const Stream& stream, std::string_view text, Micros timestamp,
                   Micros local_timestamp) {
  if (local_timestamp < written_up_to_) {
    ++counts_.late;
  } else {
    written_up_to_ = local_timestamp;
  }
  ++counts_.written;
  if (auto written = out_.write(stream, {text, timestamp, local_timestamp}); !written && failed_)
    failed_ = written;
}

}  // namespace md::dedupe
