#include "net/url.hpp"

#include <gtest/gtest.h>

namespace md::net {
namespace {

Url parsed(std::string_view text) {
  const Result<Url> url = Url::parse(text);
  EXPECT_TRUE(url) << text;
  return url ? *url : Url{};
}

std::string refusal(std::string_view text) {
  const Result<Url> url = Url::parse(text);
  if (url) return "accepted";
  EXPECT_EQ(url.error().code, Errc::usage);
  return url.error().message;
}

TEST(Url, TakesApart) {
  const Url url = parsed("WSS://Stream.Binance.com:9443/stream?streams=a/b@depth&x=%20");
  EXPECT_EQ(url.scheme, "wss");
  EXPECT_EQ(url.host, "stream.binance.com");
  EXPECT_EQ(url.port, 9443);
  EXPECT_EQ(url.target, "/stream?streams=a/b@depth&x=%20");
  EXPECT_TRUE(url.secure());
  EXPECT_EQ(url.authority(), "stream.binance.com:9443");
  EXPECT_EQ(url.text(), "wss://stream.binance.com:9443/stream?streams=a/b@depth&x=%20");
}

TEST(Url, FillsInWhatIsLeftOut) {
  EXPECT_EQ(parsed("wss://a.b").port, 443);
  EXPECT_EQ(parsed("https://a.b").port, 443);
  EXPECT_EQ(parsed("http://localhost").port, 80);
  EXPECT_EQ(parsed("wss://a.b").target, "/");
  EXPECT_EQ(parsed("wss://a.b?x=1").target, "/?x=1");
  EXPECT_EQ(parsed("https://a.b:443/x").text(), "https://a.b/x");
}

TEST(Url, ReadsAddresses) {
  const Url six = parsed("ws://[::1]:8080/x");
  EXPECT_EQ(six.host, "::1");
  EXPECT_EQ(six.port, 8080);
  EXPECT_EQ(six.authority(), "[::1]:8080");
  EXPECT_EQ(parsed("wss://[2001:DB8::2]/").host, "2001:db8::2");
}

TEST(Url, SpeaksWithoutTlsOnlyToThisMachine) {
  for (const char* url :
       {"ws://127.0.0.1", "ws://127.9.8.7:1", "http://localhost:80/x", "ws://[::1]"}) {
    EXPECT_TRUE(parsed(url).loopback()) << url;
  }
  for (const char* url :
       {"ws://example.com", "http://10.0.0.1/", "ws://127.0.0.1.example.com",
        "ws://localhost.example", "ws://128.0.0.1", "ws://127.1", "ws://[::2]", "http://0.0.0.0"}) {
    EXPECT_NE(refusal(url).find("without TLS"), std::string::npos) << url;
  }
}

TEST(Url, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(refusal("example.com"), "bad URL 'example.com': expected wss://HOST or https://HOST");
  EXPECT_EQ(refusal("ftp://a.b"),
            "bad URL 'ftp://a.b': the scheme is none of wss, https, ws, http");
  EXPECT_EQ(refusal("wss:///path"), "bad URL 'wss:///path': it names no host");
  EXPECT_EQ(refusal("wss://a.b#c"), "bad URL 'wss://a.b#c': a fragment has no meaning here");
  for (const char* url : {"wss://a.b:", "wss://a.b:0", "wss://a.b:65536", "wss://a.b:1x",
                          "wss://[::1", "wss://[::1]x", ""}) {
    EXPECT_NE(refusal(url), "accepted") << url;
  }
}

TEST(Url, KeepsSecretsAndHeadersOut) {
  const std::string why = refusal("wss://user:hush@a.b/");
  EXPECT_NE(why, "accepted");
  EXPECT_EQ(why.find("hush"), std::string::npos);
  EXPECT_NE(refusal("https://a.b/x\r\nEvil: 1"), "accepted");
  EXPECT_NE(refusal("https://a.b/x y"), "accepted");
  EXPECT_NE(refusal(std::string_view{"https://a.b/\0", 13}), "accepted");
}

TEST(Url, MovesToAnotherOrigin) {
  const Url moved =
      with_origin(parsed("wss://a.b:9443/ws?x=1"), parsed("ws://127.0.0.1:7000/ignored"));
  EXPECT_EQ(moved.text(), "ws://127.0.0.1:7000/ws?x=1");
}

}  // namespace
}  // namespace md::net
