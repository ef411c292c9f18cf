// Internal to server.cpp: a TCP socket with or without TLS behind one type, so that what Beast
// builds upon it is compiled once. It gathers WebSocket frames: a record of TLS and a send() of the
// kernel cost more than all else that a frame takes.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffer_traits.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/buffer.hpp"

namespace md::sim {

namespace asio = boost::asio;
namespace beast = boost::beast;

class Socket {
 public:
  using Tcp = asio::ip::tcp::socket;
  using Tls = asio::ssl::stream<Tcp>;
  using executor_type = Tcp::executor_type;

  explicit Socket(Tcp tcp) : stream_(std::in_place_type<Tcp>, std::move(tcp)) {}
  Socket(Tcp tcp, asio::ssl::context& context)
      : stream_(std::in_place_type<Tls>, std::move(tcp), context) {}

  executor_type get_executor() { return tcp().get_executor(); }
  Tcp& tcp() {
    Tls* const secure = tls();
    return secure != nullptr ? secure->next_layer() : std::get<Tcp>(stream_);
  }
  Tls* tls() { return std::get_if<Tls>(&stream_); }

  template <typename Buffers, typename Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    std::visit(
        [&](auto& stream) { stream.async_read_some(buffers, std::forward<Handler>(handler)); },
        stream_);
  }
  // Whether the next frame will be written as soon as this one is: it is then only kept, up to
  // kMostGathered bytes, and goes out with the next that is not.
  void gather(bool more_follows) { more_follows_ = more_follows; }

  // Writes all of it, and all that was gathered before. Of a WebSocket that is a whole frame each
  // time; control frames do not wait, nor does anything else then.
  template <typename Buffers, typename Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    const bool keep = more_follows_ && !is_control_frame(buffers);
    if (gathered_.empty() && !keep) return write(buffers, std::forward<Handler>(handler));
    const std::size_t size = beast::buffer_bytes(buffers);
    char* const end = gathered_.reserve(size);
    gathered_.commit(end + asio::buffer_copy(asio::buffer(end, size), buffers));
    if (keep && gathered_.size() < kMostGathered) {
      asio::post(get_executor(), beast::bind_front_handler(std::forward<Handler>(handler),
                                                           boost::system::error_code{}, size));
      return;
    }
    write(asio::buffer(gathered_.view()),
          [this, size, handler = std::decay_t<Handler>(std::forward<Handler>(handler))](
              const boost::system::error_code& error, std::size_t) mutable {
            gathered_.clear();
            handler(error, error ? 0 : size);
          });
  }

  void close() {
    boost::system::error_code ignored;
    tcp().shutdown(Tcp::shutdown_both, ignored);
    tcp().close(ignored);
  }

 private:
  // RFC 6455, 5.2: the highest bit of the opcode, which is the lower half of a frame's first byte.
  template <typename Buffers>
  static bool is_control_frame(const Buffers& buffers) {
    unsigned char first = 0;
    asio::buffer_copy(asio::buffer(&first, 1), buffers);
    return (first & 0x08) != 0;
  }

  template <typename Buffers, typename Handler>
  void write(const Buffers& buffers, Handler&& handler) {
    std::visit(
        [&](auto& stream) { asio::async_write(stream, buffers, std::forward<Handler>(handler)); },
        stream_);
  }

  static constexpr std::size_t kMostGathered = std::size_t{64} << 10;

  std::variant<Tcp, Tls> stream_;
  Buffer gathered_;
  bool more_follows_ = false;
};

// What Beast asks of the lowest layer of a WebSocket.
inline void beast_close_socket(Socket& socket) { socket.close(); }

template <typename Handler>
void async_teardown(beast::role_type role, Socket& socket, Handler&& handler) {
  // After both close frames are through, TLS's own farewell adds nothing: the TCP part is enough.
  beast::websocket::async_teardown(role, socket.tcp(), std::forward<Handler>(handler));
}

}  // namespace md::sim
