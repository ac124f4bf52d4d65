// What goes wrong in the simulated world, how often it was made to, and when.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/base/describe.h"

namespace pilotlight::simulation {

enum class Fault {
  TerminalPower,         // power cut of the terminal's computer, between two events
  TerminalPowerInWrite,  // the same inside a durable write of its disk
  TerminalKilled,        // the program dies; the system's cache survives
  TerminalDiskFull,
  TerminalClockSet,  // wall clock jumps
  ValidatorPower,    // off and on again
  ValidatorLineCut,  // the serial adapter is pulled
  ValidatorMute,     // one reply is not sent
  ValidatorCorrupt,  // one reply with a wrong check sum
  ValidatorGarbage,  // noise before a reply
  ValidatorLate,     // one reply after the host's time-out
  NoteJam,           // within the customer's reach
  NoteSafeJam,       // behind the point of no return
  NoteFished,        // pulled out again on a string while it moved
  StackerFull,
  CardTorn,      // pulled while a byte of a write was being programmed
  CardPulled,    // pulled during another command
  CardSwitched,  // pulled and put back faster than the reader looks
  ReaderUnplugged,
  PaperOut,
  PrinterPower,
  PrinterCover,
  RequestLost,
  RequestTwice,
  RequestLate,  // executed after the terminal has given up on it
  ReplyLost,
  ReplyGarbage,
  ReplyStatus,  // 401, 403, 409, 500 from something in between
  NetworkCut,   // for a while
  LedgerPower,
  LedgerPowerInWrite,
  LedgerDiskFull,
  LedgerRestored,  // a standby that is behind takes over
  CertificateExpired,
  StaffEmptiesBox,
};
PILOTLIGHT_ENUM(Fault, TerminalPower, TerminalPowerInWrite, TerminalKilled, TerminalDiskFull, TerminalClockSet,
                ValidatorPower, ValidatorLineCut, ValidatorMute, ValidatorCorrupt, ValidatorGarbage, ValidatorLate,
                NoteJam, NoteSafeJam, NoteFished, StackerFull, CardTorn, CardPulled, CardSwitched, ReaderUnplugged,
                PaperOut, PrinterPower, PrinterCover, RequestLost, RequestTwice, RequestLate, ReplyLost, ReplyGarbage,
                ReplyStatus, NetworkCut, LedgerPower, LedgerPowerInWrite, LedgerDiskFull, LedgerRestored,
                CertificateExpired, StaffEmptiesBox)

inline constexpr std::size_t fault_count = enum_count<Fault>();

// Where a session stood when a fault came.
enum class Phase { NoSession, BeforeMoney, Money, Write, AfterCard };
PILOTLIGHT_ENUM(Phase, NoSession, BeforeMoney, Money, Write, AfterCard)

struct FaultCounts {
  std::array<std::array<std::uint64_t, enum_count<Phase>()>, fault_count> by{};
  void add(Fault fault, Phase phase) { ++by[static_cast<std::size_t>(fault)][static_cast<std::size_t>(phase)]; }
  std::uint64_t of(Fault fault) const {
    std::uint64_t sum = 0;
    for (const std::uint64_t n : by[static_cast<std::size_t>(fault)]) sum += n;
    return sum;
  }
};

// From where the steps until a planned fault are counted: the visit's first step, the first note in escrow, the card's
// challenge for the purchase.
enum class Trigger { Visit, Money, Write };
PILOTLIGHT_ENUM(Trigger, Visit, Money, Write)

// One fault that a visit brings along: when `after` more steps of the terminal's core have been made since its trigger.
struct PlannedFault {
  Fault fault = Fault::TerminalPower;
  Trigger since = Trigger::Money;
  std::uint32_t after = 0;
  std::uint64_t detail = 0;  // which byte, how long, …
};

// "NoteJam,ReplyLost" or "all" or "none"; nothing if a name is unknown.
std::optional<std::set<Fault>> parse_faults(std::string_view list);

}  // namespace pilotlight::simulation
