#include "sim/rest_answers.hpp"

#include <algorithm>
#include <array>

#include "sim/target.hpp"

namespace md::sim {
namespace {

// Parameters that name what is asked for, in the words of all venues.
constexpr std::array<std::string_view, 10> kNaming = {
    "symbol",     "symbols", "pair",       "instId", "instType",
    "instFamily", "uly",     "product_id", "market", "currency_pair"};

}  // namespace

std::string RestAnswers::key_of(std::string_view text) {
  Target target = parse_target(text);
  std::sort(target.query.begin(), target.query.end());
  std::string key = std::move(target.path);
  for (const auto& [name, value] : target.query) {
    if (std::find(kNaming.begin(), kNaming.end(), name) == kNaming.end()) continue;
    key.append(1, '\n').append(name).append(1, '=').append(value);
  }
  return key;
}

void RestAnswers::add(std::string_view request, int status, std::string_view body) {
  answers_[key_of(request)].recorded.push_back({status == 0 ? 200 : status, std::string(body)});
}

HttpAnswer RestAnswers::get(std::string_view target) {
  const auto found = answers_.find(key_of(target));
  if (found != answers_.end()) ++found->second.given;
  return get_last(target);
}

HttpAnswer RestAnswers::get_last(std::string_view target) const {
  const auto found = answers_.find(key_of(target));
  if (found == answers_.end()) return {404, R"({"error":"not in this recording"})"};
  const Answers& answers = found->second;
  const std::size_t index = answers.given == 0 ? 0 : answers.given - 1;
  return answers.recorded[std::min(index, answers.recorded.size() - 1)];
}

bool RestAnswers::waits_for(std::string_view target) const {
  const auto found = answers_.find(key_of(target));
  return found != answers_.end() && found->second.given == 0;
}

}  // namespace md::sim
