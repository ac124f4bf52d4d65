#include "devices/virtual/escpos_status.h"

namespace pilotlight::cabinet {
namespace {

constexpr std::uint8_t dle = 0x10;
constexpr std::uint8_t eot = 0x04;
constexpr std::uint8_t enq = 0x05;
constexpr unsigned answer_pattern = 0x12;     // of DLE EOT
constexpr unsigned automatic_pattern = 0x10;  // of the first ASB byte

unsigned when(bool condition, unsigned bits) { return condition ? bits : 0u; }

}  // namespace

std::optional<std::uint8_t> real_time_status(const PrinterCondition& now, std::uint8_t n) {
  const bool out = now.paper == PaperState::Out;
  unsigned bits = answer_pattern;
  switch (n) {
    case 1:
      bits |= when(!now.online(), 0x08);
      break;
    case 2:
      bits |= when(now.cover_open, 0x04) | when(out, 0x20) | when(now.cutter_error, 0x40);
      break;
    case 3:
      bits |= when(now.cutter_error, 0x08);
      break;
    case 4:
      bits |= when(now.paper != PaperState::Enough, 0x0C) | when(out, 0x60);
      break;
    default:
      return std::nullopt;
  }
  return static_cast<std::uint8_t>(bits);
}

std::uint8_t paper_status(const PrinterCondition& now) {
  return static_cast<std::uint8_t>(when(now.paper != PaperState::Enough, 0x03) |
                                   when(now.paper == PaperState::Out, 0x0C));
}

std::array<std::uint8_t, 4> automatic_status(const PrinterCondition& now) {
  const unsigned first = automatic_pattern | when(!now.online(), 0x08) | when(now.cover_open, 0x20);
  const unsigned second = when(now.cutter_error, 0x08);
  return {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(second), paper_status(now), 0};
}

std::optional<RealTimeScanner::Command> RealTimeScanner::take(std::uint8_t byte) {
  std::optional<Command> found;
  if (before_[0] == dle && (before_[1] == eot || before_[1] == enq)) found = Command{before_[1] == enq, byte};
  before_[0] = before_[1];
  before_[1] = byte;
  if (found) before_[0] = before_[1] = 0;
  return found;
}

}  // namespace pilotlight::cabinet
