#include "net/dial.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>

#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace md::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using Addresses = std::vector<asio::ip::address>;
using boost::system::error_code;

// One address that swallows packets must not use up the time of the next.
constexpr std::int64_t kAttemptMs = 3000;

// A peer that vanished without a word is noticed after kKeepIdle + kKeepProbes * kKeepInterval
// seconds.
constexpr int kKeepIdle = 30;
constexpr int kKeepInterval = 10;
constexpr int kKeepProbes = 3;

// A proxy whose answer has a longer head than this is none.
constexpr std::size_t kMaxProxyAnswer = 16384;

Addresses alternate_families(const Addresses& all) {
  Addresses first;
  Addresses second;
  for (const auto& address : all)
    (address.is_v6() == all.front().is_v6() ? first : second).push_back(address);
  Addresses mixed;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  return mixed;
}

Addresses of_family(const Addresses& all, const std::string& local) {
  error_code error;
  const bool v6 = asio::ip::make_address(local, error).is_v6();
  Addresses same;
  for (const auto& address : all) {
    if (address.is_v6() == v6) same.push_back(address);
  }
  return same;
}

// To any port, of which one is taken only when it connects: many connections may share it as long
// as they go to different places.
error_code bind_to(Tcp::socket& socket, const std::string& local) {
  error_code error;
  if (local.empty()) return error;
  const asio::ip::address address = asio::ip::make_address(local, error);
  if (error) return error;
  const Tcp::endpoint endpoint{address, 0};
  socket.open(endpoint.protocol(), error);
  if (error) return error;
  const int yes = 1;
  setsockopt(socket.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
  socket.bind(endpoint, error);
  return error;
}

// Blocks; runs on a thread of its own.
Result<Addresses> look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* list = nullptr;
  const int failure = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (failure != 0) {
    return Error{Errc::unavailable,
                 fmt::format("cannot resolve '{}': {}", host, gai_strerror(failure))};
  }
  Addresses addresses;
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family == AF_INET) {
      const auto* v4 = reinterpret_cast<const sockaddr_in*>(entry->ai_addr);
      addresses.emplace_back(asio::ip::address_v4{ntohl(v4->sin_addr.s_addr)});
    } else if (entry->ai_family == AF_INET6) {
      const auto* v6 = reinterpret_cast<const sockaddr_in6*>(entry->ai_addr);
      asio::ip::address_v6::bytes_type bytes;
      std::copy(std::begin(v6->sin6_addr.s6_addr), std::end(v6->sin6_addr.s6_addr), bytes.begin());
      addresses.emplace_back(asio::ip::address_v6{bytes, v6->sin6_scope_id});
    }
  }
  freeaddrinfo(list);
  if (addresses.empty()) return Error{Errc::unavailable, fmt::format("'{}' has no address", host)};
  return addresses;
}

void set_options(Tcp::socket& socket) {
  error_code ignored;
  socket.set_option(Tcp::no_delay{true}, ignored);
  socket.set_option(Tcp::socket::keep_alive{true}, ignored);
  const int fd = socket.native_handle();
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kKeepIdle, sizeof kKeepIdle);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &kKeepInterval, sizeof kKeepInterval);
  setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kKeepProbes, sizeof kKeepProbes);
}

std::string basic_authorization(const std::string& credentials) {
  std::string text((credentials.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL writes an ending zero
  text.resize(static_cast<std::size_t>(
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(credentials.data()),
                      static_cast<int>(credentials.size()))));
  return "Basic " + text;
}

bool is_address(const std::string& host) {
  error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

struct Dial::State : std::enable_shared_from_this<Dial::State> {
  // Asks a proxy for a tunnel.
  struct Request {
    http::request<http::empty_body> question;
    beast::flat_static_buffer<kMaxProxyAnswer> buffer;
    http::response_parser<http::empty_body> answer;
  };

  State(Loop& loop_used, const Tls& tls_used, const Url& to, const Proxy* through,
        const std::string& local_address, Done call)
      : loop(loop_used),
        tls(tls_used.impl()),
        url(to),
        proxy(through ? std::optional{*through} : std::nullopt),
        host(proxy ? proxy->host : url.host),
        from(local_address),
        done(std::move(call)),
        deadline(loop_used),
        attempt(loop_used) {}

  void start(std::int64_t timeout_ms) {
    deadline.start(timeout_ms, [this] { fail("timed out"); });
    error_code error;
    if (const auto address = asio::ip::make_address(host, error); !error) {
      resolved(Addresses{address});
    } else if (host == "localhost") {
      // Never asked of a name server: what is allowed without TLS must stay on this machine.
      resolved(Addresses{asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()});
    } else {
      resolve();
    }
  }

  // getaddrinfo() cannot be interrupted, so its thread is left behind if need be: nobody waits for
  // it at the end.
  void resolve() {
    try {
      std::thread{[weak = weak_from_this(), context = loop.impl().context, host = host] {
        Result<Addresses> found = look_up(host);
        asio::post(*context, [weak, found = std::move(found)] {
          const auto self = weak.lock();
          if (!self || !self->done) return;
          if (found) {
            self->resolved(*found);
          } else {
            self->finish(found.error());
          }
        });
      }}.detach();
    } catch (const std::system_error& error) {
      fail(error.what());
    }
  }

  void resolved(const Addresses& found) {
    addresses = from.empty() ? alternate_families(found) : of_family(found, from);
    if (addresses.empty())
      return fail(fmt::format("it has no address that '{}' could reach", from));
    next_address();
  }

  void next_address() {
    if (tried == addresses.size()) return fail(last_error);
    const Tcp::endpoint endpoint{addresses[tried++], proxy ? proxy->port : url.port};
    socket.emplace(*loop.impl().context);
    if (const error_code error = bind_to(*socket, from))
      return fail(fmt::format("from '{}': {}", from, error.message()));
    attempt.start(kAttemptMs, [this] {
      error_code ignored;
      socket->close(ignored);  // its handler goes on to the next address
    });
    socket->async_connect(endpoint, [self = shared_from_this()](const error_code& error) {
      if (!self->done) return;
      self->attempt.cancel();
      if (error) {
        self->last_error = error == asio::error::operation_aborted ? "timed out" : error.message();
        return self->next_address();
      }
      set_options(*self->socket);
      self->proxy ? self->ask_proxy() : self->connected();
    });
  }

  // RFC 9110, 9.3.6: CONNECT host:port; after an answer of 2xx the connection is the venue's.
  void ask_proxy() {
    request.emplace();
    const std::string target = full_authority();
    auto& question = request->question;
    question = {http::verb::connect, target, 11};
    question.set(http::field::host, target);
    if (!proxy->credentials.empty())
      question.set(http::field::proxy_authorization, basic_authorization(proxy->credentials));
    request->answer.header_limit(kMaxProxyAnswer);
    request->answer.skip(true);  // what an answer to CONNECT announces is no body
    http::async_write(*socket, question,
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        if (!self->done) return;
                        if (error) return self->fail_proxy(error);
                        self->await_proxy();
                      });
  }

  void await_proxy() {
    http::async_read_header(*socket, request->buffer, request->answer,
                            [self = shared_from_this()](const error_code& error, std::size_t) {
                              if (!self->done) return;
                              if (error) return self->fail_proxy(error);
                              self->answered();
                            });
  }

  void answered() {
    const unsigned status = request->answer.get().result_int();
    if (status / 100 != 2) {
      const auto reason = http::obsolete_reason(static_cast<http::status>(status));
      return fail_proxy(fmt::format("refused: HTTP {} {}", status,
                                    std::string_view{reason.data(), reason.size()}));
    }
    // The venue does not speak first: these bytes would be the proxy's own.
    if (request->buffer.size() != 0) return fail_proxy("it speaks out of turn");
    request.reset();
    connected();
  }

  // "host:port", the port always told.
  std::string full_authority() const { return Proxy{url.host, url.port, {}}.text(); }

  void fail_proxy(const error_code& error) { fail_proxy(error.message()); }
  void fail_proxy(std::string_view why) {
    finish(Error{Errc::unavailable, fmt::format("cannot reach '{}' through the proxy '{}': {}",
                                                full_authority(), proxy->text(), why)});
  }

  void connected() {
    if (!url.secure()) return finish(Stream{*std::move(socket)});
    stream.emplace(Stream::TlsStream{*std::move(socket), tls->context});
    SSL* ssl = stream->native_handle();
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const bool address = is_address(url.host);
    const bool prepared =
        address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), url.host.c_str()) == 1
                : SSL_set1_host(ssl, url.host.c_str()) == 1 &&
                      SSL_set_tlsext_host_name(ssl, url.host.c_str()) == 1;
    if (!prepared) return fail("cannot ask for its certificate");
    stream->async_handshake(asio::ssl::stream_base::client,
                            [self = shared_from_this()](const error_code& error) {
                              if (!self->done) return;
                              if (error) return self->fail_handshake(error);
                              self->finish(Stream{*std::move(self->stream)});
                            });
  }

  void fail_handshake(const error_code& error) {
    const long verdict = SSL_get_verify_result(stream->native_handle());
    if (verdict == X509_V_OK) return fail(error.message());
    finish(Error{Errc::unavailable, fmt::format("certificate of '{}' rejected: {}", url.authority(),
                                                X509_verify_cert_error_string(verdict))});
  }

  // `stream` exists once the proxy, if there is one, has done its part.
  void fail(const std::string& why) {
    if (proxy && !stream) return fail_proxy(why);
    finish(
        Error{Errc::unavailable, fmt::format("cannot connect to '{}': {}", url.authority(), why)});
  }

  void finish(Result<Stream> result) {
    deadline.cancel();
    attempt.cancel();
    const Done call = std::exchange(done, nullptr);
    if (!result) close();
    if (call) call(std::move(result));
  }

  void abandon() {
    done = nullptr;
    deadline.cancel();
    attempt.cancel();
    close();
  }

  void close() {
    error_code ignored;
    if (stream) stream->next_layer().close(ignored);
    if (socket) socket->close(ignored);
  }

  Loop& loop;
  std::shared_ptr<Tls::Impl> tls;
  Url url;
  std::optional<Proxy> proxy;
  std::string host;  // to be resolved: the proxy's or the URL's
  std::string from;  // a local address; empty = any
  Done done;
  Timer deadline;
  Timer attempt;
  Addresses addresses;
  std::size_t tried = 0;
  std::string last_error = "no address";
  std::optional<Tcp::socket> socket;
  std::optional<Request> request;  // while a proxy is asked
  std::optional<Stream::TlsStream> stream;
};

Dial::Dial(Loop& loop, const Tls& tls, const Url& url, const Proxy* proxy,
           const std::string& local_address, std::int64_t timeout_ms, Done done)
    : state_(std::make_shared<State>(loop, tls, url, proxy, local_address, std::move(done))) {
  // Not from here: `done` may destroy the Dial, which must exist for that.
  loop.post([weak = std::weak_ptr<State>{state_}, timeout_ms] {
    if (const auto state = weak.lock(); state && state->done) state->start(timeout_ms);
  });
}

Dial::~Dial() { state_->abandon(); }

}  // namespace md::net
