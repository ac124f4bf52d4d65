#include "ledger/rules/write_command.h"

#include <limits>

#include "ledger/rules/calendar.h"
#include "ledger/rules/sale.h"

namespace pilotlight::rules {
namespace {

void append(Bytes& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::optional<std::uint32_t> in_units(Volume volume) {
  if (volume.litres < 0 || volume.litres % card_scale.litres != 0) return std::nullopt;
  const std::int64_t units = volume.litres / card_scale.litres;
  if (units > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(units);
}

// CRC-16/CCITT-FALSE: polynomial 1021, initial value FFFF.
std::uint16_t checksum(ByteView bytes) {
  std::uint32_t crc = 0xFFFF;
  for (const std::uint8_t byte : bytes) {
    crc ^= static_cast<std::uint32_t>(byte) << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 0x8000U) != 0 ? (crc << 1) ^ 0x1021U : crc << 1;
    crc &= 0xFFFFU;
  }
  return static_cast<std::uint16_t>(crc);
}

}  // namespace

std::optional<Bytes> write_command(const wire::TopUpRecord& record, std::uint32_t card_sequence,
                                   std::string_view business_date, std::uint8_t replacement_count) {
  const auto volume = in_units(record.volume);
  const auto total = in_units(record.total);
  if (!volume || !total || card_sequence == std::numeric_limits<std::uint32_t>::max() || !day_number(business_date))
    return std::nullopt;
  const std::uint32_t sequence = card_sequence + 1;
  Bytes copy;
  append(copy, sequence);
  append(copy, record.purchase_number);
  append(copy, *volume);
  append(copy, *total);
  for (const std::size_t at : {0U, 2U, 5U, 8U})
    copy.push_back(static_cast<std::uint8_t>((business_date[at] - '0') * 16 + (business_date[at + 1] - '0')));
  copy.push_back(replacement_count);
  copy.push_back(0);
  const std::uint16_t crc = checksum(copy);
  copy.push_back(static_cast<std::uint8_t>(crc >> 8));
  copy.push_back(static_cast<std::uint8_t>(crc));
  Bytes command{0x04, 0xD6, 0x95, static_cast<std::uint8_t>((sequence % 2) * 24), 0x1C};
  command.insert(command.end(), copy.begin(), copy.end());
  return command;
}

}  // namespace pilotlight::rules
