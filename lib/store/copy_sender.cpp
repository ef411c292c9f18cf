#include "store/copy_sender.hpp"

#include <utility>

#include "store/pg_binary.hpp"

namespace md::store {

CopySender::CopySender(Database& database) : database_(database), thread_([this] { work(); }) {}

CopySender::~CopySender() {
  abandoned_ = true;
  blocks_.end();
  if (thread_.joinable()) thread_.join();
}

Result<void> CopySender::send(const std::string& copy, Buffer& rows) {
  if (Block* const block = blocks_.claim()) {
    block->copy = copy;
    std::swap(block->rows, rows);
    rows.clear();
    blocks_.publish();
  }
  return status();
}

Result<std::uint64_t> CopySender::finish() {
  blocks_.end();
  thread_.join();
  MD_CHECK(status());
  MD_CHECK(end_copy());
  return stored_;
}

Result<void> CopySender::status() {
  const std::lock_guard lock{mutex_};
  if (failed_) return *failed_;
  return {};
}

void CopySender::work() {
  while (const Block* const block = blocks_.next()) {
    if (abandoned_) return blocks_.leave();
    const Result<void> written = write(*block);
    if (!written) {
      const std::lock_guard lock{mutex_};
      failed_ = written.error();
      return blocks_.leave();
    }
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
