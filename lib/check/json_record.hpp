// JsonRecord: one line of a report for programs, member by member.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.hpp"
#include "base/time.hpp"

namespace md::check {

class JsonRecord {
 public:
  // {"record":"`record`"
  explicit JsonRecord(std::string_view record) { text("record", record); }

  void text(std::string_view key, std::string_view value);
  void texts(std::string_view key, const std::vector<std::string>& values);
  template <typename T>
  void number(std::string_view key, T value) {
    raw(key, fmt::format("{}", value));
  }
  void raw(std::string_view key, std::string_view json);
  void time(std::string_view key, Micros value) { text(key, to_iso(value)); }
  // Which stream; what is empty is left out.
  void stream(std::string_view recorder, std::string_view exchange, std::string_view symbol,
              std::string_view type);
  // The object with its newline.
  void end(Buffer& out) const;

 private:
  std::string out_;
};

}  // namespace md::check
