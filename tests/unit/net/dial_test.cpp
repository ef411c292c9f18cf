#include "net/dial.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>

#include <optional>

#include "support/connect_proxy.hpp"
#include "support/loopback_server.hpp"
#include "support/name_service.hpp"

namespace md::net {
namespace {

using test::ConnectProxy;
using test::LoopbackServer;
using test::NameService;

// Dials once and gives what came of it.
class Dialler {
 public:
  Result<Stream> dial(const Url& url, const Proxy* proxy = nullptr,
                      std::int64_t timeout_ms = 10'000) {
    std::optional<Result<Stream>> got;
    const Dial dial{loop_, tls_, url, proxy, from, timeout_ms, [&](Result<Stream> stream) {
                      got.emplace(std::move(stream));
                      loop_.stop();
                    }};
    loop_.run();
    return *std::move(got);
  }
  // A name is spoken to without TLS only here: what is tested is how it is reached.
  Result<Stream> dial_name(const std::string& host, std::uint16_t port) {
    return dial({"ws", host, port, "/"});
  }

  std::string from;

 private:
  Loop loop_;
  Tls tls_ = *Tls::create();
};

int tcp_option(Stream& stream, int level, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(getsockopt(stream.socket().native_handle(), level, option, &value, &size), 0);
  return value;
}

TEST(Dial, ComesFromTheAddressThatIsAskedFor) {
  LoopbackServer server{{}};
  Dialler dialler;
  dialler.from = "127.0.0.7";
  auto stream = dialler.dial(*Url::parse(server.ws_url()));
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_EQ(stream->socket().local_endpoint().address().to_string(), "127.0.0.7");
}

TEST(Dial, AnAddressReachesOnlyItsOwnFamily) {
  LoopbackServer server{{}};
  Dialler dialler;
  dialler.from = "::1";
  const auto stream = dialler.dial(*Url::parse(server.ws_url()));
  ASSERT_FALSE(stream);
  EXPECT_TRUE(stream.error().message.ends_with(": it has no address that '::1' could reach"))
      << stream.error().message;
}

TEST(Dial, SaysWhereItCannotComeFrom) {
  LoopbackServer server{{}};
  Dialler dialler;
  dialler.from = "192.0.2.1";  // of documentation: nobody's
  const auto stream = dialler.dial(*Url::parse(server.ws_url()));
  ASSERT_FALSE(stream);
  EXPECT_TRUE(
      stream.error().message.ends_with(": from '192.0.2.1': Cannot assign requested address"))
      << stream.error().message;
}

TEST(Dial, KeepsConnectionsAliveAndDoesNotGatherSmallWrites) {
  LoopbackServer server{{}};
  Dialler dialler;
  auto stream = dialler.dial(*Url::parse(server.ws_url()));
  ASSERT_TRUE(stream);
  EXPECT_EQ(tcp_option(*stream, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(tcp_option(*stream, IPPROTO_TCP, TCP_KEEPIDLE), 30);
  EXPECT_EQ(tcp_option(*stream, IPPROTO_TCP, TCP_KEEPINTVL), 10);
  EXPECT_EQ(tcp_option(*stream, IPPROTO_TCP, TCP_KEEPCNT), 3);
  EXPECT_EQ(tcp_option(*stream, IPPROTO_TCP, TCP_NODELAY), 1);
}

TEST(Dial, TriesTheNextAddress) {
  LoopbackServer server{{}};  // listens at 127.0.0.1 alone
  NameService names;
  Dialler dialler;
  for (const std::vector<std::string>& addresses : {std::vector<std::string>{"::1", "127.0.0.1"},
                                                    {"127.0.0.2", "127.0.0.1"},
                                                    {"::1", "::1", "127.0.0.2", "127.0.0.1"}}) {
    names.set("venue.example", addresses);
    auto stream = dialler.dial_name("venue.example", server.port());
    ASSERT_TRUE(stream) << stream.error().message;
    EXPECT_EQ(stream->socket().remote_endpoint().address().to_string(), "127.0.0.1");
  }
}

TEST(Dial, AsksForTheNameEachTime) {
  LoopbackServer server{{}};
  NameService names;
  Dialler dialler;
  names.set("venue.example", {"127.0.0.2"});
  auto moved = dialler.dial_name("venue.example", server.port());
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().message,
            fmt::format("cannot connect to 'venue.example:{}': Connection refused", server.port()));
  names.set("venue.example", {"127.0.0.1"});
  EXPECT_TRUE(dialler.dial_name("venue.example", server.port()));
  EXPECT_EQ(names.lookups("venue.example"), 2);
}

TEST(Dial, ReportsANameThatDoesNotExist) {
  const NameService names;
  Dialler dialler;
  const auto stream = dialler.dial_name("venue.example", 443);
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, Errc::unavailable);
  EXPECT_EQ(stream.error().message, "cannot resolve 'venue.example': Name or service not known");
}

TEST(Dial, FindsANameThatIsKnownLater) {
  LoopbackServer server{{}};
  NameService names;
  Dialler dialler;
  EXPECT_FALSE(dialler.dial_name("venue.example", server.port()));
  names.set("venue.example", {"127.0.0.1"});
  EXPECT_TRUE(dialler.dial_name("venue.example", server.port()));
}

TEST(Dial, OnlyTheProxysNameIsResolved) {
  ConnectProxy proxy{{.port = 1, .answer = [](const auto&) { return "403 No"; }}};
  NameService names;
  names.set("proxy.example", {"::1", "127.0.0.1"});
  Proxy through{"proxy.example", Url::parse(proxy.url())->port, {}};
  Dialler dialler;
  const auto stream = dialler.dial(*Url::parse("wss://venue.example"), &through);
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, Errc::unavailable);
  EXPECT_EQ(stream.error().message, "cannot reach 'venue.example:443' through the proxy '" +
                                        through.text() + "': refused: HTTP 403 Forbidden");
  EXPECT_EQ(names.lookups("proxy.example"), 1);
  EXPECT_EQ(names.lookups("venue.example"), 0);
}

// What an unusable proxy does, and what is said of it.
std::string complaint(ConnectProxy::Script script, std::int64_t timeout_ms = 10'000) {
  ConnectProxy proxy{std::move(script)};
  Proxy through{"127.0.0.1", Url::parse(proxy.url())->port, "user:secret"};
  Dialler dialler;
  const auto stream = dialler.dial(*Url::parse("wss://venue.example"), &through, timeout_ms);
  if (stream) return "connected";
  const std::string before =
      "cannot reach 'venue.example:443' through the proxy '" + proxy.authority() + "': ";
  EXPECT_TRUE(stream.error().message.starts_with(before)) << stream.error().message;
  return stream.error().message.substr(before.size());
}

TEST(Dial, SaysWhatIsWrongWithAProxy) {
  const auto answer = [](const std::string& head) {
    return ConnectProxy::Script{.port = 1, .answer = [head](const auto&) { return head; }};
  };
  EXPECT_EQ(complaint(answer("407 x\r\nContent-Length: 5")),
            "refused: HTTP 407 Proxy Authentication Required");
  EXPECT_EQ(complaint(answer("502 x")), "refused: HTTP 502 Bad Gateway");
  EXPECT_EQ(complaint(answer("200 x\r\n\r\nhello")), "it speaks out of turn");
  EXPECT_EQ(complaint(answer("200 x\r\nLong: " + std::string(100'000, 'x'))),
            "header limit exceeded");
  EXPECT_EQ(complaint(answer("what?")), "bad status");
  EXPECT_EQ(complaint({.mute = true}, 100), "timed out");
}

}  // namespace
}  // namespace md::net
