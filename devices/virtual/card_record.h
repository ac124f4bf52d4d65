// What stands in the card's files (LAYOUT.md): for the factory, the meter and people who look at a card.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

constexpr std::size_t copy_size = 24;
constexpr std::int64_t litres_per_unit = 10;

// CRC-16/CCITT-FALSE: polynomial 1021, initial value FFFF, not reflected.
std::uint16_t card_crc(ByteView bytes);

// One copy in EF 15. Volumes in the card's unit of 10 litres.
struct PurchaseCopy {
  std::uint32_t sequence = 0;
  std::uint32_t purchase_number = 0;
  std::uint32_t volume = 0;
  std::uint32_t total = 0;
  std::uint32_t date = 0;  // packed BCD, 0x20260131
  std::uint8_t replacements = 0;
  bool operator==(const PurchaseCopy&) const = default;
};
std::array<std::uint8_t, copy_size> encode_copy(const PurchaseCopy& copy);
// Nothing if the CRC is wrong or the length is not 24.
std::optional<PurchaseCopy> decode_copy(ByteView bytes);
// Where the copy with that sequence belongs: even ones at 0 (A), odd ones at 24 (B).
constexpr std::size_t copy_offset(std::uint32_t sequence) { return sequence % 2 == 0 ? 0 : copy_size; }
// The valid copy of EF 15: good CRC and the highest sequence. Nothing if neither is good.
std::optional<PurchaseCopy> valid_copy(ByteView ef15);

enum class RecordKind : std::uint8_t { Blank = 0x00, User = 0x01, Opening = 0x02, Transfer = 0x03, Tool = 0x10 };

// EF 16.
struct IdentityRecord {
  std::string card_number;  // 16 digits
  std::uint16_t area = 0x0610;
  std::uint8_t kind = 0;
  std::string meter_number;  // up to 16 digits
};
std::array<std::uint8_t, 32> encode_identity(const IdentityRecord& identity);
std::optional<IdentityRecord> decode_identity(ByteView bytes);

// EF 17. Volumes in units of 10 litres.
struct WriteBackRecord {
  std::uint32_t purchase_number = 0;
  std::uint32_t remaining = 0;
  std::uint32_t used = 0;
  std::uint16_t status = 0;  // bit 0 valve closed, 1 low battery, 2 tamper
  bool operator==(const WriteBackRecord&) const = default;
};
std::array<std::uint8_t, 24> encode_write_back(const WriteBackRecord& record);
// Nothing if the CRC is wrong; all bytes 00 (never written) has a wrong CRC too.
std::optional<WriteBackRecord> decode_write_back(ByteView bytes);

// Packed BCD of `digits` right-aligned in 8 bytes; nothing if one is not a digit or there are more than 16.
std::optional<std::array<std::uint8_t, 8>> packed_bcd(std::string_view digits);

}  // namespace pilotlight::cabinet
