#include "devices/gas_card/cpu_layout.h"

#include <algorithm>

namespace pilotlight::devices {
namespace {

constexpr std::uint8_t kKindBlank = 0x00;
constexpr std::uint8_t kKindUser = 0x01;
constexpr std::uint8_t kLayoutVersion = 0x01;
constexpr std::size_t kMeterNumberSize = 8;

std::uint32_t read_u16(ByteView bytes, std::size_t at) {
  return static_cast<std::uint32_t>(bytes[at] << 8) | bytes[at + 1];
}

std::uint32_t read_u32(ByteView bytes, std::size_t at) { return (read_u16(bytes, at) << 16) | read_u16(bytes, at + 2); }

void append_u16(Bytes& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void append_u32(Bytes& out, std::uint32_t value) {
  append_u16(out, value >> 16);
  append_u16(out, value);
}

// Every file ends in the CRC of all that stands before it.
bool crc_is_good(ByteView file) {
  return crc16_ccitt_false(file.first(file.size() - 2)) == read_u16(file, file.size() - 2);
}

std::optional<std::string> parse_digits(ByteView packed) {
  std::string digits;
  for (const std::uint8_t byte : packed) {
    if ((byte >> 4) > 9 || (byte & 0x0F) > 9) return std::nullopt;
    digits.push_back(static_cast<char>('0' + (byte >> 4)));
    digits.push_back(static_cast<char>('0' + (byte & 0x0F)));
  }
  return digits;
}

bool never_written(ByteView file) {
  return std::all_of(file.begin(), file.end(), [&](std::uint8_t byte) { return byte == file[0]; });
}

}  // namespace

std::uint16_t crc16_ccitt_false(ByteView bytes) {
  std::uint32_t crc = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
    crc &= 0xFFFF;
  }
  return static_cast<std::uint16_t>(crc);
}

std::optional<PurchaseCopy> parse_purchase_copy(ByteView copy) {
  if (copy.size() != kPurchaseCopySize || !crc_is_good(copy)) return std::nullopt;
  PurchaseCopy parsed;
  parsed.sequence = read_u32(copy, 0);
  parsed.purchase_number = read_u32(copy, 4);
  parsed.volume_units = read_u32(copy, 8);
  parsed.total_units = read_u32(copy, 12);
  parsed.date = read_u32(copy, 16);
  parsed.replacements = copy[20];
  return parsed;
}

Bytes serialise_purchase_copy(const PurchaseCopy& copy) {
  Bytes out;
  out.reserve(kPurchaseCopySize);
  append_u32(out, copy.sequence);
  append_u32(out, copy.purchase_number);
  append_u32(out, copy.volume_units);
  append_u32(out, copy.total_units);
  append_u32(out, copy.date);
  out.push_back(copy.replacements);
  out.push_back(0);
  append_u16(out, crc16_ccitt_false(out));
  return out;
}

std::optional<PurchaseCopy> valid_purchase_copy(ByteView file) {
  if (file.size() != kPurchaseFileSize) return std::nullopt;
  std::optional<PurchaseCopy> valid;
  for (const std::size_t offset : {std::size_t{0}, kPurchaseCopySize}) {
    const auto copy = parse_purchase_copy(file.subspan(offset, kPurchaseCopySize));
    if (!copy || purchase_copy_offset(copy->sequence) != offset) continue;
    if (!valid || copy->sequence > valid->sequence) valid = copy;
  }
  return valid;
}

std::optional<std::string> parse_card_number(ByteView packed) {
  if (packed.size() != kCardNumberSize) return std::nullopt;
  return parse_digits(packed);
}

Result<CardIdentity, CardFault> parse_identity(ByteView file) {
  if (file.size() != kIdentitySize) return fail(CardFault::Damaged);
  if (never_written(file)) return fail(CardFault::Blank);
  if (!crc_is_good(file)) return fail(CardFault::Damaged);
  const std::uint8_t kind = file[10];
  if (kind == kKindBlank) return fail(CardFault::Blank);
  if (file[11] != kLayoutVersion) return fail(CardFault::Foreign);
  if (kind != kKindUser) return fail(CardFault::NotUserCard);
  const auto card_number = parse_card_number(file.first(kCardNumberSize));
  const auto meter_number = parse_digits(file.subspan(12, kMeterNumberSize));
  if (!card_number || !meter_number) return fail(CardFault::Damaged);
  return CardIdentity{*card_number, static_cast<std::uint16_t>(read_u16(file, 8)), *meter_number};
}

CardWriteBack parse_write_back(ByteView file) {
  CardWriteBack parsed;
  if (file.size() == kWriteBackSize && file[0] == 0 && never_written(file)) return parsed;
  if (file.size() != kWriteBackSize || !crc_is_good(file)) {
    parsed.torn = true;
    return parsed;
  }
  parsed.purchase_number = read_u32(file, 0);
  parsed.remaining = volume_of_units(read_u32(file, 4));
  parsed.used = volume_of_units(read_u32(file, 8));
  parsed.status = static_cast<std::uint16_t>(read_u16(file, 12));
  return parsed;
}

Volume volume_of_units(std::uint32_t units) { return Volume{static_cast<std::int64_t>(units) * kLitresPerUnit}; }

}  // namespace pilotlight::devices
