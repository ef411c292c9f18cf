// CSV with the tardis.dev columns (md-formats(5), CSV): one type a file, times in microseconds.
#pragma once

#include <memory>
#include <string_view>

#include "base/buffer.hpp"
#include "base/result.hpp"
#include "model/event.hpp"

namespace md::codec {

// "trades", "incremental_book_L2", "quotes", "derivative_ticker", "liquidations"; empty for types
// without a CSV form.
std::string_view csv_name(Type type);
// The header line with '\n'.
std::string_view csv_header(Type type);
// The event's rows with '\n' each: one, or one per level of a book change (asks after bids). Fields
// with commas, quotes or newlines are quoted (RFC 4180). Types without a CSV form append nothing.
void append_csv(Buffer& out, const Event& event);

}  // namespace md::codec
