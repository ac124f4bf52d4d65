#include "devices/note_acceptor/ssp/frame.h"

#include "kiosk/base/check.h"

namespace pilotlight::devices::ssp {
namespace {

constexpr std::size_t kHead = 2;      // SEQ|ADDR, LEN
constexpr std::size_t kChecksum = 2;  // low byte first

}  // namespace

std::uint16_t crc16(ByteView bytes) {
  std::uint32_t crc = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) != 0 ? (crc << 1) ^ 0x8005U : crc << 1;
    crc &= 0xFFFFU;
  }
  return static_cast<std::uint16_t>(crc);
}

Bytes encode_frame(std::uint8_t sequence_and_address, ByteView data) {
  CHECK(!data.empty() && data.size() <= kLongestData);
  Bytes body{sequence_and_address, static_cast<std::uint8_t>(data.size())};
  body.insert(body.end(), data.begin(), data.end());
  const std::uint16_t crc = crc16(body);
  body.push_back(static_cast<std::uint8_t>(crc & 0xFF));
  body.push_back(static_cast<std::uint8_t>(crc >> 8));

  Bytes wire{kStx};
  for (const std::uint8_t byte : body) {
    wire.push_back(byte);
    if (byte == kStx) wire.push_back(kStx);
  }
  return wire;
}

void FrameDecoder::reset() {
  state_ = State::Outside;
  noise_told_ = false;
  body_.clear();
}

std::optional<std::variant<Frame, FrameDamage>> FrameDecoder::push(std::uint8_t byte) {
  switch (state_) {
    case State::Outside:
      if (byte == kStx) {
        state_ = State::AfterStx;
      } else if (!noise_told_) {
        noise_told_ = true;
        return FrameDamage::Noise;
      }
      return std::nullopt;
    case State::Inside:
      if (byte != kStx) return push_unstuffed(byte);
      state_ = State::AfterStx;
      return std::nullopt;
    case State::AfterStx:
      if (byte == kStx) {
        // A doubled 7F is one data byte 7F. As first byte it would be address 7F, which no device has: then the first
        // 7F was noise or the tail of a frame, and this one is the STX.
        if (!begun()) return std::nullopt;
        return push_unstuffed(byte);
      }
      const bool cut_short = begun();
      body_.clear();
      push_unstuffed(byte);
      if (cut_short) return FrameDamage::CutShort;
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::variant<Frame, FrameDamage>> FrameDecoder::push_unstuffed(std::uint8_t byte) {
  state_ = State::Inside;
  body_.push_back(byte);
  if (body_.size() < kHead) return std::nullopt;
  const std::size_t length = body_[1];
  if (body_.size() < kHead + length + kChecksum) return std::nullopt;

  const Bytes body = std::move(body_);
  reset();
  const ByteView covered = ByteView(body).first(kHead + length);
  const std::uint16_t sent = static_cast<std::uint16_t>(body[kHead + length] | body[kHead + length + 1] << 8);
  if (crc16(covered) != sent) return FrameDamage::WrongChecksum;
  if (length == 0) return FrameDamage::Empty;
  return Frame{body[0], Bytes(covered.begin() + kHead, covered.end())};
}

}  // namespace pilotlight::devices::ssp
