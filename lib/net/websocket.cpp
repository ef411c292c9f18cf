#include "net/websocket.hpp"

#include <fmt/format.h>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <limits>
#include <utility>

#include "codec/line_reader.hpp"
#include "net/dial.hpp"
#include "net/retry_after.hpp"

namespace md::net {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::system::error_code;

// How Beast ends what lies below the WebSocket; found by the argument's namespace. TLS is not shut
// down: the close frames have said it, and many venues never answer a close_notify.
template <typename Handler>
void async_teardown(beast::role_type, Stream& stream, Handler&& handler) {
  stream.close();
  asio::post(stream.get_executor(),
             beast::bind_handler(std::forward<Handler>(handler), error_code{}));
}

void beast_close_socket(Stream& stream) { stream.close(); }

namespace {

constexpr std::int64_t kCloseMs = 1000;
constexpr std::size_t kMaxUnsent = std::size_t{1} << 20;
// A receive buffer that one huge message left behind is not kept for ever.
constexpr std::size_t kKeptBuffer = std::size_t{4} << 20;
// What the receive buffer may hold beyond the longest message: what Beast reads ahead, the padding.
constexpr std::size_t kBufferSlack = 65'536;

}  // namespace

struct WebSocket::State : std::enable_shared_from_this<WebSocket::State> {
  using Socket = websocket::stream<Stream, true>;

  State(Loop& loop_used, const Tls& tls_used, const Url& to, const Options& wanted, Handler& calls)
      : loop(loop_used),
        tls(tls_used),
        url(to),
        options(wanted),
        handler(&calls),
        deadline(loop_used),
        liveness(loop_used),
        buffer(wanted.max_message + kBufferSlack) {}

  void start() {
    dial.emplace(loop, tls, url, options.proxies.find(url), options.local_address,
                 options.connect_timeout_ms, [this](Result<Stream> stream) {
                   const auto self = shared_from_this();
                   if (!stream) return end({.reason = stream.error().message});
                   upgrade(*std::move(stream));
                 });
  }

  void upgrade(Stream stream) {
    socket.emplace(std::move(stream));
    socket->read_message_max(options.max_message);
    socket->set_option(websocket::stream_base::decorator{
        [agent = options.user_agent, fields = options.fields](websocket::request_type& request) {
          request.set(beast::http::field::user_agent, agent);
          for (const auto& [name, value] : fields) request.set(name, value);
        }});
    if (options.deflate) {
      websocket::permessage_deflate compression;
      compression.client_enable = true;
      compression.msg_size_threshold = std::numeric_limits<std::size_t>::max();
      socket->set_option(compression);
    }
    socket->control_callback([this](websocket::frame_type, beast::string_view) { ++received; });
    deadline.start(options.handshake_timeout_ms,
                   [this] { end({.reason = "the WebSocket handshake timed out"}); });
    socket->async_handshake(answer, url.authority(), url.target,
                            [self = shared_from_this()](const error_code& error) {
                              self->deadline.cancel();
                              if (!self->handler) return;
                              if (error) return self->refused(error);
                              self->opened = true;
                              self->watch();
                              self->handler->on_open();
                              self->read();
                            });
  }

  void refused(const error_code& error) {
    if (error != websocket::error::upgrade_declined) {
      return end({.reason = fmt::format("the WebSocket handshake failed: {}", error.message())});
    }
    End why{.reason = fmt::format("the WebSocket was refused: HTTP {}", answer.result_int())};
    why.http_status = static_cast<int>(answer.result_int());
    if (const auto field = answer.find(beast::http::field::retry_after); field != answer.end()) {
      why.retry_after_ms = retry_after_ms({field->value().data(), field->value().size()}, now());
    }
    end(std::move(why));
  }

  void read() {
    if (reading || paused || !handler) return;
    reading = true;
    socket->async_read(buffer, [self = shared_from_this()](const error_code& error, std::size_t) {
      self->reading = false;
      if (!self->handler) return;
      if (error) return self->broken(error);
      self->deliver(now());
      self->read();
    });
  }

  void deliver(Micros at) {
    ++received;
    buffer.prepare(codec::kPadding);
    const std::size_t size = buffer.size();
    handler->on_message(
        {{static_cast<const char*>(buffer.data().data()), size}, socket->got_binary(), at});
    buffer.consume(size);
    if (size > kKeptBuffer) buffer.shrink_to_fit();
  }

  void broken(const error_code& error) {
    if (error == websocket::error::closed) {
      const websocket::close_reason& said = socket->reason();
      End why{.reason = fmt::format("closed by the venue: {}", static_cast<unsigned>(said.code))};
      if (!said.reason.empty()) {
        why.reason += fmt::format(" {}", std::string_view{said.reason.data(), said.reason.size()});
      }
      why.closed_by_peer = true;
      why.close_code = static_cast<int>(said.code);
      return end(std::move(why));
    }
    if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
      return end({.reason = fmt::format("a message is longer than {} bytes", options.max_message)});
    }
    end({.reason = fmt::format("connection lost: {}", error.message())});
  }

  void send(std::string_view text) {
    if (!handler || !opened) return;
    unsent_bytes += text.size();
    if (unsent_bytes > kMaxUnsent) {
      // Not from here: the caller may be inside on_message().
      return loop.post([self = shared_from_this()] {
        self->end({.reason = "the venue does not read what we send"});
      });
    }
    unsent.emplace_back(text);
    if (unsent.size() == 1) write();
  }

  void write() {
    socket->text(true);
    socket->async_write(asio::buffer(unsent.front()),
                        [self = shared_from_this()](const error_code& error, std::size_t) {
                          if (!self->handler) return;
                          if (error) return;  // the reader sees it too, and knows better why
                          self->unsent_bytes -= self->unsent.front().size();
                          self->unsent.pop_front();
                          if (!self->unsent.empty()) self->write();
                        });
  }

  // Four looks in each silence_ms: after two without a sign of life a ping asks for one, after four
  // it is over.
  void watch() {
    if (options.silence_ms <= 0) return;
    liveness.start(std::max<std::int64_t>(options.silence_ms / 4, 1), [this] {
      const bool alive = std::exchange(seen, received) != received || paused;
      quiet = alive ? 0 : quiet + 1;
      if (quiet >= 4) {
        return end({.reason = fmt::format("nothing received for {} ms", options.silence_ms)});
      }
      if (quiet == 2 && !pinging) ping();
      watch();
    });
  }

  void ping() {
    pinging = true;
    socket->async_ping({},
                       [self = shared_from_this()](const error_code&) { self->pinging = false; });
  }

  void close() {
    if (!handler || closing) return;
    closing = true;
    const auto finished = [self = shared_from_this()] { self->end({.reason = "closed"}); };
    if (!opened) return loop.post(finished);
    deadline.start(kCloseMs, finished);
    socket->async_close(websocket::close_code::normal,
                        [finished](const error_code&) { finished(); });
  }

  void end(End why) {
    if (!handler) return;
    why.opened = opened;
    Handler* last = handler;
    abandon();
    last->on_end(why);
  }

  void abandon() {
    handler = nullptr;
    dial.reset();
    deadline.cancel();
    liveness.cancel();
    if (socket) socket->next_layer().close();
  }

  Loop& loop;
  const Tls& tls;
  Url url;
  Options options;
  Handler* handler;  // nullptr once nothing more is to be called
  Timer deadline;
  Timer liveness;
  std::optional<Dial> dial;
  std::optional<Socket> socket;
  websocket::response_type answer;
  beast::flat_buffer buffer;  // keeps its capacity from message to message
  std::deque<std::string> unsent;
  std::size_t unsent_bytes = 0;
  std::uint64_t received = 0;  // messages and control frames
  std::uint64_t seen = 0;      // `received` at the last look
  int quiet = 0;               // looks in a row without anything new
  bool opened = false;
  bool reading = false;
  bool paused = false;
  bool closing = false;
  bool pinging = false;
};

WebSocket::WebSocket(Loop& loop, const Tls& tls, const Url& url, const Options& options,
                     Handler& handler)
    : state_(std::make_shared<State>(loop, tls, url, options, handler)) {
  state_->start();
}

WebSocket::~WebSocket() { state_->abandon(); }

void WebSocket::send(std::string_view text) { state_->send(text); }

void WebSocket::close() { state_->close(); }

void WebSocket::pause() { state_->paused = true; }

void WebSocket::resume() {
  if (!std::exchange(state_->paused, false) || !state_->opened) return;
  state_->read();
}

}  // namespace md::net
