#include "support/name_service.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <map>
#include <mutex>

namespace {

struct Entry {
  addrinfo info{};
  sockaddr_storage address{};
};

std::mutex mutex;
std::map<std::string, std::vector<std::string>> names;
std::map<std::string, int> counts;

void fill(Entry& entry, const std::string& text) {
  auto* four = reinterpret_cast<sockaddr_in*>(&entry.address);
  auto* six = reinterpret_cast<sockaddr_in6*>(&entry.address);
  if (inet_pton(AF_INET, text.c_str(), &four->sin_addr) == 1) {
    entry.info.ai_family = AF_INET;
    entry.info.ai_addrlen = sizeof *four;
  } else {
    inet_pton(AF_INET6, text.c_str(), &six->sin6_addr);
    entry.info.ai_family = AF_INET6;
    entry.info.ai_addrlen = sizeof *six;
  }
  entry.address.ss_family = static_cast<sa_family_t>(entry.info.ai_family);
  entry.info.ai_addr = reinterpret_cast<sockaddr*>(&entry.address);
}

}  // namespace

// The C library's, replaced.
extern "C" int getaddrinfo(const char* host, const char*, const addrinfo*, addrinfo** result) {
  const std::lock_guard lock{mutex};
  ++counts[host];
  *result = nullptr;
  const std::vector<std::string>& addresses = names[host];
  if (addresses.empty()) return EAI_NONAME;
  for (std::size_t i = addresses.size(); i-- > 0;) {
    auto* entry = new Entry;
    fill(*entry, addresses[i]);
    entry->info.ai_next = *result;
    *result = &entry->info;
  }
  return 0;
}

extern "C" void freeaddrinfo(addrinfo* list) {
  while (list != nullptr) {
    addrinfo* next = list->ai_next;
    delete reinterpret_cast<Entry*>(list);  // its first member
    list = next;
  }
}

namespace md::test {

NameService::NameService() = default;

NameService::~NameService() {
  const std::lock_guard lock{mutex};
  names.clear();
  counts.clear();
}

void NameService::set(const std::string& host, const std::vector<std::string>& addresses) {
  const std::lock_guard lock{mutex};
  names[host] = addresses;
}

int NameService::lookups(const std::string& host) const {
  const std::lock_guard lock{mutex};
  return counts[host];
}

}  // namespace md::test
