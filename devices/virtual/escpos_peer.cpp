#include "devices/virtual/escpos_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <stdexcept>

namespace pilotlight::cabinet {
namespace {

constexpr std::size_t buffer_size = 4096;
constexpr std::int64_t dots_per_mm = 8;
constexpr std::int64_t cut_ms = 150;
constexpr std::string_view byte_point = "printer.byte-";

std::int64_t now_ms() {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace

PrinterPeer::PrinterPeer(const Surroundings& surroundings)
    : config_(*surroundings.config.printer),
      disk_(surroundings.disk),
      points_(surroundings.points),
      paper_(config_, disk_),
      printer_(config_, paper_),
      port_(config_.listen.port),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  load();
  if (condition_.powered) listen();
  points_.declare("printer.before-cut");
  points_.declare("printer.after-cut");
  points_.declare_family(byte_point);
  surroundings.commands.add("printer", [this](Words words) { return command(words); });
  surroundings.commands.add_state("printer", [this] { return state(); });
}

PrinterPeer::~PrinterPeer() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
  for (const int fd : {client_, listener_, wake_})
    if (fd >= 0) ::close(fd);
}

void PrinterPeer::start() {
  thread_ = std::thread([this] { loop(); });
}

void PrinterPeer::wake() {
  const std::uint64_t one = 1;
  if (::write(wake_, &one, sizeof one) < 0) return;  // full: it is awake already
}

void PrinterPeer::listen() {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const int receive_buffer = static_cast<int>(buffer_size);  // so that a full printer is felt by the sender
  ::setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  ::inet_pton(AF_INET, config_.listen.host.c_str(), &address.sin_addr);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 4) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("printer: cannot listen on " + config_.listen.host + ":" + std::to_string(port_) + ": " +
                             std::strerror(errno));
  port_ = ntohs(address.sin_port);
}

bool PrinterPeer::may_print(std::int64_t now) const {
  return condition_.online() && !buffer_.empty() && now >= busy_until_;
}

int PrinterPeer::wait_ms() const {
  if (!condition_.online() || buffer_.empty()) return -1;
  return static_cast<int>(std::clamp<std::int64_t>(busy_until_ - now_ms(), 0, 10'000));
}

void PrinterPeer::loop() {
  bool waits_for_bytes = false;  // what is in the buffer is half a command
  while (!stopping_) {
    pollfd watched[] = {{wake_, POLLIN, 0}, {-1, POLLIN, 0}, {-1, 0, 0}};
    int timeout = -1;
    {
      const std::lock_guard lock(mutex_);
      // The next client waits until what the last one left hanging is torn off.
      const bool idle = client_ < 0 && ((buffer_.empty() && printer_.fresh()) || !condition_.online());
      watched[1].fd = idle ? listener_ : -1;
      watched[2].fd = client_;
      watched[2].events = buffer_.size() < buffer_size ? POLLIN : POLLRDHUP;
      timeout = waits_for_bytes ? -1 : wait_ms();
    }
    ::poll(watched, 3, timeout);
    std::uint64_t counted = 0;
    if (watched[0].revents != 0 && ::read(wake_, &counted, sizeof counted) < 0) continue;
    {
      const std::lock_guard lock(mutex_);
      if (watched[1].revents != 0) accept_client();
      if (watched[2].revents != 0) receive();
    }
    waits_for_bytes = !print_some();
    const std::lock_guard lock(mutex_);
    finish_abandoned(waits_for_bytes);
  }
}

void PrinterPeer::accept_client() {
  if (listener_ < 0 || client_ >= 0) return;
  client_ = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  const int yes = 1;
  if (client_ >= 0) ::setsockopt(client_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

void PrinterPeer::drop_client() {
  if (client_ >= 0) ::close(client_);
  client_ = -1;
  automatic_ = 0;
  scanner_ = {};
}

void PrinterPeer::receive() {
  if (client_ < 0) return;
  std::uint8_t block[buffer_size];
  const std::size_t room = buffer_size - std::min(buffer_size, buffer_.size());
  if (room == 0) return drop_client();  // full, so only its going away was watched for
  const ssize_t got = ::recv(client_, block, room, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) return drop_client();
  for (const std::uint8_t byte : std::span(block, static_cast<std::size_t>(got))) {
    buffer_.push_back(byte);
    if (const auto command = scanner_.take(byte)) real_time(*command);
  }
}

void PrinterPeer::real_time(RealTimeScanner::Command command) {
  if (!command.recover) {
    if (const auto status = real_time_status(condition_, command.n)) say({&*status, 1});
    return;
  }
  if (command.n == 2) {
    buffer_.clear();
    printer_.reset();
    ++resets_;
  }
  if (!condition_.cutter_jammed) {
    PrinterCondition next = condition_;
    next.cutter_error = false;
    apply(next);
  }
}

void PrinterPeer::say(ByteView bytes) {
  if (client_ < 0) return;
  // Status bytes are few; a client that lets its window fill with them loses them, as on a full printer.
  if (::send(client_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN) drop_client();
}

// False if half a command waits for its rest.
bool PrinterPeer::print_some() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && may_print(now_ms())) {
    const std::size_t before = buffer_.size();
    print_step(lock);
    if (buffer_.size() == before && condition_.online()) return false;
  }
  return true;
}

// One command. Points are reached without the lock; afterwards the power may be gone or the paper out.
void PrinterPeer::print_step(std::unique_lock<std::mutex>& lock) {
  const std::uint64_t resets = resets_;
  if (printer_.next_is_cut(buffer_)) {
    if (condition_.cutter_jammed) {
      PrinterCondition next = condition_;
      next.cutter_error = true;
      return apply(next);
    }
    if (!cut_announced_) {
      cut_announced_ = true;
      lock.unlock();
      points_.reached("printer.before-cut");
      lock.lock();
      if (resets_ != resets || !condition_.online()) return;
    }
  }
  const PrintStep step = printer_.step(buffer_);
  if (step.used == 0) return;
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(step.used));
  after_step(lock, step);
}

void PrinterPeer::after_step(std::unique_lock<std::mutex>& lock, const PrintStep& step) {
  if (config_.speed_mm_per_s > 0) {
    const auto rows = static_cast<std::int64_t>(step.rows);
    busy_until_ = now_ms() + rows * 1000 / (dots_per_mm * config_.speed_mm_per_s) + (step.cut ? cut_ms : 0);
  }
  if (step.asb) {
    automatic_ = *step.asb;
    if (automatic_ != 0) say(automatic_status(condition_));
  }
  if (step.ask_status) {
    const std::uint8_t answer = (*step.ask_status & 0x0F) == 1 ? paper_status(condition_) : std::uint8_t{0};
    say({&answer, 1});
  }
  if (step.real_time) return;
  if (step.initialised && printer_.fresh()) job_bytes_ = 0;
  const std::size_t first = job_bytes_ + 1;
  job_bytes_ += step.used;
  const std::size_t last = job_bytes_;
  if (step.cut) {
    job_bytes_ = 0;
    cut_announced_ = false;
  }
  lock.unlock();
  for (std::size_t n = first; n <= last; ++n) points_.reached(byte_point, n);
  if (step.cut) points_.reached("printer.after-cut");
  lock.lock();
}

// The client is gone and what it sent is printed, but nothing cut it off: the piece is torn off as a part.
void PrinterPeer::finish_abandoned(bool half_a_command) {
  if (client_ >= 0 || !condition_.online()) return;
  if (!buffer_.empty() && !half_a_command) return;
  if (printer_.fresh() && buffer_.empty()) return;
  buffer_.clear();
  printer_.reset();
  paper_.tear_off();
  job_bytes_ = 0;
}

}  // namespace pilotlight::cabinet
