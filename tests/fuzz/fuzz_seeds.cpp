// fuzz_seeds - writes recordings as inputs of the fuzz targets.
//
//   fuzz_seeds VENUE FRAMES_DIR LISTS_DIR RECORDING...
//
// FRAMES_DIR gets each recording in inputs of a few frames, as they followed each other; LISTS_DIR
// each REST answer that is a market list. Compressed frames stand there as their text too, since no
// mutation of compressed bytes gets past their checksum.
#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "codec/file.hpp"
#include "codec/raw_json.hpp"
#include "harness.hpp"
#include "venue/inflate.hpp"
#include "venue/registry.hpp"
#include "venue/session_probe.hpp"

namespace {

using namespace md;

constexpr std::size_t kSize = 4096;     // of an input, about; libFuzzer mutates short ones better
constexpr std::size_t kMost = 8 << 10;  // of a frame
constexpr std::size_t kMostOfList = 64 << 10;
constexpr std::size_t kFiles = 64;  // of a recording: captures repeat themselves

class Directory {
 public:
  explicit Directory(std::string path) : path_(std::move(path)) {}
  bool write(std::string_view input) {
    std::FILE* const file = std::fopen(fmt::format("{}/{:06}", path_, ++files_).c_str(), "wb");
    if (file == nullptr) return false;
    const bool whole = std::fwrite(input.data(), 1, input.size(), file) == input.size();
    return (std::fclose(file) == 0) && whole;
  }

 private:
  std::string path_;
  std::size_t files_ = 0;
};

void add(std::string& input, const RawLine& raw, std::string_view data) {
  if (!input.empty()) input += fuzz::kCut;
  if (raw.kind == RawKind::reply) input += fmt::format("{}{}\n", fuzz::kReply, raw.request);
  input += data;
}

bool write_seeds(const venue::Venue& venue, codec::LineReader& in, Directory& frames,
                 Directory& lists) {
  codec::RawReader reader{std::string(venue.id)};
  venue::Inflater inflater;
  std::string input, text;
  std::size_t written = 0;
  std::string_view line;
  for (auto read = in.next(line); read != codec::LineReader::Read::end && written < kFiles;
       read = in.next(line)) {
    RawLine raw;
    if (read != codec::LineReader::Read::line || !reader.read(line, raw)) continue;
    if (raw.kind != RawKind::frame && raw.kind != RawKind::reply) continue;
    if (raw.kind == RawKind::reply && raw.data.size() <= kMostOfList) {
      std::vector<venue::Market> markets;
      if (venue.read_markets(raw.data, markets)) {
        std::string list;
        add(list, raw, raw.data);
        if (!lists.write(list)) return false;
      }
    }
    if (raw.data.size() > kMost) continue;
    add(input, raw, raw.data);
    std::string_view plain;
    if (inflater.inflate(raw.data, plain)) add(text, raw, plain);
    if (input.size() < kSize && text.size() < kSize) continue;
    ++written;
    if (!frames.write(input) || (text != input && !frames.write(text))) return false;
    input.clear();
    text.clear();
  }
  return (input.empty() || frames.write(input)) && (text == input || frames.write(text));
}

}  // namespace

int main(int argc, char** argv) {
  const venue::Venue* const venue = argc < 4 ? nullptr : venue::find(argv[1]);
  if (venue == nullptr) {
    std::fprintf(stderr, "usage: fuzz_seeds VENUE FRAMES_DIR LISTS_DIR RECORDING...\n");
    return 64;
  }
  Directory frames{argv[2]}, lists{argv[3]};
  for (int i = 4; i < argc; ++i) {
    auto in = codec::LineReader::open(argv[i]);
    if (!in) {
      std::fprintf(stderr, "fuzz_seeds: %s\n", in.error().text().c_str());
      return 66;
    }
    if (!write_seeds(*venue, *in, frames, lists)) {
      std::fprintf(stderr, "fuzz_seeds: cannot write into '%s' or '%s'\n", argv[2], argv[3]);
      return 74;
    }
  }
  return 0;
}
