#include "net/text_server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <thread>

namespace md::net {
namespace {

// A client that blocks, for a thread of its own.
class Caller {
 public:
  explicit Caller(const TextServer& server) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const std::string url = server.url();
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  ~Caller() { ::close(fd_); }

  bool connected() const { return connected_; }
  void say(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // hung up on
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // All up to the end of the connection.
  std::string hear() const {
    std::string all;
    char some[4096];
    for (ssize_t got = 0; (got = ::recv(fd_, some, sizeof some, 0)) > 0;)
      all.append(some, static_cast<std::size_t>(got));
    return all;
  }
  std::string ask(std::string_view text) const {
    say(text);
    return hear();
  }

 private:
  int fd_;
  bool connected_ = false;
};

std::optional<std::string> page(std::string_view path) {
  if (path == "/metrics") return "up 1\n";
  return std::nullopt;
}

// Runs `client` beside a server that answers with page().
void with_server(const TextServer::Options& options,
                 const std::function<void(const TextServer&)>& client) {
  Loop loop;
  const auto server = TextServer::listen(loop, "0", page, options);
  ASSERT_TRUE(server) << server.error().message;
  std::thread caller{[&] {
    client(**server);
    loop.stop();
  }};
  loop.run();
  caller.join();
}

TEST(TextServer, AnswersAPageAndHangsUp) {
  with_server({}, [](const TextServer& server) {
    EXPECT_EQ(server.url().find("http://127.0.0.1:"), 0u);
    const std::string reply = Caller{server}.ask("GET /metrics?x=1 HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(reply.find("HTTP/1.1 200 OK\r\n"), 0u) << reply;
    EXPECT_NE(reply.find("\r\nContent-Length: 5\r\n"), reply.npos) << reply;
    EXPECT_TRUE(reply.ends_with("\r\n\r\nup 1\n")) << reply;
  });
}

TEST(TextServer, RefusesWhatItDoesNotHave) {
  with_server({}, [](const TextServer& server) {
    const auto status = [&](std::string_view request) {
      return Caller{server}.ask(request).substr(0, 12);
    };
    EXPECT_EQ(status("GET / HTTP/1.1\r\n\r\n"), "HTTP/1.1 404");
    EXPECT_EQ(status("POST /metrics HTTP/1.1\r\nContent-Length: 9\r\n\r\n"), "HTTP/1.1 405");
    EXPECT_EQ(status("\x16\x03\x01 no request at all\r\n\r\n"), "HTTP/1.1 400");
    EXPECT_EQ(status("GET /" + std::string(10'000, 'x') + " HTTP/1.1\r\n\r\n").substr(0, 8),
              "HTTP/1.1");
  });
}

TEST(TextServer, ARequestWithoutEndIsCutOff) {
  with_server({.max_request = 1024}, [](const TextServer& server) {
    const Caller caller{server};
    caller.say("GET /metrics HTTP/1.1\r\n");
    for (int i = 0; i < 4096; ++i) caller.say("x: 0123456789012345678901234567890123456789\r\n");
    caller.hear();  // ends
  });
}

TEST(TextServer, ClientsThatSayNothingHoldNobodyUpForLong) {
  with_server({.max_clients = 2, .timeout_ms = 100}, [](const TextServer& server) {
    const Caller first{server}, second{server}, third{server};
    ASSERT_TRUE(third.connected());
    // Two silent ones fill the house; this one is let in once their time is over.
    EXPECT_TRUE(third.ask("GET /metrics HTTP/1.1\r\n\r\n").ends_with("up 1\n"));
    EXPECT_EQ(first.hear(), "");
    EXPECT_EQ(second.hear(), "");
  });
}

TEST(TextServer, SaysWhyItCannotListen) {
  Loop loop;
  for (const std::string_view wrong : {"", "x", "1.2.3.4", "host:1", "127.0.0.1:", "70000", "-1"}) {
    const auto server = TextServer::listen(loop, wrong, page, {});
    ASSERT_FALSE(server) << wrong;
    EXPECT_EQ(server.error().code, Errc::usage) << wrong;
  }
  const auto first = TextServer::listen(loop, "[::1]:0", page, {});
  if (first) {  // IPv6 may be switched off
    EXPECT_EQ((*first)->url().find("http://[::1]:"), 0u);
  }
  const auto server = TextServer::listen(loop, "localhost:0", page, {});
  ASSERT_TRUE(server);
  const auto again = TextServer::listen(loop, (*server)->url().substr(7), page, {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Errc::create);
}

}  // namespace
}  // namespace md::net
