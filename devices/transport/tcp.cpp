#include "devices/transport/tcp.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <memory>

namespace pilotlight::devices {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Result<Addresses, TransportError> look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list) != 0)
    return fail(TransportError::NotFound);
  return Addresses(list);
}

int milliseconds_left(SteadyClock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now()).count();
  return left > 0 ? static_cast<int>(left) : 0;
}

Result<void, TransportError> wait_connected(int fd, SteadyClock::time_point deadline) {
  pollfd item{fd, POLLOUT, 0};
  int ready = 0;
  do {
    ready = poll(&item, 1, milliseconds_left(deadline));
  } while (ready < 0 && errno == EINTR);
  if (ready < 0) return fail(transport_error(errno));
  if (ready == 0) return fail(TransportError::TimedOut);
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return fail(transport_error(errno));
  if (error != 0) return fail(transport_error(error));
  return {};
}

Result<void, TransportError> set_option(int fd, int level, int name, int value) {
  if (setsockopt(fd, level, name, &value, sizeof value) != 0) return fail(transport_error(errno));
  return {};
}

Result<void, TransportError> set_options(int fd) {
  // A peer that vanished never closes; with these the kernel notices: idle after 5 s, three probes 3 s apart, and
  // written bytes that nobody acknowledges for 15 s end the connection too.
  struct Option {
    int level, name, value;
  };
  constexpr Option options[] = {{IPPROTO_TCP, TCP_NODELAY, 1},  {SOL_SOCKET, SO_KEEPALIVE, 1},
                                {IPPROTO_TCP, TCP_KEEPIDLE, 5}, {IPPROTO_TCP, TCP_KEEPINTVL, 3},
                                {IPPROTO_TCP, TCP_KEEPCNT, 3},  {IPPROTO_TCP, TCP_USER_TIMEOUT, 15'000}};
  for (const Option& option : options)
    if (auto set = set_option(fd, option.level, option.name, option.value); !set) return set;
  return {};
}

Result<Descriptor, TransportError> connect_one(const addrinfo& address, SteadyClock::time_point deadline) {
  Descriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return fail(transport_error(errno));
  if (auto set = set_options(socket.get()); !set) return fail(set.error());
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return fail(transport_error(errno));
    if (auto done = wait_connected(socket.get(), deadline); !done) return fail(done.error());
  }
  return socket;
}

}  // namespace

Result<void, TransportError> TcpClient::connect(const std::string& host, std::uint16_t port, int timeout_ms) {
  close();
  const auto deadline = SteadyClock::now() + std::chrono::milliseconds(timeout_ms);
  auto addresses = look_up(host, port);
  if (!addresses) return fail(addresses.error());
  TransportError last = TransportError::NotFound;
  for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
    auto socket = connect_one(*address, deadline);
    if (socket) {
      descriptor_ = std::move(*socket);
      return {};
    }
    last = socket.error();
  }
  return fail(last);
}

Result<std::size_t, TransportError> TcpClient::read(std::span<std::uint8_t> into) {
  if (!descriptor_) return fail(TransportError::NotOpen);
  if (into.empty()) return 0;
  ssize_t count = 0;
  do {
    count = ::recv(descriptor_.get(), into.data(), into.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0;
  if (count < 0) return fail(transport_error(errno));
  if (count == 0) return fail(TransportError::Lost);
  const auto size = static_cast<std::size_t>(count);
  if (sink_) sink_(Direction::In, into.first(size));
  return size;
}

Result<std::size_t, TransportError> TcpClient::write(ByteView bytes) {
  if (!descriptor_) return fail(TransportError::NotOpen);
  if (bytes.empty()) return 0;
  ssize_t count = 0;
  do {
    count = ::send(descriptor_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0;
  if (count < 0) return fail(transport_error(errno));
  const auto size = static_cast<std::size_t>(count);
  if (sink_) sink_(Direction::Out, bytes.first(size));
  return size;
}

}  // namespace pilotlight::devices
