#include "ledger/server/listen_address.h"

#include <arpa/inet.h>

#include <charconv>

namespace pilotlight::server {

Result<ListenAddress, Message> parse_listen_address(std::string_view text) {
  const Message wrong{"not ADDRESS:PORT or [ADDRESS]:PORT: " + std::string(text)};
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return fail(wrong);
  ListenAddress address;
  address.host = text.substr(0, colon);
  const bool bracketed = address.host.size() > 2 && address.host.front() == '[' && address.host.back() == ']';
  if (bracketed) address.host = address.host.substr(1, address.host.size() - 2);
  in6_addr buffer{};
  if (inet_pton(bracketed ? AF_INET6 : AF_INET, address.host.c_str(), &buffer) != 1) return fail(wrong);
  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (error != std::errc() || end != port.data() + port.size()) return fail(wrong);
  return address;
}

}  // namespace pilotlight::server
