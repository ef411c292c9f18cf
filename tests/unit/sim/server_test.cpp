#include "sim/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <functional>
#include <string>
#include <thread>
#include <utility>

namespace md::sim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using boost::system::error_code;

// Clients of one kind: `ask` says what comes next, and what they said is kept.
class Script final : public Exchange {
 public:
  explicit Script(std::function<Next(Script&, Buffer&)> ask) : ask_(std::move(ask)) {}

  HttpAnswer get(std::string_view, Micros) override { return {404, {}}; }
  HttpAnswer get_past(std::string_view) override { return {404, {}}; }
  std::unique_ptr<Client> connect(std::string_view, Micros) override {
    return std::make_unique<Listener>(*this);
  }
  bool tick(Micros) override { return true; }

  int sent = 0;
  std::string said;

 private:
  class Listener final : public Client {
   public:
    explicit Listener(Script& script) : script_(script) {}
    void on_text(std::string_view text, Micros) override { script_.said = text; }
    Next next(Micros, Buffer& frame) override { return script_.ask_(script_, frame); }
    std::string shutdown_notice(Micros) const override { return {}; }

   private:
    Script& script_;
  };

  std::function<Next(Script&, Buffer&)> ask_;
};

// Frames "0", "1", ... padded to the length of a trade.
Next number(Script& script, Buffer& frame) {
  std::string text = std::to_string(script.sent++);
  text.resize(150, ' ');
  frame.append(text);
  return Next::frame();
}

class Running {
 public:
  explicit Running(Script& script) : server_(*Server::listen({}, script)) {
    const std::string url = server_.url();
    const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    thread_ = std::thread{[this] { EXPECT_TRUE(server_.run(stop_)); }};
    socket.next_layer().connect({asio::ip::make_address("127.0.0.1"), port});
    socket.handshake("127.0.0.1", "/");
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    error_code ignored;
    socket.next_layer().close(ignored);
    stop_ = true;
    thread_.join();
  }

  // Reads the frame that has the number `read`; false at the end of the connection.
  bool read_next() {
    beast::flat_buffer buffer;
    socket.read(buffer, error);
    if (error) return false;
    EXPECT_EQ(std::stoi(beast::buffers_to_string(buffer.data())), read);
    ++read;
    return true;
  }

  // Bytes that have come and were not read.
  long arrived() { return static_cast<long>(socket.next_layer().available()); }

  int read = 0;
  error_code error;

 private:
  Server server_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
  asio::io_context context_;

 public:
  websocket::stream<asio::ip::tcp::socket> socket{context_};
};

TEST(Server, SendsFramesThatAreDueTogetherTogether) {
  std::atomic<Running*> reader = nullptr;
  std::atomic<long> arrived = -1;
  Script script{[&](Script& of, Buffer& frame) {
    if (of.said.empty()) return Next::wait(Next::kForever);
    if (of.sent == 100) {
      arrived = reader.load()->arrived();
      arrived.notify_all();
    }
    return of.sent < 1000 ? number(of, frame) : Next::close(1000, "end");
  }};
  Running running{script};
  reader = &running;
  running.socket.write(asio::buffer(std::string_view{"go"}));
  arrived.wait(-1);
  EXPECT_EQ(arrived, 0);
  while (running.read_next()) {
  }
  EXPECT_EQ(running.read, 1000);
  EXPECT_EQ(running.error, websocket::error::closed);
  EXPECT_EQ(running.socket.reason().reason, "end");
}

TEST(Server, KeepsNothingBackThatNothingFollows) {
  std::atomic<Running*> reader = nullptr;
  std::atomic<long> arrived = -1;
  int waits = 0;
  Script script{[&](Script& of, Buffer& frame) {
    if (of.said.empty()) return Next::wait(Next::kForever);
    if (of.sent < 3) return number(of, frame);
    // Once ahead, and again when all is sent.
    if (++waits == 2) {
      arrived = reader.load()->arrived();
      arrived.notify_all();
    }
    return Next::wait(Next::kForever);
  }};
  Running running{script};
  reader = &running;
  running.socket.write(asio::buffer(std::string_view{"go"}));
  arrived.wait(-1);
  EXPECT_GT(arrived, 3 * 150);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(running.read_next());
}

TEST(Server, SendsWhatIsDueBeforeItCutsTheConnection) {
  Script script{[](Script& of, Buffer& frame) {
    return of.sent < 1000 ? number(of, frame) : Next{.kind = Next::Kind::cut};
  }};
  Running running{script};
  while (running.read_next()) {
  }
  EXPECT_EQ(running.read, 1000);
  EXPECT_EQ(running.error, asio::error::eof);
}

TEST(Server, AnswersPingsAndClosesBetweenFrames) {
  Script script{[](Script& of, Buffer& frame) {
    return of.said.empty() ? number(of, frame) : Next::close(1000, "end");
  }};
  Running running{script};
  std::string pong;
  running.socket.control_callback([&](websocket::frame_type type, beast::string_view text) {
    if (type == websocket::frame_type::pong) pong = std::string(text);
  });
  running.socket.ping("are you there");
  while (pong.empty()) ASSERT_TRUE(running.read_next());
  EXPECT_EQ(pong, "are you there");
  running.socket.write(asio::buffer(std::string_view{"enough"}));
  while (running.read_next()) {
  }
  EXPECT_EQ(running.socket.reason().reason, "end");
}

// The close frame that answers the client's has all that was gathered before it.
TEST(Server, AnswersACloseAmongFrames) {
  Script script{number};
  Running running{script};
  EXPECT_TRUE(running.read_next());
  running.socket.close(websocket::close_code::normal, running.error);
  EXPECT_FALSE(running.error) << running.error.message();
}

}  // namespace
}  // namespace md::sim
