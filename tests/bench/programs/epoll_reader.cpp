// epoll_reader - the limit of tick to disk: waits for a socket with epoll and writes what it reads
// to standard output.
//
//   epoll_reader ws://127.0.0.1:PORT
//
// It speaks just enough of WebSocket to be sent frames.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

int connect_to(std::string_view url) {
  const auto colon = url.rfind(':');
  if (!url.starts_with("ws://127.0.0.1:") || colon == std::string_view::npos) return -1;
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port =
      htons(static_cast<unsigned short>(std::atoi(std::string{url.substr(colon + 1)}.c_str())));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return -1;
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

// The opening handshake, and a text frame as a client sends it, its mask all zeros (RFC 6455, 5.3).
bool subscribe(int socket) {
  if (!send_all(
          socket,
          "GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"))
    return false;
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    char c;
    if (read(socket, &c, 1) != 1) return false;
    head += c;
  }
  constexpr std::string_view kText = R"({"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":1})";
  std::string frame{"\x81"};
  frame += static_cast<char>(0x80 | kText.size());
  frame.append(4, '\0');
  frame += kText;
  return head.starts_with("HTTP/1.1 101") && send_all(socket, frame);
}

}  // namespace

int main(int argc, char** argv) {
  const int socket = argc == 2 ? connect_to(argv[1]) : -1;
  if (socket < 0 || !subscribe(socket)) {
    std::fprintf(stderr, "usage: epoll_reader ws://127.0.0.1:PORT\n");
    return 64;
  }
  const int poll = epoll_create1(EPOLL_CLOEXEC);
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
  std::array<char, 65536> bytes;
  for (;;) {
    if (epoll_wait(poll, &event, 1, -1) < 0) return 74;
    const ssize_t size = read(socket, bytes.data(), bytes.size());
    if (size <= 0) return size == 0 ? 0 : 74;
    for (ssize_t done = 0; done < size;) {
      const ssize_t written =
          write(STDOUT_FILENO, bytes.data() + done, static_cast<std::size_t>(size - done));
      if (written <= 0) return 74;
      done += written;
    }
  }
}
