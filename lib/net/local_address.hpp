// Local addresses: where connections of this host may come from.
#pragma once

#include <string>

#include "base/result.hpp"

namespace md::net {

// Whether `text` is an IPv4 or IPv6 address that this host can connect from. usage: it is no
// address; config: not one of ours.
Result<void> check_local_address(const std::string& text);

}  // namespace md::net
