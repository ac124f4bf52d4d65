// The bytes of profile `cpu-3des-v1` (LAYOUT.md): pure, no card needed. Every parser takes whatever a card answered and
// says what it is or that it is nothing; none trusts a length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "devices/gas_card/gas_card.h"
#include "kiosk/base/bytes.h"
#include "kiosk/base/money.h"
#include "kiosk/base/result.h"

namespace pilotlight::devices {

inline constexpr std::size_t kPurchaseCopySize = 24;  // bytes; EF 15 holds two
inline constexpr std::size_t kPurchaseFileSize = 2 * kPurchaseCopySize;
inline constexpr std::size_t kIdentitySize = 32;   // EF 16
inline constexpr std::size_t kWriteBackSize = 24;  // EF 17
inline constexpr std::size_t kCardNumberSize = 8;  // packed BCD, the first field of EF 16
inline constexpr std::int64_t kLitresPerUnit = 10;

// CRC-16/CCITT-FALSE: polynomial 1021, initial value FFFF, not reflected. "123456789" -> 29B1.
std::uint16_t crc16_ccitt_false(ByteView bytes);

// One copy of EF 15.
struct PurchaseCopy {
  std::uint32_t sequence = 0;
  std::uint32_t purchase_number = 0;
  std::uint32_t volume_units = 0;  // 10 litres each, bought and not yet loaded
  std::uint32_t total_units = 0;   // 10 litres each, over the card's life
  std::uint32_t date = 0;          // packed BCD yyyymmdd: 0x20261124
  std::uint8_t replacements = 0;
  bool operator==(const PurchaseCopy&) const = default;
};

// Nothing if the size or the CRC is wrong. The reserved byte is not looked at.
std::optional<PurchaseCopy> parse_purchase_copy(ByteView copy);
Bytes serialise_purchase_copy(const PurchaseCopy& copy);

// Where the copy with this sequence has its place in EF 15: even at 0, odd at 24.
constexpr std::size_t purchase_copy_offset(std::uint32_t sequence) { return (sequence % 2) * kPurchaseCopySize; }

// The valid copy of a whole EF 15: good CRC, in its own place, highest sequence. A copy in the other's place is not
// valid: the next write would then go over it instead of over the stale one. Nothing: the card is damaged.
std::optional<PurchaseCopy> valid_purchase_copy(ByteView file);

// 16 digits; nothing if a half byte is not a decimal digit or the size is wrong.
std::optional<std::string> parse_card_number(ByteView packed);

struct CardIdentity {
  std::string card_number;  // 16 digits
  std::uint16_t area = 0;
  std::string meter_number;  // 16 digits
  bool operator==(const CardIdentity&) const = default;
};

// EF 16 of a user card. Checked in this order: size (Damaged), never written: all bytes alike (Blank), CRC (Damaged),
// kind 00 (Blank), layout version (Foreign), kind other than user card (NotUserCard), digits (Damaged).
Result<CardIdentity, CardFault> parse_identity(ByteView file);

// EF 17. All zero: the meter has never written. Wrong size or CRC: `torn`.
CardWriteBack parse_write_back(ByteView file);

Volume volume_of_units(std::uint32_t units);

}  // namespace pilotlight::devices
