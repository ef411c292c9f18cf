#include <openssl/evp.h>

#include <charconv>

#include "codec/json.hpp"
#include "codec/raw_json.hpp"

namespace md::codec {
namespace {

bool decode_base64(std::string_view text, Buffer& out) {
  if (text.size() % 4 != 0) return false;
  char* const begin = out.reserve(text.size() / 4 * 3 + kPadding);
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(begin),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return false;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  out.commit(begin + static_cast<std::size_t>(size) - padding);
  return true;
}

// b'..' or b"..": how a Python recorder writes the bytes of a binary frame. False: something else.
bool decode_python_bytes(std::string_view text, Buffer& out) {
  if (text.size() < 3 || text[0] != 'b' || (text[1] != '\'' && text[1] != '"')) return false;
  if (text.back() != text[1]) return false;
  text = text.substr(2, text.size() - 3);
  char* const begin = out.reserve(text.size() + kPadding);
  char* at = begin;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\\') {
      *at++ = c;
      continue;
    }
    if (text.empty()) return false;
    const char escape = text.front();
    text.remove_prefix(1);
    constexpr std::string_view kLetters = "nrt\\'\"", kMeanings = "\n\r\t\\'\"";
    if (const std::size_t known = kLetters.find(escape); known != std::string_view::npos) {
      *at++ = kMeanings[known];
      continue;
    }
    unsigned char byte = 0;
    if (escape != 'x' || text.size() < 2 ||
        std::from_chars(text.data(), text.data() + 2, byte, 16).ptr != text.data() + 2) {
      return false;
    }
    *at++ = static_cast<char>(byte);
    text.remove_prefix(2);
  }
  out.commit(at);
  return true;
}

// Reads on in `rest` behind `expected`, or says no.
bool skip(std::string_view& rest, std::string_view expected) {
  if (!rest.starts_with(expected)) return false;
  rest.remove_prefix(expected.size());
  return true;
}

// The inside of a string that has no escapes, `rest` behind its closing quote.
bool take_string(std::string_view& rest, std::string_view& out) {
  const std::size_t quote = rest.find('"');
  if (quote == std::string_view::npos) return false;
  out = rest.substr(0, quote);
  rest.remove_prefix(quote + 1);
  return out.find('\\') == std::string_view::npos;
}

// A frame or REST line as append_raw() writes it, field by field in its order. Nearly all of a
// recording are such lines, and their envelope needs no JSON parser: the payload is parsed once, by
// the adapter. False: read it the general way.
bool read_canonical(std::string_view line, RawLine& raw) {
  std::string_view rest = line, time;
  if (!skip(rest, "{\"type\":\"raw\",\"exchange\":\"") || !take_string(rest, raw.exchange))
    return false;
  if (!skip(rest, ",\"localTimestamp\":\"") || !take_string(rest, time)) return false;
  if (!parse_iso(time, raw.local_timestamp)) return false;
  raw.kind = RawKind::frame;
  if (skip(rest, ",\"connection\":")) {
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), raw.connection);
    if (error != std::errc{}) return false;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  }
  if (skip(rest, ",\"url\":\"") && !take_string(rest, raw.url)) return false;
  if (skip(rest, ",\"request\":\"")) {
    if (!take_string(rest, raw.request)) return false;
    raw.kind = RawKind::reply;
  }
  if (!skip(rest, ",\"data\":") || !rest.ends_with('}')) return false;
  raw.payload = Payload::json;
  raw.data = rest.substr(0, rest.size() - 1);
  return true;
}

// The envelope of a canonical frame but for its time. Frames of one connection follow each other,
// and its URL alone may be longer than what it carries: to compare is cheaper than to read.
class Envelope {
 public:
  void remember(std::string_view line, const RawLine& raw) {
    if (raw.kind != RawKind::frame) return;
    const std::size_t time = line.find(kTimeField) + kTimeField.size();
    const auto data = static_cast<std::size_t>(raw.data.data() - line.data());
    if (line.substr(time).find('"') != kTimeSize) return;
    before_ = line.substr(0, time);
    behind_ = line.substr(time + kTimeSize, data - time - kTimeSize);
    exchange_ = place(line, raw.exchange);
    url_ = place(line, raw.url);
    connection_ = raw.connection;
  }

  // The same for a line with this envelope; false if it has another.
  bool read(std::string_view line, RawLine& raw) const {
    std::string_view rest = line;
    if (before_.empty() || !skip(rest, before_) || rest.size() <= kTimeSize) return false;
    if (!parse_iso(rest.substr(0, kTimeSize), raw.local_timestamp)) return false;
    rest.remove_prefix(kTimeSize);
    if (!skip(rest, behind_) || !rest.ends_with('}')) return false;
    raw.kind = RawKind::frame;
    raw.exchange = line.substr(exchange_.at, exchange_.size);
    raw.connection = connection_;
    raw.url = line.substr(url_.at, url_.size);
    raw.payload = Payload::json;
    raw.data = rest.substr(0, rest.size() - 1);
    return true;
  }

 private:
  static constexpr std::string_view kTimeField = ",\"localTimestamp\":\"";
  static constexpr std::size_t kTimeSize = 27;  // 2026-11-20T12:34:56.123456Z

  struct Place {
    std::size_t at = 0, size = 0;
  };
  static Place place(std::string_view line, std::string_view part) {
    if (part.empty()) return {};
    return {static_cast<std::size_t>(part.data() - line.data()), part.size()};
  }

  std::string before_, behind_;  // the text before the time, and behind it up to the data
  Place exchange_, url_;
  std::uint32_t connection_ = 0;
};

}  // namespace

struct RawReader::State {
  bool fail(std::string message) {
    error = Error{Errc::malformed, std::move(message)};
    return false;
  }

  bool read_general(std::string_view line, RawLine& raw) {
    std::string_view type;
    bool has_time = false;
    symbols.clear();
    const bool read = parser.read_object(line, [&](json::Key key, json::Value& value) {
      if (key == "type") return value.text(type);
      if (key == "exchange") return value.text(raw.exchange);
      if (key == "localTimestamp") {
        std::string_view text;
        has_time = value.text(text) && parse_iso(text, raw.local_timestamp);
        return has_time;
      }
      if (key == "connection") return read_number(value, raw.connection);
      if (key == "beside") return read_number(value, raw.beside);
      if (key == "url") return value.text(raw.url);
      if (key == "request") return value.text(raw.request);
      if (key == "reason") return value.text(raw.reason);
      if (key == "status") {
        std::int64_t number;
        if (!value.integer(number) || number < 0 || number > 999) return false;
        raw.status = static_cast<int>(number);
        return true;
      }
      if (key == "symbols") {
        return value.array(
            [&](json::Value& element) { return element.text(symbols.emplace_back()); });
      }
      if (key == "data") return raw.payload = Payload::json, value.whole(raw.data);
      if (key == "text") {
        std::string_view text;
        if (!value.text(text)) return false;
        take_text(text, false, raw);
        return true;
      }
      if (key == "base64") {
        std::string_view text;
        decoded.clear();
        if (!value.text(text) || !decode_base64(text, decoded)) return false;
        raw.payload = Payload::binary;
        raw.data = decoded.view();
        return true;
      }
      return true;
    });
    if (!read) return fail("not a raw line: broken JSON, or a field of the wrong kind");
    if (raw.exchange.empty()) raw.exchange = exchange;
    if (raw.exchange.empty()) return fail("raw line has no exchange");
    if (!has_time) return fail("raw line has no localTimestamp");
    raw.symbols = symbols;
    if (type == "raw") {
      raw.kind = raw.request.empty() ? RawKind::frame : RawKind::reply;
      if (raw.payload == Payload::none) return fail("raw line has no data, text or base64");
    } else if (type == "connect") {
      raw.kind = RawKind::connect;
    } else if (type == "sent") {
      raw.kind = RawKind::sent;
    } else if (type == "disconnect") {
      raw.kind = RawKind::disconnect;
    } else {
      return fail("unknown raw line type '" + std::string(type.substr(0, 40)) + "'");
    }
    return true;
  }

  // Of a connection.
  static bool read_number(json::Value& value, std::uint32_t& out) {
    std::int64_t number;
    if (!value.integer(number) || number < 0 || number > UINT32_MAX) return false;
    out = static_cast<std::uint32_t>(number);
    return true;
  }

  // "<ISO 8601 or unix ns> <frame>".
  bool read_stamped(std::string_view line, RawLine& raw) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) return fail("neither JSON nor '<time> <frame>'");
    if (exchange.empty())
      return fail("line of another recorder: its exchange must be given (--exchange)");
    const std::string_view stamp = line.substr(0, space);
    std::int64_t number;
    const auto [end, error_code] =
        std::from_chars(stamp.data(), stamp.data() + stamp.size(), number);
    const bool is_number = error_code == std::errc{} && end == stamp.data() + stamp.size();
    if (!(is_number ? micros_from_number(number, raw.local_timestamp)
                    : parse_iso(stamp, raw.local_timestamp))) {
      return fail("line begins with neither JSON nor a time");
    }
    raw.exchange = exchange;
    raw.kind = RawKind::frame;
    take_text(line.substr(space + 1), true, raw);
    return true;
  }

  // Text as it came over the wire, or a binary frame as Python writes it. Text that is not part of
  // the line has no padding.
  void take_text(std::string_view text, bool in_line, RawLine& raw) {
    decoded.clear();
    if (decode_python_bytes(text, decoded)) {
      raw.payload = Payload::binary;
      raw.data = decoded.view();
    } else {
      raw.payload = Payload::text;
      raw.data = in_line ? text : keep(text);
    }
  }

  // Unescaped text lives in the parser; the adapter reads beyond its end, so it moves to where it
  // may.
  std::string_view keep(std::string_view text) {
    decoded.clear();
    char* const begin = decoded.reserve(text.size() + kPadding);
    std::memcpy(begin, text.data(), text.size());
    decoded.commit(begin + text.size());
    return decoded.view();
  }

  std::string exchange;
  Envelope envelope;  // of the last canonical line
  json::Parser parser;
  std::vector<std::string_view> symbols;
  Buffer decoded;
  Error error;
};

RawReader::RawReader(std::string exchange) : state_(std::make_unique<State>()) {
  state_->exchange = std::move(exchange);
}
RawReader::RawReader(RawReader&&) noexcept = default;
RawReader& RawReader::operator=(RawReader&&) noexcept = default;
RawReader::~RawReader() = default;

bool RawReader::read(std::string_view line, RawLine& raw) {
  raw = RawLine{};
  if (state_->envelope.read(line, raw)) return true;
  if (read_canonical(line, raw)) return state_->envelope.remember(line, raw), true;
  if (line.starts_with('{')) return read_any_order(line, raw);
  raw = RawLine{};
  return state_->read_stamped(line, raw);
}

bool RawReader::read_any_order(std::string_view line, RawLine& raw) {
  raw = RawLine{};
  return state_->read_general(line, raw);
}

Result<RawLine> RawReader::read(std::string_view line) {
  RawLine raw;
  if (!read(line, raw)) return error();
  return raw;
}

const Error& RawReader::error() const { return state_->error; }

}  // namespace md::codec
