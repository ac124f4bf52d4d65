// Where to listen, as written on the command line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kiosk/base/result.h"

namespace pilotlight::server {

struct ListenAddress {
  std::string host;  // IPv4 or IPv6 address, without brackets
  std::uint16_t port = 0;
};

// "127.0.0.1:8443", "[::1]:8443". Names are not looked up. Port 0 means any free one.
Result<ListenAddress, Message> parse_listen_address(std::string_view text);

}  // namespace pilotlight::server
