#include "tests/devices/card_reader/simulated_card_fixture.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

namespace pilotlight::testing {
namespace {

const Bytes kAtrT0 = *from_hex("3B1396504C31");
const Bytes kAtrT1 = *from_hex("3B810141C1");
const Bytes kDone{0x90, 0x00};

Bytes with_crc(Bytes bytes) {
  unsigned crc = 0xFFFF;
  for (const std::uint8_t byte : bytes)
    for (int bit = 7; bit >= 0; --bit) {
      const bool carry = (((crc >> 15) ^ (static_cast<unsigned>(byte) >> bit)) & 1U) != 0;
      crc = ((crc << 1) & 0xFFFF) ^ (carry ? 0x1021U : 0U);
    }
  bytes.push_back(static_cast<std::uint8_t>(crc >> 8));
  bytes.push_back(static_cast<std::uint8_t>(crc));
  return bytes;
}

std::string hex_u32(std::uint32_t value) {
  const Bytes bytes{static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
                    static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
  return to_hex(bytes);
}

Bytes purchase_copy(std::uint32_t sequence, std::uint32_t number, std::uint32_t volume_units) {
  return with_crc(
      *from_hex(hex_u32(sequence) + hex_u32(number) + hex_u32(volume_units) + "00002ee0" + "20261101" + "0000"));
}

bool receive_all(int fd, std::uint8_t* to, std::size_t size) {
  while (size > 0) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);  // the kernel forgets it; without it 44 ms per command
    const ssize_t got = recv(fd, to, size, 0);
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

std::optional<Bytes> receive_message(int fd) {
  std::uint8_t size[2];
  if (!receive_all(fd, size, 2)) return std::nullopt;
  Bytes message(static_cast<std::size_t>(size[0] << 8 | size[1]));
  if (!receive_all(fd, message.data(), message.size())) return std::nullopt;
  return message;
}

bool send_message(int fd, const Bytes& message) {
  Bytes framed{static_cast<std::uint8_t>(message.size() >> 8), static_cast<std::uint8_t>(message.size())};
  framed.insert(framed.end(), message.begin(), message.end());
  return send(fd, framed.data(), framed.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(framed.size());
}

}  // namespace

CardFiles user_card(const std::string& digits, std::uint32_t number) {
  CardFiles files;
  files.purchase = purchase_copy(6, number, 0);
  files.purchase.resize(48, 0xFF);
  files.identity = with_crc(*from_hex(digits + "0610" + "0101" + "0000000000000017" + "00000000000000000000"));
  files.write_back = with_crc(*from_hex(hex_u32(number) + "000004b0" + "00002a30" + "0000" + "0000000000000000"));
  return files;
}

Bytes sealed_write(std::uint32_t number, std::uint32_t volume_units) {
  Bytes command = *from_hex("04d695181c");
  const Bytes copy = purchase_copy(7, number, volume_units);
  command.insert(command.end(), copy.begin(), copy.end());
  command.insert(command.end(), {0x11, 0x22, 0x33, 0x44});
  return command;
}

void SimulatedCard::insert(std::uint16_t port) {
  remove();
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << "no vpcd at " << port;
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const std::lock_guard lock(mutex_);
  fd_ = fd;
  leaving_ = false;
  selected_ = challenged_ = false;
  thread_ = std::thread([this, fd] { serve(fd); });
}

void SimulatedCard::remove() {
  {
    const std::lock_guard lock(mutex_);
    leaving_ = true;
    if (fd_ >= 0) shutdown(fd_, SHUT_RDWR);
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void SimulatedCard::at(const std::string& command_begins, Deed deed) {
  const std::lock_guard lock(mutex_);
  armed_.push_back({command_begins, deed});
  deed_done_ = false;
}

void SimulatedCard::slow_down(std::chrono::milliseconds delay) {
  const std::lock_guard lock(mutex_);
  delay_ = delay;
}

bool SimulatedCard::wait_for_deed(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return deed_done_; });
}

CardFiles SimulatedCard::files() {
  const std::lock_guard lock(mutex_);
  return files_;
}

std::vector<SimulatedCard::Received> SimulatedCard::received() {
  const std::lock_guard lock(mutex_);
  return received_;
}

void SimulatedCard::forget() {
  const std::lock_guard lock(mutex_);
  received_.clear();
}

bool SimulatedCard::wait_for(const std::string& what, std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] {
    return std::any_of(received_.begin(), received_.end(), [&](const Received& one) { return one.command == what; });
  });
}

void SimulatedCard::serve(int fd) {
  while (const auto message = receive_message(fd))
    if (!serve_message(fd, *message)) break;
  const std::lock_guard lock(mutex_);
  fd_ = -1;
  close(fd);
}

// False when the card is to be gone.
bool SimulatedCard::serve_message(int fd, const Bytes& message) {
  if (message.size() != 1) return serve_command(fd, message);
  if (message[0] == 4) return send_message(fd, t1_ ? kAtrT1 : kAtrT0);
  const std::lock_guard lock(mutex_);
  note(message[0] == 0 ? "off" : message[0] == 1 ? "on" : "reset");
  selected_ = challenged_ = false;
  offered_.clear();
  return true;
}

bool SimulatedCard::serve_command(int fd, const Bytes& command) {
  std::unique_lock lock(mutex_);
  note(to_hex(command));
  const Deed deed = deed_for(to_hex(command));
  if (deed == Deed::NeverAnswer) changed_.wait(lock, [this] { return leaving_; });
  if (deed == Deed::NeverAnswer || deed == Deed::TearBefore) return false;
  const Bytes answer = answer_to(command, deed == Deed::TearHalfWay);
  if (deed == Deed::TearHalfWay || deed == Deed::TearAfter) return false;
  changed_.wait_for(lock, delay_, [this] { return leaving_; });
  lock.unlock();
  return send_message(fd, answer);
}

SimulatedCard::Deed SimulatedCard::deed_for(const std::string& command) {
  if (armed_.empty() || !command.starts_with(armed_.front().command_begins)) return Deed::Answer;
  const Deed deed = armed_.front().deed;
  armed_.pop_front();
  deed_done_ = true;
  changed_.notify_all();
  return deed;
}

Bytes SimulatedCard::answer_to(const Bytes& command, bool half_way) {
  const bool challenged = std::exchange(challenged_, false);
  const Bytes offered = std::exchange(offered_, {});
  if (command.size() < 5) return {0x67, 0x00};
  switch (command[1]) {
    case 0xA4: {
      if (to_hex(command).substr(10, 20) != "504c4741532e43505531") return {0x6A, 0x82};
      selected_ = true;
      const Bytes information = *from_hex("6f0c840a504c4741532e43505531");
      if (!t1_) {
        offered_ = information;
        return {0x61, static_cast<std::uint8_t>(offered_.size())};
      }
      return kDone;
    }
    case 0xC0: {
      Bytes answer = offered;
      if (answer.empty()) return {0x69, 0x85};
      answer.insert(answer.end(), kDone.begin(), kDone.end());
      return answer;
    }
    case 0x84:
      challenged_ = true;
      return *from_hex("a1b2c3d49000");
    case 0xB0:
      return read_binary(command);
    case 0xD6:
      return challenged ? update_binary(command, half_way) : Bytes{0x69, 0x84};
    default:
      return {0x6D, 0x00};
  }
}

Bytes* SimulatedCard::file(std::uint8_t p1) {
  if (!selected_) return nullptr;
  if (p1 == 0x95) return &files_.purchase;
  if (p1 == 0x96) return &files_.identity;
  if (p1 == 0x97) return &files_.write_back;
  return nullptr;
}

Bytes SimulatedCard::read_binary(const Bytes& command) {
  const Bytes* content = file(command[2]);
  if (content == nullptr) return {0x6A, 0x82};
  const std::size_t offset = command[3];
  const std::size_t size = command[4];
  if (offset >= content->size()) return {0x6B, 0x00};
  const std::size_t left = content->size() - offset;
  if (size == 0 || size > left) return {0x6C, static_cast<std::uint8_t>(left)};
  const auto from = content->begin() + static_cast<std::ptrdiff_t>(offset);
  Bytes answer(from, from + static_cast<std::ptrdiff_t>(size));
  answer.insert(answer.end(), kDone.begin(), kDone.end());
  return answer;
}

Bytes SimulatedCard::update_binary(const Bytes& command, bool half_way) {
  Bytes* content = file(command[2]);
  if (content == nullptr) return {0x6A, 0x82};
  if (command.size() != 33 || command[4] != 28 || command[3] + 24U > content->size()) return {0x67, 0x00};
  std::copy_n(command.begin() + 5, half_way ? 12 : 24, content->begin() + command[3]);
  return kDone;
}

void SimulatedCard::note(const std::string& what) { received_.push_back({what, std::chrono::steady_clock::now()}); }

}  // namespace pilotlight::testing
