#include "archive/lacking.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "codec/event_digest.hpp"

namespace md::archive {
namespace {

// Hashes, each as often as it was added.
class HashBag {
 public:
  void add(const Hash128& hash) { hashes_.push_back(hash); }
  // To be called once all are added.
  void sort() {
    std::sort(hashes_.begin(), hashes_.end());
    taken_.assign(hashes_.size(), 0);
  }
  // Takes one out; false if there is none left.
  bool take(const Hash128& hash) {
    const auto [first, last] = std::equal_range(hashes_.begin(), hashes_.end(), hash);
    if (first == last) return false;
    // Of equal ones, the first counts how many are gone.
    std::uint32_t& taken = taken_[static_cast<std::size_t>(first - hashes_.begin())];
    if (taken == static_cast<std::size_t>(last - first)) return false;
    ++taken;
    return true;
  }

 private:
  std::vector<Hash128> hashes_;
  std::vector<std::uint32_t> taken_;
};

// Hash of an event's line.
class LineHasher {
 public:
  Hash128 of(const Event& event) {
    codec::EventDigest digest;
    digester_.add(digest, event);
    return digest.sum;
  }

 private:
  codec::EventDigester digester_;
};

}  // namespace

Result<std::vector<bool>> lacking(const EachEvent& wanted, const EachEvent& present,
                                  std::uint64_t present_events, std::size_t at_once) {
  std::vector<bool> missing;
  LineHasher hasher;
  // The hashes fall into classes of about equal size, and each is compared on its own.
  const std::uint64_t classes = present_events / at_once + 1;
  for (std::uint64_t i = 0; i < classes; ++i) {
    HashBag bag;
    MD_CHECK(present([&](const Event& event) -> Result<void> {
      const Hash128 hash = hasher.of(event);
      if (hash.high % classes == i) bag.add(hash);
      return {};
    }));
    bag.sort();
    std::size_t at = 0;
    MD_CHECK(wanted([&](const Event& event) -> Result<void> {
      if (at == missing.size()) missing.push_back(false);
      const Hash128 hash = hasher.of(event);
      if (hash.high % classes == i) missing[at] = !bag.take(hash);
      ++at;
      return {};
    }));
  }
  return missing;
}

}  // namespace md::archive
