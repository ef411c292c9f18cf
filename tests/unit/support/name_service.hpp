// Names that exist only in a test. A program that has name_service.cpp among its sources has its
// getaddrinfo(): no name server is asked, and what no NameService knows does not exist.
#pragma once

#include <string>
#include <vector>

namespace md::test {

// One at a time.
class NameService {
 public:
  NameService();
  NameService(const NameService&) = delete;
  NameService& operator=(const NameService&) = delete;
  ~NameService();

  // The addresses of `host` from now on, in this order; none = the name does not exist.
  void set(const std::string& host, const std::vector<std::string>& addresses);
  // How often `host` was asked for.
  int lookups(const std::string& host) const;
};

}  // namespace md::test
