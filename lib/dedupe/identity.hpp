// What makes two lines the same message.
#pragma once

#include <optional>
#include <string_view>

#include "base/hash.hpp"
#include "dedupe/line_key.hpp"
#include "dedupe/stream_table.hpp"

namespace md::dedupe {

// Key of a trade by its id, and its seq where the venue has both.
Hash128 trade_key(StreamId stream, std::string_view id, const Seq& seq);

// Key of a message that is one message however often it comes: numbered trades, books and tickers.
// Nothing for those that only their content tells (content_hash): the same content twice may be two
// messages.
std::optional<Hash128> unique_key(const Stream& stream, const LineKey& key);

// All of `text` as a number.
bool number_from(std::string_view text, std::int64_t& out);

}  // namespace md::dedupe
