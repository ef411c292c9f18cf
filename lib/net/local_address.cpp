#include "net/local_address.hpp"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/asio.hpp"

namespace md::net {

Result<void> check_local_address(const std::string& text) {
  boost::system::error_code error;
  const asio::ip::address address = asio::ip::make_address(text, error);
  if (error)
    return Error{Errc::usage,
                 fmt::format("bad local address '{}': expected one of IPv4 or IPv6", text)};
  asio::io_context context;
  asio::ip::tcp::socket socket{context};
  const asio::ip::tcp::endpoint endpoint{address, 0};
  socket.open(endpoint.protocol(), error);
  if (!error) socket.bind(endpoint, error);
  if (!error) return {};
  return Error{Errc::config, fmt::format("cannot connect from '{}': {}", text, error.message())};
}

}  // namespace md::net
