#include "codec/json.hpp"

#include <simdjson.h>

#include <deque>
#include <string>

namespace md::codec::json {

static_assert(kPadding >= simdjson::SIMDJSON_PADDING && kPadding >= Decimal::kReadAhead);

struct Parser::State {
  simdjson::dom::parser tokens;       // of the text that is being read
  simdjson::dom::parser strings;      // for one string at a time
  std::deque<std::string> unescaped;  // grows without moving what is there
};

Parser::Parser() : state_(std::make_unique<State>()) {}
Parser::Parser(Parser&&) noexcept = default;
Parser& Parser::operator=(Parser&&) noexcept = default;
Parser::~Parser() = default;

const Token* Parser::find_tokens(std::string_view text, Tokens& tokens) {
  if (text.empty()) return nullptr;
  simdjson::dom::parser& parser = state_->tokens;
  if (parser.capacity() < text.size() &&
      parser.allocate(2 * text.size() + 4096) != simdjson::SUCCESS) {
    return nullptr;
  }
  auto& stage = *parser.implementation;
  if (stage.stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                   simdjson::stage1_mode::regular) != simdjson::SUCCESS) {
    return nullptr;
  }
  const Token* const first = stage.structural_indexes.get();
  tokens.begin_ = text.data();
  tokens.end_ = first + stage.n_structural_indexes;
  tokens.has_escapes_ = std::memchr(text.data(), '\\', text.size()) != nullptr;
  tokens.parser_ = this;
  state_->unescaped.clear();
  return tokens.end_ == first ? nullptr : first;
}

bool Tokens::unescape_known(std::string_view& inside) const {
  Parser::State& state = *parser_->state_;
  std::string_view text;
  // With its quotes, and the padding behind it that the whole text has.
  if (state.strings.parse(inside.data() - 1, inside.size() + 2, false).get(text) !=
      simdjson::SUCCESS) {
    return false;
  }
  inside = state.unescaped.emplace_back(text);
  return true;
}

}  // namespace md::codec::json
