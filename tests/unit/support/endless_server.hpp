// A server on 127.0.0.1 that answers one client after the other with a beginning, and then with the
// same piece again and again, for as long as the client takes it.
#pragma once

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>

namespace md::test {

class EndlessServer {
 public:
  EndlessServer(std::string head, std::string piece)
      : head_(std::move(head)), piece_(std::move(piece)), thread_([this] { serve(); }) {}
  EndlessServer(const EndlessServer&) = delete;
  EndlessServer& operator=(const EndlessServer&) = delete;
  // The clients must be gone.
  ~EndlessServer() {
    leaving_ = true;
    boost::system::error_code ignored;
    Tcp::socket last{context_};
    last.connect(acceptor_.local_endpoint(), ignored);
    thread_.join();
  }

  std::string host() const {
    return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  std::uint64_t sent() const { return sent_; }  // bytes, to all clients

 private:
  using Tcp = boost::asio::ip::tcp;
  static constexpr std::uint64_t kMost = std::uint64_t{1} << 30;  // then the test has failed

  void serve() {
    while (true) {
      boost::system::error_code error;
      Tcp::socket client{context_};
      acceptor_.accept(client, error);
      if (leaving_ || error) return;
      std::string request;
      boost::asio::read_until(client, boost::asio::dynamic_buffer(request), "\r\n\r\n", error);
      if (!error) boost::asio::write(client, boost::asio::buffer(head_), error);
      while (!error && sent_ < kMost)
        sent_ += boost::asio::write(client, boost::asio::buffer(piece_), error);
    }
  }

  std::string head_, piece_;
  boost::asio::io_context context_;
  Tcp::acceptor acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
  std::atomic<bool> leaving_ = false;
  std::atomic<std::uint64_t> sent_ = 0;
  std::thread thread_;
};

}  // namespace md::test
