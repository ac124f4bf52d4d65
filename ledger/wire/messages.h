// What a terminal asks the central ledger and what it answers. Plain data; the JSON form is the field names as they
// stand (json.h), documented in WIRE.md and openapi.yaml. Money is an integer of fen, volume an integer of litres,
// bytes are lower-case hex, ids are UUIDv7 text, enums are their names.
//
// Facts (records.h) are never refused; only the questions here can be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/base/bytes.h"
#include "kiosk/base/describe.h"
#include "kiosk/base/id.h"
#include "kiosk/base/money.h"
#include "kiosk/base/tariff.h"

namespace pilotlight::wire {

// What the meter wrote on the card the last time it saw it.
struct WriteBack {
  std::uint32_t purchase_number = 0;  // last purchase the meter took
  Volume remaining;                   // in the meter
  Volume used;                        // in total, by the meter's count
  std::uint16_t status = 0;           // bit 0 valve closed, 1 low battery, 2 tamper
  PILOTLIGHT_DESCRIBE(purchase_number, remaining, used, status)
  bool operator==(const WriteBack&) const = default;
};

// What stands on a gas card, as read. A card's purchase number says which purchases reached it (law M3).
struct CardState {
  std::string card_number;            // 16 digits
  std::uint32_t purchase_number = 0;  // of the valid copy
  Volume volume;                      // bought and not yet loaded into the meter
  Volume total;                       // bought over the card's life
  std::uint32_t sequence = 0;         // of the valid copy; the stale copy is written with sequence + 1
  WriteBack write_back;
  PILOTLIGHT_DESCRIBE(card_number, purchase_number, volume, total, sequence, write_back)
  bool operator==(const CardState&) const = default;
};

// Why the ledger will not sell gas. The names are the rule that was broken; the order is the order of the checks.
enum class Refusal {
  None,
  UnknownCard,  // no such card here
  BlockedCard,  // reported lost, replaced (CARD-6)
  AccountClosed,
  SafetyHold,     // SAFE-4
  SupplyStopped,  // LATE-2, LATE-8: arrears that stop sales
  NumberAhead,    // the card knows a purchase the ledger does not (G3, DESIGN "Hard cases")
  NumberBehind,   // the card misses a purchase that is posted: an old or copied card
  NotLoaded,      // CARD-1, G1: the last purchase has not been put into the meter yet
  PendingTopUp,   // another top-up of this card is open: resolve it first
  QuoteChanged,   // tariff or tier changed since the quote: show it and ask again
  QuoteUnknown,
  OverLimit,          // G5
  AmountMismatch,     // the notes do not add up to the amount, or volume, cost or change differ from the quote's
  Abandoned,          // abandon came first; the money is on the account
  ContentChanged,     // same id, other content (law M5)
  NotHighestAttempt,  // a void must name the highest sealed attempt
  AlreadyWritten,     // a void for a top-up that another reader saw written
  UnknownTopUp,
  OutOfService  // this terminal may not trade (revoked, behind, disabled)
};
PILOTLIGHT_ENUM(Refusal, None, UnknownCard, BlockedCard, AccountClosed, SafetyHold, SupplyStopped, NumberAhead,
                NumberBehind, NotLoaded, PendingTopUp, QuoteChanged, QuoteUnknown, OverLimit, AmountMismatch, Abandoned,
                ContentChanged, NotHighestAttempt, AlreadyWritten, UnknownTopUp, OutOfService)

// A price promise for one session.
struct Quote {
  Id id;
  std::string business_date;  // the ledger's date, "2026-11-24" (Asia/Shanghai)
  std::vector<Tier> tiers;    // what is still open this year, cheapest first
  Volume scale;               // the card's unit: volumes are multiples of it
  Money maximum;              // most that may be tendered for this purchase (G5); 0 when nothing may be bought
  PILOTLIGHT_DESCRIBE(id, business_date, tiers, scale, maximum)
  bool operator==(const Quote&) const = default;
};

// The record fixed by the ledger for one purchase: exactly this reaches the card, now or later, here or elsewhere.
struct TopUpRecord {
  std::uint32_t purchase_number = 0;
  Volume volume;
  Volume total;  // on the card afterwards
  Money cost;
  Money change;  // to the wallet
  PILOTLIGHT_DESCRIBE(purchase_number, volume, total, cost, change)
  bool operator==(const TopUpRecord&) const = default;
};

// One write command for the card's present challenge. The terminal sends it unread.
struct Seal {
  std::uint32_t attempt = 0;  // 1, 2, ... per top-up
  Bytes command;              // complete APDU with MAC
  PILOTLIGHT_DESCRIBE(attempt, command)
  bool operator==(const Seal&) const = default;
};

// A top-up that is paid and whose way onto the card is open.
struct PendingTopUp {
  Id top_up;
  TopUpRecord record;
  std::uint32_t highest_attempt = 0;
  PILOTLIGHT_DESCRIBE(top_up, record, highest_attempt)
  bool operator==(const PendingTopUp&) const = default;
};

// --- questions -------------------------------------------------------------------------------------------------------

struct IdentifyRequest {  // POST /v1/identify
  Id session;
  CardState card;
  PILOTLIGHT_DESCRIBE(session, card)
};
struct Identification {
  Refusal refusal = Refusal::None;  // of sales; the account is named all the same where it may be
  std::string account;              // number, for the receipt's tail and the records; empty if unknown
  std::string masked_name;          // "王*"
  std::string masked_address;       // "幸福路**号*单元***"
  Money arrears;                    // shown and offered
  Money wallet;
  Money last_top_up;                    // 0 if there is none
  std::optional<Quote> quote;           // only without refusal
  std::optional<PendingTopUp> pending;  // resolve this first
  PILOTLIGHT_DESCRIBE(refusal, account, masked_name, masked_address, arrears, wallet, last_top_up, quote, pending)
  bool operator==(const Identification&) const = default;
};

struct TenderedNote {
  Id note;
  Money value;
  PILOTLIGHT_DESCRIBE(note, value)
  bool operator==(const TenderedNote&) const = default;
};

// Repeating a request with the same id returns the first outcome for ever (M5). The challenge and the card's sequence
// are not part of what "the same content" means: a repeat after a card was put back carries new ones and gets a new
// seal.
struct AuthoriseRequest {  // POST /v1/authorise
  Id top_up;
  Id session;
  Id quote;
  std::string account;
  CardState card;
  std::vector<TenderedNote> notes;  // every note by id: the ledger books those it has not heard of yet
  Money amount;
  Volume volume;  // what the customer was shown and confirmed
  Money cost;
  Money change;
  Bytes challenge;  // the card's, for the first seal
  PILOTLIGHT_DESCRIBE(top_up, session, quote, account, card, notes, amount, volume, cost, change, challenge)
  bool operator==(const AuthoriseRequest&) const = default;
};
struct Authorisation {
  Refusal refusal = Refusal::None;
  TopUpRecord record;
  Seal seal;
  std::optional<Quote> new_quote;  // with QuoteChanged
  PILOTLIGHT_DESCRIBE(refusal, record, seal, new_quote)
  bool operator==(const Authorisation&) const = default;
};

struct SealRequest {  // POST /v1/seal
  Id seal;            // idempotency id of this attempt
  Id top_up;
  CardState card;
  Bytes challenge;
  PILOTLIGHT_DESCRIBE(seal, top_up, card, challenge)
  bool operator==(const SealRequest&) const = default;
};
struct SealAnswer {
  Refusal refusal = Refusal::None;
  TopUpRecord record;
  Seal seal;
  PILOTLIGHT_DESCRIBE(refusal, record, seal)
  bool operator==(const SealAnswer&) const = default;
};

struct AbandonRequest {  // POST /v1/abandon
  Id top_up;
  Id session;
  PILOTLIGHT_DESCRIBE(top_up, session)
  bool operator==(const AbandonRequest&) const = default;
};
struct Abandonment {
  bool abandoned = false;  // false: authorise came first, `pending` says what it made
  std::optional<PendingTopUp> pending;
  PILOTLIGHT_DESCRIBE(abandoned, pending)
  bool operator==(const Abandonment&) const = default;
};

struct VoidRequest {  // POST /v1/void: read back and proven not written
  Id top_up;
  Id session;
  std::uint32_t attempt = 0;
  CardState card;
  PILOTLIGHT_DESCRIBE(top_up, session, attempt, card)
  bool operator==(const VoidRequest&) const = default;
};
struct VoidAnswer {
  Refusal refusal = Refusal::None;  // NotHighestAttempt, AlreadyWritten, UnknownTopUp
  PILOTLIGHT_DESCRIBE(refusal)
  bool operator==(const VoidAnswer&) const = default;
};

// --- facts -----------------------------------------------------------------------------------------------------------

// One line of the terminal's electronic journal, as chained there. `body` is the record's exact JSON text, so that the
// hash can be checked by the ledger: hash = SHA-256(previous hash (32 bytes) || seq (8, BE) || wall_ms (8, BE) || kind
// || 0x00 || body).
struct Fact {
  std::uint64_t seq = 0;  // 1, 2, ... per terminal, without a gap
  std::int64_t wall_ms = 0;
  std::string kind;  // name of the record struct
  std::string body;
  Bytes hash;  // 32 bytes
  PILOTLIGHT_DESCRIBE(seq, wall_ms, kind, body, hash)
  bool operator==(const Fact&) const = default;
};
struct FactsRequest {  // POST /v1/facts, 1..100 facts in order
  std::vector<Fact> facts;
  PILOTLIGHT_DESCRIBE(facts)
};
enum class FactStatus { Applied, Duplicate, Parked };
PILOTLIGHT_ENUM(FactStatus, Applied, Duplicate, Parked)
struct FactResult {
  std::uint64_t seq = 0;
  FactStatus status = FactStatus::Applied;
  std::string reason;  // with Parked: for staff
  PILOTLIGHT_DESCRIBE(seq, status, reason)
};
struct FactsAnswer {
  std::uint64_t epoch = 0;            // changes when the ledger was restored from an older copy
  std::uint64_t last_contiguous = 0;  // the terminal goes on from here, even if it had sent more before
  std::vector<FactResult> results;
  PILOTLIGHT_DESCRIBE(epoch, last_contiguous, results)
};

struct HeartbeatRequest {  // POST /v1/heartbeat, once a minute and at start
  std::uint64_t last_seq = 0;
  std::string version;
  std::string state;  // "in_service", "degraded", "out_of_service"
  PILOTLIGHT_DESCRIBE(last_seq, version, state)
};
struct HeartbeatAnswer {
  std::uint64_t epoch = 0;
  std::uint64_t last_contiguous = 0;
  std::int64_t wall_ms = 0;
  bool may_trade = true;    // false: out of service (e.g. the ledger knows a higher sequence number than last_seq)
  bool production = false;  // a production ledger: demo features are refused
  PILOTLIGHT_DESCRIBE(epoch, last_contiguous, wall_ms, may_trade, production)
};

struct EnrolRequest {  // POST /v1/enrol, the only question without a client certificate
  std::string code;    // one-time
  std::string csr_pem;
  PILOTLIGHT_DESCRIBE(code, csr_pem)
};
struct RenewRequest {  // POST /v1/renew, with the present (or just expired) certificate
  std::string csr_pem;
  PILOTLIGHT_DESCRIBE(csr_pem)
};
struct Certificate {
  std::string terminal;  // "T0042"
  std::string certificate_pem;
  bool production = false;
  PILOTLIGHT_DESCRIBE(terminal, certificate_pem, production)
};

}  // namespace pilotlight::wire
