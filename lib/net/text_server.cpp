#include "net/text_server.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>
#include <set>
#include <utility>

#include "net/asio.hpp"

namespace md::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

// Accepting failed, most likely for want of descriptors: it would fail again at once.
constexpr std::int64_t kAcceptPauseMs = 1000;

struct Client {
  Client(tcp::socket accepted, Loop& loop, std::size_t max_request)
      : socket(std::move(accepted)), input(max_request), deadline(loop) {
    parser.header_limit(static_cast<std::uint32_t>(max_request));
  }

  tcp::socket socket;
  beast::flat_buffer input;  // never grows beyond what it was given
  http::request_parser<http::empty_body> parser;
  http::response<http::string_body> response;
  Timer deadline;
};

Result<tcp::endpoint> parse_endpoint(std::string_view text) {
  const Error wrong{Errc::usage, fmt::format("an address to listen on is [HOST:]PORT: '{}'", text)};
  const std::size_t colon = text.rfind(':');
  std::string_view host = colon == text.npos ? "127.0.0.1" : text.substr(0, colon);
  const std::string_view digits = colon == text.npos ? text : text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  error_code error;
  const auto address = asio::ip::make_address(std::string{host}, error);
  std::uint16_t port = 0;
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error || bad != std::errc{} || end != digits.data() + digits.size()) return wrong;
  return tcp::endpoint{address, port};
}

}  // namespace

struct TextServer::State : std::enable_shared_from_this<TextServer::State> {
  State(Loop& used, Page asked, Options wanted)
      : loop(used),
        page(std::move(asked)),
        options(std::move(wanted)),
        acceptor(*used.impl().context),
        pause(used) {}

  Result<void> open(const tcp::endpoint& endpoint, std::string_view name) {
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (!error) bound = acceptor.local_endpoint(error);
    if (!error) return {};
    const bool denied = error == boost::system::errc::permission_denied;
    return system_error(denied ? Errc::permission : Errc::create,
                        fmt::format("cannot listen on '{}'", name), error.value());
  }

  void accept() {
    if (accepting || !acceptor.is_open() || clients.size() >= options.max_clients) return;
    accepting = true;
    acceptor.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
      self->accepting = false;
      if (!self->acceptor.is_open()) return;
      if (error)
        return self->pause.start(kAcceptPauseMs, [state = self.get()] { state->accept(); });
      self->serve(std::move(socket));
      self->accept();
    });
  }

  void serve(tcp::socket socket) {
    const auto client = std::make_shared<Client>(std::move(socket), loop, options.max_request);
    clients.insert(client);
    client->deadline.start(options.timeout_ms, [this, on = client.get()] { drop(*on); });
    http::async_read_header(
        client->socket, client->input, client->parser,
        [self = shared_from_this(), client](const error_code& error, std::size_t) {
          if (!self->clients.contains(client)) return;
          self->answer(client, error);
        });
  }

  void answer(const std::shared_ptr<Client>& client, const error_code& error) {
    const bool refused =
        error && error.category() == http::make_error_code(http::error{}).category();
    const bool gone = error == http::error::end_of_stream || error == http::error::partial_message;
    if (gone || (error && !refused)) return drop(*client);
    auto& response = client->response;
    response.version(11);
    response.set(http::field::content_type, options.content_type);
    response.keep_alive(false);
    if (error) {
      fill(response, http::status::bad_request, "this is no request\n");
    } else if (client->parser.get().method() != http::verb::get) {
      response.set(http::field::allow, "GET");
      fill(response, http::status::method_not_allowed, "only GET\n");
    } else {
      const std::string target{client->parser.get().target()};
      auto text = page(std::string_view{target}.substr(0, target.find('?')));
      text ? fill(response, http::status::ok, *std::move(text))
           : fill(response, http::status::not_found, "nothing here\n");
    }
    http::async_write(client->socket, response,
                      [self = shared_from_this(), client](const error_code&, std::size_t) {
                        if (self->clients.contains(client)) self->drop(*client);
                      });
  }

  static void fill(http::response<http::string_body>& response, http::status status,
                   std::string text) {
    response.result(status);
    response.body() = std::move(text);
    response.prepare_payload();
  }

  // `client` may be gone after this.
  void drop(Client& client) {
    error_code ignored;
    client.socket.shutdown(tcp::socket::shutdown_send, ignored);
    client.socket.close(ignored);
    client.deadline.cancel();
    std::erase_if(clients, [&](const auto& other) { return other.get() == &client; });
    accept();
  }

  void close() {
    error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
    while (!clients.empty()) drop(**clients.begin());
  }

  Loop& loop;
  Page page;
  Options options;
  tcp::acceptor acceptor;
  tcp::endpoint bound;
  Timer pause;
  std::set<std::shared_ptr<Client>> clients;
  bool accepting = false;
};

Result<std::unique_ptr<TextServer>> TextServer::listen(Loop& loop, std::string_view address,
                                                       Page page, const Options& options) {
  MD_TRY(const tcp::endpoint endpoint, parse_endpoint(address));
  auto state = std::make_shared<State>(loop, std::move(page), options);
  MD_CHECK(state->open(endpoint, address));
  state->accept();
  return std::unique_ptr<TextServer>{new TextServer{std::move(state)}};
}

TextServer::TextServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
TextServer::~TextServer() { state_->close(); }

std::string TextServer::url() const {
  const auto address = state_->bound.address();
  const std::string host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
  return fmt::format("http://{}:{}", host, state_->bound.port());
}

}  // namespace md::net
