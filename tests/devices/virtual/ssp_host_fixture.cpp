#include "tests/devices/virtual/ssp_host_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>

#include "tests/devices/virtual/cabinet_fixture.h"

namespace pilotlight::cabinet {
namespace {

// Polynomial division written out: the message's bits followed by sixteen zeros, divided by 1 8005, preset with ones.
std::uint16_t divide(const Bytes& bytes) {
  std::uint32_t remainder = 0xFFFF;
  for (const std::uint8_t byte : bytes)
    for (int bit = 7; bit >= 0; --bit) {
      const bool high = (remainder >> 15 & 1) != (static_cast<std::uint32_t>(byte) >> bit & 1);
      remainder = (remainder * 2) % 0x10000;
      if (high) remainder ^= 0x8005;
    }
  return static_cast<std::uint16_t>(remainder);
}

Bytes frame_of(std::uint8_t address, const Bytes& data) {
  Bytes body{address, static_cast<std::uint8_t>(data.size())};
  body.insert(body.end(), data.begin(), data.end());
  const std::uint16_t crc = divide(body);
  body.push_back(static_cast<std::uint8_t>(crc % 256));
  body.push_back(static_cast<std::uint8_t>(crc / 256));
  Bytes line{0x7F};
  for (const std::uint8_t byte : body) line.insert(line.end(), byte == 0x7F ? 2 : 1, byte);
  return line;
}

}  // namespace

SspHost::SspHost(const std::filesystem::path& tty) : fd_(::open(tty.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)) {
  EXPECT_GE(fd_, 0) << tty;
  ::tcflush(fd_, TCIOFLUSH);
}

SspHost::~SspHost() { ::close(fd_); }

std::string SspHost::raw(const std::string& line_hex, int timeout_ms) {
  last_sent_ = from_hex(line_hex).value();
  EXPECT_EQ(::write(fd_, last_sent_.data(), last_sent_.size()), static_cast<ssize_t>(last_sent_.size()));
  const auto frame = receive(timeout_ms);
  return frame ? to_hex(*frame) : "";
}

std::string SspHost::command(const std::string& data_hex, int timeout_ms) {
  sequence_ ^= 0x80;
  last_sent_ = frame_of(sequence_, from_hex(data_hex).value());
  return repeat(timeout_ms);
}

std::string SspHost::repeat(int timeout_ms) {
  EXPECT_EQ(::write(fd_, last_sent_.data(), last_sent_.size()), static_cast<ssize_t>(last_sent_.size()));
  return data_of(receive(timeout_ms));
}

std::string SspHost::sync() {
  sequence_ = 0x80;
  last_sent_ = frame_of(sequence_, {0x11});
  std::string reply;
  for (int i = 0; i < 20 && reply.empty(); ++i) reply = repeat(100);  // deaf while it boots
  return reply;
}

std::string SspHost::poll_until(const std::string& event_hex) {
  std::string all;
  for (int i = 0; i < 300; ++i) {
    const std::string reply = poll();
    all += reply + " ";
    if (reply.find(event_hex) != std::string::npos) return all;
    ::poll(nullptr, 0, 10);  // the poll period of a hurried host
  }
  return "";
}

std::string SspHost::start(const std::string& protocol_hex) {
  EXPECT_EQ(sync(), "f0");
  EXPECT_EQ(command("06" + protocol_hex), "f0");
  const std::string first = poll();
  EXPECT_EQ(command("02FFFF"), "f0");
  EXPECT_EQ(command("0A"), "f0");
  return first;
}

bool SspHost::gone() {
  pollfd watched{fd_, POLLIN, 0};
  return ::poll(&watched, 1, 2000) == 1 && (watched.revents & POLLHUP) != 0;
}

// One whole frame with its STX, still stuffed, or nothing in time. Its CRC must be right, as for any host.
std::optional<Bytes> SspHost::receive(int timeout_ms) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeout_ms);
  Bytes line;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    std::uint8_t byte = 0;
    if (left.count() <= 0 || !readable(fd_, static_cast<int>(left.count()))) return std::nullopt;
    if (::read(fd_, &byte, 1) != 1) return std::nullopt;
    if (line.empty() && byte != 0x7F) continue;
    line.push_back(byte);
    const std::string data = data_of(line);
    if (!data.empty()) return line;
  }
}

// The data of a whole and sound frame in hex; "" while it is not.
std::string SspHost::data_of(const std::optional<Bytes>& frame) const {
  if (!frame || frame->size() < 6) return "";
  Bytes body;
  for (std::size_t i = 1; i < frame->size(); ++i) {
    body.push_back((*frame)[i]);
    if ((*frame)[i] == 0x7F) ++i;
  }
  if (body.size() < 4u + body[1]) return "";
  const Bytes data(body.begin() + 2, body.begin() + 2 + body[1]);
  return frame_of(body[0], data) == *frame ? to_hex(data) : "";
}

}  // namespace pilotlight::cabinet
