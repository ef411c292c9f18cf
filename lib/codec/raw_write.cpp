#include <openssl/evp.h>
#include <simdjson.h>

#include "codec/json_write.hpp"
#include "codec/raw_json.hpp"

namespace md::codec {
namespace {

std::string_view type_of(RawKind kind) {
  switch (kind) {
    case RawKind::connect:
      return "connect";
    case RawKind::sent:
      return "sent";
    case RawKind::disconnect:
      return "disconnect";
    case RawKind::frame:
    case RawKind::reply:
      break;
  }
  return "raw";
}

// True if `text` can stand in a line as it is: one JSON value, without a newline.
bool is_one_line_json(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  // Twice one character: for a set, the library searches the set for each character of the text.
  if (text.empty() || text.find('\n') != text.npos || text.find('\r') != text.npos) return false;
  // The payload may end at the end of its memory: let simdjson copy it.
  return parser.parse(text.data(), text.size(), true).error() == simdjson::SUCCESS;
}

}  // namespace

void append_raw(Buffer& out, const RawLine& line) {
  std::size_t size = 512 +
                     escaped_size(line.exchange.size() + line.url.size() + line.request.size() +
                                  line.reason.size()) +
                     escaped_size(line.data.size());
  for (std::string_view symbol : line.symbols) size += escaped_size(symbol.size()) + 3;
  char* at = out.reserve(size);
  const auto field = [&at](std::string_view name, std::string_view text) {
    at = write_text(at, name);
    at = write_escaped(at, text);
    *at++ = '"';
  };
  field("{\"type\":\"", type_of(line.kind));
  field(",\"exchange\":\"", line.exchange);
  at = write_text(at, ",\"localTimestamp\":\"");
  at = write_iso(line.local_timestamp, at);
  *at++ = '"';
  if (line.connection != 0) {
    at = write_text(at, ",\"connection\":");
    at = write_integer(at, line.connection);
  }
  if (line.beside != 0) {
    at = write_text(at, ",\"beside\":");
    at = write_integer(at, line.beside);
  }
  if (!line.url.empty()) field(",\"url\":\"", line.url);
  if (!line.request.empty()) field(",\"request\":\"", line.request);
  if (line.status != 0) {
    at = write_text(at, ",\"status\":");
    at = write_integer(at, line.status);
  }
  if (!line.symbols.empty()) {
    at = write_text(at, ",\"symbols\":[");
    for (std::string_view symbol : line.symbols) {
      field("\"", symbol);
      *at++ = ',';
    }
    at[-1] = ']';
  }
  if (!line.reason.empty()) field(",\"reason\":\"", line.reason);
  // By content: some venues send JSON in binary frames.
  const bool is_json = line.payload != Payload::none && is_one_line_json(line.data);
  if (line.payload == Payload::binary && !is_json) {
    at = write_text(at, ",\"base64\":\"");
    at += EVP_EncodeBlock(reinterpret_cast<unsigned char*>(at),
                          reinterpret_cast<const unsigned char*>(line.data.data()),
                          static_cast<int>(line.data.size()));
    *at++ = '"';
  } else if (line.payload != Payload::none) {
    if (is_json) {
      at = write_text(at, ",\"data\":");
      at = write_text(at, line.data);
    } else {
      field(",\"text\":\"", line.data);
    }
  }
  at = write_text(at, "}\n");
  out.commit(at);
}

}  // namespace md::codec
