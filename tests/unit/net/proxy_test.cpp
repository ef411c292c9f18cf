#include "net/proxy.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace md::net {
namespace {

std::map<std::string, std::string> environment;

const char* look_up(const char* name) {
  const auto found = environment.find(name);
  return found == environment.end() ? nullptr : found->second.c_str();
}

class ProxiesTest : public testing::Test {
 protected:
  ~ProxiesTest() override { environment.clear(); }

  static Proxies made(const std::string& url, const std::string& file = {}) {
    auto proxies = Proxies::create(url, file, look_up);
    EXPECT_TRUE(proxies) << proxies.error().message;
    return proxies ? *proxies : Proxies{};
  }
  static std::string refusal(Errc code, const std::string& url, const std::string& file = {}) {
    const auto proxies = Proxies::create(url, file, look_up);
    if (proxies) return "accepted";
    EXPECT_EQ(proxies.error().code, code);
    return proxies.error().message;
  }
  static std::string through(const Proxies& proxies, const std::string& url) {
    const Proxy* proxy = proxies.find(*Url::parse(url));
    return proxy != nullptr ? proxy->text() : "";
  }
};

TEST_F(ProxiesTest, NobodyNamesOne) {
  EXPECT_EQ(through(Proxies{}, "wss://a.example"), "");
  EXPECT_EQ(through(made(""), "wss://a.example"), "");
}

TEST_F(ProxiesTest, ReadsTheOption) {
  EXPECT_EQ(through(made("http://Proxy.Example:3128/"), "wss://a.example"), "proxy.example:3128");
  EXPECT_EQ(through(made("proxy.example:3128"), "https://a.example"), "proxy.example:3128");
  EXPECT_EQ(through(made("proxy.example"), "wss://a.example"), "proxy.example:80");
  EXPECT_EQ(through(made("http://[::1]:8080"), "wss://a.example"), "[::1]:8080");
}

TEST_F(ProxiesTest, TheEnvironmentIsReadLowerCaseFirstAndTheOptionWins) {
  environment["HTTPS_PROXY"] = "http://upper:1";
  EXPECT_EQ(through(made(""), "wss://a.example"), "upper:1");
  environment["https_proxy"] = "";
  EXPECT_EQ(through(made(""), "wss://a.example"), "upper:1");
  environment["https_proxy"] = "http://lower:2";
  EXPECT_EQ(through(made(""), "wss://a.example"), "lower:2");
  EXPECT_EQ(through(made("http://option:3"), "wss://a.example"), "option:3");
}

TEST_F(ProxiesTest, CredentialsComeFromTheEnvironment) {
  environment["HTTPS_PROXY"] = "http://us%65r:p%40ss@word@proxy:1";
  EXPECT_EQ(made("").proxy()->credentials, "user:p@ss@word");
  EXPECT_EQ(made("").proxy()->text(), "proxy:1");
  environment["HTTPS_PROXY"] = "http://token@proxy:1";
  EXPECT_EQ(made("").proxy()->credentials, "token:");
}

TEST_F(ProxiesTest, CredentialsComeFromAFile) {
  const auto file = std::filesystem::temp_directory_path() / fmt::format("md-proxy-{}", getpid());
  const auto write = [&](const char* text) { std::ofstream{file} << text; };
  write("user:pass word\n");
  EXPECT_EQ(made("proxy:1", file).proxy()->credentials, "user:pass word");
  environment["HTTPS_PROXY"] = "http://other:secret@proxy:1";
  EXPECT_EQ(made("", file).proxy()->credentials, "user:pass word");
  for (const char* wrong : {"", "secret\n", "user:secret\nmore\n"}) {
    write(wrong);
    EXPECT_EQ(refusal(Errc::malformed, "proxy:1", file),
              "'" + file.string() + "' is not one line 'user:password'");
  }
  std::filesystem::remove(file);
  EXPECT_EQ(refusal(Errc::not_found, "proxy:1", file),
            "cannot open '" + file.string() + "': No such file or directory");
  environment.clear();
  EXPECT_EQ(refusal(Errc::usage, "", file), "--proxy-auth is for a proxy, and none is named");
}

TEST_F(ProxiesTest, RefusalsRepeatNoSecret) {
  for (const char* url : {"http://user:secret@proxy:1", "socks5://secret:1", "http://secret/path",
                          "http://sec ret", "http://secret:0", "http://secret:x", "http://"}) {
    const std::string why = refusal(Errc::usage, url);
    EXPECT_TRUE(why.starts_with("--proxy: ")) << url << ": " << why;
    EXPECT_EQ(why.find("secret"), std::string::npos) << why;
  }
  for (const char* url : {"https://user:secret@proxy:1", "http://user:secret@proxy:x",
                          "http://user:secret%4@proxy", "http://user:secret%0d%0a@proxy"}) {
    environment["HTTPS_PROXY"] = url;
    const std::string why = refusal(Errc::config, "");
    EXPECT_TRUE(why.starts_with("HTTPS_PROXY: ")) << url << ": " << why;
    EXPECT_EQ(why.find("secret"), std::string::npos) << why;
  }
}

TEST_F(ProxiesTest, ThisMachineIsReachedDirectly) {
  const Proxies proxies = made("proxy:1");
  for (const char* url : {"ws://127.0.0.1:1", "wss://localhost", "https://[::1]/x"})
    EXPECT_EQ(through(proxies, url), "") << url;
}

TEST_F(ProxiesTest, NoProxyListsWhatIsReachedDirectly) {
  environment["NO_PROXY"] = "a.example, .b.example,c.example:8443,10.0.0.0/8,2001:db8::1,,";
  const Proxies proxies = made("proxy:1");
  for (const char* url :
       {"wss://a.example", "wss://x.a.example", "wss://A.example:99", "wss://b.example",
        "wss://x.b.example", "wss://c.example:8443", "wss://[2001:db8::1]"}) {
    EXPECT_EQ(through(proxies, url), "") << url;
  }
  for (const char* url : {"wss://aa.example", "wss://example", "wss://c.example", "wss://10.0.0.1",
                          "wss://a.example.org"}) {
    EXPECT_EQ(through(proxies, url), "proxy:1") << url;
  }
  environment["no_proxy"] = "*";
  EXPECT_EQ(through(made("proxy:1"), "wss://aa.example"), "");
}

}  // namespace
}  // namespace md::net
