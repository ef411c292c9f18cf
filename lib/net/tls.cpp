#include "net/tls.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>

#include "net/asio.hpp"

namespace md::net {

Tls::Tls(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Tls::Tls(Tls&&) noexcept = default;
Tls& Tls::operator=(Tls&&) noexcept = default;
Tls::~Tls() = default;

Result<Tls> Tls::create(const std::string& ca_file) {
  try {
    auto impl = std::make_shared<Impl>();
    asio::ssl::context& context = impl->context;
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    context.set_verify_mode(asio::ssl::verify_peer);
    context.set_default_verify_paths();
    if (!ca_file.empty()) {
      if (!std::ifstream{ca_file}) {
        return system_error(Errc::not_found, fmt::format("cannot open '{}'", ca_file), errno);
      }
      boost::system::error_code error;
      context.load_verify_file(ca_file, error);
      if (error) {
        return Error{Errc::malformed, fmt::format("cannot read a certificate from '{}'", ca_file)};
      }
    }
    return Tls{std::move(impl)};
  } catch (const std::exception& error) {
    return Error{Errc::internal, fmt::format("cannot set up TLS: {}", error.what())};
  }
}

}  // namespace md::net
