#include "kiosk/base/money.h"

namespace pilotlight {
namespace {

std::string hundredths(std::int64_t value) {
  const bool negative = value < 0;
  const std::uint64_t magnitude = negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  const std::uint64_t rest = magnitude % 100;
  return (negative ? "-" : "") + std::to_string(magnitude / 100) + (rest < 10 ? ".0" : ".") + std::to_string(rest);
}

}  // namespace

std::string to_decimal(Money amount) { return hundredths(amount.fen); }

std::string to_cubic_metres(Volume volume) { return hundredths(volume.litres / 10); }

}  // namespace pilotlight
