#include "devices/virtual/card_record.h"

#include <algorithm>

#include "kiosk/base/check.h"

namespace pilotlight::cabinet {
namespace {

template <class Array, class Number>
void put(Array& bytes, std::size_t at, Number value) {
  for (std::size_t i = 0; i < sizeof value; ++i)
    bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * (sizeof value - 1 - i)));
}

template <class Number>
Number get(ByteView bytes, std::size_t at) {
  Number value = 0;
  for (std::size_t i = 0; i < sizeof value; ++i) value = static_cast<Number>(value << 8 | bytes[at + i]);
  return value;
}

template <class Array>
void seal(Array& bytes) {
  put(bytes, bytes.size() - 2, card_crc(ByteView(bytes).first(bytes.size() - 2)));
}

bool sealed(ByteView bytes, std::size_t size) {
  return bytes.size() == size && card_crc(bytes.first(size - 2)) == get<std::uint16_t>(bytes, size - 2);
}

std::string digits_of(ByteView bcd) { return to_hex(bcd); }

}  // namespace

std::uint16_t card_crc(ByteView bytes) {
  unsigned crc = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= static_cast<unsigned>(byte) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000) != 0 ? (crc << 1 ^ 0x1021) & 0xFFFF : crc << 1 & 0xFFFF;
  }
  return static_cast<std::uint16_t>(crc);
}

std::array<std::uint8_t, copy_size> encode_copy(const PurchaseCopy& copy) {
  std::array<std::uint8_t, copy_size> bytes{};
  put(bytes, 0, copy.sequence);
  put(bytes, 4, copy.purchase_number);
  put(bytes, 8, copy.volume);
  put(bytes, 12, copy.total);
  put(bytes, 16, copy.date);
  bytes[20] = copy.replacements;
  seal(bytes);
  return bytes;
}

std::optional<PurchaseCopy> decode_copy(ByteView bytes) {
  if (!sealed(bytes, copy_size)) return std::nullopt;
  PurchaseCopy copy;
  copy.sequence = get<std::uint32_t>(bytes, 0);
  copy.purchase_number = get<std::uint32_t>(bytes, 4);
  copy.volume = get<std::uint32_t>(bytes, 8);
  copy.total = get<std::uint32_t>(bytes, 12);
  copy.date = get<std::uint32_t>(bytes, 16);
  copy.replacements = bytes[20];
  return copy;
}

std::optional<PurchaseCopy> valid_copy(ByteView ef15) {
  if (ef15.size() != 2 * copy_size) return std::nullopt;
  const std::optional<PurchaseCopy> a = decode_copy(ef15.first(copy_size));
  const std::optional<PurchaseCopy> b = decode_copy(ef15.subspan(copy_size));
  if (a && b) return a->sequence > b->sequence ? a : b;
  return a ? a : b;
}

std::array<std::uint8_t, 32> encode_identity(const IdentityRecord& identity) {
  std::array<std::uint8_t, 32> bytes{};
  const auto card = packed_bcd(identity.card_number);
  const auto meter = packed_bcd(identity.meter_number);
  CHECK(card && meter);
  std::ranges::copy(*card, bytes.begin());
  put(bytes, 8, identity.area);
  bytes[10] = identity.kind;
  bytes[11] = 0x01;
  std::ranges::copy(*meter, bytes.begin() + 12);
  seal(bytes);
  return bytes;
}

std::optional<IdentityRecord> decode_identity(ByteView bytes) {
  if (!sealed(bytes, 32)) return std::nullopt;
  IdentityRecord identity;
  identity.card_number = digits_of(bytes.first(8));
  identity.area = get<std::uint16_t>(bytes, 8);
  identity.kind = bytes[10];
  identity.meter_number = digits_of(bytes.subspan(12, 8));
  return identity;
}

std::array<std::uint8_t, 24> encode_write_back(const WriteBackRecord& record) {
  std::array<std::uint8_t, 24> bytes{};
  put(bytes, 0, record.purchase_number);
  put(bytes, 4, record.remaining);
  put(bytes, 8, record.used);
  put(bytes, 12, record.status);
  seal(bytes);
  return bytes;
}

std::optional<WriteBackRecord> decode_write_back(ByteView bytes) {
  if (!sealed(bytes, 24)) return std::nullopt;
  WriteBackRecord record;
  record.purchase_number = get<std::uint32_t>(bytes, 0);
  record.remaining = get<std::uint32_t>(bytes, 4);
  record.used = get<std::uint32_t>(bytes, 8);
  record.status = get<std::uint16_t>(bytes, 12);
  return record;
}

std::optional<std::array<std::uint8_t, 8>> packed_bcd(std::string_view digits) {
  if (digits.size() > 16 || !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  const std::optional<Bytes> bytes = from_hex(std::string(16 - digits.size(), '0') + std::string(digits));
  std::array<std::uint8_t, 8> packed{};
  std::ranges::copy(*bytes, packed.begin());
  return packed;
}

}  // namespace pilotlight::cabinet
