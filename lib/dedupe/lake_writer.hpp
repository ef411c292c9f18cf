// LakeWriter: the merged stream into files by exchange, type, symbol and day (md-formats(5), LAKE).
//
//   LAKE/exchange=<id>/type=<type>/symbol=<encoded>/date=<YYYY-MM-DD>.ndjson.zst
//
// Lines without a symbol (connect, disconnect, a connection's gap) have symbol=_. The day is the
// UTC date of `timestamp`, of `localTimestamp` for lines without.
//
// A file that has the very lines already is left alone, whatever its compression: its inode and
// times stay, and who knows it by them has nothing to do. Where days are named and files may be
// replaced, those of connect, disconnect and gap lines that the merge no longer has (another
// recorder was up after all) become empty; they do not go, so that a database hears of it.
//
// Memory: kBufferedBytes for all files together, what a FrameAppender needs, and the books.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/buffer.hpp"
#include "book/book.hpp"
#include "codec/event_json.hpp"
#include "codec/file.hpp"
#include "dedupe/frame_appender.hpp"
#include "dedupe/merger.hpp"

namespace md::dedupe {

class LakeWriter final : public MergedSink {
 public:
  struct Options {
    std::string directory;
    std::vector<std::int64_t> days;  // days since 1970 to write; all if empty
    bool replace = false;            // may existing files be replaced
  };
  static constexpr std::size_t kBufferedBytes = std::size_t{8} << 20;

  // Makes the directory; a lock in it keeps a second writer out. Errors: create, permission,
  // temporary (locked).
  static Result<std::unique_ptr<LakeWriter>> open(Options options);
  // Without finish(), the .part files are removed.
  ~LakeWriter() override;
  LakeWriter(const LakeWriter&) = delete;
  LakeWriter& operator=(const LakeWriter&) = delete;

  // exists: the line's file is there already, and is not to be replaced.
  Result<void> write(const Stream& stream, const MergedLine& line) override;
  // All files appear. Must be called, and checked.
  Result<void> finish();

  std::size_t files() const { return partitions_.size(); }
  std::size_t files_kept() const { return kept_; }  // of them, left alone: same lines

 private:
  struct Partition {
    std::string path;
    Buffer lines;
    bool begun = false;  // the .part file is there
  };
  // A day's file must stand alone: the book is kept to open the next day with.
  struct DayBook {
    std::string symbol;
    bool known = false;
    Seq seq;
    std::int64_t day = 0;
    book::Book book;
  };
  using PartitionKey = std::pair<StreamId, std::int64_t>;

  LakeWriter(Options options, codec::Fd lock);
  bool wanted(std::int64_t day) const;
  Result<Partition*> partition(const Stream& stream, std::int64_t day);
  Result<void> append(Partition& partition, std::string_view text);
  Result<void> write_book(const Stream& stream, const MergedLine& line, std::int64_t day);
  void forget_books(const Stream& stream, const MergedLine& line);
  Result<void> flush_largest();
  Result<void> flush(Partition& partition);
  Result<void> publish(Partition& partition);
  Result<void> empty_outages();

  Options options_;
  codec::Fd lock_;
  std::int64_t last_day_;
  FrameAppender appender_;
  std::map<PartitionKey, Partition> partitions_;
  std::unordered_map<StreamId, DayBook> books_;
  std::unordered_map<MarketId, StreamId> book_of_;
  std::unordered_map<std::string, std::vector<StreamId>> books_by_exchange_;
  codec::EventReader events_;
  Buffer scratch_;
  std::size_t buffered_ = 0;
  std::size_t kept_ = 0;
  std::vector<bool> met_;            // by stream
  std::set<std::string> exchanges_;  // that the merge had lines of
};

}  // namespace md::dedupe
