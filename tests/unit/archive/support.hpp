// What the tests of this layer share: scratch directories, files, members made by hand.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "archive/member_stream.hpp"
#include "archive/row_reader.hpp"
#include "archive/row_writer.hpp"
#include "base/buffer.hpp"
#include "codec/compressor.hpp"
#include "codec/event_json.hpp"
#include "codec/file.hpp"

namespace md::archive::test {

// A directory that goes with the test.
class Scratch {
 public:
  Scratch() {
    std::string name = std::filesystem::temp_directory_path() / "md-archive-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string operator/(std::string_view name) const { return path_ / name; }
  std::string path() const { return path_; }
  // Names in it, sorted.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{path_}) {
      names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::filesystem::path path_;
};

inline void write_file(const std::string& path, std::string_view bytes) {
  std::filesystem::create_directories(std::filesystem::path{path}.parent_path());
  std::ofstream{path, std::ios::binary} << bytes;
}

inline std::string read_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

inline std::string zstd(std::string_view content) {
  Buffer out;
  EXPECT_TRUE(codec::make_compressor(codec::Compression::zstd, 0)->add(content, true, out));
  return std::string{out.view()};
}

inline std::string to_line(const Event& event) {
  Buffer out;
  codec::append_event(out, event);
  return std::string{out.view()};
}

// The events, as NDJSON, of a member with this CSV; or the error's text.
inline std::string read_rows(const Stream& stream, const std::string& csv) {
  const Scratch scratch;
  const std::string bytes = zstd(csv);
  write_file(scratch / "m", bytes);
  const codec::Fd fd{::open((scratch / "m").c_str(), O_RDONLY)};
  RowReader reader{
      MemberStream{fd.get(), 0, bytes.size(), csv.size(), codec::Compression::zstd, "member"},
      stream};
  std::string lines;
  Event event;
  while (true) {
    const auto more = reader.next(event);
    if (!more) return lines + more.error().text();
    if (!*more) return lines;
    lines += to_line(event);
  }
}

}  // namespace md::archive::test
