#include "dedupe/lake_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <span>
#include <utility>

#include "codec/lake.hpp"
#include "codec/line_reader.hpp"
#include "venue/registry.hpp"

namespace md::dedupe {
namespace {

constexpr std::size_t kFrameSize = std::size_t{512} << 10;  // most content bytes of a frame
constexpr const char* kLockName = "/.mddedupe.lock";

Error open_error(const std::string& path, int error_number) {
  const bool denied = error_number == EACCES || error_number == EPERM;
  return system_error(denied ? Errc::permission : Errc::create, "cannot create '" + path + "'",
                      error_number);
}

int book_depth(const std::string& exchange) {
  const venue::Venue* const venue = venue::find(exchange);
  return venue == nullptr ? 0 : venue->book.depth;
}

// Whether both can be read and have the same lines. Bytes would ask too much: frames end where
// memory was short, and another zstd packs otherwise.
bool same_lines(const std::string& a, const std::string& b) {
  using Read = codec::LineReader::Read;
  auto one = codec::LineReader::open(a);
  auto two = codec::LineReader::open(b);
  if (!one || !two) return false;
  while (true) {
    std::string_view line;
    std::string_view other;
    const Read read = one->next(line);
    if (read == Read::damage || two->next(other) != read) return false;
    if (read == Read::end) return true;
    if (line != other) return false;
  }
}

}  // namespace

Result<std::unique_ptr<LakeWriter>> LakeWriter::open(Options options) {
  MD_CHECK(codec::make_directories(options.directory));
  const std::string name = options.directory + kLockName;
  codec::Fd lock{::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644)};
  if (!lock) return open_error(name, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return Error{Errc::temporary,
                 "lake '" + options.directory + "' is being written by another process"};
  }
  return std::unique_ptr<LakeWriter>{new LakeWriter{std::move(options), std::move(lock)}};
}

LakeWriter::LakeWriter(Options options, codec::Fd lock)
    : options_(std::move(options)),
      lock_(std::move(lock)),
      last_day_(options_.days.empty()
                    ? std::numeric_limits<std::int64_t>::max()
                    : *std::max_element(options_.days.begin(), options_.days.end())) {}

LakeWriter::~LakeWriter() {
  static_cast<void>(appender_.finish());
  for (const auto& [key, partition] : partitions_) {
    if (partition.begun) ::unlink((partition.path + ".part").c_str());
  }
}

bool LakeWriter::wanted(std::int64_t day) const {
  return options_.days.empty() ||
         std::find(options_.days.begin(), options_.days.end(), day) != options_.days.end();
}

Result<void> LakeWriter::write(const Stream& stream, const MergedLine& line) {
  const std::int64_t day = day_of(line.timestamp);
  if (stream.id >= met_.size()) met_.resize(stream.id + 1);
  if (!met_[stream.id]) {
    met_[stream.id] = true;
    exchanges_.insert(stream.exchange);
  }
  if (stream.type == Type::book_change) return write_book(stream, line, day);
  if (stream.type == Type::gap || stream.type == Type::disconnect) forget_books(stream, line);
  if (!wanted(day)) return {};
  MD_TRY(Partition* const file, partition(stream, day));
  return append(*file, line.text);
}

Result<void> LakeWriter::write_book(const Stream& stream, const MergedLine& line,
                                    std::int64_t day) {
  auto [at, fresh] = books_.try_emplace(stream.id);
  DayBook& state = at->second;
  if (fresh) {
    state.book = book::Book{book_depth(stream.exchange)};
    state.day = day;
    state.symbol = stream.symbol;
    book_of_[stream.market] = stream.id;
    books_by_exchange_[stream.exchange].push_back(stream.id);
  }
  // Once the last day to be written has begun, its book is of no use any more.
  const bool tracked = day < last_day_ || state.day < last_day_;
  Event event;
  if (tracked && !events_.read(line.text, event)) return events_.error();
  const BookChange* const change = tracked ? event.as<BookChange>() : nullptr;

  if (wanted(day)) {
    const bool opens = partitions_.find({stream.id, day}) == partitions_.end();
    MD_TRY(Partition* const file, partition(stream, day));
    if (opens && change != nullptr && !change->is_snapshot && state.known && state.day < day) {
      const auto bids = state.book.best_bids(0);
      const auto asks = state.book.best_asks(0);
      Event midnight{event.exchange, event.symbol, day * kDay, event.local_timestamp,
                     BookChange{true, bids, asks, {}, state.seq, true}};
      scratch_.clear();
      codec::append_event(scratch_, midnight);
      MD_CHECK(append(*file, {scratch_.data(), scratch_.size() - 1}));
    }
    MD_CHECK(append(*file, line.text));
  }
  if (change != nullptr) {
    const bool hole = change->prev_seq && state.seq && *change->prev_seq != *state.seq;
    state.known = change->is_snapshot || (state.known && !hole);
    state.seq = change->seq;
    state.book.apply(*change);
  }
  state.day = std::max(state.day, day);
  return {};
}

// Something is missing: books it may concern are unknown until their next snapshot.
void LakeWriter::forget_books(const Stream& stream, const MergedLine& line) {
  Event event;
  if (!events_.read(line.text, event)) return;
  const auto forget = [this](StreamId book) { books_[book].known = false; };
  if (const auto book = book_of_.find(stream.market); book != book_of_.end())
    return forget(book->second);
  if (!stream.symbol.empty()) return;
  std::span<const std::string_view> symbols;
  if (const auto* const gap = event.as<Gap>()) {
    symbols = gap->symbols;
  } else if (const auto* const disconnect = event.as<Disconnect>()) {
    symbols = disconnect->symbols;
  }
  for (const StreamId book : books_by_exchange_[stream.exchange]) {
    if (symbols.empty() ||
        std::find(symbols.begin(), symbols.end(), books_[book].symbol) != symbols.end())
      forget(book);
  }
}

Result<LakeWriter::Partition*> LakeWriter::partition(const Stream& stream, std::int64_t day) {
  const auto [at, fresh] = partitions_.try_emplace({stream.id, day});
  Partition& partition = at->second;
  if (!fresh) return &partition;
  const std::string directory =
      codec::lake_directory(options_.directory, stream.exchange, stream.type, stream.symbol);
  partition.path = directory + "/" + codec::lake_file(day);
  struct stat about {};
  if (!options_.replace && ::stat(partition.path.c_str(), &about) == 0) {
    return system_error(Errc::exists, "will not replace '" + partition.path + "'", EEXIST);
  }
  MD_CHECK(codec::make_directories(directory));
  return &partition;
}

Result<void> LakeWriter::append(Partition& partition, std::string_view text) {
  partition.lines.append(text);
  partition.lines.append('\n');
  buffered_ += text.size() + 1;
  if (partition.lines.size() >= kFrameSize) return flush(partition);
  if (buffered_ >= kBufferedBytes) return flush_largest();
  return {};
}

Result<void> LakeWriter::flush_largest() {
  std::size_t largest = 0;
  for (const auto& [key, partition] : partitions_)
    largest = std::max(largest, partition.lines.size());
  for (auto& [key, partition] : partitions_) {
    if (partition.lines.size() < largest / 2 || partition.lines.empty()) continue;
    MD_CHECK(flush(partition));
  }
  return {};
}

Result<void> LakeWriter::flush(Partition& partition) {
  buffered_ -= partition.lines.size();
  // A killed run may have left a .part: the lock says that nobody writes it now.
  const bool fresh = !std::exchange(partition.begun, true);
  // Most streams are quiet: none keeps its memory.
  return appender_.append(partition.path + ".part", std::exchange(partition.lines, {}), fresh);
}

Result<void> LakeWriter::publish(Partition& partition) {
  const std::string part = partition.path + ".part";
  if (options_.replace && same_lines(part, partition.path)) {
    if (::unlink(part.c_str()) != 0)
      return system_error(Errc::io, "cannot remove '" + part + "'", errno);
    partition.begun = false;
    ++kept_;
    return {};
  }
  {
    const codec::Fd fd{::open(part.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!fd || ::fsync(fd.get()) != 0)
      return system_error(Errc::io, "cannot write '" + part + "'", errno);
  }
  MD_CHECK(codec::rename_file(part, partition.path, options_.replace));
  partition.begun = false;
  return codec::sync_directory_of(partition.path);
}

Result<void> LakeWriter::finish() {
  // No file appears before all are whole.
  for (auto& [key, partition] : partitions_) {
    if (!partition.lines.empty()) MD_CHECK(flush(partition));
  }
  MD_CHECK(appender_.finish());
  for (auto& [key, partition] : partitions_) MD_CHECK(publish(partition));
  return options_.replace && !options_.days.empty() ? empty_outages() : Result<void>{};
}

// What an earlier merge of the same days, with fewer recordings, had to say of outages.
Result<void> LakeWriter::empty_outages() {
  namespace fs = std::filesystem;
  std::set<std::string> written;
  for (const auto& [key, partition] : partitions_) written.insert(partition.path);
  for (const std::string& exchange : exchanges_) {
    for (const Type type : {Type::connect, Type::disconnect, Type::gap}) {
      const fs::path parent =
          fs::path(codec::lake_directory(options_.directory, exchange, type, {})).parent_path();
      std::error_code error;  // most have none
      for (const auto& symbol : fs::directory_iterator(parent, error)) {
        for (const std::int64_t day : options_.days) {
          Partition empty;
          empty.path = (symbol.path() / codec::lake_file(day)).string();
          if (written.contains(empty.path) || !fs::exists(empty.path, error)) continue;
          MD_CHECK(flush(empty));
          MD_CHECK(appender_.finish());
          MD_CHECK(publish(empty));
        }
      }
    }
  }
  return {};
}

}  // namespace md::dedupe
