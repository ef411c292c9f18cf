// Reading JSON in place, in one pass, without allocation: a walk along the tokens that simdjson's
// first stage finds.
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
//
// Why not simdjson's own second stages: the tree costs an allocation and a visit of what nobody
// needs, and on-demand values carry their parser along and check at each step what a visitor that
// only goes forward cannot do wrong. What is walked over unread is checked for balanced brackets
// alone, as on-demand does.
#pragma once

#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "codec/line_reader.hpp"
#include "model/event.hpp"

namespace md::codec::json {

constexpr unsigned kMaxDepth =
    64;  // of nested values that are read; deeper ones may be passed over

// A field's name, compared without unescaping (no venue escapes its field names).
class Key {
 public:
  explicit Key(const char* name) : name_(name) {}
  template <std::size_t N>
  friend bool operator==(const Key& key, const char (&name)[N]) {
    return std::memcmp(key.name_, name, N - 1) == 0 && key.name_[N - 1] == '"';
  }
  // The name if it is a single character, else 0.
  char letter() const { return name_[0] != '"' && name_[1] == '"' ? name_[0] : '\0'; }
  // Up to the closing quote.
  std::string_view text() const {
    return {name_,
            static_cast<std::size_t>(static_cast<const char*>(std::strchr(name_, '"')) - name_)};
  }

 private:
  const char* name_;
};

// Where a token begins in the text: a bracket, comma or colon, or the first character of a string
// (its quote), number, true, false or null. The list ends with the text's size.
using Token = std::uint32_t;

class Parser;

// A text whose tokens are known.
class Tokens {
 public:
  char first(const Token* token) const { return begin_[*token]; }
  const char* at(const Token* token) const { return begin_ + *token; }
  const Token* end() const { return end_; }
  // Behind the value that begins here; null if there is none, or it does not end.
  const Token* skip(const Token* token) const {
    unsigned depth = 0;
    do {
      if (token >= end_) return nullptr;
      switch (first(token++)) {
        case '[':
        case '{':
          ++depth;
          break;
        case ']':
        case '}':
          if (depth-- == 0) return nullptr;
          break;
        case ',':
        case ':':
          if (depth == 0) return nullptr;
          break;
        default:
          break;
      }
    } while (depth != 0);
    return token;
  }
  // A string's inside, from behind its opening quote up to the closing one, without escapes.
  bool unescape(std::string_view& inside) const {
    return !has_escapes_ || std::memchr(inside.data(), '\\', inside.size()) == nullptr ||
           unescape_known(inside);
  }

 private:
  friend class Parser;
  bool unescape_known(std::string_view& inside) const;

  const char* begin_ = nullptr;
  const Token* end_ = nullptr;
  // Whether there is a backslash anywhere: mostly there is none, and strings need not be looked
  // through for one.
  bool has_escapes_ = false;
  Parser* parser_ = nullptr;
};

// One value, to be read by one of its members. Each gives false if the value is of another kind.
class Value {
 public:
  // A string's inside, or a number's, true's, false's or null's own text.
  bool text(std::string_view& out) const {
    out = own_text();
    switch (out.front()) {
      case '"':
        if (out.size() < 2 || out.back() != '"') return false;
        out = out.substr(1, out.size() - 2);
        return tokens_->unescape(out);
      case '[':
      case '{':
      case ']':
      case '}':
      case ',':
      case ':':
        return false;
      default:
        return static_cast<unsigned char>(out.front()) > ' ';  // a stray control character
    }
  }
  // A number, or a string that holds one.
  bool decimal(Decimal& out) const {
    std::string_view token;
    return plain_number(out) || (text(token) && Decimal::parse_padded(token, out));
  }
  // The same, where an empty string, null or a missing value means that there is none.
  bool decimal(std::optional<Decimal>& out) const {
    std::string_view token;
    if (!text(token)) return false;
    out.reset();
    return token.empty() || token == "null" || Decimal::parse_padded(token, out.emplace());
  }
  // A JSON integer of 64 bits, or a string that holds one.
  bool integer(std::int64_t& out) const {
    Decimal number;
    if (plain_number(number) && number.scale() == 0)
      return out = static_cast<std::int64_t>(number.mantissa()), true;
    std::string_view token;
    if (!text(token)) return false;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
    return error == std::errc{} && end == token.data() + token.size();
  }
  bool integer(std::optional<std::int64_t>& out) const { return integer(out.emplace()); }
  bool boolean(bool& out) const {
    const std::string_view token = own_text();
    out = token == "true";
    return out || token == "false";
  }
  // Seconds to nanoseconds since 1970 (told by magnitude), or ISO 8601.
  bool time(Micros& out) const {
    std::string_view token;
    if (!text(token)) return false;
    std::int64_t number;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
    if (error == std::errc{} && end == token.data() + token.size())
      return micros_from_number(number, out);
    return parse_iso(token, out);
  }
  // The value's own text, of whatever kind, verbatim.
  bool whole(std::string_view& out) {
    if (!is_object() && !is_array()) return out = own_text(), true;
    end_ = tokens_->skip(token_);
    if (end_ == nullptr) return false;
    const char* const begin = tokens_->at(token_);
    out = {begin, static_cast<std::size_t>(tokens_->at(end_ - 1) + 1 - begin)};
    return true;
  }
  // The first character: tells an object, an array, a string and so on apart.
  char first() const { return tokens_->first(token_); }
  bool is_object() const { return first() == '{'; }
  bool is_array() const { return first() == '['; }
  bool is_string() const { return first() == '"'; }

  template <typename Visitor>  // bool(Key, Value&)
  bool object(Visitor&& visit) {
    if (first() != '{' || depth_ == kMaxDepth) return false;
    const Token* at = token_ + 1;
    if (at < tokens_->end() && tokens_->first(at) == '}') return end_ = at + 1, true;
    while (tokens_->end() - at > 3) {  // a name, a colon, a value, and what follows
      if (tokens_->first(at) != '"' || tokens_->first(at + 1) != ':') return false;
      Value value{*tokens_, at + 2, depth_ + 1};
      if (!visit(Key{tokens_->at(at) + 1}, value)) return false;
      at = value.end();
      if (at == nullptr || at >= tokens_->end()) return false;
      const char next = tokens_->first(at++);
      if (next == '}') return end_ = at, true;
      if (next != ',') return false;
    }
    return false;
  }
  template <typename Visitor>  // bool(Value&)
  bool array(Visitor&& visit) {
    if (first() != '[' || depth_ == kMaxDepth) return false;
    const Token* at = token_ + 1;
    if (at < tokens_->end() && tokens_->first(at) == ']') return end_ = at + 1, true;
    while (tokens_->end() - at > 1) {
      Value value{*tokens_, at, depth_ + 1};
      if (!visit(value)) return false;
      at = value.end();
      if (at == nullptr || at >= tokens_->end()) return false;
      const char next = tokens_->first(at++);
      if (next == ']') return end_ = at, true;
      if (next != ',') return false;
    }
    return false;
  }
  // [[price, amount, anything...], ...], appended to `out`.
  bool levels(std::vector<Level>& out) {
    return array([&](Value& row) {
      Level& level = out.emplace_back();
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
      return read && column >= 2;
    });
  }
  // [{"price":..,"amount":..,anything...}, ...] under the names given, appended to `out`.
  template <std::size_t N, std::size_t M>
  bool levels(const char (&price)[N], const char (&amount)[M], std::vector<Level>& out) {
    return array([&](Value& row) {
      Level& level = out.emplace_back();
      bool has_price = false, has_amount = false;
      const bool read = row.object([&](Key key, Value& field) {
        if (key == price) return has_price = field.decimal(level.price);
        if (key == amount) return has_amount = field.decimal(level.amount);
        return true;
      });
      return read && has_price && has_amount;
    });
  }

 private:
  friend class Parser;
  Value(const Tokens& tokens, const Token* token, unsigned depth)
      : tokens_(&tokens), token_(token), depth_(depth) {}

  // Where the text ends too early, this may read on behind it; but then the walk fails.
  bool plain_number(Decimal& out) const {
    const char* const begin = tokens_->at(token_);
    const bool quoted = *begin == '"';
    const char* const end = Decimal::read(begin + quoted, out);
    if (end == nullptr) return false;
    return quoted ? *end == '"'
                  : *end == ',' || *end == ']' || *end == '}' ||
                        static_cast<unsigned char>(*end) <= ' ';
  }
  // From the token up to the next, without the spaces between them.
  std::string_view own_text() const {
    const char* const begin = tokens_->at(token_);
    const char* end = tokens_->at(token_ + 1);
    while (static_cast<unsigned char>(end[-1]) <= ' ' && end - 1 != begin) --end;
    return {begin, static_cast<std::size_t>(end - begin)};
  }
  // Behind the value; null if it is none.
  const Token* end() const { return end_ != nullptr ? end_ : tokens_->skip(token_); }

  const Tokens* tokens_;
  const Token* token_;
  const Token* end_ = nullptr;  // once known
  unsigned depth_;
};

class Parser {
 public:
  Parser();
  Parser(Parser&&) noexcept;
  Parser& operator=(Parser&&) noexcept;
  ~Parser();

  template <typename Visitor>  // bool(Key, Value&)
  bool read_object(std::string_view text, Visitor&& visit) {
    return read(text, [&](Value& root) { return root.object(visit); });
  }
  template <typename Visitor>  // bool(Value&)
  bool read_array(std::string_view text, Visitor&& visit) {
    return read(text, [&](Value& root) { return root.array(visit); });
  }
  template <typename Use>  // bool(Value&)
  bool read(std::string_view text, Use&& use) {
    Tokens tokens;
    const Token* const first = find_tokens(text, tokens);
    if (first == nullptr) return false;
    Value root{tokens, first, 0};
    return use(root) && root.end() == tokens.end();  // and nothing behind it
  }

 private:
  friend class Tokens;
  struct State;

  // The first token; null if there is none, a string does not end, or the text is not UTF-8.
  const Token* find_tokens(std::string_view text, Tokens& tokens);

  std::unique_ptr<State> state_;
};

}  // namespace md::codec::json
