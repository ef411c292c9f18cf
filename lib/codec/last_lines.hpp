// The last lines of a file, without reading what stands before them.
#pragma once

#include <string>

#include "base/result.hpp"
#include "codec/line_reader.hpp"

namespace md::codec {

// A reader of at least the last line of a file: of a .zst the frames that begin in its last
// megabyte, of plain text the lines in it; the whole file where that has no beginning of a frame or
// line, or where it is compressed otherwise. Line numbers are those of what is read. Errors: those
// of LineReader::open().
Result<LineReader> open_last_lines(const std::string& path);

}  // namespace md::codec
