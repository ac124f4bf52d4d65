// libpilotlight_ifd.so: the card reader of the virtual cabinet as a driver of pcscd (PC/SC-lite's IFD interface, 3.0).
//
// It listens on 127.0.0.1 for the card slot, a TCP client that speaks vpcd's protocol: two bytes big-endian length,
// then one control byte (00 off, 01 on, 02 reset, 04 "give your ATR") or a command. Connected = card in. While the flag
// file exists the reader is unplugged: the card has no power and every call fails as it does when a cable is out.
//
// reader.conf:  DEVICENAME /path/of/flag:35963   (port in decimal or 0x...)
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

extern "C" {
#include <ifdhandler.h>
#include <reader.h>
}

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Bytes = std::vector<std::uint8_t>;

constexpr auto flag_watched_every = std::chrono::milliseconds(20);
constexpr auto atr_within = std::chrono::seconds(5);
// A fault script of the cabinet may hold a command for long; a card that never answers must not hang the daemon.
constexpr auto answer_within = std::chrono::seconds(60);
constexpr int most_stale_connections = 16;
enum Control : std::uint8_t { PowerOff = 0, PowerOn = 1, Reset = 2, GetAtr = 4 };

// One reader with one slot. All calls of one reader come one at a time, except that pcscd's poller and a client may
// meet.
class Reader {
 public:
  ~Reader() { close_all(); }

  bool open(const std::string& device);
  void close_all();

  RESPONSECODE presence();
  RESPONSECODE power(DWORD action, PUCHAR atr, PDWORD length);
  RESPONSECODE transmit(std::span<const std::uint8_t> command, PUCHAR answer, PDWORD length);
  Bytes last_atr() const { return atr_; }
  std::mutex& mutex() { return mutex_; }

 private:
  bool unplugged() const { return ::access(flag_.c_str(), F_OK) == 0; }
  bool listen_on(std::uint16_t port);
  void accept_card();
  void drop_card();
  bool send(std::span<const std::uint8_t> content) const;
  // IFD_SUCCESS, or why there is no answer; then the card has been dropped.
  RESPONSECODE receive(Bytes& content, Clock::duration within);
  RESPONSECODE receive_exactly(std::span<std::uint8_t> into, Clock::time_point until) const;

  std::mutex mutex_;
  std::string flag_;
  int listener_ = -1;
  int card_ = -1;
  bool dropped_ = false;  // a card went, and pcscd has not been told so yet
  Bytes atr_;
};

// Nothing to read is as it should be: the card speaks only when asked.
bool is_quiet(int fd) {
  std::uint8_t byte = 0;
  return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EINTR);
}

bool Reader::open(const std::string& device) {
  const std::size_t colon = device.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  char* end = nullptr;
  const unsigned long port = std::strtoul(device.c_str() + colon + 1, &end, 0);
  if (*end != '\0' || port == 0 || port > 0xFFFF) return false;
  close_all();
  dropped_ = false;
  flag_ = device.substr(0, colon);
  return listen_on(static_cast<std::uint16_t>(port));
}

bool Reader::listen_on(std::uint16_t port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener_ < 0) return false;
  const int on = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(listener_, most_stale_connections) == 0)
    return true;
  close_all();
  return false;
}

void Reader::close_all() {
  drop_card();
  if (listener_ >= 0) ::close(listener_);
  listener_ = -1;
}

void Reader::drop_card() {
  if (card_ >= 0) {
    ::close(card_);
    dropped_ = true;
  }
  card_ = -1;
  atr_.clear();
}

// Connections of cards that came and went unseen wait in front of the one that is in now.
void Reader::accept_card() {
  for (int i = 0; card_ < 0 && i < most_stale_connections; ++i) {
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    if (!is_quiet(fd)) {
      ::close(fd);
      continue;
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    card_ = fd;
  }
}

RESPONSECODE Reader::presence() {
  if (unplugged()) {
    drop_card();
    dropped_ = false;
    return IFD_COMMUNICATION_ERROR;
  }
  if (card_ >= 0 && !is_quiet(card_)) drop_card();
  // Even if the next card waits already: without one answer "absent" pcscd would miss that there were two.
  if (std::exchange(dropped_, false)) return IFD_ICC_NOT_PRESENT;
  if (card_ < 0) accept_card();
  return card_ < 0 ? IFD_ICC_NOT_PRESENT : IFD_ICC_PRESENT;
}

RESPONSECODE Reader::power(DWORD action, PUCHAR atr, PDWORD length) {
  *length = 0;
  if (unplugged()) {
    drop_card();
    return IFD_COMMUNICATION_ERROR;
  }
  if (action != IFD_POWER_UP && action != IFD_RESET && action != IFD_POWER_DOWN) return IFD_NOT_SUPPORTED;
  if (card_ < 0) return action == IFD_POWER_DOWN ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
  atr_.clear();
  if (action == IFD_POWER_DOWN) return send(std::array{std::uint8_t{PowerOff}}) ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
  const std::uint8_t control = action == IFD_RESET ? Reset : PowerOn;
  if (!send(std::array{control}) || !send(std::array{std::uint8_t{GetAtr}})) return IFD_ERROR_POWER_ACTION;
  Bytes received;
  if (receive(received, atr_within) != IFD_SUCCESS || received.empty() || received.size() > MAX_ATR_SIZE)
    return IFD_ERROR_POWER_ACTION;
  atr_ = received;
  std::ranges::copy(atr_, atr);
  *length = atr_.size();
  return IFD_SUCCESS;
}

RESPONSECODE Reader::transmit(std::span<const std::uint8_t> command, PUCHAR answer, PDWORD length) {
  const DWORD room = *length;
  *length = 0;
  if (unplugged()) {
    drop_card();
    return IFD_COMMUNICATION_ERROR;
  }
  // One byte would be taken for a control code.
  if (command.size() < 2 || command.size() > 0xFFFF) return IFD_NOT_SUPPORTED;
  if (card_ < 0) return IFD_ICC_NOT_PRESENT;
  if (!is_quiet(card_) || !send(command)) {
    drop_card();
    return IFD_ICC_NOT_PRESENT;
  }
  Bytes received;
  if (const RESPONSECODE code = receive(received, answer_within); code != IFD_SUCCESS) return code;
  if (received.size() < 2) return IFD_COMMUNICATION_ERROR;
  if (received.size() > room) return IFD_ERROR_INSUFFICIENT_BUFFER;
  std::ranges::copy(received, answer);
  *length = received.size();
  return IFD_SUCCESS;
}

bool Reader::send(std::span<const std::uint8_t> content) const {
  Bytes message{static_cast<std::uint8_t>(content.size() >> 8), static_cast<std::uint8_t>(content.size())};
  message.insert(message.end(), content.begin(), content.end());
  // A command is smaller than the socket's buffer, which the quiet card has emptied: it goes as a whole or not at all.
  return ::send(card_, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT) ==
         static_cast<ssize_t>(message.size());
}

RESPONSECODE Reader::receive(Bytes& content, Clock::duration within) {
  const Clock::time_point until = Clock::now() + within;
  std::array<std::uint8_t, 2> header{};
  RESPONSECODE code = receive_exactly(header, until);
  if (code == IFD_SUCCESS) {
    content.resize(static_cast<std::size_t>(header[0] << 8 | header[1]));
    code = receive_exactly(content, until);
  }
  // The flag may have come up while the card was still answering: what came over a cut cable does not count.
  if (code == IFD_SUCCESS && unplugged()) code = IFD_COMMUNICATION_ERROR;
  if (code != IFD_SUCCESS) drop_card();
  return code;
}

RESPONSECODE Reader::receive_exactly(std::span<std::uint8_t> into, Clock::time_point until) const {
  while (!into.empty()) {
    if (unplugged()) return IFD_COMMUNICATION_ERROR;
    if (Clock::now() >= until) return IFD_RESPONSE_TIMEOUT;
    pollfd waiting{card_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(flag_watched_every.count())) <= 0) continue;
    const int on = 1;
    ::setsockopt(card_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    const ssize_t got = ::recv(card_, into.data(), into.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return IFD_ICC_NOT_PRESENT;
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return IFD_SUCCESS;
}

// pcscd numbers its readers in the upper half of the Lun; it has 16 at most.
std::array<Reader, 16> readers;

Reader& reader_of(DWORD lun) { return readers[(lun >> 16) % readers.size()]; }

RESPONSECODE give(PDWORD length, PUCHAR value, std::span<const std::uint8_t> content) {
  if (*length < content.size()) return IFD_ERROR_INSUFFICIENT_BUFFER;
  std::ranges::copy(content, value);
  *length = content.size();
  return IFD_SUCCESS;
}

}  // namespace

extern "C" {

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR device) {
  Reader& reader = reader_of(lun);
  const std::lock_guard lock(reader.mutex());
  return device != nullptr && reader.open(device) ? IFD_SUCCESS : IFD_COMMUNICATION_ERROR;
}

// The flag and the port stand in the device's name only.
RESPONSECODE IFDHCreateChannel(DWORD, DWORD) { return IFD_NOT_SUPPORTED; }

RESPONSECODE IFDHCloseChannel(DWORD lun) {
  Reader& reader = reader_of(lun);
  const std::lock_guard lock(reader.mutex());
  reader.close_all();
  return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value) {
  Reader& reader = reader_of(lun);
  switch (tag) {
    case TAG_IFD_ATR:
    case SCARD_ATTR_ATR_STRING: {
      const std::lock_guard lock(reader.mutex());
      return give(length, value, reader.last_atr());
    }
    case TAG_IFD_SIMULTANEOUS_ACCESS:
      return give(length, value, std::array{static_cast<std::uint8_t>(readers.size())});
    case TAG_IFD_THREAD_SAFE:
    case TAG_IFD_SLOTS_NUMBER:
      return give(length, value, std::array{std::uint8_t{1}});
    case TAG_IFD_SLOT_THREAD_SAFE:
      return give(length, value, std::array{std::uint8_t{0}});
    default:
      return IFD_ERROR_TAG;
  }
}

RESPONSECODE IFDHSetCapabilities(DWORD, DWORD, DWORD, PUCHAR) { return IFD_ERROR_TAG; }

// The card's first offered protocol is the only one; there is nothing to negotiate.
RESPONSECODE IFDHSetProtocolParameters(DWORD, DWORD protocol, UCHAR, UCHAR, UCHAR, UCHAR) {
  return protocol == SCARD_PROTOCOL_T0 || protocol == SCARD_PROTOCOL_T1 ? IFD_SUCCESS : IFD_PROTOCOL_NOT_SUPPORTED;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD length) {
  Reader& reader = reader_of(lun);
  const std::lock_guard lock(reader.mutex());
  return reader.power(action, atr, length);
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER sent, PUCHAR command, DWORD size, PUCHAR answer,
                               PDWORD length, PSCARD_IO_HEADER received) {
  Reader& reader = reader_of(lun);
  const std::lock_guard lock(reader.mutex());
  if (received != nullptr) *received = sent;
  return reader.transmit({command, size}, answer, length);
}

RESPONSECODE IFDHControl(DWORD, DWORD, PUCHAR, DWORD, PUCHAR, DWORD, LPDWORD returned) {
  if (returned != nullptr) *returned = 0;
  return IFD_ERROR_NOT_SUPPORTED;
}

RESPONSECODE IFDHICCPresence(DWORD lun) {
  Reader& reader = reader_of(lun);
  const std::lock_guard lock(reader.mutex());
  return reader.presence();
}

}  // extern "C"
