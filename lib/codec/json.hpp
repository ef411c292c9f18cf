// Reading JSON in place, in one pass, without allocation: a thin layer over simdjson's on-demand
// parser.
//
//   json::Parser parser;
//   bool ok = parser.read_object(text, [&](json::Key key, json::Value& value) {
//     if (key == "p") return value.decimal(price);
//     if (key == "b") return value.levels(bids);
//     return true;                                  // not needed: passed over
//   });
//
// A visitor that returns false stops the reading, and the whole is false: malformed. A true from
// read_object means that the whole text was one JSON object; so give events only after it. Text
// needs codec::kPadding readable bytes behind it. Views point into the text, or (strings with
// escapes) into the parser until its next read.
#pragma once

#include <simdjson.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "codec/line_reader.hpp"
#include "model/event.hpp"

namespace md::codec::json {

static_assert(kPadding >= simdjson::SIMDJSON_PADDING);

namespace sj = simdjson::ondemand;

// A field's name, compared without unescaping (no venue escapes its field names).
class Key {
 public:
  explicit Key(sj::raw_json_string raw) : raw_(raw.raw()) {}
  template <std::size_t N>
  friend bool operator==(const Key& key, const char (&name)[N]) {
    return std::memcmp(key.raw_, name, N - 1) == 0 && key.raw_[N - 1] == '"';
  }
  // The name if it is a single character, else 0.
  char letter() const { return raw_[0] != '"' && raw_[1] == '"' ? raw_[0] : '\0'; }
  // Up to the closing quote.
  std::string_view text() const {
    return {raw_,
            static_cast<std::size_t>(static_cast<const char*>(std::strchr(raw_, '"')) - raw_)};
  }

 private:
  const char* raw_;
};

// One value, to be read once by one of its members. Each gives false if the value is of another
// kind.
class Value {
 public:
  // A string's inside, or a number's, true's, false's or null's own text.
  bool text(std::string_view& out) {
    std::string_view token = value_->raw_json_token();
    if (token.empty()) return false;
    if (token.front() == '"') {
      const std::size_t last = token.rfind('"');
      token = token.substr(1, last - 1);
      if (last == 0) return false;
      if (!escapes_ || std::memchr(token.data(), '\\', token.size()) == nullptr) {
        out = token;
        return true;
      }
      return value_->get_string().get(out) == simdjson::SUCCESS;
    }
    if (token.front() == '{' || token.front() == '[') return false;
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ')
      token.remove_suffix(1);
    out = token;
    return !token.empty();
  }
  // A number, or a string that holds one.
  bool decimal(Decimal& out) {
    std::string_view token;
    return text(token) && Decimal::parse(token, out);
  }
  // The same, where an empty string, null or a missing value means that there is none.
  bool decimal(std::optional<Decimal>& out) {
    std::string_view token;
    if (!text(token)) return false;
    out.reset();
    return token.empty() || token == "null" || Decimal::parse(token, out.emplace());
  }
  // A JSON integer of 64 bits, or a string that holds one.
  bool integer(std::int64_t& out) {
    std::string_view token;
    if (!text(token)) return false;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
    return error == std::errc{} && end == token.data() + token.size();
  }
  bool integer(std::optional<std::int64_t>& out) { return integer(out.emplace()); }
  bool boolean(bool& out) { return value_->get_bool().get(out) == simdjson::SUCCESS; }
  // Seconds to nanoseconds since 1970 (told by magnitude), or ISO 8601.
  bool time(Micros& out) {
    std::string_view token;
    if (!text(token)) return false;
    std::int64_t number;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
    if (error == std::errc{} && end == token.data() + token.size())
      return micros_from_number(number, out);
    return parse_iso(token, out);
  }
  // The value's own text, of whatever kind, verbatim. Reads it to its end.
  bool whole(std::string_view& out) {
    if (is_object()) {
      sj::object object;
      return value_->get_object().get(object) == simdjson::SUCCESS &&
             object.raw_json().get(out) == simdjson::SUCCESS;
    }
    if (is_array()) {
      sj::array array;
      return value_->get_array().get(array) == simdjson::SUCCESS &&
             array.raw_json().get(out) == simdjson::SUCCESS;
    }
    out = value_->raw_json_token();
    while (!out.empty() && static_cast<unsigned char>(out.back()) <= ' ') out.remove_suffix(1);
    return !out.empty();
  }
  // The first character: tells an object, an array, a string and so on apart. Reads nothing.
  char first() {
    const std::string_view token = value_->raw_json_token();
    return token.empty() ? '\0' : token.front();
  }
  bool is_object() { return first() == '{'; }
  bool is_array() { return first() == '['; }

  template <typename Visitor>  // bool(Key, Value&)
  bool object(Visitor&& visit) {
    sj::object object;
    if (value_->get_object().get(object) != simdjson::SUCCESS) return false;
    for (auto result : object) {
      if (result.error() != simdjson::SUCCESS) return false;
      sj::field& field = result.value_unsafe();
      Value value{field.value(), escapes_};
      if (!visit(Key{field.key()}, value)) return false;
    }
    return true;
  }
  template <typename Visitor>  // bool(Value&)
  bool array(Visitor&& visit) {
    sj::array array;
    if (value_->get_array().get(array) != simdjson::SUCCESS) return false;
    for (auto result : array) {
      if (result.error() != simdjson::SUCCESS) return false;
      sj::value& element = result.value_unsafe();
      Value value{element, escapes_};
      if (!visit(value)) return false;
    }
    return true;
  }
  // [[price, amount, anything...], ...], appended to `out`.
  bool levels(std::vector<Level>& out) {
    return array([&](Value& row) {
      Level level;
      int column = 0;
      const bool read = row.array([&](Value& cell) {
        switch (column++) {
          case 0:
            return cell.decimal(level.price);
          case 1:
            return cell.decimal(level.amount);
          default:
            return true;
        }
      });
      if (!read || column < 2) return false;
      out.push_back(level);
      return true;
    });
  }

 private:
  friend class Parser;
  // `escapes`: whether there is a backslash anywhere in the text; mostly there is none, and strings
  // need not be looked through for one.
  Value(sj::value& value, bool escapes) : value_(&value), escapes_(escapes) {}

  sj::value* value_;
  bool escapes_;
};

class Parser {
 public:
  template <typename Visitor>  // bool(Key, Value&)
  bool read_object(std::string_view text, Visitor&& visit) {
    return read(text, [&](Value& root) { return root.object(visit); });
  }
  template <typename Visitor>  // bool(Value&)
  bool read_array(std::string_view text, Visitor&& visit) {
    return read(text, [&](Value& root) { return root.array(visit); });
  }

 private:
  template <typename Use>
  bool read(std::string_view text, Use&& use) {
    sj::document document;
    const simdjson::padded_string_view padded{text.data(), text.size(),
                                              text.size() + simdjson::SIMDJSON_PADDING};
    if (parser_.iterate(padded).get(document) != simdjson::SUCCESS) return false;
    // Behind the value nothing may follow: the location is out of bounds only at the end.
    sj::value value;
    if (document.get_value().get(value) != simdjson::SUCCESS) return false;
    Value root{value, std::memchr(text.data(), '\\', text.size()) != nullptr};
    return use(root) && document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  }

  sj::parser parser_;
};

}  // namespace md::codec::json
