// ITL SSP frames (GA138 "SSP Protocol Manual"): 7F, SEQ|ADDR, LEN, DATA, CRC low, CRC high; after the 7F every 7F is
// sent twice. Pure: no I/O, no clock.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "kiosk/base/bytes.h"
#include "kiosk/base/describe.h"

namespace pilotlight::devices::ssp {

inline constexpr std::uint8_t kStx = 0x7F;
inline constexpr std::uint8_t kSequenceBit = 0x80;
inline constexpr std::size_t kLongestData = 255;

// CRC-16, polynomial 8005, initial FFFF, most significant bit first, no final XOR. "A" -> FC84.
std::uint16_t crc16(ByteView bytes);

// The bytes on the wire. `data` is 1..255 bytes: command or reply code and its parameters.
Bytes encode_frame(std::uint8_t sequence_and_address, ByteView data);

struct Frame {
  std::uint8_t sequence_and_address = 0;
  Bytes data;  // 1..255 bytes
  bool operator==(const Frame&) const = default;
};

enum class FrameDamage {
  Noise,     // a byte outside any frame; told once per run of such bytes
  CutShort,  // a new frame began before this one was whole
  Empty,     // LEN 0: a frame without a code
  WrongChecksum
};
PILOTLIGHT_ENUM(FrameDamage, Noise, CutShort, Empty, WrongChecksum)

// Incremental. Whatever bytes come, it holds at most one frame and finds the next good one.
class FrameDecoder {
 public:
  // Takes one byte. Nothing = not yet; otherwise a whole frame, or what was wrong with the bytes so far.
  std::optional<std::variant<Frame, FrameDamage>> push(std::uint8_t byte);
  // Forgets a half-read frame.
  void reset();

 private:
  enum class State { Outside, Inside, AfterStx };
  std::optional<std::variant<Frame, FrameDamage>> push_unstuffed(std::uint8_t byte);
  bool begun() const { return !body_.empty(); }

  State state_ = State::Outside;
  bool noise_told_ = false;
  Bytes body_;  // SEQ|ADDR, LEN, DATA, CRC, unstuffed
};

}  // namespace pilotlight::devices::ssp
