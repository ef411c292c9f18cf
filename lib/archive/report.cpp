#include "archive/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "archive/json_strings.hpp"
#include "base/words.hpp"

namespace md::archive {
namespace {

struct Sums {
  std::uint64_t rows = 0;
  std::uint64_t events = 0;
};

Sums sums_of(const Manifest& manifest) {
  Sums sums;
  for (const Member& member : manifest.members) {
    sums.rows += member.totals.rows;
    sums.events += member.totals.events;
  }
  return sums;
}

}  // namespace

std::string fault_text(const Fault& fault) {
  if (fault.member.empty()) return printable(fault.problem);
  return printable(fmt::format("{}: {}", fault.member, fault.problem));
}

std::string_view verdict_word(const Verdict& verdict) {
  if (!verdict.ok()) return "FAILURE";
  return verdict.warnings.empty() ? "OK" : "WARNING";
}

std::string verdict_line(std::string_view word, std::string_view path, std::string_view text) {
  return fmt::format("{} {}: {}\n", word, printable(path), printable(text));
}

std::string verdict_text(const Verdict& verdict) {
  std::string text;
  if (verdict.ok()) {
    text = fmt::format("{}, {}", counted(verdict.members, "member"), counted(verdict.rows, "row"));
    if (verdict.sampled) text += fmt::format(", {} read", counted(*verdict.sampled, "member"));
    for (const std::string& warning : verdict.warnings) text += "; " + warning;
  } else {
    const std::size_t more = verdict.faults.size() - 1;
    text = fault_text(verdict.faults.front());
    if (more != 0) text += fmt::format(" (and {} more)", more);
  }
  return verdict_line(verdict_word(verdict), verdict.path, text);
}

std::string verdict_json(const Verdict& verdict) {
  std::string out = fmt::format("{{\"archive\":{},\"verdict\":\"{}\",\"ok\":{}",
                                json_text(verdict.path), verdict_word(verdict), verdict.ok());
  if (!verdict.period.empty()) {
    out += fmt::format(",\"period\":{},\"members\":{},\"rows\":{},\"bytes\":{}",
                       json_text(verdict.period), verdict.members, verdict.rows, verdict.bytes);
  }
  if (verdict.sampled) out += fmt::format(",\"membersRead\":{}", *verdict.sampled);
  out += ",\"warnings\":[";
  const char* separator = "";
  for (const std::string& warning : verdict.warnings) {
    out += separator + json_text(warning);
    separator = ",";
  }
  out += "],\"faults\":[";
  separator = "";
  for (const Fault& fault : verdict.faults) {
    out += fmt::format("{}{{\"member\":{},\"problem\":{}}}", separator, json_text(fault.member),
                       json_text(fault.problem));
    separator = ",";
  }
  return out += "]}\n";
}

std::string restored_text(const std::string& path, const Restored& restored) {
  return fmt::format("'{}': {} of {} restored, {} there already", printable(path),
                     counted(restored.events, "event"), counted(restored.members, "member"),
                     counted(restored.already_there, "member"));
}

std::string exported_text(const std::string& path, const Exported& done) {
  std::string text =
      fmt::format("'{}': {}", printable(path), counted(done.manifest.members.size(), "member"));
  if (done.continued != 0)
    text += fmt::format(", {} of them made by an earlier run", done.continued);
  return text;
}

std::vector<std::string> export_warnings(const Exported& done) {
  std::vector<std::string> warnings;
  if (done.misfiled != 0) {
    warnings.push_back(
        fmt::format("{} lay in the file of another day", counted(done.misfiled, "row")));
  }
  if (!done.manifest.complete) {
    warnings.push_back(fmt::format("{} has not ended: its later rows are not in the archive",
                                   done.manifest.period.name));
  }
  return warnings;
}

std::string listing_text(const ArchiveFile& file) {
  const Manifest& manifest = file.manifest();
  std::string out = fmt::format("{}: {}, {}, {}, {} bytes", printable(file.path()),
                                manifest.period.name, counted(manifest.members.size(), "member"),
                                counted(sums_of(manifest).rows, "row"), file.bytes());
  if (manifest.rejected != 0) {
    out += fmt::format(", {} left out", counted(manifest.rejected, "damaged line"));
  }
  out += '\n';
  std::size_t name = 0, rows = 0, bytes = 0;  // widths
  for (const Member& m : manifest.members) {
    name = std::max(name, m.name().size());
    rows = std::max(rows, fmt::formatted_size("{}", m.totals.rows));
    bytes = std::max(bytes, fmt::formatted_size("{}", m.bytes));
  }
  for (const Member& m : manifest.members) {
    fmt::format_to(std::back_inserter(out), "  {:<{}}  {:>{}} rows  {:>{}} bytes  {} to {}\n",
                   m.name(), name, m.totals.rows, rows, m.bytes, bytes, to_iso(*m.totals.first),
                   to_iso(*m.totals.last));
  }
  return out;
}

std::string listing_json(const ArchiveFile& file) {
  const Manifest& manifest = file.manifest();
  const Sums sums = sums_of(manifest);
  std::string out = fmt::format(
      "{{\"archive\":{},\"period\":{},\"tool\":{},\"rows\":{},\"events\":{},\"bytes\":{},"
      "\"rejected\":{},\"members\":[",
      json_text(file.path()), json_text(manifest.period.name), json_text(manifest.origin.tool),
      sums.rows, sums.events, file.bytes(), manifest.rejected);
  const char* separator = "";
  for (const Member& m : manifest.members) {
    out += fmt::format(
        "{}{{\"name\":{},\"table\":\"{}\",\"exchange\":{},\"symbol\":{},\"rows\":{},\"events\":{},"
        "\"bytes\":{},"
        "\"csvBytes\":{},\"first\":\"{}\",\"last\":\"{}\",\"sha256\":\"{}\"}}",
        separator, json_text(m.name()), to_text(m.stream.table), json_text(m.stream.exchange),
        json_text(m.stream.symbol), m.totals.rows, m.totals.events, m.bytes, m.csv_bytes,
        to_iso(*m.totals.first), to_iso(*m.totals.last), store::to_hex(m.sha256));
    separator = ",";
  }
  return out += "]}\n";
}

}  // namespace md::archive
