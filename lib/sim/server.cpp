#include "sim/server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <charconv>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "sim/server_socket.hpp"

namespace md::sim {
namespace {

namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(50);
constexpr auto kHandshakeTime = std::chrono::seconds(10);
constexpr auto kIdleTime = std::chrono::seconds(20);
constexpr auto kHttpIdleTime = std::chrono::seconds(60);
constexpr auto kFarewellTime = std::chrono::seconds(1);
constexpr std::size_t kMostClientMessage = std::size_t{1} << 20;
constexpr std::size_t kMostRequestBody = std::size_t{64} << 10;

Micros steady_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch())
      .count();
}

class Peer;

// TCP connections that are open as far as the kernel goes, with nobody behind them: what the peer
// sends is acknowledged and never read. The oldest is closed when there are too many.
class HangingConnections {
 public:
  HangingConnections() = default;
  HangingConnections(const HangingConnections&) = delete;
  HangingConnections& operator=(const HangingConnections&) = delete;
  ~HangingConnections() {
    for (const int descriptor : descriptors_) ::close(descriptor);
  }

  // Takes the connection over and closes `socket`.
  void add(asio::ip::tcp::socket& socket) {
    const int descriptor = ::fcntl(socket.native_handle(), F_DUPFD_CLOEXEC, 0);
    if (descriptor >= 0) descriptors_.push_back(descriptor);
    // No shutdown(), which would end the connection for both descriptors.
    error_code ignored;
    socket.close(ignored);
    if (descriptors_.size() <= kMost) return;
    ::close(descriptors_.front());
    descriptors_.pop_front();
  }

 private:
  static constexpr std::size_t kMost = 256;
  std::deque<int> descriptors_;
};

}  // namespace

struct ServerState {
  explicit ServerState(Exchange& served) : exchange(served) {}

  Exchange& exchange;
  asio::io_context context{1};
  asio::ip::tcp::acceptor acceptor{context};
  std::optional<asio::ssl::context> tls;
  asio::steady_timer timer{context};
  std::set<std::shared_ptr<Peer>> peers;
  HangingConnections hanging;
  std::string url;
};

namespace {

// One TCP connection: first HTTP, then perhaps a WebSocket.
class Peer : public std::enable_shared_from_this<Peer> {
 public:
  Peer(Socket socket, ServerState& server)
      : server_(server), stream_(std::move(socket)), timer_(server.context) {}

  void start() {
    limit(kHandshakeTime);
    if (Socket::Tls* const tls = socket().tls()) {
      tls->async_handshake(asio::ssl::stream_base::server,
                           [self = shared_from_this()](error_code error) {
                             error ? self->end() : self->read_request();
                           });
    } else {
      read_request();
    }
  }

  // The server is going away.
  void leave() {
    if (client_ == nullptr) return end();
    close(1001, "going away");
  }

 private:
  Socket& socket() { return stream_.next_layer(); }

  // Ends the connection if what is being done takes longer.
  void limit(Clock::duration time) {
    timer_.expires_after(time);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->end();
    });
  }

  // ---- HTTP ----

  void read_request() {
    parser_.emplace();
    parser_->body_limit(kMostRequestBody);
    http::async_read(socket(), input_, *parser_,
                     [self = shared_from_this()](error_code error, std::size_t) {
                       error ? self->end() : self->on_request();
                     });
  }

  void on_request() {
    limit(kHttpIdleTime);
    const auto& request = parser_->get();
    const std::string target(request.target());
    if (websocket::is_upgrade(request)) {
      if (auto denied = server_.exchange.deny(target, steady_now()))
        return answer(*std::move(denied));
      client_ = server_.exchange.connect(target, steady_now());
      if (client_ != nullptr) return accept();
      return answer({404, R"({"error":"no WebSocket at this path"})"});
    }
    if (request.method() != http::verb::get)
      return answer({405, R"({"error":"method not allowed"})"});
    answer(server_.exchange.get(target, steady_now()));
  }

  void answer(HttpAnswer answer) {
    const auto& request = parser_->get();
    response_.emplace(static_cast<http::status>(answer.status), request.version());
    response_->set(http::field::content_type, "application/json");
    if (answer.retry_after_s >= 0)
      response_->set(http::field::retry_after, std::to_string(answer.retry_after_s));
    for (const auto& [name, value] : answer.fields) response_->set(name, value);
    response_->keep_alive(request.keep_alive());
    response_->body() = std::move(answer.body);
    response_->prepare_payload();
    if (answer.delay == 0) return write_answer();
    timer_.expires_after(std::chrono::microseconds(answer.delay));
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (error || self->ended_) return;
      self->limit(kHttpIdleTime);
      self->write_answer();
    });
  }

  void write_answer() {
    http::async_write(socket(), *response_,
                      [self = shared_from_this()](error_code error, std::size_t) {
                        if (error || !self->response_->keep_alive()) return self->end();
                        self->read_request();
                      });
  }

  // ---- WebSocket ----

  void accept() {
    timer_.cancel();
    stream_.set_option(websocket::stream_base::timeout{kHandshakeTime, kIdleTime, true});
    stream_.read_message_max(kMostClientMessage);
    stream_.async_accept(parser_->get(), [self = shared_from_this()](error_code error) {
      if (error) return self->end();
      self->parser_.reset();
      self->read();
      self->step();
    });
  }

  void read() {
    stream_.async_read(input_, [self = shared_from_this()](error_code error, std::size_t size) {
      if (error) return self->end();
      self->client_->on_text({static_cast<const char*>(self->input_.data().data()), size},
                             steady_now());
      self->input_.consume(size);
      self->read();
      self->step();
    });
  }

  // Does what the client wants done next, unless a frame is still on its way.
  void step() {
    if (writing_ || closing_) return;
    // Time has passed since it said to wait, and it may have been told something.
    if (next_.kind == Next::Kind::wait) next_ = ask(frame_);
    const Next next = std::exchange(next_, {});
    switch (next.kind) {
      case Next::Kind::frame:
        send();
        return;
      case Next::Kind::wait:
        wait(next.until);
        return;
      case Next::Kind::close:
        close(next.code, next.reason);
        return;
      case Next::Kind::cut:
        end();
        return;
      case Next::Kind::reset: {
        error_code ignored;
        socket().tcp().set_option(asio::socket_base::linger(true, 0), ignored);
        socket().tcp().close(ignored);
        end();
        return;
      }
      case Next::Kind::hang:
        server_.hanging.add(socket().tcp());
        end();
        return;
    }
  }

  Next ask(Buffer& frame) {
    frame.clear();
    return client_->next(steady_now(), frame);
  }

  // What comes after a frame is asked for before it is sent, so that frames that are due together
  // go out together, and before anything else is done all of them are with the kernel.
  void send() {
    timer_.cancel();
    writing_ = true;
    next_ = ask(frame_after_);
    socket().gather(next_.kind == Next::Kind::frame);
    stream_.text(true);
    stream_.async_write(asio::const_buffer(frame_.data(), frame_.size()),
                        [self = shared_from_this()](error_code error, std::size_t) {
                          self->writing_ = false;
                          std::swap(self->frame_, self->frame_after_);
                          error ? self->end() : self->step();
                        });
  }

  void wait(Micros until) {
    if (until == Next::kForever) {
      timer_.cancel();
      return;
    }
    timer_.expires_at(Clock::time_point(std::chrono::microseconds(until)));
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error && !self->ended_) self->step();
    });
  }

  void close(std::uint16_t code, std::string_view reason) {
    if (closing_ || ended_) return;
    closing_ = true;
    timer_.cancel();
    const websocket::close_reason why(static_cast<websocket::close_code>(code),
                                      beast::string_view(reason.data(), reason.size()));
    stream_.async_close(why, [self = shared_from_this()](error_code) { self->end(); });
  }

  void end() {
    if (ended_) return;
    ended_ = true;
    timer_.cancel();
    socket().close();
    server_.peers.erase(shared_from_this());
  }

  ServerState& server_;
  websocket::stream<Socket> stream_;
  asio::steady_timer timer_;  // a time limit in HTTP, the next step as a WebSocket
  beast::flat_buffer input_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::unique_ptr<Client> client_;
  Next next_;           // what it wants done; wait: it is to be asked
  Buffer frame_;        // of next_
  Buffer frame_after_;  // of next_, while frame_ is written
  bool writing_ = false;
  bool closing_ = false;
  bool ended_ = false;
};

void accept_next(ServerState& state) {
  state.acceptor.async_accept([&state](error_code error, asio::ip::tcp::socket socket) {
    if (error == asio::error::operation_aborted) return;
    if (!error) {
      error_code ignored;
      socket.set_option(asio::ip::tcp::no_delay(true), ignored);
      auto peer = std::make_shared<Peer>(
          state.tls ? Socket(std::move(socket), *state.tls) : Socket(std::move(socket)), state);
      state.peers.insert(peer);
      peer->start();
    }
    accept_next(state);
  });
}

Error listen_error(const ServerOptions& options, const error_code& error) {
  return system_error(
      error == boost::system::errc::permission_denied ? Errc::permission : Errc::create,
      fmt::format("cannot listen on {}:{}", options.address, options.port), error.value());
}

Result<void> load_tls(const ServerOptions& options, std::optional<asio::ssl::context>& out) {
  if (options.certificate.empty()) return {};
  for (const std::string& path : {options.certificate, options.key}) {
    std::FILE* const file = std::fopen(path.c_str(), "re");
    if (file == nullptr) return system_error(Errc::not_found, "cannot open '" + path + "'", errno);
    std::fclose(file);
  }
  out.emplace(asio::ssl::context::tls_server);
  out->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
  error_code error;
  out->use_certificate_chain_file(options.certificate, error);
  if (error)
    return Error{.code = Errc::config,
                 .message = "no certificate in '" + options.certificate + "'"};
  out->use_private_key_file(options.key, asio::ssl::context::pem, error);
  if (error)
    return Error{.code = Errc::config,
                 .message = "no key of that certificate in '" + options.key + "'"};
  return {};
}

}  // namespace

Result<void> parse_listen(std::string_view text, ServerOptions& out) {
  const Error wrong{.code = Errc::usage,
                    .message = "an address to listen on is HOST:PORT: '" + std::string(text) + "'"};
  const auto colon = text.rfind(':');
  if (colon == text.npos) return wrong;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  const std::string address = host == "localhost" ? "127.0.0.1" : std::string(host);
  error_code error;
  asio::ip::make_address(address, error);
  if (error) return wrong;
  const auto [end, bad] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (bad != std::errc{} || end != port.data() + port.size()) return wrong;
  out.address = address;
  return {};
}

Server::Server(std::unique_ptr<ServerState> state) : state_(std::move(state)) {}
Server::Server(Server&&) noexcept = default;
Server::~Server() = default;

Result<Server> Server::listen(const ServerOptions& options, Exchange& exchange) {
  auto state = std::make_unique<ServerState>(exchange);
  MD_CHECK(load_tls(options, state->tls));
  error_code error;
  const asio::ip::tcp::endpoint wanted(asio::ip::make_address(options.address, error),
                                       options.port);
  if (!error) state->acceptor.open(wanted.protocol(), error);
  if (!error) state->acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) state->acceptor.bind(wanted, error);
  if (!error) state->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return listen_error(options, error);
  const auto bound = state->acceptor.local_endpoint(error);
  if (error) return listen_error(options, error);
  const std::string host = bound.address().is_v6() ? "[" + options.address + "]" : options.address;
  state->url = fmt::format("{}://{}:{}", state->tls ? "wss" : "ws", host, bound.port());
  return Server(std::move(state));
}

std::string Server::url() const { return state_->url; }

Result<void> Server::run(const std::atomic<bool>& stop) try {
  ServerState& state = *state_;
  bool leaving = false;
  Clock::time_point gone_by;
  std::function<void(error_code)> tick = [&](error_code error) {
    if (error) return;
    if (!leaving && (stop || !state.exchange.tick(steady_now()))) {
      leaving = true;
      gone_by = Clock::now() + kFarewellTime;
      state.acceptor.close(error);
      const auto peers = state.peers;  // leave() takes some out
      for (const auto& peer : peers) peer->leave();
    }
    if (leaving && (state.peers.empty() || Clock::now() >= gone_by)) return state.context.stop();
    state.timer.expires_after(leaving ? kTick / 10 : kTick);
    state.timer.async_wait(tick);
  };
  accept_next(state);
  tick({});
  state.context.run();
  return {};
} catch (const std::exception& error) {
  return Error{.code = Errc::internal, .message = std::string("server failed: ") + error.what()};
}

}  // namespace md::sim
