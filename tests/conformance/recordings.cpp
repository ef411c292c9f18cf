#include "recordings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "codec/event_json.hpp"

namespace md::conformance {

std::vector<Case> golden_cases(const venue::Venue& venue) {
  const std::string directory = fmt::format("tests/golden/{}", venue.id);
  std::vector<Case> cases;
  std::error_code none;
  for (const auto& entry :
       std::filesystem::directory_iterator{fmt::format("{}/{}", MD_SOURCE_DIR, directory), none}) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".raw.ndjson")) continue;
    Case& golden = cases.emplace_back(Case{fmt::format("{}/{}", directory, name), {}});
    std::ifstream file{entry.path()};
    for (std::string text; std::getline(file, text);) {
      if (!golden.lines.emplace_back(text).is_raw()) {
        ADD_FAILURE() << golden.name << ": not a raw line: " << text;
        golden.lines.pop_back();
      }
    }
  }
  std::sort(cases.begin(), cases.end(),
            [](const Case& a, const Case& b) { return a.name < b.name; });
  if (cases.empty()) ADD_FAILURE() << "no golden case in " << directory;
  return cases;
}

void Transcript::on_event(const Event& event) {
  gave_data = true;
  Buffer line;
  codec::append_event(line, event);
  text += line.view();
}

void Transcript::on_book(const venue::BookUpdate& update) {
  gave_data = true;
  Buffer line;
  codec::append_event(line, {{},
                             update.symbol,
                             update.timestamp,
                             0,
                             BookChange{update.is_snapshot, update.bids, update.asks,
                                        update.prev_seq, update.seq}});
  text += fmt::format("checksum {} ", update.checksum ? *update.checksum : -1);
  text += line.view();
}

void Transcript::on_request(const venue::Request& request) {
  text += fmt::format("request {} {}\n", static_cast<int>(request.kind), request.text);
}

Result<venue::FrameKind> Sessions::take(const RawLine& line, std::uint32_t connection,
                                        std::string_view data, venue::Sink& out) {
  switch (line.kind) {
    case RawKind::connect:
    case RawKind::disconnect:
      sessions_.erase(connection);
      return venue::FrameKind::status;
    case RawKind::sent:
      return venue::FrameKind::status;
    case RawKind::reply:
      return replies_->on_reply(
          {line.request, line.status == 0 ? 200 : line.status, data, line.local_timestamp}, out);
    case RawKind::frame:
      break;
  }
  auto& session = sessions_[connection];
  if (!session) session = venue_.session();
  return session->on_frame({data, line.local_timestamp}, out);
}

bool is_word(std::string_view data) {
  return std::all_of(data.begin(), data.end(), [](char c) { return c >= ' ' && c <= '~'; }) &&
         !data.starts_with('{') && !data.starts_with('[');
}

Known::Known(std::string_view venue_or_capture) : owner_(venue_or_capture) {
  std::ifstream file{MD_SOURCE_DIR "/tests/conformance/known.txt"};
  EXPECT_TRUE(file) << "tests/conformance/known.txt is missing";
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    std::istringstream words{line};
    std::string owner, kind, reason;
    words >> owner >> kind >> reason;
    EXPECT_FALSE(reason.empty()) << "known.txt gives no reason: " << line;
    if (owner == owner_) kinds_.push_back(kind);
  }
}

bool Known::take(std::string_view what) { return std::erase(kinds_, what) != 0; }

std::uint64_t Known::take_number(std::string_view what) {
  const auto found = std::find_if(kinds_.begin(), kinds_.end(), [&](const std::string& kind) {
    return kind.starts_with(what) && kind.substr(what.size()).starts_with('=');
  });
  if (found == kinds_.end()) return 0;
  std::uint64_t number = 0;
  const char* const end = found->data() + found->size();
  const auto read = std::from_chars(found->data() + what.size() + 1, end, number);
  EXPECT_TRUE(read.ec == std::errc{} && read.ptr == end) << "known.txt: " << *found;
  kinds_.erase(found);
  return number;
}

void Known::expect_all_taken(std::initializer_list<std::string_view> words) const {
  for (const std::string& kind : kinds_)
    for (const std::string_view word : words)
      EXPECT_FALSE(kind.starts_with(word))
          << "known.txt says '" << kind << "' of " << owner_ << ", which is not so";
}

std::string test_name(std::string_view id) {
  std::string name{id};
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); },
      '_');
  return name;
}

}  // namespace md::conformance
