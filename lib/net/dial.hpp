// Internal to lib/net: from a URL to a connected, verified stream. Pulls in Asio; only this layer's
// .cpp files include it.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <memory>
#include <utility>
#include <variant>

#include "base/result.hpp"
#include "net/asio.hpp"
#include "net/loop.hpp"
#include "net/proxy.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"

namespace md::net {

using Tcp = asio::ip::tcp;

// A byte stream, with or without TLS, decided at run time: what is built upon it is compiled once.
class Stream {
 public:
  using TlsStream = asio::ssl::stream<Tcp::socket>;
  using executor_type = Tcp::socket::executor_type;

  explicit Stream(Tcp::socket socket) : stream_(std::move(socket)) {}
  explicit Stream(TlsStream tls) : stream_(std::move(tls)) {}

  executor_type get_executor() { return socket().get_executor(); }
  Tcp::socket& socket() {
    TlsStream* tls = std::get_if<TlsStream>(&stream_);
    return tls ? tls->next_layer() : std::get<Tcp::socket>(stream_);
  }
  TlsStream* tls() { return std::get_if<TlsStream>(&stream_); }

  template <typename Buffers, typename Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    std::visit([&](auto& s) { s.async_read_some(buffers, std::forward<Handler>(handler)); },
               stream_);
  }
  template <typename Buffers, typename Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    std::visit([&](auto& s) { s.async_write_some(buffers, std::forward<Handler>(handler)); },
               stream_);
  }

  void close() {
    boost::system::error_code ignored;
    socket().shutdown(Tcp::socket::shutdown_both, ignored);
    socket().close(ignored);
  }

 private:
  std::variant<Tcp::socket, TlsStream> stream_;
};

// Resolves the host anew, tries its addresses in turn, IPv6 and IPv4 alternating, and shakes hands
// where the scheme asks for TLS. Behind a proxy it is the proxy's host that is resolved; the proxy
// looks up the other. Destroying the Dial gives it up.
class Dial {
 public:
  using Done = std::function<void(Result<Stream>)>;

  // `done` is called once, from the loop, with the stream or Errc::unavailable. `proxy`: nullptr =
  // none; copied. `local_address`: of this host, to connect from, to addresses of its family alone;
  // empty = any.
  Dial(Loop& loop, const Tls& tls, const Url& url, const Proxy* proxy,
       const std::string& local_address, std::int64_t timeout_ms, Done done);
  Dial(const Dial&) = delete;
  Dial& operator=(const Dial&) = delete;
  ~Dial();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace md::net
