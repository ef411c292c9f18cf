#include "support/connect_proxy.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <mutex>
#include <thread>

namespace md::test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

// Until either side ends; then both do.
void pump(Tcp::socket& from, Tcp::socket& to) {
  std::array<char, 16384> bytes{};
  error_code error;
  while (!error) {
    const std::size_t size = from.read_some(asio::buffer(bytes), error);
    if (!error) asio::write(to, asio::buffer(bytes.data(), size), error);
  }
  ::shutdown(from.native_handle(), SHUT_RDWR);
  ::shutdown(to.native_handle(), SHUT_RDWR);
}

}  // namespace

struct ConnectProxy::State {
  // Closed only with the state: the destructor may shut a descriptor down at any time.
  struct Tunnel {
    explicit Tunnel(asio::io_context& context) : client(context), venue(context) {}
    Tcp::socket client;
    Tcp::socket venue;
    std::thread thread;
  };

  void accept() {
    while (true) {
      error_code error;
      Tcp::socket socket{context};
      acceptor.accept(socket, error);
      const std::lock_guard lock{mutex};
      if (error || stopping) return;
      Tunnel& tunnel = tunnels.emplace_back(context);
      tunnel.client = std::move(socket);
      error = {};
      tunnel.venue.open(Tcp::v4(), error);
      tunnel.thread = std::thread{[this, &tunnel] {
        try {
          serve(tunnel);
        } catch (const std::exception&) {
          // The client left in the middle: for tests of clients that is no failure.
        }
        ::shutdown(tunnel.client.native_handle(), SHUT_RDWR);
      }};
    }
  }

  void serve(Tunnel& tunnel) {
    beast::flat_buffer buffer;
    http::request_parser<http::empty_body> parser;
    http::read_header(tunnel.client, buffer, parser);
    const auto& request = parser.get();
    if (request.method() != http::verb::connect) return;
    const Asked wish{std::string{request.target()},
                     std::string{request[http::field::proxy_authorization]}};
    std::string head = "200 OK";
    {
      const std::lock_guard lock{mutex};
      asked.push_back(wish);
    }
    if (script.answer) head = script.answer(wish);
    if (script.mute) {
      std::array<char, 16> nothing{};
      tunnel.client.read_some(asio::buffer(nothing));  // until the client leaves
      return;
    }
    asio::write(tunnel.client, asio::buffer("HTTP/1.1 " + head + "\r\n\r\n"));
    if (!head.starts_with("200")) return;
    tunnel.venue.connect({asio::ip::address_v4::loopback(), script.port});
    std::thread back{[&tunnel] { pump(tunnel.venue, tunnel.client); }};
    pump(tunnel.client, tunnel.venue);
    back.join();
  }

  Script script;
  asio::io_context context;
  Tcp::acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
  std::mutex mutex;
  bool stopping = false;
  std::list<Tunnel> tunnels;
  std::vector<Asked> asked;
  std::thread acceptance;
};

ConnectProxy::ConnectProxy(Script script) : state_(std::make_unique<State>()) {
  state_->script = std::move(script);
  state_->acceptance = std::thread{[state = state_.get()] { state->accept(); }};
}

ConnectProxy::~ConnectProxy() {
  {
    const std::lock_guard lock{state_->mutex};
    state_->stopping = true;
  }
  ::shutdown(state_->acceptor.native_handle(), SHUT_RDWR);
  state_->acceptance.join();
  for (auto& tunnel : state_->tunnels) {
    ::shutdown(tunnel.client.native_handle(), SHUT_RDWR);
    ::shutdown(tunnel.venue.native_handle(), SHUT_RDWR);
    tunnel.thread.join();
  }
}

std::string ConnectProxy::url() const { return "http://" + authority(); }

std::string ConnectProxy::authority() const {
  return fmt::format("127.0.0.1:{}", state_->acceptor.local_endpoint().port());
}

std::vector<ConnectProxy::Asked> ConnectProxy::asked() const {
  const std::lock_guard lock{state_->mutex};
  return state_->asked;
}

}  // namespace md::test
