#include "net/websocket.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/resource.h>

#include <atomic>
#include <functional>
#include <vector>

#include "codec/line_reader.hpp"
#include "support/allocations.hpp"
#include "support/certificates.hpp"
#include "support/connect_proxy.hpp"
#include "support/endless_server.hpp"
#include "support/loopback_server.hpp"
#include "support/name_service.hpp"

namespace md::net {
namespace {

// Sanitizers keep notes of the memory that is touched, and freed memory back.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

using test::LoopbackServer;
using test::Peer;

constexpr std::int64_t kDeadlineMs = 20'000;

// Runs one connection until its end.
class Client final : public WebSocket::Handler {
 public:
  explicit Client(const std::string& ca_file = {})
      : tls_(*Tls::create(ca_file)), deadline_(loop_) {}

  WebSocket::End run(const std::string& url, const WebSocket::Options& options = {}) {
    deadline_.start(kDeadlineMs, [this] {
      ADD_FAILURE() << "the connection never ended";
      loop_.stop();
    });
    socket_.emplace(loop_, tls_, *Url::parse(url), options, *this);
    loop_.run();
    return end_;
  }

  WebSocket& socket() { return *socket_; }
  Loop& loop() { return loop_; }
  std::function<void()> opened;
  std::function<void(const WebSocket::Message&)> message;
  std::vector<std::string> messages;
  int ends = 0;

 private:
  void on_open() override {
    if (opened) opened();
  }
  void on_message(const WebSocket::Message& m) override {
    if (message) return message(m);
    messages.emplace_back(m.data);
  }
  void on_end(const WebSocket::End& end) override {
    ++ends;
    end_ = end;
    socket_.reset();  // allowed here
    loop_.stop();
  }

  Loop loop_;
  Tls tls_;
  Timer deadline_;
  std::optional<WebSocket> socket_;
  WebSocket::End end_;
};

TEST(WebSocket, TalksAndIsClosed) {
  std::string agent, origin;
  std::string target;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    agent = peer.field("User-Agent");
    origin = peer.field("Origin");
    target = peer.target();
    while (const auto text = peer.receive()) {
      peer.send("got " + *text);
      if (*text == "two") return peer.close(1000, "done");
    }
  }}};
  Client client;
  client.opened = [&] {
    client.socket().send("one");
    client.socket().send("two");
  };
  const auto end =
      client.run(server.ws_url() + "/path?q=1",
                 {.user_agent = "mdtools/test", .fields = {{"Origin", "https://www.example.com"}}});
  EXPECT_EQ(client.messages, (std::vector<std::string>{"got one", "got two"}));
  EXPECT_EQ(end.reason, "closed by the venue: 1000 done");
  EXPECT_TRUE(end.opened);
  EXPECT_TRUE(end.closed_by_peer);
  EXPECT_EQ(client.ends, 1);
  EXPECT_EQ(target, "/path?q=1");
  EXPECT_EQ(agent, "mdtools/test");
  EXPECT_EQ(origin, "https://www.example.com");
}

TEST(WebSocket, TellsBinaryFromTextAndTime) {
  LoopbackServer server{{.socket = [](Peer& peer) {
    peer.send("text");
    peer.send_binary(std::string{"\0\1\2", 3});
    peer.close(1000, "");
  }}};
  Client client;
  std::vector<bool> binary;
  const Micros before = now();
  client.message = [&](const WebSocket::Message& m) {
    binary.push_back(m.binary);
    EXPECT_GE(m.received, before);
    EXPECT_LE(m.received, now());
    // The padding may be read; the sanitizer would object otherwise.
    volatile char last = m.data.data()[m.data.size() + codec::kPadding - 1];
    (void)last;
  };
  EXPECT_EQ(client.run(server.ws_url()).reason, "closed by the venue: 1000");
  EXPECT_EQ(binary, (std::vector<bool>{false, true}));
}

TEST(WebSocket, TakesBigMessagesUpToItsLimit) {
  const std::string big(3 << 20, 'x');
  LoopbackServer server{{.socket = [&](Peer& peer) {
    peer.send(big);
    peer.send(big + "y");
    peer.receive();
  }}};
  Client client;
  const auto end = client.run(server.ws_url(), {.max_message = big.size()});
  ASSERT_EQ(client.messages.size(), 1u);
  EXPECT_EQ(client.messages[0], big);
  EXPECT_EQ(end.reason, "a message is longer than 3145728 bytes");
  EXPECT_FALSE(end.closed_by_peer);
}

// Kilobytes of memory, at the most this process ever had.
long peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

// The head of a frame from a server: RFC 6455, 5.2, with the length in eight bytes.
std::string frame_head(unsigned char first, std::uint64_t length) {
  std::string head{static_cast<char>(first), 127};
  for (int shift = 56; shift >= 0; shift -= 8) head += static_cast<char>(length >> shift);
  return head;
}
constexpr unsigned char kText = 0x81;
constexpr unsigned char kTextToBeContinued = 0x01;
constexpr unsigned char kToBeContinued = 0x00;

TEST(WebSocket, AGigabyteInOneFrameEndsItAtOnce) {
  const std::string piece(65'536, 'x');
  std::atomic<std::uint64_t> sent = 0;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    if (!peer.send_raw(frame_head(kText, std::uint64_t{1} << 30))) return;
    while (sent < std::uint64_t{1} << 30 && peer.send_raw(piece)) sent += piece.size();
  }}};
  Client client;
  const long before = peak_memory();
  EXPECT_EQ(client.run(server.ws_url()).reason, "a message is longer than 67108864 bytes");
  EXPECT_LT(peak_memory() - before, kSanitized ? 128 << 10 : 16 << 10);
  EXPECT_LT(sent, std::uint64_t{64} << 20) << "it was read";
}

TEST(WebSocket, EndlessHeadersEndTheHandshake) {
  test::EndlessServer server{"HTTP/1.1 101 Switching Protocols\r\n",
                             "X-More: " + std::string(1000, 'x') + "\r\n"};
  Client client;
  EXPECT_EQ(client.run("ws://" + server.host() + "/").reason,
            "the WebSocket handshake failed: header limit exceeded");
  EXPECT_LT(server.sent(), std::uint64_t{64} << 20) << "it was read";
}

TEST(WebSocket, AMessageOfEndlessFramesEndsItAtTheLimit) {
  const std::string frame = frame_head(kToBeContinued, 65'536) + std::string(65'536, 'x');
  LoopbackServer server{{.socket = [&](Peer& peer) {
    peer.send_raw(frame_head(kTextToBeContinued, 65'536) + std::string(65'536, 'x'));
    while (peer.send_raw(frame)) continue;
  }}};
  Client client;
  const long before = peak_memory();
  EXPECT_EQ(client.run(server.ws_url(), {.max_message = 8 << 20}).reason,
            "a message is longer than 8388608 bytes");
  EXPECT_LT(peak_memory() - before, kSanitized ? 128 << 10 : 32 << 10);
}

TEST(WebSocket, ReadsCompressedMessagesIfItOfferedThem) {
  std::string offer;
  LoopbackServer server{{.socket =
                             [&](Peer& peer) {
                               offer = peer.field("Sec-WebSocket-Extensions");
                               const auto text = peer.receive();
                               for (int i = 0; i < 3; ++i) peer.send(text.value_or("nothing"));
                               peer.send("");
                               peer.close(1000, "");
                             },
                         .deflate = true}};
  const std::string text(100'000, 'x');
  for (const bool deflate : {false, true}) {
    Client client;
    client.opened = [&] { client.socket().send(text); };
    EXPECT_TRUE(client.run(server.ws_url(), {.deflate = deflate}).closed_by_peer);
    EXPECT_EQ(client.messages, (std::vector<std::string>{text, text, text, ""}));
    EXPECT_EQ(offer.starts_with("permessage-deflate"), deflate) << offer;
  }
}

TEST(WebSocket, LimitsWhatAMessageInflatesTo) {
  // A thousandth of it travels.
  const std::string bomb(64 << 20, 'x');
  LoopbackServer server{{.socket =
                             [&](Peer& peer) {
                               peer.send(bomb);
                               peer.receive();
                             },
                         .deflate = true}};
  Client client;
  const long before = peak_memory();
  EXPECT_EQ(client.run(server.ws_url(), {.max_message = 1 << 20, .deflate = true}).reason,
            "a message is longer than 1048576 bytes");
  EXPECT_LT(peak_memory() - before, kSanitized ? 128 << 10 : 16 << 10);
}

TEST(WebSocket, NoticesALostConnection) {
  LoopbackServer server{{.socket = [](Peer& peer) {
    peer.send("hello");
    peer.drop();
  }}};
  Client client;
  const auto end = client.run(server.ws_url());
  EXPECT_EQ(client.messages.size(), 1u);
  EXPECT_TRUE(end.opened);
  EXPECT_FALSE(end.closed_by_peer);
  EXPECT_TRUE(end.reason.starts_with("connection lost: ")) << end.reason;
}

TEST(WebSocket, GivesUpADeadPeer) {
  LoopbackServer server{{.socket = [](Peer& peer) { peer.play_dead(); }}};
  Client client;
  const auto end = client.run(server.ws_url(), {.silence_ms = 60});
  EXPECT_EQ(end.reason, "nothing received for 60 ms");
}

TEST(WebSocket, AQuietPeerThatAnswersPingsLives) {
  // The peer reads, so its library answers our pings, but says nothing for ten times the silence
  // allowed.
  std::atomic<bool> ended = false;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    peer.receive();
    ended = true;
  }}};
  Client client;
  Timer leave{client.loop()};
  client.opened = [&] {
    leave.start(1000, [&] {
      EXPECT_FALSE(ended);
      client.socket().close();
    });
  };
  const auto end = client.run(server.ws_url(), {.silence_ms = 300});
  EXPECT_EQ(end.reason, "closed");
}

TEST(WebSocket, SaysGoodbye) {
  std::atomic<bool> orderly = false;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    peer.send("hello");
    orderly = !peer.receive();
  }}};
  Client client;
  client.message = [&](const WebSocket::Message&) { client.socket().close(); };
  EXPECT_EQ(client.run(server.ws_url()).reason, "closed");
  EXPECT_EQ(client.ends, 1);
}

TEST(WebSocket, GoodbyeToADeadPeerTakesASecond) {
  LoopbackServer server{{.socket = [](Peer& peer) { peer.play_dead(); }}};
  Client client;
  client.opened = [&] { client.socket().close(); };
  const std::int64_t begin = Loop::steady_ms();
  EXPECT_EQ(client.run(server.ws_url()).reason, "closed");
  EXPECT_LT(Loop::steady_ms() - begin, 5000);
}

TEST(WebSocket, DestroyedInAMessageCallsNothingMore) {
  LoopbackServer server{{.socket = [](Peer& peer) {
    for (int i = 0; i < 100; ++i) peer.send("x");
    peer.receive();
  }}};
  class Once final : public WebSocket::Handler {
   public:
    void on_open() override {}
    void on_message(const WebSocket::Message&) override {
      ++messages;
      socket.reset();
      loop.post([this] { loop.post([this] { loop.stop(); }); });
    }
    void on_end(const WebSocket::End&) override { ADD_FAILURE(); }
    Loop loop;
    Tls tls = *Tls::create();
    std::optional<WebSocket> socket;
    int messages = 0;
  } once;
  once.socket.emplace(once.loop, once.tls, *Url::parse(server.ws_url()), WebSocket::Options{},
                      once);
  once.loop.run();
  EXPECT_EQ(once.messages, 1);
}

TEST(WebSocket, ReportsARefusedUpgrade) {
  LoopbackServer server{{.http = [](const std::string&) {
    return test::HttpAnswer{429, "slow down", {{"Retry-After", "7"}}};
  }}};
  Client client;
  const auto end = client.run(server.ws_url());
  EXPECT_EQ(end.reason, "the WebSocket was refused: HTTP 429");
  EXPECT_EQ(end.http_status, 429);
  EXPECT_EQ(end.retry_after_ms, 7000);
  EXPECT_FALSE(end.opened);
}

TEST(WebSocket, ReportsNobodyThere) {
  std::uint16_t port = 0;
  {
    const LoopbackServer gone{{}};
    port = gone.port();
  }
  Client client;
  const std::string authority = fmt::format("127.0.0.1:{}", port);
  const auto end = client.run("ws://" + authority);
  EXPECT_EQ(end.reason, "cannot connect to '" + authority + "': Connection refused");
}

TEST(WebSocket, ReportsAPeerThatNeverShakesHands) {
  // No script for sockets: an HTTP server that takes its time.
  LoopbackServer server{{.http = [](const std::string&) {
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    return test::HttpAnswer{};
  }}};
  Client client;
  EXPECT_EQ(client.run(server.ws_url(), {.handshake_timeout_ms = 50}).reason,
            "the WebSocket handshake timed out");
}

TEST(WebSocket, LocalhostTriesAllItsAddresses) {
  LoopbackServer server{{.socket = [](Peer& peer) { peer.close(1000, ""); }}};
  Client client;
  EXPECT_TRUE(client.run(server.ws_url("localhost")).closed_by_peer);
}

TEST(WebSocket, PausesAndResumes) {
  constexpr int kMessages = 20'000;  // far more than the kernel's buffers hold
  const std::string text(1000, 'x');
  std::atomic<int> sent = 0;
  LoopbackServer server{{.socket = [&](Peer& peer) {
    for (int i = 0; i < kMessages; ++i, ++sent) peer.send(text);
    peer.close(1000, "");
  }}};
  Client client;
  Timer resume{client.loop()};
  int received = 0;
  int while_paused = 0;
  bool paused = false;
  client.message = [&](const WebSocket::Message&) {
    ++received;
    if (paused) ++while_paused;
    if (received != 10) return;
    client.socket().pause();
    paused = true;
    // Longer than the silence allowed: who does not listen cannot complain of silence.
    resume.start(300, [&] {
      EXPECT_LT(sent, kMessages) << "the sender was not held back";
      paused = false;
      client.socket().resume();
    });
  };
  EXPECT_TRUE(client.run(server.ws_url(), {.silence_ms = 100}).closed_by_peer);
  EXPECT_EQ(received, kMessages);
  EXPECT_LE(while_paused, 1);
}

TEST(WebSocket, ReceivesWithoutAllocating) {
  const std::string text(700, 'x');
  LoopbackServer server{{.socket = [&](Peer& peer) {
    for (int i = 0; i < 3000; ++i) peer.send(text);
    peer.close(1000, "");
  }}};
  Client client;
  int received = 0;
  std::uint64_t at_start = 0;
  std::uint64_t at_end = 0;
  client.message = [&](const WebSocket::Message&) {
    ++received;
    if (received == 1000) at_start = test::allocations();
    if (received == 2900) at_end = test::allocations();
  };
  client.run(server.ws_url());
  EXPECT_EQ(received, 3000);
  EXPECT_EQ(at_end - at_start, 0u);
}

class WebSocketTls : public testing::Test {
 protected:
  LoopbackServer serve(const std::string& names, int newest_tls = 0) {
    const std::string certificate = certificates_.issue("server", names);
    return LoopbackServer{{.socket =
                               [](Peer& peer) {
                                 peer.send("secret");
                                 peer.close(1000, "");
                               },
                           .http = {},
                           .certificate = certificate,
                           .key = certificates_.key_of("server"),
                           .newest_tls = newest_tls}};
  }
  // A host that is not this one, behind a proxy that leads to the server.
  static WebSocket::Options through(const test::ConnectProxy& proxy) {
    WebSocket::Options options;
    options.proxies =
        *Proxies::create(proxy.url(), "", [](const char*) -> const char* { return {}; });
    return options;
  }
  test::Certificates certificates_;
};

TEST_F(WebSocketTls, AcceptsAnAuthorityItWasTold) {
  LoopbackServer server = serve("DNS:localhost,IP:127.0.0.1");
  for (const char* host : {"127.0.0.1", "localhost"}) {
    Client client{certificates_.authority()};
    EXPECT_TRUE(client.run(server.ws_url(host)).closed_by_peer) << host;
    EXPECT_EQ(client.messages, std::vector<std::string>{"secret"});
  }
}

TEST_F(WebSocketTls, RefusesAnUnknownAuthority) {
  LoopbackServer server = serve("DNS:localhost,IP:127.0.0.1");
  Client client;
  const auto end = client.run(server.ws_url());
  EXPECT_EQ(
      end.reason,
      fmt::format("certificate of '127.0.0.1:{}' rejected: unable to get local issuer certificate",
                  server.port()));
  EXPECT_FALSE(end.opened);
}

TEST_F(WebSocketTls, RefusesACertificateForAnotherHost) {
  LoopbackServer server = serve("DNS:other.example,IP:127.0.0.2");
  {
    Client client{certificates_.authority()};
    EXPECT_EQ(
        client.run(server.ws_url("localhost")).reason,
        fmt::format("certificate of 'localhost:{}' rejected: hostname mismatch", server.port()));
  }
  Client client{certificates_.authority()};
  EXPECT_EQ(
      client.run(server.ws_url()).reason,
      fmt::format("certificate of '127.0.0.1:{}' rejected: IP address mismatch", server.port()));
}

TEST_F(WebSocketTls, AsksForTheHostByName) {
  LoopbackServer server = serve("DNS:venue.example");
  test::NameService names;
  names.set("venue.example", {"127.0.0.1"});
  Client client{certificates_.authority()};
  EXPECT_TRUE(client.run(server.ws_url("venue.example")).closed_by_peer);
  EXPECT_EQ(server.server_name(), "venue.example");
}

TEST_F(WebSocketTls, RefusesAWildcardForMoreThanALabel) {
  LoopbackServer server = serve("DNS:*.venue.example,DNS:ve*.example.org");
  test::NameService names;
  for (const auto& [host, good] : {std::pair{"a.venue.example", true},
                                   {"a.b.venue.example", false},
                                   {"venue.example.org", false}}) {
    names.set(host, {"127.0.0.1"});
    Client client{certificates_.authority()};
    EXPECT_EQ(client.run(server.ws_url(host)).opened, good) << host;
  }
}

TEST_F(WebSocketTls, TakesTls12AndNothingOlder) {
  {
    LoopbackServer server = serve("IP:127.0.0.1", TLS1_2_VERSION);
    Client client{certificates_.authority()};
    EXPECT_TRUE(client.run(server.ws_url()).closed_by_peer);
  }
  LoopbackServer server = serve("IP:127.0.0.1", TLS1_1_VERSION);
  Client client{certificates_.authority()};
  const auto end = client.run(server.ws_url());
  EXPECT_FALSE(end.opened);
  EXPECT_NE(end.reason.find("protocol version"), std::string::npos) << end.reason;
}

TEST_F(WebSocketTls, GoesThroughAProxyAndChecksTheHostBehindIt) {
  LoopbackServer server = serve("DNS:venue.example");
  const test::ConnectProxy proxy{{.port = server.port()}};
  {
    Client client{certificates_.authority()};
    EXPECT_TRUE(client.run("wss://venue.example/x", through(proxy)).closed_by_peer);
    EXPECT_EQ(client.messages, std::vector<std::string>{"secret"});
    EXPECT_EQ(server.server_name(), "venue.example");
  }
  Client client{certificates_.authority()};
  EXPECT_EQ(client.run("wss://other.example", through(proxy)).reason,
            "certificate of 'other.example' rejected: hostname mismatch");
  ASSERT_EQ(proxy.asked().size(), 2u);
  EXPECT_EQ(proxy.asked()[0].target, "venue.example:443");
  EXPECT_EQ(proxy.asked()[0].authorization, "");
}

TEST_F(WebSocketTls, ShowsItsCredentialsToTheProxyAlone) {
  std::string seen = "unset";
  const std::string certificate = certificates_.issue("server", "DNS:venue.example");
  LoopbackServer server{{.socket =
                             [&](Peer& peer) {
                               seen = peer.field("Proxy-Authorization");
                               peer.close(1000, "");
                             },
                         .certificate = certificate,
                         .key = certificates_.key_of("server")}};
  std::atomic<bool> refuse = true;
  const test::ConnectProxy proxy{{.port = server.port(), .answer = [&](const auto&) {
                                    return refuse ? "407 Who are you?" : "200 OK";
                                  }}};
  WebSocket::Options options;
  static std::string variable;
  variable = "http://user:p%40ss@" + proxy.authority();
  options.proxies = *Proxies::create("", "", [](const char* name) -> const char* {
    return std::string_view{name} == "HTTPS_PROXY" ? variable.c_str() : nullptr;
  });
  {
    Client client{certificates_.authority()};
    EXPECT_EQ(client.run("wss://venue.example", options).reason,
              "cannot reach 'venue.example:443' through the proxy '" + proxy.authority() +
                  "': refused: HTTP 407 Proxy Authentication Required");
  }
  refuse = false;
  Client client{certificates_.authority()};
  EXPECT_TRUE(client.run("wss://venue.example", options).closed_by_peer);
  EXPECT_EQ(proxy.asked().back().authorization, "Basic dXNlcjpwQHNz");  // base64 of user:p@ss
  EXPECT_EQ(seen, "");
}

TEST_F(WebSocketTls, RefusesAPeerWithoutTls) {
  LoopbackServer server{{.socket = [](Peer& peer) { peer.receive(); }}};
  Client client;
  const auto end =
      client.run(fmt::format("wss://127.0.0.1:{}", server.port()), {.connect_timeout_ms = 500});
  EXPECT_FALSE(end.opened);
}

TEST(Tls, ReportsABadAuthorityFile) {
  const auto missing = Tls::create("/nonexistent/ca.pem");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_EQ(missing.error().message,
            "cannot open '/nonexistent/ca.pem': No such file or directory");
  const auto none = Tls::create("/dev/null");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::malformed);
}

}  // namespace
}  // namespace md::net
