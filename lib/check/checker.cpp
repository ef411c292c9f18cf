#include "check/checker.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "dedupe/identity.hpp"
#include "venue/registry.hpp"

namespace md::check {
namespace {

constexpr std::size_t kRemembered = 65536;  // messages, to tell duplicates by

// In a lake, what interrupts streams is read before them.
bool of_connections(const dedupe::Reel& reel) {
  const std::string& path = reel.files.front();
  return path.find("/type=gap/") != std::string::npos ||
         path.find("/type=disconnect/") != std::string::npos ||
         path.find("/type=connect/") != std::string::npos;
}

}  // namespace

Result<std::vector<Recording>> find_recordings(const std::vector<std::string>& paths) {
  std::vector<Recording> out;
  Recording files;
  for (const std::string& path : paths) {
    std::error_code error;
    const bool directory = path != "-" && std::filesystem::is_directory(path, error);
    MD_TRY(dedupe::Recordings found, dedupe::find_recordings({path}));
    if (!directory) {
      std::move(found.reels.begin(), found.reels.end(), std::back_inserter(files.reels));
      continue;
    }
    const std::size_t begin = out.size();
    for (const std::string& name : found.recorders) out.push_back({name, {}});
    for (dedupe::Reel& reel : found.reels) {
      out[begin + static_cast<std::size_t>(reel.recorder)].reels.push_back(std::move(reel));
    }
  }
  if (!files.reels.empty()) out.push_back(std::move(files));
  for (Recording& recording : out) {
    if (out.size() == 1) recording.name.clear();
    std::stable_partition(recording.reels.begin(), recording.reels.end(), of_connections);
  }
  return out;
}

Checker::Checker(const Recording& recording, Micros silence, FindingSink& out)
    : recording_(recording), silence_(silence), out_(out), seen_(kRemembered) {}

Result<void> Checker::run(const dedupe::Reject& reject, const std::atomic<bool>& stop) {
  for (const dedupe::Reel& reel : recording_.reels) {
    dedupe::ReelReader reader{reel};
    while (!stop) {
      MD_TRY(const bool more, reader.next(reject));
      if (!more) break;
      on_line(reader);
    }
  }
  for (Checked& checked : streams_) {
    if (!checked.check) continue;
    interrupt(checked, std::numeric_limits<Micros>::max());
    checked.check->finish();
  }
  return {};
}

void Checker::on_line(const dedupe::ReelReader& line) {
  const dedupe::LineKey& key = line.key();
  const dedupe::Stream& stream = table_.find(key);
  Event event;
  if (stream.rule == dedupe::Rule::outage) {
    if (events_.read(line.line(), event)) on_connection(stream, event);
    return;
  }
  Checked& at = checked(stream);
  interrupt(at, key.local_timestamp);
  bool known = false;
  // Contiguous ids are their own proof.
  if (!stream.contiguous) {
    if (const auto unique = dedupe::unique_key(stream, key)) {
      known = seen_.find(*unique) != dedupe::SeenWindow::kNone;
      if (!known) seen_.add(*unique, 0, key.local_timestamp);
    }
  }
  const BookChange* change = nullptr;
  if (key.type == Type::book_change && events_.read(line.line(), event))
    change = event.as<BookChange>();
  at.check->on_message(key, known, change);
}

void Checker::on_connection(const dedupe::Stream& stream, const Event& event) {
  if (stream.type == Type::connect) return;
  const Gap* const gap = event.as<Gap>();
  const auto symbols = gap != nullptr ? gap->symbols : event.as<Disconnect>()->symbols;
  Interruption interruption{
      event.local_timestamp, gap != nullptr, gap != nullptr ? gap->channel : Type::trade, {}};
  if (!stream.symbol.empty()) {
    interruption.symbols.push_back(stream.symbol);
  } else {
    interruption.symbols.assign(symbols.begin(), symbols.end());
  }
  auto& known = interruptions_[stream.exchange];
  const auto later = [](Micros time, const Interruption& other) { return time < other.time; };
  known.insert(std::upper_bound(known.begin(), known.end(), interruption.time, later),
               interruption);

  Finding finding;
  finding.kind = gap != nullptr ? Kind::hole : Kind::disconnect;
  finding.recorder = recording_.name;
  finding.exchange = stream.exchange;
  if (interruption.symbols.size() == 1) finding.symbol = interruption.symbols.front();
  finding.type = interruption.channel;
  finding.from = finding.to = event.local_timestamp;
  if (gap != nullptr) {
    const venue::Venue* const venue = venue::find(stream.exchange);
    const bool proven = venue != nullptr && venue->trade_ids == venue::TradeIds::contiguous &&
                        gap->channel == Type::trade;
    if (proven) return;  // by the ids themselves
    finding.prev_seq = gap->prev_seq;
    finding.seq = gap->seq;
    finding.reason = to_text(gap->reason);
  } else {
    finding.reason = event.as<Disconnect>()->reason;
  }
  out_.on_finding(finding);
}

Checker::Checked& Checker::checked(const dedupe::Stream& stream) {
  if (stream.id >= streams_.size()) streams_.resize(stream.id + std::size_t{1});
  Checked& at = streams_[stream.id];
  if (!at.check) {
    const venue::Venue* const venue = venue::find(stream.exchange);
    at.check = std::make_unique<StreamCheck>(stream, recording_.name, silence_,
                                             venue == nullptr ? 0 : venue->book.depth, out_);
    at.interruptions = &interruptions_[stream.exchange];
  }
  return at;
}

// Tells the stream of what happened up to its next message.
void Checker::interrupt(Checked& checked, Micros up_to) {
  const dedupe::Stream& stream = checked.check->stream();
  while (checked.next < checked.interruptions->size() &&
         (*checked.interruptions)[checked.next].time <= up_to) {
    const Interruption& it = (*checked.interruptions)[checked.next++];
    const auto& symbols = it.symbols;
    if (!symbols.empty() &&
        std::find(symbols.begin(), symbols.end(), stream.symbol) == symbols.end())
      continue;
    if (it.is_gap && it.channel != stream.type) continue;
    if (it.is_gap) {
      checked.check->on_gap();
    } else if (checked.check->totals().messages != 0) {
      checked.check->on_disconnect();
    }
  }
}

std::vector<const StreamCheck*> Checker::streams() const {
  std::vector<const StreamCheck*> out;
  for (const Checked& checked : streams_) {
    if (checked.check) out.push_back(checked.check.get());
  }
  std::sort(out.begin(), out.end(), [](const StreamCheck* a, const StreamCheck* b) {
    return dedupe::before(a->stream(), b->stream());
  });
  return out;
}

}  // namespace md::check
