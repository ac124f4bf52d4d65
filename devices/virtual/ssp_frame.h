// SSP frames as the slave sees them. Source: cash-ssp reference section 2 (ITL GA138/GA973).
#pragma once

#include <cstdint>
#include <optional>

#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

// CRC-16, polynomial 8005, initial FFFF, most significant bit first, neither reflected nor inverted.
std::uint16_t ssp_crc(ByteView bytes);

struct SspFrame {
  std::uint8_t address = 0;  // sequence bit 80 and slave address
  Bytes data;                // 1..255 bytes
};

// STX, the rest with every 7F doubled. `spoil_crc` makes the frame one that no receiver accepts.
Bytes ssp_encode(const SspFrame& frame, bool spoil_crc = false);

// Puts frames together from single bytes; damaged ones are dropped, a fresh STX starts over.
class SspReceiver {
 public:
  std::optional<SspFrame> take(std::uint8_t byte);
  void reset();

 private:
  std::optional<SspFrame> complete();

  bool in_frame_ = false;
  bool half_stuffed_ = false;
  Bytes frame_;  // unstuffed, from the address on
};

}  // namespace pilotlight::cabinet
