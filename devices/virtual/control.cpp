#include "devices/virtual/control.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

namespace pilotlight::cabinet {
namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::size_t most_connections = 32;

sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) throw std::runtime_error(path.string() + ": path too long");
  std::memcpy(address.sun_path, path.c_str(), path.native().size());
  return address;
}

bool somebody_listens(const sockaddr_un& address) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool yes = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(probe);
  return yes;
}

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

ControlSocket::ControlSocket(std::filesystem::path path, Commands& commands)
    : path_(std::move(path)), commands_(commands) {
  const sockaddr_un address = address_of(path_);
  if (somebody_listens(address)) throw std::runtime_error(path_.string() + ": another cabinet listens there");
  ::unlink(path_.c_str());
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_, static_cast<int>(most_connections)) != 0)
    throw std::runtime_error(path_.string() + ": " + std::strerror(errno));
  wake_ = ::eventfd(0, EFD_CLOEXEC);
  thread_ = std::thread([this] { accept_all(); });
}

ControlSocket::~ControlSocket() {
  const std::uint64_t one = 1;
  if (::write(wake_, &one, sizeof one) != sizeof one) std::terminate();
  thread_.join();
  reap(true);
  ::close(wake_);
  ::close(listener_);
  ::unlink(path_.c_str());
}

void ControlSocket::accept_all() {
  for (;;) {
    pollfd watched[] = {{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    ::poll(watched, 2, -1);
    if (watched[0].revents != 0) return;
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    reap(false);
    if (connections_.size() >= most_connections) {
      send_all(fd, "{\"ok\":false,\"error\":\"too many connections\"}\n");
      ::close(fd);
      continue;
    }
    Connection& fresh = connections_.emplace_back();
    fresh.fd = fd;
    fresh.thread = std::thread([this, &fresh] { serve(fresh); });
  }
}

void ControlSocket::serve(Connection& connection) {
  std::string pending;
  char block[1024];
  bool open = true;
  while (open) {
    const ssize_t got = ::recv(connection.fd, block, sizeof block, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    pending.append(block, static_cast<std::size_t>(got));
    for (std::size_t end = pending.find('\n'); open && end != std::string::npos; end = pending.find('\n')) {
      const std::string answer = boost::json::serialize(commands_.execute(std::string_view(pending).substr(0, end)));
      pending.erase(0, end + 1);
      open = send_all(connection.fd, answer + "\n");
    }
    if (pending.size() > longest_line) open = false;
  }
  ::shutdown(connection.fd, SHUT_RDWR);
  connection.done = true;
}

void ControlSocket::reap(bool all) {
  for (auto it = connections_.begin(); it != connections_.end();) {
    if (!all && !it->done) {
      ++it;
      continue;
    }
    ::shutdown(it->fd, SHUT_RDWR);
    it->thread.join();
    ::close(it->fd);
    it = connections_.erase(it);
  }
}

}  // namespace pilotlight::cabinet
