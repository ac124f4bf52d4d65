// A banknote acceptor with an escrow, whatever its protocol. A machine without threads, clocks or descriptors: bytes
// and time are handed in, bytes and events are taken out. One owner; not thread-safe.
//
// A note's life: reading -> escrow (held by the driver for as long as wanted, up to escrow_limit_ms) -> stack() or
// give_back() -> NoteCredited | NoteRejected. Nothing is ever stacked without stack().
// After any start or reconnect the driver makes the device return what it holds before it polls for the first time
// (DESIGN.md "Hard cases": restart with a note in escrow), then reports AcceptorReady, then what the device says had
// happened to notes while nobody listened (NoteCleared).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kiosk/base/bytes.h"
#include "kiosk/base/clock.h"
#include "kiosk/base/describe.h"
#include "kiosk/base/money.h"

namespace pilotlight::devices {

// The closed list of what can be wrong with an acceptor.
enum class AcceptorFault {
  LineLost,          // no valid answer within the retry limit, or the port is gone
  WrongDevice,       // not a validator, unknown protocol version, or another serial number than before (swap fraud)
  CurrencyMismatch,  // the dataset's currency or denominations differ from the configured ones
  StackerFull,
  CashboxRemoved,
  SafeJam,    // jammed where the customer cannot reach it: the note's fate is unknown
  UnsafeJam,  // jammed within reach: no credit
  FraudAttempt,
  NotePathOpen,
  DeviceFault,   // the device reports an internal error
  ProtocolFault  // bytes that the protocol does not allow, e.g. an unknown event code
};
PILOTLIGHT_ENUM(AcceptorFault, LineLost, WrongDevice, CurrencyMismatch, StackerFull, CashboxRemoved, SafeJam, UnsafeJam,
                FraudAttempt, NotePathOpen, DeviceFault, ProtocolFault)

struct AcceptorReady {  // after every (re)connect
  std::string serial;
  std::vector<Money> denominations;  // enabled ones, ascending
  std::uint32_t stacked = 0;         // the device's own count of stacked notes (SSP GET COUNTERS)
};
struct NoteReading {};
struct NoteEscrowed {
  Money value;
};
struct NoteCredited {  // the note can no longer come back (SSP EE); exactly once per note
  Money value;
};
struct NoteRejected {       // not accepted, or given back: the customer has it
  std::uint8_t reason = 0;  // the device's code, for the log
};
enum class ClearedTo { Front, Cashbox };
struct NoteCleared {  // what happened to a note across a power cycle (SSP E1, E2)
  ClearedTo to = ClearedTo::Front;
  std::optional<Money> value;  // nothing when the device does not know
};
// Disabled, and no note is moving or held: nothing can become credited any more until the next enable().
struct AcceptorAtRest {
  std::uint32_t stacked = 0;
};
struct FaultRaised {
  AcceptorFault fault = AcceptorFault::LineLost;
};
struct FaultCleared {
  AcceptorFault fault = AcceptorFault::LineLost;
};

using AcceptorEvent = std::variant<AcceptorReady, NoteReading, NoteEscrowed, NoteCredited, NoteRejected, NoteCleared,
                                   AcceptorAtRest, FaultRaised, FaultCleared>;

class NoteAcceptor {
 public:
  virtual ~NoteAcceptor() = default;

  // --- the line; the caller moves the bytes ---
  virtual void line_opened(Moment now) = 0;  // port (re)opened: full start-up begins
  virtual void line_closed(Moment now) = 0;  // port gone: FaultRaised{LineLost} once
  virtual void receive(ByteView bytes, Moment now) = 0;
  virtual void wake(Moment now) = 0;  // call when deadline() has passed
  // steady_ms at which wake() wants to be called; nothing while the line is closed.
  virtual std::optional<std::int64_t> deadline() const = 0;
  virtual Bytes take_output() = 0;  // what to write to the line now
  virtual std::vector<AcceptorEvent> take_events() = 0;

  // --- commands; each is carried out as soon as the protocol allows and kept over a short loss of the line ---
  virtual void enable() = 0;
  virtual void disable() = 0;    // ends in AcceptorAtRest
  virtual void stack() = 0;      // the escrowed note; ignored when there is none
  virtual void give_back() = 0;  // the escrowed note
};

}  // namespace pilotlight::devices
