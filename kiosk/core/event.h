// Everything that can happen to a terminal, as facts. Devices, ledger, clock and touches speak to the core only through
// these; nothing else reaches it. Each is plain data, can be written to an event log and replayed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kiosk/base/clock.h"
#include "kiosk/core/intent.h"
#include "ledger/wire/records.h"

namespace pilotlight::core {

// --- the terminal itself ---
struct Started {  // after the journal was replayed
  std::string version;
  PILOTLIGHT_DESCRIBE(version)
};
struct Touched {
  Intent intent;
  PILOTLIGHT_DESCRIBE(intent)
};
struct TimePassed {  // deadline(state) has come
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct JournalFailed {  // a record could not be made durable: no cash any more
  std::string why;
  PILOTLIGHT_DESCRIBE(why)
};

// --- note acceptor (devices/note_acceptor/note_acceptor.h says what each means) ---
struct AcceptorReady {
  std::string serial;
  std::uint32_t stacked = 0;  // 0xFFFFFFFF: the device does not count
  PILOTLIGHT_DESCRIBE(serial, stacked)
};
struct NoteReading {
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct NoteEscrowed {
  Money value;
  PILOTLIGHT_DESCRIBE(value)
};
struct NoteCredited {
  Money value;
  PILOTLIGHT_DESCRIBE(value)
};
struct NoteRejected {
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct NoteCleared {
  bool to_cashbox = false;  // false: the customer has it back
  Money value;              // 0: the device does not know
  PILOTLIGHT_DESCRIBE(to_cashbox, value)
};
struct AcceptorAtRest {
  std::uint32_t stacked = 0;
  PILOTLIGHT_DESCRIBE(stacked)
};
enum class AcceptorFault {
  LineLost,
  WrongDevice,
  CurrencyMismatch,
  StackerFull,
  CashboxRemoved,
  SafeJam,
  UnsafeJam,
  FraudAttempt,
  NotePathOpen,
  DeviceFault,
  ProtocolFault
};
PILOTLIGHT_ENUM(AcceptorFault, LineLost, WrongDevice, CurrencyMismatch, StackerFull, CashboxRemoved, SafeJam, UnsafeJam,
                FraudAttempt, NotePathOpen, DeviceFault, ProtocolFault)
struct AcceptorFaultRaised {
  AcceptorFault fault = AcceptorFault::LineLost;
  PILOTLIGHT_DESCRIBE(fault)
};
struct AcceptorFaultCleared {
  AcceptorFault fault = AcceptorFault::LineLost;
  PILOTLIGHT_DESCRIBE(fault)
};

// --- gas card ---
struct ReaderReady {
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct ReaderLost {
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct CardInserted {
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct CardRemoved {
  PILOTLIGHT_DESCRIBE_EMPTY()
};
enum class CardTrouble { None, Gone, Unreadable, Foreign, NotUserCard, Blank, Damaged, KeyLocked, ReaderGone };
PILOTLIGHT_ENUM(CardTrouble, None, Gone, Unreadable, Foreign, NotUserCard, Blank, Damaged, KeyLocked, ReaderGone)
struct CardRead {
  CardTrouble trouble = CardTrouble::None;
  wire::CardState card;  // only without trouble
  PILOTLIGHT_DESCRIBE(trouble, card)
};
struct ChallengeGiven {
  CardTrouble trouble = CardTrouble::None;
  Bytes challenge;
  PILOTLIGHT_DESCRIBE(trouble, challenge)
};
enum class WriteOutcome { Verified, Disproved, Unknown };
PILOTLIGHT_ENUM(WriteOutcome, Verified, Disproved, Unknown)
struct CardWritten {
  WriteOutcome outcome = WriteOutcome::Unknown;
  wire::CardState card;  // as read back; not with Unknown
  PILOTLIGHT_DESCRIBE(outcome, card)
};

// --- receipt printer ---
struct PrinterChanged {
  bool ready = false;  // can print now
  bool paper_out = false;
  bool near_end = false;
  bool cover_open = false;
  PILOTLIGHT_DESCRIBE(ready, paper_out, near_end, cover_open)
};
enum class PrintOutcome { Printed, PartPrinted, NotPrinted };
PILOTLIGHT_ENUM(PrintOutcome, Printed, PartPrinted, NotPrinted)
struct PrintEnded {
  std::uint32_t number = 0;
  PrintOutcome outcome = PrintOutcome::NotPrinted;
  PILOTLIGHT_DESCRIBE(number, outcome)
};

// --- the ledger. `answered` false: nothing usable came back in time, whatever the reason. The ledger may or may not
// have executed the question: an unknown outcome, never a refusal (M10). ---
struct UplinkChanged {
  bool up = false;
  bool may_trade = true;
  PILOTLIGHT_DESCRIBE(up, may_trade)
};
struct IdentifyAnswered {
  Id session;
  bool answered = false;
  wire::Identification identification;
  PILOTLIGHT_DESCRIBE(session, answered, identification)
};
struct AuthoriseAnswered {
  Id top_up;
  bool answered = false;
  wire::Authorisation authorisation;
  PILOTLIGHT_DESCRIBE(top_up, answered, authorisation)
};
struct SealAnswered {
  Id top_up;
  bool answered = false;
  wire::SealAnswer seal;
  PILOTLIGHT_DESCRIBE(top_up, answered, seal)
};
struct AbandonAnswered {
  Id top_up;
  bool answered = false;
  wire::Abandonment abandonment;
  PILOTLIGHT_DESCRIBE(top_up, answered, abandonment)
};
struct VoidAnswered {
  Id top_up;
  bool answered = false;
  wire::VoidAnswer answer;
  PILOTLIGHT_DESCRIBE(top_up, answered, answer)
};

using Fact = std::variant<Started, Touched, TimePassed, JournalFailed, AcceptorReady, NoteReading, NoteEscrowed,
                          NoteCredited, NoteRejected, NoteCleared, AcceptorAtRest, AcceptorFaultRaised,
                          AcceptorFaultCleared, ReaderReady, ReaderLost, CardInserted, CardRemoved, CardRead,
                          ChallengeGiven, CardWritten, PrinterChanged, PrintEnded, UplinkChanged, IdentifyAnswered,
                          AuthoriseAnswered, SealAnswered, AbandonAnswered, VoidAnswered>;

// A fact, when it was, and one fresh id from which the core names what comes into being with it (Id::derive).
struct Event {
  Moment at;
  Id fresh;
  Fact fact;
};

}  // namespace pilotlight::core
