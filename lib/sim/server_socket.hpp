// Internal to server.cpp: a TCP socket with or without TLS behind one type, so that what Beast
// builds upon it is compiled once.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <utility>
#include <variant>

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
  template <typename Buffers, typename Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    std::visit(
        [&](auto& stream) { stream.async_write_some(buffers, std::forward<Handler>(handler)); },
        stream_);
  }

  void close() {
    boost::system::error_code ignored;
    tcp().shutdown(Tcp::shutdown_both, ignored);
    tcp().close(ignored);
  }

 private:
  std::variant<Tcp, Tls> stream_;
};

// What Beast asks of the lowest layer of a WebSocket.
inline void beast_close_socket(Socket& socket) { socket.close(); }

template <typename Handler>
void async_teardown(beast::role_type role, Socket& socket, Handler&& handler) {
  // After both close frames are through, TLS's own farewell adds nothing: the TCP part is enough.
  beast::websocket::async_teardown(role, socket.tcp(), std::forward<Handler>(handler));
}

}  // namespace md::sim
