#include "archive/member_file.hpp"

namespace md::archive {
namespace {

// CSV is handed to the compressor in pieces of this size, and a zstd frame ends after so many bytes
// of it.
constexpr std::size_t kPiece = std::size_t{128} << 10;
constexpr std::uint64_t kFrame = std::uint64_t{8} << 20;

}  // namespace

MemberFile::MemberFile(codec::Fd fd, codec::Compression compression, int level,
                       const Stream& stream)
    : fd_(std::move(fd)), compressor_(codec::make_compressor(compression, level)) {
  member_.stream = stream;
  member_.compression = compression;
  csv_.append(row_header(stream.table));
}

Result<void> MemberFile::add(const Event& event) {
  const std::uint64_t rows = writer_.append(csv_, event);
  member_.totals.add(rows, event.timestamp);
  days_.add(event);
  if (csv_.size() < kPiece) return {};
  // Some readers of gzip stop behind its first member, so there is only one.
  const bool frames = member_.compression == codec::Compression::zstd;
  return compress(frames && frame_ + csv_.size() >= kFrame);
}

Result<Member> MemberFile::finish() {
  MD_CHECK(compress(true));
  member_.days = days_.days();
  member_.sha256 = hash_.finish();
  return member_;
}

Result<void> MemberFile::compress(bool end_frame) {
  compressed_.clear();
  MD_CHECK(compressor_->add(csv_.view(), end_frame, compressed_));
  MD_CHECK(codec::write_all(fd_.get(), compressed_.view(), "temporary file of " + member_.name()));
  hash_.update(compressed_.view());
  member_.csv_bytes += csv_.size();
  member_.bytes += compressed_.size();
  frame_ = end_frame ? 0 : frame_ + csv_.size();
  csv_.clear();
  return {};
}

}  // namespace md::archive
