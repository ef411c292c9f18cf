#include "sim/fault_rules.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "codec/line_reader.hpp"

namespace md::sim {
namespace {

struct Known {
  std::string_view name;
  Fault fault;
  FaultScope scope;
  std::string_view own;   // parameters besides those of the scope
  std::string_view must;  // of these, the one that has no default; may be empty
};
constexpr Known kFaults[] = {
    {"drop", Fault::drop, FaultScope::frame, "", ""},
    {"duplicate", Fault::duplicate, FaultScope::frame, "", ""},
    {"reorder", Fault::reorder, FaultScope::frame, " frames ", ""},
    {"delay", Fault::delay, FaultScope::frame, " by ", "by"},
    {"corrupt", Fault::corrupt, FaultScope::frame, "", ""},
    {"truncate", Fault::truncate, FaultScope::frame, "", ""},
    {"stall", Fault::stall, FaultScope::connection, "", ""},
    {"halfopen", Fault::half_open, FaultScope::connection, "", ""},
    {"cut", Fault::cut, FaultScope::connection, "", ""},
    {"reset", Fault::reset, FaultScope::connection, "", ""},
    {"close", Fault::close, FaultScope::connection, " code reason ", ""},
    {"shutdown", Fault::shutdown, FaultScope::connection, "", ""},
    {"deny", Fault::deny, FaultScope::opening, " status retry ", "status"},
    {"refuse", Fault::refuse, FaultScope::request, " status retry ", "status"},
    {"slow", Fault::slow, FaultScope::request, " by ", "by"},
    {"stale", Fault::stale, FaultScope::request, " by ", "by"},
};

const Known& known(Fault fault) {
  return *std::find_if(std::begin(kFaults), std::end(kFaults),
                       [&](const Known& k) { return k.fault == fault; });
}

// Keys that a fault understands, blanks around each.
std::string keys_of(const Known& fault) {
  std::string keys = " nth every chance at times ";
  switch (fault.scope) {
    case FaultScope::frame:
      keys += " age count for type connection ";
      break;
    case FaultScope::connection:
      keys += " age type connection ";
      if (fault.fault == Fault::stall) keys += " for ";
      break;
    case FaultScope::opening:
    case FaultScope::request:
      keys += " count for path ";
      break;
  }
  return keys.append(fault.own);
}

std::optional<double> number_before(std::string_view text, std::string_view unit) {
  if (!text.ends_with(unit)) return std::nullopt;
  text.remove_suffix(unit.size());
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  // A year in microseconds is far below what a double counts exactly.
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0 && value < 4e7))
    return std::nullopt;
  return value;
}

bool read_time(std::string_view text, Micros& out) {
  struct Unit {
    std::string_view name;
    Micros micros;
  };
  for (const Unit unit :
       {Unit{"ms", 1000}, Unit{"s", kSecond}, Unit{"m", 60 * kSecond}, Unit{"h", 3600 * kSecond}}) {
    if (const auto value = number_before(text, unit.name)) {
      out = std::llround(*value * static_cast<double>(unit.micros));
      return true;
    }
  }
  return false;
}

bool read_chance(std::string_view text, std::int64_t& out) {
  const auto percent = number_before(text, "%");
  if (!percent || *percent > 100) return false;
  out = std::llround(*percent * 10'000);
  return out > 0;
}

template <typename Number>
bool read_number(std::string_view text, Number low, Number high, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && out >= low && out <= high;
}

bool read_type(std::string_view text, FaultRule& rule) {
  if (text == "answer") return rule.answers = true;
  rule.type = type_from(text);
  return rule.type && *rule.type < Type::connect;
}

// RFC 6455, 7.4: what may stand in a close frame.
bool read_code(std::string_view text, std::uint16_t& out) {
  return read_number<std::uint16_t>(text, 1000, 4999, out) && out != 1004 && out != 1005 &&
         out != 1006 && out != 1015;
}

bool set(FaultRule& rule, std::string_view key, std::string_view value) {
  using When = FaultRule::When;
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  const auto when = [&](When kind, bool read) {
    rule.when = kind;
    return read;
  };
  if (key == "nth") return when(When::nth, read_number<std::int64_t>(value, 1, kMost, rule.n));
  if (key == "every") return when(When::every, read_number<std::int64_t>(value, 1, kMost, rule.n));
  if (key == "chance") return when(When::chance, read_chance(value, rule.n));
  if (key == "at") return when(When::at, read_time(value, rule.n));
  if (key == "age") return when(When::age, read_time(value, rule.n));
  if (key == "count") return read_number<std::int64_t>(value, 1, kMost, rule.count);
  if (key == "for") return read_time(value, rule.lasts) && rule.lasts > 0;
  if (key == "times") return read_number<std::int64_t>(value, 1, kMost, rule.times);
  if (key == "type") return read_type(value, rule);
  if (key == "connection") return read_number<std::uint64_t>(value, 1, kMost, rule.connection);
  if (key == "path") return !(rule.path = value).empty();
  if (key == "by") return read_time(value, rule.by) && rule.by > 0;
  if (key == "frames") return read_number<std::int64_t>(value, 1, 1000, rule.frames);
  if (key == "code") return read_code(value, rule.code);
  // A close frame has room for 123 bytes.
  if (key == "reason") return (rule.reason = value).size() <= 123;
  if (key == "status") return read_number(value, 400, 599, rule.status);
  Micros retry = 0;
  const bool read = read_time(value, retry) && retry % kSecond == 0;
  rule.retry_s = retry / kSecond;
  return read;
}

std::string_view next_word(std::string_view& text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return text = {};
  text.remove_prefix(begin);
  const auto word = text.substr(0, text.find_first_of(" \t\r"));
  text.remove_prefix(word.size());
  return word;
}

Error wrong(std::string_view what, std::string_view subject) {
  return {.code = Errc::usage, .message = std::string(what) + ": '" + std::string(subject) + "'"};
}

Result<void> parse_rule(std::string_view text, std::vector<FaultRule>& out) {
  FaultRule rule;
  std::string_view rest = text;
  const std::string_view name = next_word(rest);
  if (name.empty()) return {};
  const auto fault = std::find_if(std::begin(kFaults), std::end(kFaults),
                                  [&](const Known& k) { return k.name == name; });
  if (fault == std::end(kFaults)) return wrong("no such fault", name);
  rule.fault = fault->fault;
  const std::string keys = keys_of(*fault);
  std::string seen = " ";
  int whens = 0;
  for (std::string_view word = next_word(rest); !word.empty(); word = next_word(rest)) {
    rule.text += rule.text.empty() ? std::string(name) + " " : " ";
    rule.text += word;
    const auto equals = word.find('=');
    const std::string key(word.substr(0, equals));
    const std::string padded = " " + key + " ";
    if (equals == word.npos || keys.find(padded) == keys.npos)
      return wrong("'" + std::string(name) + "' has no such parameter", word);
    if (seen.find(padded) != seen.npos) return wrong("given twice", word);
    seen += key + " ";
    if (key == "nth" || key == "every" || key == "chance" || key == "at" || key == "age") ++whens;
    if (!set(rule, key, word.substr(equals + 1))) return wrong("not a value of that", word);
  }
  if (whens != 1) {
    return wrong("a fault strikes at one of nth=, every=, chance=, at=, age=",
                 text.substr(text.find(name)));
  }
  if (!fault->must.empty() && seen.find(" " + std::string(fault->must) + " ") == seen.npos) {
    return wrong("'" + std::string(name) + "' needs " + std::string(fault->must) + "=", rule.text);
  }
  if (seen.find(" count ") != seen.npos && rule.lasts != 0)
    return wrong("either count= or for=", rule.text);
  if (rule.fault == Fault::stall && rule.lasts == 0) rule.lasts = FaultRule::kForever;
  out.push_back(std::move(rule));
  return {};
}

}  // namespace

std::string_view to_text(Fault fault) { return known(fault).name; }
FaultScope scope_of(Fault fault) { return known(fault).scope; }

Result<void> parse_faults(std::string_view text, std::vector<FaultRule>& out) {
  for (std::string_view line; !text.empty();) {
    line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    line = line.substr(0, line.find('#'));
    while (!line.empty()) {
      const std::string_view rule = line.substr(0, line.find(';'));
      line.remove_prefix(std::min(line.size(), rule.size() + 1));
      MD_CHECK(parse_rule(rule, out));
    }
  }
  return {};
}

Result<void> read_faults(const std::string& path, std::vector<FaultRule>& out) {
  MD_TRY(auto lines, codec::LineReader::open(path));
  for (std::string_view line;;) {
    switch (lines.next(line)) {
      case codec::LineReader::Read::end:
        return {};
      case codec::LineReader::Read::damage:
        return lines.damage();
      case codec::LineReader::Read::line:
        break;
    }
    if (auto parsed = parse_faults(line, out); !parsed) {
      Error error = parsed.error();
      error.file = path;
      error.line = lines.line_number();
      return error;
    }
  }
}

}  // namespace md::sim
