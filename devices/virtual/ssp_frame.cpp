#include "devices/virtual/ssp_frame.h"

namespace pilotlight::cabinet {
namespace {
constexpr std::uint8_t stx = 0x7F;
constexpr std::size_t around_data = 4;  // address, length, two of CRC
}  // namespace

std::uint16_t ssp_crc(ByteView bytes) {
  std::uint32_t crc = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 0x8000 ? (crc << 1 ^ 0x8005) & 0xFFFF : crc << 1;
  }
  return static_cast<std::uint16_t>(crc);
}

Bytes ssp_encode(const SspFrame& frame, bool spoil_crc) {
  Bytes plain{frame.address, static_cast<std::uint8_t>(frame.data.size())};
  plain.insert(plain.end(), frame.data.begin(), frame.data.end());
  const unsigned crc = ssp_crc(plain) ^ (spoil_crc ? 0x0101u : 0u);
  plain.push_back(static_cast<std::uint8_t>(crc & 0xFF));
  plain.push_back(static_cast<std::uint8_t>(crc >> 8));
  Bytes line{stx};
  for (const std::uint8_t byte : plain) {
    line.push_back(byte);
    if (byte == stx) line.push_back(stx);
  }
  return line;
}

std::optional<SspFrame> SspReceiver::take(std::uint8_t byte) {
  if (half_stuffed_) {
    half_stuffed_ = false;
    if (byte != stx) {  // a single STX: a new frame begins with this byte
      in_frame_ = true;
      frame_.assign(1, byte);
      return std::nullopt;
    }
    if (in_frame_) frame_.push_back(stx);
    return in_frame_ ? complete() : std::nullopt;
  }
  if (byte == stx) {
    half_stuffed_ = true;
    return std::nullopt;
  }
  if (!in_frame_) return std::nullopt;
  frame_.push_back(byte);
  return complete();
}

void SspReceiver::reset() {
  in_frame_ = half_stuffed_ = false;
  frame_.clear();
}

std::optional<SspFrame> SspReceiver::complete() {
  if (frame_.size() < 2 || frame_.size() < around_data + frame_[1]) return std::nullopt;
  in_frame_ = false;
  const std::size_t end = frame_.size() - 2;
  const unsigned sent = frame_[end] | static_cast<unsigned>(frame_[end + 1]) << 8;
  if (frame_[1] == 0 || sent != ssp_crc(ByteView(frame_).first(end))) return std::nullopt;
  return SspFrame{frame_[0], Bytes(frame_.begin() + 2, frame_.begin() + static_cast<std::ptrdiff_t>(end))};
}

}  // namespace pilotlight::cabinet
