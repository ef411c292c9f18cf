#include "store/load_source.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <utility>

#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"
#include "store/loader.hpp"
#include "store/source_text.hpp"
#include "store/tables.hpp"

namespace md::store {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kMaxAge{2000};  // of the first line of a batch
constexpr int kPollMs = 100;                        // how soon a wish to stop is seen

class SourceLoader {
 public:
  SourceLoader(std::string name, const ConnectOptions& connect, std::string tool_version,
               const RejectLine& reject)
      : name_(std::move(name)),
        connect_(connect),
        tool_version_(std::move(tool_version)),
        reject_(reject) {
    connect_.finish_statements = true;  // a batch that is being stored is stored
  }

  Result<SourceLoad> run() {
    MD_CHECK(find_stored());
    const Position before = stored_;
    SourceText text{name_, stored_};
    MD_TRY(codec::LineReader lines, codec::LineReader::open("-"));
    MD_TRY(const bool ended, read(lines, text));
    MD_CHECK(flush(text));
    if (ended) MD_CHECK(text.end());
    return SourceLoad{std::min(before.lines, text.lines()), stored_.lines - before.lines};
  }

 private:
  bool stopped() const { return connect_.stop->load(); }

  Result<void> connect() {
    if (loader_) return {};
    MD_TRY(Loader opened, Loader::open(connect_, tool_version_));
    loader_.emplace(std::move(opened));
    return {};
  }

  Result<void> find_stored() {
    for (int attempt = 0;; ++attempt) {
      MD_CHECK(connect());
      auto position = loader_->position(name_);
      if (position) {
        stored_ = *position;
        return {};
      }
      if (position.error().code != Errc::unavailable || attempt >= connect_.retries)
        return std::move(position).error();
      loader_.reset();
    }
  }

  // True at the end of the input, false if stopped.
  Result<bool> read(codec::LineReader& lines, SourceText& text) {
    std::string_view line;
    while (true) {
      if (!batch_.empty() && (batch_.full() || Clock::now() >= due_)) MD_CHECK(flush(text));
      if (stopped()) return false;
      if (lines.may_wait() && !input_is_there()) continue;
      const auto read = lines.next(line);
      if (read == codec::LineReader::Read::end) return true;
      if (read == codec::LineReader::Read::damage) {
        if (lines.damage().code != Errc::malformed) return lines.damage();
        if (!text.at_stored()) MD_CHECK(reject_(lines.damage(), {}));
        continue;
      }
      if (lines.unterminated()) {
        MD_CHECK(reject(Error{Errc::malformed, "last line has no newline, so it may be torn"}, line,
                        text.lines() + 1));
        return true;
      }
      MD_TRY(const bool wanted, text.take(line));
      if (!wanted) continue;
      if (batch_.empty()) due_ = Clock::now() + kMaxAge;
      batch_.add(line);
    }
  }

  // False if there was none for a moment.
  static bool input_is_there() {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    return ::poll(&input, 1, kPollMs) > 0;
  }

  Result<void> reject(Error error, std::string_view line, std::uint64_t number) {
    if (error.file.empty()) error.file = "standard input";
    if (error.line == 0) error.line = number;
    return reject_(error, line);
  }

  Result<void> add_line(std::size_t index, std::uint64_t& rejected) {
    const std::string_view line = batch_.line(index);
    const std::uint64_t number = stored_.lines + index + 1;
    Result<void> added;
    if (events_.read(line, event_)) {
      added = loader_->add(event_, number);
      if (added || added.error().code != Errc::malformed) return added;
    } else {
      added = events_.error();
    }
    // Told once, however often it is sent.
    if (++rejected <= reported_) return {};
    reported_ = rejected;
    return reject(std::move(added).error(), line, number);
  }

  Result<void> send(const Position& to, bool again) {
    MD_CHECK(connect());
    if (again) {
      MD_TRY(const Position now, loader_->position(name_));
      if (now == to) return {};  // the commit was done, only its answer was lost
    }
    MD_CHECK(loader_->begin_batch(name_, stored_));
    std::uint64_t rejected = 0;
    for (std::size_t i = 0; i < batch_.size(); ++i) MD_CHECK(add_line(i, rejected));
    return loader_->commit_batch(to, rejected);
  }

  Result<void> flush(const SourceText& text) {
    if (batch_.empty()) return {};
    const Position to = text.position();
    reported_ = 0;
    for (int attempt = 0;; ++attempt) {
      auto sent = send(to, attempt != 0);
      if (sent) {
        stored_ = to;
        batch_.clear();
        return {};
      }
      const bool lost = loader_ && sent.error().code == Errc::unavailable;
      if (!lost || attempt >= connect_.retries) {
        sent.error().message += fmt::format(
            "; source '{}' is stored up to line {}, the {} lines"
            " after it are not",
            name_, stored_.lines, batch_.size());
        return sent;
      }
      loader_.reset();
    }
  }

  std::string name_;
  ConnectOptions connect_;
  std::string tool_version_;
  const RejectLine& reject_;
  std::optional<Loader> loader_;
  codec::EventReader events_;
  Event event_;

  Position stored_;
  Batch batch_;  // the lines after stored_
  Clock::time_point due_;
  std::uint64_t reported_ = 0;  // bad lines of the batch
};

}  // namespace

Result<SourceLoad> load_source(const std::string& name, const ConnectOptions& connect,
                               const std::string& tool_version, const RejectLine& reject) {
  if (name.empty() || name.size() > kMaxName || storable_text(name) != name ||
      name.find('\0') != std::string::npos) {
    return Error{Errc::usage, fmt::format("a source's name is UTF-8 of 1 to {} bytes", kMaxName)};
  }
  return SourceLoader{name, connect, tool_version, reject}.run();
}

}  // namespace md::store
