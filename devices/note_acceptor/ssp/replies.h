// What an SSP validator answers: generic codes, SETUP REQUEST, GET SERIAL NUMBER, GET COUNTERS and poll events of
// protocol versions 6 to 8 (GA138, GA973). Pure and bounded: a reply has at most 255 bytes, and nothing is read past
// its end.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/base/bytes.h"
#include "kiosk/base/describe.h"
#include "kiosk/base/money.h"
#include "kiosk/base/result.h"

namespace pilotlight::devices::ssp {

enum class Command : std::uint8_t {
  SetInhibits = 0x02,
  SetupRequest = 0x05,
  HostProtocolVersion = 0x06,
  Poll = 0x07,
  Reject = 0x08,
  Disable = 0x09,
  Enable = 0x0A,
  GetSerialNumber = 0x0C,
  Sync = 0x11,
  LastRejectCode = 0x17,
  Hold = 0x18,
  GetCounters = 0x58
};

// First byte of every reply.
inline constexpr std::uint8_t kOk = 0xF0;
inline constexpr std::uint8_t kCannotBeProcessed = 0xF5;
inline constexpr std::uint8_t kSoftwareError = 0xF6;
inline constexpr std::uint8_t kKeyNotSet = 0xFA;

enum class ReplyError {
  TooShort,      // the reply ends before a field that must be there
  TooLong,       // bytes are left over
  OutOfRange,    // a count or value outside what the protocol allows
  UnknownEvent,  // an event code whose length is not known: the rest of the reply cannot be read
};
PILOTLIGHT_ENUM(ReplyError, TooShort, TooLong, OutOfRange, UnknownEvent)

struct Channel {
  Money value;           // 0: the channel is not used
  std::string currency;  // three letters
};
struct Setup {
  std::uint8_t unit_type = 0;     // 0: validator
  std::string firmware;           // four characters
  std::string currency;           // of the dataset
  std::uint8_t protocol = 0;      // version in force
  std::vector<Channel> channels;  // channel 1 first; 1 to 16
};
// `data` without the F0. Order of checks: length, channel count, protocol 6..8, length of the tables.
Result<Setup, ReplyError> parse_setup(ByteView data);

// Four bytes, big-endian, in decimal: 00 1C 96 2C -> "1873452".
Result<std::string, ReplyError> parse_serial(ByteView data);

// The number of stacked notes (first counter).
Result<std::uint32_t, ReplyError> parse_stacked_counter(ByteView data);

// Only the events that this driver acts upon have a name; the others are read over.
enum class EventCode : std::uint8_t {
  DeviceFull = 0xCF,
  Stacking = 0xCC,
  AllInhibited = 0xB5,
  NotePathOpen = 0xE0,
  ClearedFront = 0xE1,
  ClearedCashbox = 0xE2,
  CashboxRemoved = 0xE3,
  TicketEscrow = 0xE5,
  Fraud = 0xE6,
  StackerFull = 0xE7,
  Disabled = 0xE8,
  UnsafeJam = 0xE9,
  SafeJam = 0xEA,
  Stacked = 0xEB,
  Rejected = 0xEC,
  Rejecting = 0xED,
  Credit = 0xEE,
  Read = 0xEF,
  SlaveReset = 0xF1
};

struct PollEvent {
  std::uint8_t code = 0;
  std::uint8_t channel = 0;  // for EE, EF, E1, E2, E6; otherwise 0
  bool is(EventCode other) const { return code == static_cast<std::uint8_t>(other); }
};
struct PollReply {
  std::vector<PollEvent> events;    // in order, as far as the reply could be read
  std::optional<ReplyError> error;  // why reading stopped
};
// `data` without the F0.
PollReply parse_poll(ByteView data);

}  // namespace pilotlight::devices::ssp
