// json_walk - the limit of whoever reads JSON lines: simdjson's on-demand walk along every value of
// them, none of which is used. FILE is read a megabyte at a time; nothing is written but the number
// of lines and values.
//
//   json_walk FILE
#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

namespace {

using simdjson::ondemand::value;

constexpr std::size_t kPiece = std::size_t{1} << 20;
constexpr std::size_t kLongestLine = std::size_t{64} << 20;

struct Count {
  std::uint64_t lines = 0, values = 0, characters = 0;
};

// A document and a value have the same members, and no common base.
template <typename Value>
void walk(Value& at, Count& count) {
  ++count.values;
  const simdjson::ondemand::json_type type = at.type();
  if (type == simdjson::ondemand::json_type::object) {
    for (auto field : at.get_object()) {
      count.characters += static_cast<std::uint64_t>(field.key().value().raw()[0]);
      value inner = field.value().value();
      walk(inner, count);
    }
  } else if (type == simdjson::ondemand::json_type::array) {
    for (auto element : at.get_array()) {
      value inner = element.value();
      walk(inner, count);
    }
  } else {
    count.characters += std::string_view(at.raw_json_token()).size();
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const int file = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) {
    std::fprintf(stderr, "usage: json_walk FILE\n");
    return 64;
  }
  std::size_t capacity = 2 * kPiece;
  auto bytes = std::make_unique<char[]>(capacity + simdjson::SIMDJSON_PADDING);
  std::size_t size = 0;
  simdjson::ondemand::parser parser;
  Count count;
  for (;;) {
    if (size + kPiece > capacity && capacity < kLongestLine) {
      capacity *= 2;
      auto larger = std::make_unique<char[]>(capacity + simdjson::SIMDJSON_PADDING);
      std::memcpy(larger.get(), bytes.get(), size);
      bytes = std::move(larger);
    }
    const ssize_t got = read(file, bytes.get() + size, capacity - size);
    if (got < 0) {
      std::perror(argv[1]);
      return 74;
    }
    size += static_cast<std::size_t>(got);
    const auto end = std::string_view{bytes.get(), size}.rfind('\n');
    const std::size_t whole = end == std::string_view::npos ? 0 : end + 1;
    if (whole != 0) {
      auto documents = parser.iterate_many(bytes.get(), whole, whole).value();
      for (auto document : documents) {
        ++count.lines;
        simdjson::ondemand::document_reference line = document.value();
        walk(line, count);
      }
      std::memmove(bytes.get(), bytes.get() + whole, size - whole);
      size -= whole;
    }
    if (got == 0) break;
  }
  std::printf("%llu lines %llu values %llu\n", static_cast<unsigned long long>(count.lines),
              static_cast<unsigned long long>(count.values),
              static_cast<unsigned long long>(count.characters));
  return size == 0 ? 0 : 65;
} catch (const simdjson::simdjson_error& error) {
  std::fprintf(stderr, "json_walk: %s\n", error.what());
  return 65;
}
