#include "check/report.hpp"

#include <algorithm>

namespace md::check {

constexpr std::size_t kBatch = std::size_t{64} << 10;

void Report::give_out(std::size_t at_least) {
  if (buffer_.size() < at_least) return;
  if (auto written = output_.write(buffer_.view()); !written && failed_) failed_ = written;
  buffer_.clear();
}

void Report::on_finding(const Finding& finding) {
  switch (finding.kind) {
    case Kind::hole:
      ++total_.holes;
      break;
    case Kind::silence:
      ++total_.silences;
      break;
    case Kind::disconnect:
      ++total_.disconnects;
      break;
    case Kind::crossed:
      ++total_.crossed;
      break;
  }
  write_finding(finding, buffer_);
  give_out(kBatch);
}

void Report::add(const StreamCheck& stream) {
  const Totals& totals = stream.totals();
  total_.first = total_.streams == 0 ? totals.first : std::min(total_.first, totals.first);
  total_.last = std::max(total_.last, totals.last);
  ++total_.streams;
  total_.messages += totals.messages;
  total_.duplicates += totals.duplicates;
  total_.disorder += totals.disorder;
  total_.backfilled += totals.backfilled;
  write_stream(stream, buffer_);
  give_out(kBatch);
}

Result<void> Report::finish() {
  write_total(total_, buffer_);
  give_out(0);
  MD_CHECK(failed_);
  return output_.finish();
}

}  // namespace md::check
