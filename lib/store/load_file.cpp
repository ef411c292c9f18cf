#include "store/load_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "codec/event_json.hpp"
#include "codec/line_reader.hpp"
#include "store/fingerprint.hpp"
#include "store/sha256.hpp"

namespace md::store {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kSuffixes = {".ndjson", ".zst", ".gz"};

bool is_loadable(const std::string& path) {
  return std::any_of(kSuffixes.begin(), kSuffixes.end(),
                     [&](std::string_view suffix) { return path.ends_with(suffix); });
}

std::string shown(const std::string& path) { return path == "-" ? "standard input" : path; }

// Names the file, unless the error does already.
void name_file(Error& error, const std::string& path) {
  const bool named = !error.file.empty() || error.message.find(path) != std::string::npos;
  if (!named) error.file = shown(path);
}

}  // namespace

Result<std::vector<std::string>> files_to_load(const std::string& path) {
  std::error_code failed;
  if (path == "-" || !fs::is_directory(path, failed)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  auto entry = fs::recursive_directory_iterator(path, failed);
  for (; !failed && entry != fs::recursive_directory_iterator(); entry.increment(failed)) {
    std::error_code gone;  // a file renamed meanwhile is none to load
    if (is_loadable(entry->path().native()) && entry->is_regular_file(gone))
      files.push_back(entry->path().native());
  }
  if (failed) {
    const bool denied = failed == std::errc::permission_denied;
    return system_error(denied ? Errc::permission : Errc::io,
                        "cannot read directory '" + path + "'", failed.value());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string ledger_name(const std::string& path) {
  if (!fingerprint(path)) return "-";
  std::error_code failed;
  const fs::path whole = fs::canonical(path, failed);
  if (failed) return path;
  fs::path in_lake;
  for (const fs::path& component : whole) {
    if (!in_lake.empty() || component.native().starts_with("exchange=")) in_lake /= component;
  }
  return in_lake.empty() ? whole.native() : in_lake.native();
}

bool is_pipe(const std::string& path) {
  struct stat about {};
  return path == "-" ||
         (::stat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode));
}

struct FileLoader::State {
  Result<void> connect() {
    if (loader) return {};
    MD_TRY(Loader opened, Loader::open(options.connect, options.tool_version, Attach::later));
    loader.emplace(std::move(opened));
    return {};
  }

  void keep_fresh_days() {
    if (!loader) return;
    const std::vector<DayTable> days = loader->take_fresh_days();
    fresh.insert(fresh.end(), days.begin(), days.end());
  }

  void disconnect() {
    keep_fresh_days();
    loader.reset();
  }

  // Again on another connection where one is lost.
  template <typename Work>
  Result<void> ask(Work work) {
    for (int attempt = 0;; ++attempt) {
      MD_CHECK(connect());
      auto done = work(*loader);
      if (done || done.error().code != Errc::unavailable) return done;
      disconnect();
      if (attempt >= options.connect.retries) return done;
    }
  }

  // Reports a line once, however often the file is begun anew.
  Result<void> reject_once(Error error, std::string_view line, std::uint64_t number) {
    ++rejected;
    if (rejected <= reported) return {};
    reported = rejected;
    if (error.file.empty()) error.file = shown(path);
    if (error.line == 0) error.line = number;
    return reject(error, line);
  }

  Result<void> add_line(std::string_view line, std::uint64_t number) {
    if (!events.read(line, event)) return reject_once(events.error(), line, number);
    auto added = loader->add(event, number);
    if (added || added.error().code != Errc::malformed) return added;
    return reject_once(std::move(added).error(), line, number);
  }

  // All lines into the open load. Gives the SHA-256 of a pipe's content.
  Result<std::optional<Sha256>> add_lines(codec::LineReader& lines, bool is_pipe) {
    Sha256Hasher hasher;
    std::string_view line;
    while (true) {
      if (options.connect.stop != nullptr && options.connect.stop->load())
        return Error{Errc::temporary, "interrupted"};
      const auto read = lines.next(line);
      if (read == codec::LineReader::Read::end) break;
      if (read == codec::LineReader::Read::damage) {
        // What cannot be read today may be there tomorrow: no part of such a file is loaded.
        if (lines.damage().code != Errc::malformed) return lines.damage();
        MD_CHECK(reject_once(lines.damage(), {}, lines.line_number()));
        continue;
      }
      if (is_pipe) {
        hasher.update(line);
        hasher.update("\n");
      }
      MD_CHECK(add_line(line, lines.line_number()));
    }
    if (!is_pipe) return std::optional<Sha256>{};
    return std::optional(hasher.finish());
  }

  Result<Load> load_once(const std::optional<Fingerprint>& before,
                         const std::optional<Sha256>& content) {
    MD_TRY(codec::LineReader lines, codec::LineReader::open(path));
    MD_TRY(const auto begun, loader->begin({ledger_name(path), content, options.replace}));
    if (begun == Loader::Begin::already_loaded) return Load{0, true, 0, 0};
    rejected = 0;
    MD_TRY(const std::optional<Sha256> piped, add_lines(lines, !before));
    if (before && fingerprint(path) != before) {
      return Error{Errc::temporary, fmt::format("'{}' changed while it was read", path)};
    }
    return loader->commit(piped, rejected);
  }

  Result<Load> load() {
    const std::optional<Fingerprint> before = fingerprint(path);
    std::optional<Sha256> content;
    if (before) {
      MD_TRY(content, sha256_of_file(path));
    }
    reported = 0;
    for (int attempt = 0;; ++attempt) {
      MD_CHECK(connect());
      auto loaded = load_once(before, content);
      if (loaded) return loaded;
      name_file(loaded.error(), path);
      const bool lost = loaded.error().code == Errc::unavailable;
      if (lost) {
        disconnect();
      } else {
        loader->abort();
      }
      if (!lost || !before || attempt >= options.connect.retries) return loaded;
    }
  }

  Options options;
  RejectLine reject;
  std::optional<Loader> loader;
  std::vector<DayTable> fresh;
  codec::EventReader events;
  Event event;

  // Of the file being loaded.
  std::string path;
  std::uint64_t rejected = 0;
  std::uint64_t reported = 0;
};

FileLoader::FileLoader(Options options, RejectLine reject) : state_(std::make_unique<State>()) {
  state_->options = std::move(options);
  state_->reject = std::move(reject);
}
FileLoader::~FileLoader() = default;

Result<Load> FileLoader::load(const std::string& path) {
  state_->path = path;
  return state_->load();
}

std::vector<DayTable> FileLoader::take_fresh_days() {
  state_->keep_fresh_days();
  return std::exchange(state_->fresh, {});
}

Result<void> FileLoader::finish_day(const DayTable& day) {
  return state_->ask([&](Loader& loader) { return loader.finish_day(day); });
}

Result<void> FileLoader::finish_leftovers() {
  return state_->ask([](Loader& loader) { return loader.finish_leftovers(); });
}

}  // namespace md::store
