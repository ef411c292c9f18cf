#include "net/http.hpp"

#include <fmt/format.h>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <utility>

#include "codec/line_reader.hpp"
#include "net/dial.hpp"
#include "net/retry_after.hpp"

namespace md::net {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

// One connection and the answer being read from it. What runs on it shares it, so that it can be
// dropped at any time.
struct Line {
  explicit Line(Stream connected) : stream(std::move(connected)) {}

  Stream stream;
  beast::flat_buffer buffer;
  http::request<http::string_body> request;
  std::optional<http::response_parser<http::string_body>> parser;
};

}  // namespace

struct HttpClient::State : std::enable_shared_from_this<HttpClient::State> {
  State(Loop& loop_used, const Tls& tls_used, const Url& to, const Options& wanted)
      : loop(loop_used), tls(tls_used), url(to), options(wanted), deadline(loop_used) {}

  void ask_for(std::string_view target, std::string_view json, Done call) {
    done = std::move(call);
    url.target = target;
    body = json;
    reused = line != nullptr;
    reused ? ask() : connect();
  }

  void connect() {
    reused = false;
    dial.emplace(loop, tls, url, options.proxies.find(url), options.local_address,
                 options.connect_timeout_ms, [this](Result<Stream> connected) {
                   const auto self = shared_from_this();
                   if (!connected) return finish(std::move(connected).error());
                   line = std::make_shared<Line>(*std::move(connected));
                   ask();
                 });
  }

  void ask() {
    deadline.start(options.timeout_ms, [this] { fail("timed out"); });
    auto& request = line->request;
    request = {body.empty() ? http::verb::get : http::verb::post, url.target, 11};
    request.set(http::field::host, url.authority());
    request.set(http::field::user_agent, options.user_agent);
    request.set(http::field::accept_encoding, "identity");
    for (const auto& [name, value] : options.fields) request.set(name, value);
    request.keep_alive(true);
    if (!body.empty()) {
      request.set(http::field::content_type, "application/json");
      request.body() = body;
      request.prepare_payload();
    }
    http::async_write(line->stream, request,
                      [self = shared_from_this(), on = line](const error_code& error, std::size_t) {
                        if (self->line != on) return;
                        if (error) return self->broken(error);
                        self->listen();
                      });
  }

  void listen() {
    line->parser.emplace();
    line->parser->body_limit(options.max_body);
    http::async_read(line->stream, line->buffer, *line->parser,
                     [self = shared_from_this(), on = line](const error_code& error, std::size_t) {
                       if (self->line != on) return;
                       if (error) return self->broken(error);
                       self->answered();
                     });
  }

  // A kept connection that the server closed meanwhile is no failure of this request: it is sent
  // again on a new one.
  void broken(const error_code& error) {
    if (reused && !(line->parser && line->parser->is_header_done())) {
      close();
      return connect();
    }
    if (error == http::error::body_limit)
      return fail(fmt::format("the answer is longer than {} bytes", options.max_body));
    fail(error.message());
  }

  void answered() {
    http::response<http::string_body>& answer = line->parser->get();
    HttpReply reply;
    reply.received = now();
    reply.status = static_cast<int>(answer.result_int());
    if (const auto field = answer.find(http::field::retry_after); field != answer.end()) {
      reply.retry_after_ms =
          retry_after_ms({field->value().data(), field->value().size()}, reply.received);
    }
    for (const auto& field : answer) reply.fields.emplace_back(field.name_string(), field.value());
    reply.body = std::move(answer.body());
    reply.size = reply.body.size();
    reply.body.append(codec::kPadding, '\0');
    if (answer.keep_alive()) {
      deadline.cancel();
      line->parser.reset();
    } else {
      close();
    }
    finish(std::move(reply));
  }

  void fail(const std::string& why) {
    close();
    finish(Error{Errc::unavailable,
                 fmt::format("{} {}: {}", body.empty() ? "GET" : "POST", url.text(), why)});
  }

  void finish(Result<HttpReply> result) {
    if (const Done call = std::exchange(done, nullptr)) call(std::move(result));
  }

  void close() {
    deadline.cancel();
    if (line) line->stream.close();
    line.reset();
  }

  Loop& loop;
  const Tls& tls;
  Url url;
  std::string body;  // to be posted; empty = GET
  Options options;
  Done done;  // empty when idle
  Timer deadline;
  std::optional<Dial> dial;
  std::shared_ptr<Line> line;  // empty when not connected
  bool reused = false;         // the line has carried a request before
};

std::string_view HttpReply::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (beast::iequals(key, {name.data(), name.size()})) return value;
  }
  return {};
}

HttpClient::HttpClient(Loop& loop, const Tls& tls, const Url& origin, const Options& options)
    : state_(std::make_shared<State>(loop, tls, origin, options)) {}

HttpClient::~HttpClient() {
  state_->done = nullptr;
  state_->dial.reset();
  state_->close();
}

void HttpClient::get(std::string_view target, Done done) {
  state_->ask_for(target, {}, std::move(done));
}

void HttpClient::post(std::string_view target, std::string_view json, Done done) {
  state_->ask_for(target, json, std::move(done));
}

bool HttpClient::busy() const { return state_->done != nullptr; }

}  // namespace md::net
