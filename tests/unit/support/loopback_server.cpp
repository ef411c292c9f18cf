#include "support/loopback_server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

namespace md::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Tls = asio::ssl::stream<Tcp::socket>;
using Request = http::request<http::string_body>;

struct Stop {
  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  void wait() {
    std::unique_lock lock{mutex};
    changed.wait(lock, [this] { return stopping; });
  }
};

template <typename Stream>
class SocketPeer final : public Peer {
 public:
  SocketPeer(Stream& stream, const Request& request, bool deflate, int fd, Stop& stop)
      : socket_(stream), target_(request.target()), fields_(request), fd_(fd), stop_(stop) {
    websocket::permessage_deflate compression;
    compression.server_enable = deflate;
    socket_.set_option(compression);
    socket_.accept(request);
  }

  const std::string& target() const override { return target_; }
  std::string field(std::string_view name) const override {
    return std::string{fields_[{name.data(), name.size()}]};
  }
  std::string source() const override {
    return beast::get_lowest_layer(socket_).remote_endpoint().address().to_string();
  }
  void send(std::string_view text) override { write(text, true); }
  void send_binary(std::string_view bytes) override { write(bytes, false); }
  std::optional<std::string> receive() override {
    beast::flat_buffer buffer;
    error_code error;
    socket_.read(buffer, error);
    if (error) return {};
    return std::string{static_cast<const char*>(buffer.data().data()), buffer.size()};
  }
  bool send_raw(std::string_view bytes) override {
    error_code error;
    asio::write(socket_.next_layer(), asio::buffer(bytes.data(), bytes.size()), error);
    return !error;
  }
  void close(std::uint16_t code, std::string_view reason) override {
    websocket::close_reason why{code};
    why.reason.assign(reason.data(), reason.size());
    error_code ignored;
    socket_.close(why, ignored);
  }
  void drop() override { ::shutdown(fd_, SHUT_RDWR); }
  void play_dead() override { stop_.wait(); }

 private:
  void write(std::string_view bytes, bool text) {
    error_code ignored;
    socket_.text(text);
    socket_.write(asio::buffer(bytes.data(), bytes.size()), ignored);
  }

  websocket::stream<Stream&> socket_;
  std::string target_;
  const http::fields fields_;
  int fd_;
  Stop& stop_;
};

}  // namespace

struct LoopbackServer::State {
  void accept() {
    while (true) {
      error_code error;
      Tcp::socket socket{context};
      acceptor.accept(socket, error);
      if (error) return;
      ++accepted;
      const std::lock_guard lock{stop.mutex};
      if (stop.stopping) return;
      const int fd = socket.native_handle();
      open.insert(fd);
      threads.emplace_back([this, fd, held = std::move(socket)]() mutable {
        try {
          serve(std::move(held), fd);
        } catch (const std::exception&) {
          // The client left in the middle: for tests of clients that is no failure.
        }
      });
    }
  }

  void serve(Tcp::socket socket, int fd) {
    struct Forget {
      State& state;
      int fd;
      ~Forget() {
        const std::lock_guard lock{state.stop.mutex};
        state.open.erase(fd);
      }
    };
    socket.set_option(Tcp::no_delay{true});
    if (!tls) {
      // Forgotten before its descriptor is closed and may be another's.
      Tcp::socket stream = std::move(socket);
      const Forget forget{*this, fd};
      return talk(stream, fd);
    }
    Tls stream{std::move(socket), *tls};
    const Forget forget{*this, fd};
    error_code error;
    stream.handshake(asio::ssl::stream_base::server, error);
    {
      const char* name = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name);
      const std::lock_guard lock{stop.mutex};
      server_name = name != nullptr ? name : "";
    }
    if (error) return;
    talk(stream, fd);
  }

  template <typename Stream>
  void talk(Stream& stream, int fd) {
    beast::flat_buffer buffer;
    while (true) {
      Request request;
      http::read(stream, buffer, request);
      if (websocket::is_upgrade(request) && script.socket) {
        SocketPeer<Stream> peer{stream, request, script.deflate, fd, stop};
        return script.socket(peer);
      }
      std::string asked{request.target()};
      if (request.method() == http::verb::post) asked += " " + request.body();
      const HttpAnswer answer = script.http ? script.http(asked) : HttpAnswer{404, {}, {}, false};
      http::response<http::string_body> response{static_cast<http::status>(answer.status), 11};
      for (const auto& [name, value] : answer.headers) response.set(name, value);
      response.body() = answer.body;
      response.prepare_payload();
      http::write(stream, response);
      if (answer.close) return;
    }
  }

  Script script;
  asio::io_context context;
  Tcp::acceptor acceptor{context};
  std::optional<asio::ssl::context> tls;
  Stop stop;
  std::set<int> open;  // guarded by stop.mutex, as are the threads and the name
  std::string server_name;
  std::vector<std::thread> threads;
  std::thread acceptance;
  std::atomic<int> accepted{0};
};

LoopbackServer::LoopbackServer(Script script, std::uint16_t port)
    : state_(std::make_unique<State>()) {
  state_->script = std::move(script);
  if (!state_->script.certificate.empty()) {
    state_->tls.emplace(asio::ssl::context::tls_server);
    state_->tls->use_certificate_chain_file(state_->script.certificate);
    state_->tls->use_private_key_file(state_->script.key, asio::ssl::context::pem);
    if (state_->script.newest_tls != 0) {
      SSL_CTX* context = state_->tls->native_handle();
      SSL_CTX_set_min_proto_version(context, 0);
      SSL_CTX_set_max_proto_version(context, state_->script.newest_tls);
      SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");  // or OpenSSL itself refuses the old
    }
  }
  state_->acceptor.open(Tcp::v4());
  state_->acceptor.set_option(Tcp::acceptor::reuse_address{true});
  state_->acceptor.bind({asio::ip::address_v4::loopback(), port});
  state_->acceptor.listen();
  state_->acceptance = std::thread{[state = state_.get()] { state->accept(); }};
}

LoopbackServer::~LoopbackServer() {
  {
    const std::lock_guard lock{state_->stop.mutex};
    state_->stop.stopping = true;
    for (const int fd : state_->open) ::shutdown(fd, SHUT_RDWR);
  }
  state_->stop.changed.notify_all();
  ::shutdown(state_->acceptor.native_handle(), SHUT_RDWR);
  state_->acceptance.join();
  for (std::thread& thread : state_->threads) thread.join();
}

std::uint16_t LoopbackServer::port() const { return state_->acceptor.local_endpoint().port(); }

std::string LoopbackServer::ws_url(std::string_view host) const {
  return fmt::format("{}://{}:{}", state_->tls ? "wss" : "ws", host, port());
}

std::string LoopbackServer::http_url(std::string_view host) const {
  return fmt::format("{}://{}:{}", state_->tls ? "https" : "http", host, port());
}

int LoopbackServer::accepted() const { return state_->accepted; }

std::string LoopbackServer::server_name() const {
  const std::lock_guard lock{state_->stop.mutex};
  return state_->server_name;
}

}  // namespace md::test
