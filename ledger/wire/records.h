// The terminal's electronic journal: every law-relevant fact, in the order in which it became true. The money state of
// a terminal is the fold of these records and of nothing else; the same lines, in the same order, are the facts that
// the ledger books (DESIGN.md sections 2 to 4). A record is durable before anything that depends on it is done (M4).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "ledger/wire/messages.h"

namespace pilotlight::wire {

// The program started (every start is visible to the auditor).
struct TerminalStarted {
  std::string version;
  PILOTLIGHT_DESCRIBE(version)
  bool operator==(const TerminalStarted&) const = default;
};

// The acceptor was met: which device, and its own count of stacked notes. The counter proves that a note was stacked.
struct AcceptorConnected {
  std::string serial;
  std::uint32_t stacked = 0;
  PILOTLIGHT_DESCRIBE(serial, stacked)
  bool operator==(const AcceptorConnected&) const = default;
};

struct SessionOpened {
  Id session;
  PILOTLIGHT_DESCRIBE(session)
  bool operator==(const SessionOpened&) const = default;
};

// The ledger named the account of the card. Only masked personal data.
struct CustomerIdentified {
  Id session;
  std::string account;
  std::string masked_name;
  CardState card;
  Quote quote;
  PILOTLIGHT_DESCRIBE(session, account, masked_name, card, quote)
  bool operator==(const CustomerIdentified&) const = default;
};

// Intention: the note in escrow is about to be stacked. Durable before the accepting command leaves (M4).
struct NoteStacking {
  Id session;
  Id note;
  Money value;
  std::uint32_t stacked_before = 0;  // the acceptor's counter before this note
  PILOTLIGHT_DESCRIBE(session, note, value, stacked_before)
  bool operator==(const NoteStacking&) const = default;
};

enum class NoteEvidence { CreditEvent, PowerUpEvent, Counter, Staff };
PILOTLIGHT_ENUM(NoteEvidence, CreditEvent, PowerUpEvent, Counter, Staff)

struct NoteStacked {
  Id session;
  Id note;
  Money value;
  NoteEvidence evidence = NoteEvidence::CreditEvent;
  PILOTLIGHT_DESCRIBE(session, note, value, evidence)
  bool operator==(const NoteStacked&) const = default;
};

// The customer has the note back although it was to be stacked.
struct NoteReturned {
  Id session;
  Id note;
  Money value;
  NoteEvidence evidence = NoteEvidence::CreditEvent;
  PILOTLIGHT_DESCRIBE(session, note, value, evidence)
  bool operator==(const NoteReturned&) const = default;
};

// Nothing the machine can ask tells where the note is: it stands in the in-doubt list until staff count the box.
struct NoteInDoubt {
  Id session;
  Id note;
  Money value;
  PILOTLIGHT_DESCRIBE(session, note, value)
  bool operator==(const NoteInDoubt&) const = default;
};

// A note went into the box that no intention explains: suspense, with what the device said.
struct NoteFound {
  Id note;
  Money value;          // 0 when the device does not know
  std::string account;  // of the session it most likely belongs to; empty if none
  std::string evidence;
  PILOTLIGHT_DESCRIBE(note, value, account, evidence)
  bool operator==(const NoteFound&) const = default;
};

struct AuthoriseIntended {
  AuthoriseRequest request;
  PILOTLIGHT_DESCRIBE(request)
  bool operator==(const AuthoriseIntended&) const = default;
};
struct TopUpAuthorised {
  Id session;
  Id top_up;
  TopUpRecord record;
  PILOTLIGHT_DESCRIBE(session, top_up, record)
  bool operator==(const TopUpAuthorised&) const = default;
};
struct TopUpRefused {
  Id session;
  Id top_up;
  Refusal refusal = Refusal::None;
  PILOTLIGHT_DESCRIBE(session, top_up, refusal)
  bool operator==(const TopUpRefused&) const = default;
};
// The terminal gave up waiting: whichever of authorise and abandon the ledger executes first wins. The ledger executes
// this fact like the question POST /v1/abandon, in case that one never reached it.
struct AbandonIntended {
  Id session;
  Id top_up;
  PILOTLIGHT_DESCRIBE(session, top_up)
  bool operator==(const AbandonIntended&) const = default;
};
struct TopUpAbandoned {
  Id session;
  Id top_up;
  PILOTLIGHT_DESCRIBE(session, top_up)
  bool operator==(const TopUpAbandoned&) const = default;
};

// Intention: a sealed command is about to be sent to the card. Durable before the APDU leaves (M4).
struct WriteIntended {
  Id session;
  Id top_up;
  std::uint32_t attempt = 0;
  std::uint32_t purchase_number = 0;
  PILOTLIGHT_DESCRIBE(session, top_up, attempt, purchase_number)
  bool operator==(const WriteIntended&) const = default;
};
// Read back after a reset: the purchase is on the card. Final, from whichever terminal it comes.
struct WriteVerified {
  Id session;
  Id top_up;
  CardState card;
  PILOTLIGHT_DESCRIBE(session, top_up, card)
  bool operator==(const WriteVerified&) const = default;
};
// Read back after a reset: the purchase is not on the card and attempt was the last that could have put it there.
// Evidence only: the ledger does not void for it, since the terminal goes on to seal and write again; POST /v1/void
// asks for that.
struct WriteDisproved {
  Id session;
  Id top_up;
  std::uint32_t attempt = 0;
  CardState card;
  PILOTLIGHT_DESCRIBE(session, top_up, attempt, card)
  bool operator==(const WriteDisproved&) const = default;
};
// The ledger has acknowledged the void: only now the money may go back or to the wallet.
struct TopUpVoided {
  Id session;
  Id top_up;
  PILOTLIGHT_DESCRIBE(session, top_up)
  bool operator==(const TopUpVoided&) const = default;
};

enum class DocumentKind {
  TopUpReceipt,  // delivered
  CreditSlip,    // money credited to the account
  PendingSlip,   // paid, and still to be put on the card
  ClaimSlip      // outcome not known yet: staff and ledger will settle it under this number
};
PILOTLIGHT_ENUM(DocumentKind, TopUpReceipt, CreditSlip, PendingSlip, ClaimSlip)

// What a document says; the same numbers as on the screen, in the journal and at the ledger (M7). Data, not bytes: a
// copy can be made at any time.
struct Document {
  std::uint32_t number = 0;    // printed as terminal + number, "T0042-000017"
  std::uint32_t replaces = 0;  // a spoiled number, 0 if none (DOC-3)
  DocumentKind kind = DocumentKind::TopUpReceipt;
  Id session;
  Id top_up;  // empty if there is none
  std::int64_t wall_ms = 0;
  std::string account;  // printed as its last four digits
  std::string masked_name;
  std::string card_number;  // printed as its last four digits
  Money tendered;           // cash put in during this session
  Money cost;               // of the gas delivered or pending
  Money credited;           // to the account's wallet
  Volume volume;
  std::uint32_t purchase_number = 0;
  std::uint32_t notes_in_doubt = 0;
  PILOTLIGHT_DESCRIBE(number, replaces, kind, session, top_up, wall_ms, account, masked_name, card_number, tendered,
                      cost, credited, volume, purchase_number, notes_in_doubt)
  bool operator==(const Document&) const = default;
};

struct DocumentIntended {
  Document document;
  PILOTLIGHT_DESCRIBE(document)
  bool operator==(const DocumentIntended&) const = default;
};
struct DocumentPrinted {
  std::uint32_t number = 0;
  PILOTLIGHT_DESCRIBE(number)
  bool operator==(const DocumentPrinted&) const = default;
};
struct DocumentVoided {
  std::uint32_t number = 0;
  std::string reason;
  PILOTLIGHT_DESCRIBE(number, reason)
  bool operator==(const DocumentVoided&) const = default;
};

// How a session can end (M6), and nothing else.
enum class Ending {
  NothingTendered,  // no money was taken
  Delivered,        // gas on the card, verified
  Credited,         // all money on the account
  PendingOnCard,    // paid, way onto the card open; the slip says so
  HandedToStaff     // claim slip
};
PILOTLIGHT_ENUM(Ending, NothingTendered, Delivered, Credited, PendingOnCard, HandedToStaff)

// tendered = delivered + credited + pending; the ledger moves what is left of the session's tender to the wallet.
// in_doubt is not part of tendered.
struct SessionEnded {
  Id session;
  Ending ending = Ending::NothingTendered;
  std::string account;
  Money tendered;   // stacked in this session
  Money delivered;  // cost of gas written to the card out of this session's money
  Money credited;   // to the wallet, change included
  Money pending;    // the whole amount (cost and change) of a top-up whose outcome or way onto the card is open
  Money in_doubt;   // notes nobody can place yet
  PILOTLIGHT_DESCRIBE(session, ending, account, tendered, delivered, credited, pending, in_doubt)
  bool operator==(const SessionEnded&) const = default;
};

// Something staff must know: a fault, an opened box, a fraud attempt, a card with a strange number.
struct Incident {
  std::string code;  // one of the closed fault names of core and devices
  std::string detail;
  PILOTLIGHT_DESCRIBE(code, detail)
  bool operator==(const Incident&) const = default;
};

using Record = std::variant<TerminalStarted, AcceptorConnected, SessionOpened, CustomerIdentified, NoteStacking,
                            NoteStacked, NoteReturned, NoteInDoubt, NoteFound, AuthoriseIntended, TopUpAuthorised,
                            TopUpRefused, AbandonIntended, TopUpAbandoned, WriteIntended, WriteVerified, WriteDisproved,
                            TopUpVoided, DocumentIntended, DocumentPrinted, DocumentVoided, SessionEnded, Incident>;

// The names under which records stand in the journal and on the wire, in the variant's order.
inline constexpr std::array<std::string_view, 23> record_kinds = {
    "TerminalStarted",  "AcceptorConnected", "SessionOpened",  "CustomerIdentified", "NoteStacking",    "NoteStacked",
    "NoteReturned",     "NoteInDoubt",       "NoteFound",      "AuthoriseIntended",  "TopUpAuthorised", "TopUpRefused",
    "AbandonIntended",  "TopUpAbandoned",    "WriteIntended",  "WriteVerified",      "WriteDisproved",  "TopUpVoided",
    "DocumentIntended", "DocumentPrinted",   "DocumentVoided", "SessionEnded",       "Incident"};
static_assert(record_kinds.size() == std::variant_size_v<Record>);

inline std::string_view kind_of(const Record& record) { return record_kinds[record.index()]; }

}  // namespace pilotlight::wire
