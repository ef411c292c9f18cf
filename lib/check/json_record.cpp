#include "check/json_record.hpp"

#include "codec/json_write.hpp"

namespace md::check {
namespace {

std::string json_string(std::string_view text) {
  std::string out(codec::escaped_size(text.size()) + 2, '"');
  char* const end = codec::write_escaped(out.data() + 1, text);
  *end = '"';
  out.resize(static_cast<std::size_t>(end + 1 - out.data()));
  return out;
}

}  // namespace

void JsonRecord::text(std::string_view key, std::string_view value) {
  raw(key, json_string(value));
}

void JsonRecord::texts(std::string_view key, const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) {
    if (!list.empty()) list += ',';
    list += json_string(value);
  }
  raw(key, fmt::format("[{}]", list));
}

void JsonRecord::raw(std::string_view key, std::string_view json) {
  out_ += fmt::format("{}\"{}\":{}", out_.empty() ? '{' : ',', key, json);
}

void JsonRecord::stream(std::string_view recorder, std::string_view exchange,
                        std::string_view symbol, std::string_view type) {
  if (!recorder.empty()) text("recorder", recorder);
  if (!exchange.empty()) text("exchange", exchange);
  if (!symbol.empty()) text("symbol", symbol);
  if (!type.empty()) text("type", type);
}

void JsonRecord::end(Buffer& out) const {
  out.append(out_);
  out.append("}\n");
}

}  // namespace md::check
