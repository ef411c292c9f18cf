// Addresses: where a venue is spoken to, its own places unless the user names others.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/http.hpp"
#include "net/url.hpp"
#include "venue/venue.hpp"

namespace md::record {

class Addresses {
 public:
  Addresses() = default;
  // Replacements for scheme, host and port; "" = none. Where only `ws` is given REST goes there
  // too: half a venue at one place and half at another is seldom meant. usage: not an address, or
  // one with a path.
  static Result<Addresses> parse(std::string_view ws, std::string_view rest);

  // A venue's connection URL at its place.
  Result<net::Url> connection(std::string_view url) const;
  // A request as venue::Request::fetch writes it, to the venue's REST address.
  Result<net::HttpRequest> request(const venue::Venue& venue, std::string_view text) const;

 private:
  std::optional<net::Url> ws_;
  std::optional<net::Url> rest_;
};

}  // namespace md::record
