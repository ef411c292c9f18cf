// What mdbackup says about archives, as text for people and as JSON, one object a line.
#pragma once

#include <string>
#include <vector>

#include "archive/archive_file.hpp"
#include "archive/exporter.hpp"
#include "archive/restorer.hpp"
#include "archive/verifier.hpp"

namespace md::archive {

// "OK 2026-11.tar: 12 members, 3456 rows", "WARNING 2026-11.tar: 12 members, 3456 rows; ..." with
// what it lacks, or "FAILURE 2026-11.tar: ..." with the first fault and the number of others. One
// line, with '\n'.
std::string verdict_text(const Verdict& verdict);
std::string verdict_json(const Verdict& verdict);
std::string_view verdict_word(const Verdict& verdict);  // "WARNING"
// "OK a.tar: text\n"
std::string verdict_line(std::string_view word, std::string_view path, std::string_view text);
// "trades/binance/BTCUSDT.csv.zst: SHA-256 differs"
std::string fault_text(const Fault& fault);

// "'a.tar': 7 events of 2 members restored, 1 member there already"
std::string restored_text(const std::string& path, const Restored& restored);
// "'a.tar': 12 members, 3 of them made by an earlier run"
std::string exported_text(const std::string& path, const Exported& done);
// What a user should know of an archive just made: rows that lay in the wrong place, a period that
// is not over. A sentence each.
std::vector<std::string> export_warnings(const Exported& done);

// A line for the archive and one for each member, columns aligned.
std::string listing_text(const ArchiveFile& file);
std::string listing_json(const ArchiveFile& file);

}  // namespace md::archive
