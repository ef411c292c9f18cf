// CopySender: rows into tables by binary COPY, sent on a thread of its own, so that the next rows
// are made while the server stores these.
//
//   CopySender sender(database);       // the connection is the sender's until finish()
//   MD_CHECK(sender.send("COPY md.trade (...) FROM STDIN (FORMAT binary)", rows));  // many times
//   MD_TRY(const std::uint64_t stored, sender.finish());
//
// A COPY goes on as long as the same one is named; another one ends it. An error of the connection
// or the server is given by the next call; the transaction must then be rolled back. Memory: the
// rows of kWaiting calls, or of one that has more than 4 MiB.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include "base/buffer.hpp"
#include "base/relay.hpp"
#include "base/result.hpp"
#include "store/database.hpp"

namespace md::store {

class CopySender {
 public:
  static constexpr std::size_t kWaiting = 3;

  explicit CopySender(Database& database);
  // Without finish(), what waits is not sent, and a COPY may be under way.
  ~CopySender();
  CopySender(const CopySender&) = delete;
  CopySender& operator=(const CopySender&) = delete;

  // Takes the content of `rows` and leaves an empty buffer, of an earlier call where there is one.
  Result<void> send(const std::string& copy, Buffer& rows);
  // All is sent and every COPY ended: the rows the server says it has stored.
  Result<std::uint64_t> finish();

 private:
  struct Block {
    std::string copy;
    Buffer rows;
  };

  void work();
  Result<void> write(const Block& block);
  Result<void> end_copy();

  Database& database_;
  Relay<Block> blocks_{kWaiting};
  std::atomic<bool> abandoned_{false};
  std::string copying_;  // the thread's, until it has ended: the COPY under way, "" = none
  std::uint64_t stored_ = 0;
  std::thread thread_;
};

}  // namespace md::store
