#include "check/json_record.hpp"

#include "codec/json_write.hpp"

namespace md::check {

void JsonRecord::text(std::string_view key, std::string_view value) {
  std::string escaped(codec::escaped_size(value.size()), '\0');
  escaped.resize(
      static_cast<std::size_t>(codec::write_escaped(escaped.data(), value) - escaped.data()));
  raw(key, fmt::format("\"{}\"", escaped));
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
