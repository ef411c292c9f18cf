// Each venue's adapter on the frames of its golden cases: raw lines in, event lines out, books and
// all.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "book/normaliser.hpp"
#include "codec/line_reader.hpp"

namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const fs::path& venue) {
  std::vector<std::string> lines;
  for (const auto& entry : fs::directory_iterator(venue)) {
    if (!entry.path().string().ends_with(".raw.ndjson")) continue;
    auto reader = md::codec::LineReader::open(entry.path().string());
    std::string_view line;
    while (reader && reader->next(line) == md::codec::LineReader::Read::line)
      lines.push_back(std::string(line) + std::string(md::codec::kPadding, '\0'));
  }
  return lines;
}

// Each time from the beginning: what a venue said before is known to books and left out.
void venue_frames(benchmark::State& state, const fs::path& venue) {
  const auto lines = lines_of(venue);
  std::size_t bytes = 0;
  for (const std::string& line : lines) bytes += line.size() - md::codec::kPadding;
  for (auto _ : state) {
    md::book::Normaliser normaliser{{}};
    for (const std::string& line : lines) {
      // Golden cases have bad frames too.
      benchmark::DoNotOptimize(
          normaliser.add({line.data(), line.size() - md::codec::kPadding}).has_value());
    }
    benchmark::DoNotOptimize(normaliser.events().data());
  }
  const auto times = static_cast<std::int64_t>(state.iterations());
  state.SetItemsProcessed(times * static_cast<std::int64_t>(lines.size()));
  state.SetBytesProcessed(times * static_cast<std::int64_t>(bytes));
}

const bool kRegistered = [] {
  std::map<std::string, fs::path> venues;  // in order of their names
  for (const auto& entry : fs::directory_iterator(MD_SOURCE_DIR "/tests/golden")) {
    if (entry.is_directory()) venues[entry.path().filename().string()] = entry.path();
  }
  for (const auto& [name, path] : venues) {
    benchmark::RegisterBenchmark(("venue/" + name).c_str(), [path = path](benchmark::State& state) {
      venue_frames(state, path);
    });
  }
  return true;
}();

}  // namespace
