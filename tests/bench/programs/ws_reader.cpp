// ws_reader - the limit of a recorder: a client of Boost.Beast that reads a venue's frames through
// TLS and does nothing with them, until the venue closes. Says how many frames and bytes it had.
//
//   ws_reader PORT CA STREAM...
//
// It subscribes in the words of binance; the acknowledgement is not counted.
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace asio = boost::asio;
namespace beast = boost::beast;

namespace {

std::string subscription(int count, char** streams) {
  std::string text = R"({"method":"SUBSCRIBE","params":[)";
  for (int i = 0; i < count; ++i) {
    text += i == 0 ? "\"" : ",\"";
    text += streams[i];
    text += '"';
  }
  return text + R"(],"id":1})";
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 4) {
    std::fprintf(stderr, "usage: ws_reader PORT CA STREAM...\n");
    return 64;
  }
  asio::io_context context;
  asio::ssl::context tls(asio::ssl::context::tls_client);
  tls.load_verify_file(argv[2]);
  tls.set_verify_mode(asio::ssl::verify_peer);
  beast::websocket::stream<beast::ssl_stream<asio::ip::tcp::socket>> socket(context, tls);
  const auto port = static_cast<unsigned short>(std::strtoul(argv[1], nullptr, 10));
  beast::get_lowest_layer(socket).connect({asio::ip::make_address("127.0.0.1"), port});
  beast::get_lowest_layer(socket).set_option(asio::ip::tcp::no_delay(true));
  socket.next_layer().handshake(asio::ssl::stream_base::client);
  socket.handshake(std::string{"127.0.0.1:"} + argv[1], "/stream");
  socket.write(asio::buffer(subscription(argc - 3, argv + 3)));

  beast::flat_buffer buffer;
  unsigned long long frames = 0, bytes = 0;
  socket.read(buffer);  // the acknowledgement
  for (;;) {
    buffer.clear();
    beast::error_code error;
    const std::size_t size = socket.read(buffer, error);
    // After the venue's close frame it is of no concern how the rest of the connection ends.
    if (error && socket.reason().code == beast::websocket::close_code::normal) break;
    if (error) throw beast::system_error(error);
    ++frames;
    bytes += size;
  }
  std::printf("%llu frames %llu bytes\n", frames, bytes);
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "ws_reader: %s\n", error.what());
  return 69;
}
