#include "kiosk/base/id.h"

#include <algorithm>

#include "kiosk/base/bytes.h"
#include "kiosk/base/check.h"

namespace pilotlight {

Id Id::derive(unsigned k) const {
  CHECK(k < 16);
  Id derived = *this;
  derived.bytes[15] = static_cast<std::uint8_t>((derived.bytes[15] & 0xF0U) | k);
  return derived;
}

Id make_id(std::int64_t wall_ms, const std::array<std::uint8_t, 10>& random) {
  Id id;
  for (unsigned i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(wall_ms >> (40 - 8 * i));
  std::copy(random.begin(), random.end(), id.bytes.begin() + 6);
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x70);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return id.derive(0);
}

std::string to_string(const Id& id) {
  const std::string hex = to_hex(id.bytes);
  return hex.substr(0, 8) + '-' + hex.substr(8, 4) + '-' + hex.substr(12, 4) + '-' + hex.substr(16, 4) + '-' +
         hex.substr(20);
}

std::optional<Id> parse_id(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) digits.push_back(text[i]);
  }
  const auto bytes = from_hex(digits);
  if (!bytes || bytes->size() != 16) return std::nullopt;
  Id id;
  std::copy(bytes->begin(), bytes->end(), id.bytes.begin());
  return id;
}

}  // namespace pilotlight
