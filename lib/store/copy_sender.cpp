#include "store/copy_sender.hpp"

#include <utility>

#include "store/pg_binary.hpp"

namespace md::store {

// Rows of more than this are one huge book: no two of them wait, and their memory does not stay.
constexpr std::size_t kLarge = std::size_t{4} << 20;

CopySender::CopySender(Database& database) : database_(database), thread_([this] { work(); }) {}

CopySender::~CopySender() {
  abandoned_ = true;
  blocks_.end();
  if (thread_.joinable()) thread_.join();
}

Result<void> CopySender::send(const std::string& copy, Buffer& rows) {
  if (Block* const block = blocks_.claim()) {
    const bool large = rows.size() > kLarge;
    block->copy = copy;
    std::swap(block->rows, rows);
    rows.clear();
    blocks_.publish();
    if (large) blocks_.wait_until_taken();
  }
  return blocks_.status();
}

Result<std::uint64_t> CopySender::finish() {
  blocks_.end();
  thread_.join();
  MD_CHECK(blocks_.status());
  MD_CHECK(end_copy());
  return stored_;
}

void CopySender::work() {
  while (Block* const block = blocks_.next()) {
    if (abandoned_) return blocks_.leave();
    const Result<void> written = write(*block);
    if (!written) return blocks_.leave(written.error());
    if (block->rows.capacity() > kLarge) block->rows = Buffer{};
    blocks_.release();
  }
}

Result<void> CopySender::write(const Block& block) {
  if (copying_ != block.copy) {
    MD_CHECK(end_copy());
    MD_CHECK(database_.copy_in(block.copy));
    copying_ = block.copy;
    MD_CHECK(database_.copy_in_write(copy_header()));
  }
  return database_.copy_in_write(block.rows.view());
}

Result<void> CopySender::end_copy() {
  if (copying_.empty()) return {};
  copying_.clear();
  MD_CHECK(database_.copy_in_write(copy_trailer()));
  MD_TRY(const std::uint64_t rows, database_.copy_in_end());
  stored_ += rows;
  return {};
}

}  // namespace md::store
