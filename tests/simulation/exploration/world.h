// Everything around the core, as plain values: what the hands, the box, the card, the ledger and the wires hold. A
// whole world can be copied, hashed (key.h) and stepped (moves.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/core/step.h"
#include "tests/simulation/exploration/explore.h"

namespace pilotlight::exploration {

// Where a note really is, and what the durable journal says of it.
enum class Place { Hand, Escrow, Box, Back };
PILOTLIGHT_ENUM(Place, Hand, Escrow, Box, Back)
enum class Booked { Nothing, Intended, Stacked, Returned, Doubt };
PILOTLIGHT_ENUM(Booked, Nothing, Intended, Stacked, Returned, Doubt)
struct PaperNote {
  Money value;
  Place place = Place::Hand;
  Id id;  // the intention it was held under, if any
  Id session;
  Booked booked = Booked::Nothing;
  PILOTLIGHT_DESCRIBE(value, place, id, session, booked)
};

struct AcceptorModel {
  bool enabled = false;
  std::uint8_t held = 0;   // 1 + index of the note in escrow; 0: none
  bool rest_owed = false;  // disabled; says so once nothing moves
  std::uint32_t stacked = 0;
  std::vector<core::Effect> commands;        // not carried out yet, in order
  std::uint8_t last = 0;                     // 1 + index of the note that moved last
  std::optional<core::NoteCleared> cleared;  // what it will say of that one after its start
  PILOTLIGHT_DESCRIBE(enabled, held, rest_owed, stacked, commands, last, cleared)
};

struct ReaderModel {
  bool card_in_slot = false;
  std::uint32_t card_number = 3;  // purchase number on the card
  Bytes challenge;                // the one that is valid now; empty: none
  std::vector<core::Effect> commands;
  bool broken_off = false;  // the first command was a write during which the card left the slot
  PILOTLIGHT_DESCRIBE(card_in_slot, card_number, challenge, commands, broken_off)
};

struct PrinterModel {
  bool ready = true;
  std::vector<core::Effect> commands;
  std::vector<std::uint32_t> printed;
  std::vector<std::uint32_t> unanswered;  // numbers whose end will never be told
  PILOTLIGHT_DESCRIBE(ready, commands, printed, unanswered)
};

enum class Standing { Pending, Posted, Voided, Tombstone, Refused };
PILOTLIGHT_ENUM(Standing, Pending, Posted, Voided, Tombstone, Refused)
struct SealGiven {
  Id seal;  // empty: rode in the authorise answer
  wire::Seal given;
  PILOTLIGHT_DESCRIBE(seal, given)
};
struct LedgerTopUp {
  Id id;
  Standing standing = Standing::Pending;
  wire::Refusal refusal = wire::Refusal::None;
  wire::TopUpRecord record;
  Money amount;
  std::vector<SealGiven> seals;
  PILOTLIGHT_DESCRIBE(id, standing, refusal, record, amount, seals)
};
struct LedgerModel {
  std::uint32_t number = 3;  // of the last posted purchase
  std::vector<LedgerTopUp> top_ups;
  PILOTLIGHT_DESCRIBE(number, top_ups)
};

// A question on its way to the ledger, or its answer on the way back. Nobody waits for an orphan's answer.
struct Question {
  core::Effect asked;
  bool orphan = false;
  std::optional<core::Fact> answer;  // executed
  PILOTLIGHT_DESCRIBE(asked, orphan, answer)
};

// A line of the outbox that the ledger acts on.
struct OutboxLine {
  bool written = false;  // WriteVerified; else AbandonIntended
  Id top_up;
  PILOTLIGHT_DESCRIBE(written, top_up)
};

// What the durable journal has promised about a top-up.
enum class Fate { Open, Written, Freed };
PILOTLIGHT_ENUM(Fate, Open, Written, Freed)
struct Promise {
  Id top_up;
  Id session;
  Fate fate = Fate::Open;
  PILOTLIGHT_DESCRIBE(top_up, session, fate)
};
struct Books {
  std::vector<Promise> promises;
  std::vector<Id> ended;
  std::uint8_t found = 0;  // notes in suspense
  PILOTLIGHT_DESCRIBE(promises, ended, found)
};

// What of the bounds is left.
struct Left {
  std::uint8_t returned_notes = 0, unreadable_notes = 0, card_insertions = 0, card_removals = 0, crashes = 0,
               lost_messages = 0, repeated_messages = 0, slow_records = 0, uplink_losses = 0, printer_losses = 0,
               failed_writes = 0, failed_prints = 0, changed_quotes = 0, acceptor_faults = 0, acceptor_restarts = 0,
               reader_losses = 0, journal_failures = 0;
  PILOTLIGHT_DESCRIBE(returned_notes, unreadable_notes, card_insertions, card_removals, crashes, lost_messages,
                      repeated_messages, slow_records, uplink_losses, printer_losses, failed_writes, failed_prints,
                      changed_quotes, acceptor_faults, acceptor_restarts, reader_losses, journal_failures)
};

// What a started terminal has not heard yet from its devices.
struct Boot {
  bool uplink = false, printer = false, acceptor = false, card = false;
  PILOTLIGHT_DESCRIBE(uplink, printer, acceptor, card)
};

// A disk that is slow: made and not durable. Effects wait for it, in order.
struct SlowDisk {
  bool behind = false;
  core::MoneyState durable;           // while behind
  std::vector<wire::Record> records;  // not in `durable` yet
  std::vector<core::Effect> effects;
  PILOTLIGHT_DESCRIBE(behind, durable, records, effects)
};

struct World {
  core::State state;
  Left left;
  std::vector<PaperNote> notes;
  AcceptorModel acceptor;
  ReaderModel reader;
  PrinterModel printer;
  LedgerModel ledger;
  bool uplink_up = true;
  std::vector<Question> questions;
  std::vector<OutboxLine> outbox;
  std::optional<core::Fact> echo;  // a fact that will, or will not, come again
  Boot boot;
  Books books;
  SlowDisk disk;
  std::uint32_t serial = 0;  // names ids and challenges; not part of the key
  PILOTLIGHT_DESCRIBE(state, left, notes, acceptor, reader, printer, ledger, uplink_up, questions, outbox, echo, boot,
                      books, disk)
};

inline constexpr std::int64_t model_now_ms = 1'000'000'000;  // it is always now: see canonical()
inline constexpr const char* card_of_customer = "6101000000000017";

// A terminal at its home page and a customer with her card and her notes in her hand.
World first_world(const Bounds& bounds);

// The ledger's side (ledger_model.cpp); each does what its question says, idempotently.
core::Fact execute(World& world, const core::Effect& question, bool quote_changes);
wire::Identification identify(const LedgerModel& ledger, const wire::CardState& card);
// Executing it, now or ever, changes nothing at the ledger any more.
bool is_idle(const LedgerModel& ledger, const core::Effect& question);
bool take_outbox(LedgerModel& ledger, const OutboxLine& line);  // false: a fact that contradicts the ledger

// The note in escrow is stacked under this intention.
void into_box(World& world, const Id& intention);
// Being switched on is told to nobody and only lets notes in: done at once when its turn has come.
void obey_enabling(AcceptorModel& acceptor);
wire::CardState card_state(const ReaderModel& reader);
Bytes next_token(World& world);
Id next_id(World& world);

}  // namespace pilotlight::exploration
