// Tls: whom to trust. Certificates and host names are always checked, TLS 1.2 is the least; there
// is no switch.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"

namespace md::net {

class Tls {
 public:
  // The system's authorities, and those of `ca_file` (PEM) if it is not empty.
  // not_found, malformed: the file cannot be read, or holds no certificate.
  static Result<Tls> create(const std::string& ca_file = {});

  Tls(Tls&&) noexcept;
  Tls& operator=(Tls&&) noexcept;
  ~Tls();

  struct Impl;
  const std::shared_ptr<Impl>& impl() const { return impl_; }

 private:
  explicit Tls(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;  // shared with the connections that use it
};

}  // namespace md::net
