#include "record/addresses.hpp"

#include <fmt/format.h>

namespace md::record {
namespace {

Result<std::optional<net::Url>> parse_origin(std::string_view text, std::string_view plain,
                                             std::string_view secure) {
  if (text.empty()) return std::optional<net::Url>{};
  MD_TRY(net::Url url, net::Url::parse(text));
  if (url.scheme != plain && url.scheme != secure) {
    return Error{Errc::usage,
                 fmt::format("bad address '{}': expected {}://HOST[:PORT]", text, secure)};
  }
  if (url.target != "/") {
    return Error{Errc::usage, fmt::format("bad address '{}': the path is the venue's", text)};
  }
  return std::optional{std::move(url)};
}

Result<net::Url> moved(const std::string& text, const std::optional<net::Url>& origin) {
  MD_TRY(net::Url url, net::Url::parse(text));
  return origin ? with_origin(url, *origin) : std::move(url);
}

}  // namespace

Result<Addresses> Addresses::parse(std::string_view ws, std::string_view rest) {
  Addresses addresses;
  MD_TRY(addresses.ws_, parse_origin(ws, "ws", "wss"));
  MD_TRY(addresses.rest_, parse_origin(rest, "http", "https"));
  if (addresses.ws_ && !addresses.rest_) {
    addresses.rest_ = addresses.ws_;
    addresses.rest_->scheme = addresses.ws_->secure() ? "https" : "http";
  }
  return addresses;
}

Result<net::Url> Addresses::connection(std::string_view url) const {
  return moved(std::string{url}, ws_);
}

Result<net::HttpRequest> Addresses::request(const venue::Venue& venue,
                                            std::string_view text) const {
  constexpr std::string_view kPost = "POST ";
  net::HttpRequest request;
  std::string_view path = text;
  if (text.starts_with(kPost)) {
    path.remove_prefix(kPost.size());
    const std::size_t space = path.find(' ');
    if (space == std::string_view::npos)
      return Error{Errc::usage, fmt::format("bad request '{}': nothing to post", text)};
    request.json = path.substr(space + 1);
    path = path.substr(0, space);
  }
  MD_TRY(request.url, moved(std::string{venue.rest_url} + std::string{path}, rest_));
  return request;
}

}  // namespace md::record
