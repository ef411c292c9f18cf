#include "net/http.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>

#include "codec/line_reader.hpp"
#include "support/certificates.hpp"
#include "support/connect_proxy.hpp"
#include "support/endless_server.hpp"
#include "support/loopback_server.hpp"

namespace md::net {
namespace {

using test::HttpAnswer;
using test::LoopbackServer;

class Client {
 public:
  explicit Client(const std::string& url, const HttpClient::Options& options = {},
                  const std::string& ca_file = {})
      : tls_(*Tls::create(ca_file)), client_(loop_, tls_, *Url::parse(url), options) {}

  // Posts `json` unless it is empty.
  Result<HttpReply> get(const std::string& target, const std::string& json = {}) {
    std::optional<Result<HttpReply>> got;
    const auto done = [&](Result<HttpReply> reply) {
      EXPECT_FALSE(client_.busy());
      got = std::move(reply);
      loop_.stop();
    };
    json.empty() ? client_.get(target, done) : client_.post(target, json, done);
    EXPECT_TRUE(client_.busy());
    loop_.run();
    return *std::move(got);
  }

 private:
  Loop loop_;
  Tls tls_;
  HttpClient client_;
};

TEST(HttpClient, GetsOverOneConnection) {
  LoopbackServer server{{.http = [](const std::string& target) {
    return HttpAnswer{200, "you asked " + target};
  }}};
  Client client{server.http_url()};
  for (const std::string target : {"/a?x=1", "/b", "/c"}) {
    const auto reply = client.get(target);
    ASSERT_TRUE(reply);
    EXPECT_TRUE(reply->ok());
    EXPECT_EQ(reply->data(), "you asked " + target);
    EXPECT_GT(reply->received, 0);
    EXPECT_EQ(reply->body.size(), reply->size + codec::kPadding);
  }
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpClient, PostsBetweenGets) {
  LoopbackServer server{{.http = [](const std::string& asked) { return HttpAnswer{200, asked}; }}};
  Client client{server.http_url()};
  EXPECT_EQ(client.get("/a")->data(), "/a");
  EXPECT_EQ(client.get("/info", R"({"type":"meta"})")->data(), R"(/info {"type":"meta"})");
  EXPECT_EQ(client.get("/b")->data(), "/b");
  EXPECT_EQ(server.accepted(), 1);
}

TEST(HttpClient, AsksAgainOnANewConnectionIfTheKeptOneWasClosed) {
  LoopbackServer server{{.http = [](const std::string&) {
    return HttpAnswer{200, "x", {}, true};
  }}};
  Client client{server.http_url()};
  for (int i = 0; i < 3; ++i) {
    const auto reply = client.get("/");
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->data(), "x");
  }
  EXPECT_EQ(server.accepted(), 3);
}

TEST(HttpClient, RefusalsAreAnswers) {
  LoopbackServer server{{.http = [](const std::string& target) {
    return target == "/banned" ? HttpAnswer{418, "banned", {{"Retry-After", "3"}}}
                               : HttpAnswer{302, "", {{"Location", "/x"}}};
  }}};
  Client client{server.http_url()};
  const auto banned = client.get("/banned");
  ASSERT_TRUE(banned);
  EXPECT_EQ(banned->status, 418);
  EXPECT_EQ(banned->data(), "banned");
  EXPECT_EQ(banned->retry_after_ms, 3000);
  const auto moved = client.get("/moved");
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->status, 302);
  EXPECT_FALSE(moved->retry_after_ms);
}

TEST(HttpClient, LimitsTheBody) {
  LoopbackServer server{{.http = [](const std::string&) {
    return HttpAnswer{200, std::string(5000, 'x')};
  }}};
  Client client{server.http_url(), {.max_body = 4999}};
  const auto reply = client.get("/");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Errc::unavailable);
  EXPECT_EQ(reply.error().message,
            "GET " + server.http_url() + "/: the answer is longer than 4999 bytes");
  Client wider{server.http_url(), {.max_body = 5000}};
  EXPECT_TRUE(wider.get("/"));
}

// What a peer sends without end is not kept: not headers, nor a body, whatever it says of its
// length.
TEST(HttpClient, EndlessAnswersEndAtTheLimit) {
  const std::string ok = "HTTP/1.1 200 OK\r\n", text(4096, 'x');
  const std::string too_long = "the answer is longer than 1048576 bytes";
  struct Case {
    std::string head, piece, said;
  };
  for (const Case& c : {
           Case{ok, "X-More: " + text + "\r\n", "header limit exceeded"},
           Case{ok + "X-More: ", text, "header limit exceeded"},
           Case{ok + "Transfer-Encoding: chunked\r\n\r\n", "1000\r\n" + text + "\r\n", too_long},
           Case{ok + "Content-Length: 1073741824\r\n\r\n", text, too_long},
           Case{ok + "\r\n", text, too_long},
       }) {
    test::EndlessServer server{c.head, c.piece};
    Client client{"http://" + server.host(), {.max_body = 1 << 20}};
    const auto reply = client.get("/");
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::unavailable);
    EXPECT_EQ(reply.error().message, "GET http://" + server.host() + "/: " + c.said);
    EXPECT_LT(server.sent(), std::uint64_t{64} << 20) << "it was read";
  }
}

TEST(HttpClient, DoesNotWaitForEver) {
  LoopbackServer server{{.http = [](const std::string& target) {
    if (target == "/slow") std::this_thread::sleep_for(std::chrono::milliseconds{600});
    return HttpAnswer{200, "late"};
  }}};
  Client client{server.http_url(), {.timeout_ms = 150}};
  const auto reply = client.get("/slow");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message, "GET " + server.http_url() + "/slow: timed out");
  // The late answer must not be taken for that of the next question.
  const auto next = client.get("/next");
  ASSERT_TRUE(next);
  EXPECT_EQ(server.accepted(), 2);
}

TEST(HttpClient, ReportsNobodyThere) {
  std::uint16_t port = 0;
  {
    const LoopbackServer gone{{}};
    port = gone.port();
  }
  Client client{fmt::format("http://127.0.0.1:{}", port)};
  const auto reply = client.get("/");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message,
            fmt::format("cannot connect to '127.0.0.1:{}': Connection refused", port));
}

TEST(HttpClient, ChecksCertificates) {
  test::Certificates certificates;
  const std::string certificate = certificates.issue("server", "IP:127.0.0.1");
  LoopbackServer server{{.socket = {},
                         .http =
                             [](const std::string&) {
                               return HttpAnswer{200, "secret"};
                             },
                         .certificate = certificate,
                         .key = certificates.key_of("server")}};
  Client stranger{server.http_url()};
  EXPECT_FALSE(stranger.get("/"));
  Client friendly{server.http_url(), {}, certificates.authority()};
  const auto reply = friendly.get("/");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->data(), "secret");
}

TEST(HttpClient, GoesThroughAProxyAndKeepsThatConnection) {
  test::Certificates certificates;
  const std::string certificate = certificates.issue("server", "DNS:venue.example");
  LoopbackServer server{{.http =
                             [](const std::string& asked) {
                               return HttpAnswer{200, asked};
                             },
                         .certificate = certificate,
                         .key = certificates.key_of("server")}};
  const test::ConnectProxy proxy{{.port = server.port()}};
  HttpClient::Options options;
  options.proxies =
      *Proxies::create(proxy.url(), "", [](const char*) -> const char* { return {}; });
  Client client{"https://venue.example", options, certificates.authority()};
  for (const std::string target : {"/a", "/b"}) {
    const auto reply = client.get(target);
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->data(), target);
  }
  ASSERT_EQ(proxy.asked().size(), 1u);
  EXPECT_EQ(proxy.asked()[0].target, "venue.example:443");
}

}  // namespace
}  // namespace md::net
