// An HTTP proxy on 127.0.0.1 for tests: answers CONNECT, and leads where the test says.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace md::test {

class ConnectProxy {
 public:
  struct Asked {
    std::string target;         // "host:port"
    std::string authorization;  // Proxy-Authorization
  };
  struct Script {
    std::uint16_t port = 0;  // of 127.0.0.1: where every tunnel leads
    // The head of the answer; unset: "200 OK", and a tunnel.
    std::function<std::string(const Asked& asked)> answer = {};
    bool mute = false;  // never answers
  };

  explicit ConnectProxy(Script script);
  ConnectProxy(const ConnectProxy&) = delete;
  ConnectProxy& operator=(const ConnectProxy&) = delete;
  // Ends all connections and waits for their threads.
  ~ConnectProxy();

  std::string url() const;
  std::string authority() const;  // "127.0.0.1:port"
  std::vector<Asked> asked() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace md::test
