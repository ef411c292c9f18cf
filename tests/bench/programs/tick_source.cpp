// tick_source - measures tick to disk: how long a frame takes from a socket to a pipe, through a
// recorder.
//
//   tick_source RATE SECONDS COMMAND [ARGUMENT...]
//
// Listens on a free port, runs COMMAND with the address (ws://127.0.0.1:PORT) as its last argument,
// answers its subscription as binance would, and sends RATE trades a second for so long, then
// closes. The trades' ids count them; the clock is read when send() is about to give one to the
// kernel, and again when its id is read from the command's standard output. So both the wake-up of
// the command and that of the reader here are in the time; a command that does nothing
// (epoll_reader) says how much that is. The first fifth is not counted.
//
// Prints one line of JSON, in microseconds; exits with 1 where a trade was missing, came twice or
// out of order.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

constexpr std::uint64_t kFirstId = 1'000'000'000;

std::int64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

std::int64_t wall_ms() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
}

// A text frame of a server (RFC 6455, 5.2).
std::string frame_of(std::uint64_t id) {
  std::array<char, 320> text;
  const long long ms = wall_ms();
  const int size = std::snprintf(
      text.data(), text.size(),
      R"({"stream":"btcusdt@trade","data":{"e":"trade","E":%lld,"s":"BTCUSDT","t":%llu,"p":"60010.50000000","q":"0.%08llu","T":%lld,"m":true,"M":true}})",
      ms, static_cast<unsigned long long>(id), static_cast<unsigned long long>(id % 100'000'000),
      ms);
  std::string frame{"\x81\x7e"};
  frame += static_cast<char>(size >> 8);
  frame += static_cast<char>(size & 0xff);
  return frame.append(text.data(), static_cast<std::size_t>(size));
}

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) {
      pollfd room{socket, POLLOUT, 0};
      poll(&room, 1, -1);
      continue;
    }
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// When each trade was given to the kernel, and when it came back.
struct Times {
  explicit Times(std::size_t count) : sent(count), received(count) {}
  std::vector<std::int64_t> sent, received;
  std::uint64_t disorder = 0;
};

// Ids stand in the text as `"t":1000000000` (frames) or `"id":"1000000000"` (events).
class Receiver {
 public:
  Receiver(int pipe, Times& times) : pipe_(pipe), times_(times) {}

  void run() {
    std::array<char, 65536> bytes;
    for (ssize_t size; (size = read(pipe_, bytes.data(), bytes.size())) > 0;) {
      const std::int64_t at = now_ns();
      text_.append(bytes.data(), static_cast<std::size_t>(size));
      take(at);
    }
  }

 private:
  void take(std::int64_t at) {
    std::size_t done = 0;
    for (;;) {
      for (const std::string_view key : {kFrame, kEvent}) {
        if (key_.empty() && text_.find(key) != std::string::npos) key_ = key;
      }
      if (key_.empty()) break;
      const std::size_t begin = text_.find(key_, done);
      if (begin == std::string::npos) break;
      const std::size_t id = begin + key_.size() - 1;
      // The id is whole where something follows it.
      const std::size_t end = text_.find_first_not_of("0123456789", id);
      if (end == std::string::npos) break;
      std::uint64_t number = 0;
      std::from_chars(text_.data() + id, text_.data() + end, number);
      note(number - kFirstId, at);
      done = end;
    }
    // The beginning of what is looked for may stand at the end.
    text_.erase(0, std::max(done, text_.size() > 32 ? text_.size() - 32 : 0));
  }

  void note(std::uint64_t index, std::int64_t at) {
    if (index != next_ || index >= times_.received.size()) ++times_.disorder;
    if (index < times_.received.size()) times_.received[index] = at;
    next_ = index + 1;
  }

  static constexpr std::string_view kFrame = R"("t":1)", kEvent = R"("id":"1)";

  int pipe_;
  Times& times_;
  std::string text_;
  std::string_view key_;  // which of the two it is
  std::uint64_t next_ = 0;
};

bool send_trades(int socket, double rate, Times& times) {
  prctl(PR_SET_TIMERSLACK, 1);
  const std::int64_t begin = now_ns();
  for (std::size_t i = 0; i < times.sent.size(); ++i) {
    const std::int64_t due = begin + static_cast<std::int64_t>(static_cast<double>(i) * 1e9 / rate);
    if (now_ns() < due) {
      const timespec until{due / 1'000'000'000, due % 1'000'000'000};
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
    }
    const std::string frame = frame_of(kFirstId + i);
    times.sent[i] = now_ns();
    if (!send_all(socket, frame)) return false;
  }
  return true;
}

void print(const Times& times, double rate) {
  std::vector<double> micros;
  std::uint64_t missing = 0;
  for (std::size_t i = 0; i < times.sent.size(); ++i) {
    if (times.received[i] == 0) {
      ++missing;
    } else if (i >= times.sent.size() / 5) {
      micros.push_back(static_cast<double>(times.received[i] - times.sent[i]) / 1000);
    }
  }
  std::sort(micros.begin(), micros.end());
  const auto at = [&](double share) {
    if (micros.empty()) return 0.0;
    return micros[static_cast<std::size_t>(share * static_cast<double>(micros.size() - 1))];
  };
  const double took = static_cast<double>(times.sent.back() - times.sent.front()) / 1e9;
  std::printf(
      R"({"rate":%.0f,"sent":%zu,"sentPerSecond":%.0f,"missing":%llu,"disorder":%llu,"median":%.1f,"p99":%.1f,"p999":%.1f,"max":%.1f})"
      "\n",
      rate, times.sent.size(), static_cast<double>(times.sent.size() - 1) / took,
      static_cast<unsigned long long>(missing), static_cast<unsigned long long>(times.disorder),
      at(0.5), at(0.99), at(0.999), at(1));
  std::exit(missing == 0 && times.disorder == 0 ? 0 : 1);
}

}  // namespace

int main(int argc, char** argv) try {
  const double rate = argc > 3 ? std::atof(argv[1]) : 0;
  const double seconds = argc > 3 ? std::atof(argv[2]) : 0;
  if (rate < 1 || seconds * rate < 10) {
    std::fprintf(stderr, "usage: tick_source RATE SECONDS COMMAND [ARGUMENT...]\n");
    return 64;
  }
  asio::io_context context;
  asio::ip::tcp::acceptor acceptor(context, {asio::ip::make_address("127.0.0.1"), 0});

  std::string url = "ws://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
  std::vector<char*> command(argv + 3, argv + argc);
  command.push_back(url.data());
  command.push_back(nullptr);
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) return 71;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, pipe[1], STDOUT_FILENO);
  pid_t child = 0;
  if (posix_spawnp(&child, command[0], &files, nullptr, command.data(), environ) != 0) {
    std::perror(command[0]);
    return 70;
  }
  close(pipe[1]);

  beast::websocket::stream<asio::ip::tcp::socket> socket(context);
  acceptor.accept(socket.next_layer());
  socket.next_layer().set_option(asio::ip::tcp::no_delay(true));
  socket.accept();
  beast::flat_buffer buffer;
  socket.read(buffer);
  socket.write(asio::buffer(std::string_view{R"({"result":null,"id":1})"}));

  Times times(static_cast<std::size_t>(rate * seconds));
  std::thread receiver([&] { Receiver(pipe[0], times).run(); });
  const int descriptor = socket.next_layer().native_handle();
  const bool sent = send_trades(descriptor, rate, times);
  if (sent) send_all(descriptor, std::string_view("\x88\x02\x03\xe8", 4));  // close, 1000
  shutdown(descriptor, SHUT_WR);
  receiver.join();
  int status = 0;
  waitpid(child, &status, 0);
  if (!sent || status != 0) {
    std::fprintf(stderr, "tick_source: '%s' ended early or badly\n", command[0]);
    return 69;
  }
  print(times, rate);
} catch (const std::exception& error) {
  std::fprintf(stderr, "tick_source: %s\n", error.what());
  return 69;
}
