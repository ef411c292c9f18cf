// Internal to lib/net: what Loop and Tls hold. Pulls in Asio and OpenSSL; only this layer's .cpp
// files include it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "net/loop.hpp"
#include "net/tls.hpp"

namespace md::net {

namespace asio = boost::asio;

struct Loop::Impl {
  // Shared with resolver threads that may outlive the loop.
  std::shared_ptr<asio::io_context> context = std::make_shared<asio::io_context>(1);
};

struct Tls::Impl {
  asio::ssl::context context{asio::ssl::context::tls_client};
};

}  // namespace md::net
