#include "devices/virtual/vpcd_slot.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

namespace pilotlight::cabinet {
namespace {

constexpr std::array points_of_card{"card.before-select",   "card.before-read",         "card.before-challenge",
                                    "card.after-challenge", "card.before-update",       "card.torn-update",
                                    "card.after-update",    "card.after-update-answer", "card.before-readback"};
constexpr auto retry_after = std::chrono::milliseconds(100);

bool receive_all(int fd, std::uint8_t* into, std::size_t size) {
  while (size > 0) {
    // Without it the kernel delays the acknowledgement of each half by 40 ms; the option does not stick.
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    const ssize_t got = ::recv(fd, into, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool receive_message(int fd, Bytes& message) {
  std::array<std::uint8_t, 2> length{};
  if (!receive_all(fd, length.data(), length.size())) return false;
  message.resize(static_cast<std::size_t>(length[0] << 8 | length[1]));
  return receive_all(fd, message.data(), message.size());
}

bool send_message(int fd, ByteView content) {
  Bytes message{static_cast<std::uint8_t>(content.size() >> 8), static_cast<std::uint8_t>(content.size())};
  message.insert(message.end(), content.begin(), content.end());
  for (std::size_t at = 0; at < message.size();) {
    const ssize_t done = ::send(fd, message.data() + at, message.size() - at, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    at += static_cast<std::size_t>(done);
  }
  return true;
}

}  // namespace

// The springs of this slot: power is there as long as this very visit lasts.
class VpcdSlot::Contacts final : public CardContacts {
 public:
  Contacts(VpcdSlot& slot, const Visit& visit) : slot_(slot), visit_(visit) {}
  bool at(std::string_view point) override {
    slot_.points_.reached(point);
    return slot_.still_in(visit_);
  }
  bool programming(std::size_t, std::size_t) override { return slot_.still_in(visit_); }

 private:
  VpcdSlot& slot_;
  const Visit visit_;
};

VpcdSlot::VpcdSlot(Endpoint reader, Points& points) : reader_(std::move(reader)), points_(points) {
  for (const char* const point : points_of_card) points_.declare(point);
}

VpcdSlot::~VpcdSlot() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void VpcdSlot::start() {
  thread_ = std::thread([this] { run(); });
}

bool VpcdSlot::insert(CardMemory& card) {
  const std::lock_guard lock(mutex_);
  if (visit_.card != nullptr) return false;
  visit_ = {&card, visit_.number + 1};
  changed_.notify_all();
  return true;
}

bool VpcdSlot::remove() {
  const std::lock_guard lock(mutex_);
  if (visit_.card == nullptr) return false;
  visit_.card = nullptr;
  if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
  changed_.notify_all();
  return true;
}

void VpcdSlot::cut_power() {
  const std::lock_guard lock(mutex_);
  ++visit_.number;
  if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
  changed_.notify_all();
}

bool VpcdSlot::connected() const {
  const std::lock_guard lock(mutex_);
  return fd_ >= 0;
}

bool VpcdSlot::still_in(const Visit& visit) const {
  const std::lock_guard lock(mutex_);
  return visit_.card != nullptr && visit_.number == visit.number && !stopping_;
}

void VpcdSlot::run() {
  Visit visit;
  while (wait_for_visit(visit)) {
    if (connect(visit)) {
      serve(visit);
      disconnect();
    }
    pause(visit);
  }
}

bool VpcdSlot::wait_for_visit(Visit& visit) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopping_ || visit_.card != nullptr; });
  visit = visit_;
  return !stopping_;
}

// Between two attempts for the same card; a card that was taken out needs none.
void VpcdSlot::pause(const Visit& visit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, retry_after,
                    [&] { return stopping_ || visit_.card == nullptr || visit_.number != visit.number; });
}

bool VpcdSlot::connect(const Visit& visit) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(reader_.port);
  if (::inet_pton(AF_INET, reader_.host.c_str(), &address.sin_addr) != 1) return false;
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval bound{2, 0};  // also of connect(): a driver whose queue is full does not answer
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof bound);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd);
    return false;
  }
  const std::lock_guard lock(mutex_);
  if (stopping_ || visit_.card == nullptr || visit_.number != visit.number) {
    ::close(fd);
    return false;
  }
  fd_ = fd;
  return true;
}

void VpcdSlot::disconnect() {
  const std::lock_guard lock(mutex_);
  ::close(fd_);
  fd_ = -1;
}

void VpcdSlot::serve(const Visit& visit) {
  Contacts contacts(*this, visit);
  CardOs card(*visit.card, contacts);
  Bytes message;
  while (receive_message(fd_, message) && still_in(visit)) {
    if (!answer(card, message, fd_)) return;
    if (card.answered_update() && !contacts.at("card.after-update-answer")) return;
  }
}

bool VpcdSlot::answer(CardOs& card, ByteView message, int fd) {
  enum : std::uint8_t { PowerOff = 0, PowerOn = 1, Reset = 2, GetAtr = 4 };
  if (message.size() > 1) {
    if (!card.powered()) return send_message(fd, {});
    const Bytes response = card.transmit(message);
    return !response.empty() && send_message(fd, response);
  }
  if (message.empty()) return true;
  if (message[0] == PowerOff) card.power_off();
  if (message[0] == PowerOn || message[0] == Reset) card.power_up();
  return message[0] != GetAtr || send_message(fd, CardOs::atr());
}

}  // namespace pilotlight::cabinet
