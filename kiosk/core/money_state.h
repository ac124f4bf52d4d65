// The durable half of the terminal's state: the fold of its journal and of nothing else. `apply` is the only way to
// change it, live and on replay alike, so a restart comes back to exactly this.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ledger/wire/records.h"

namespace pilotlight::core {

// Instead of a count: the acceptor does not count, or could not be asked.
inline constexpr std::uint32_t no_count = 0xFFFFFFFF;

enum class NoteStatus { Stacking, Stacked, Returned, InDoubt };
PILOTLIGHT_ENUM(NoteStatus, Stacking, Stacked, Returned, InDoubt)

struct Note {
  Id id;
  Money value;
  NoteStatus status = NoteStatus::Stacking;
  bool uncounted = false;  // in doubt, and counting began anew since: no count can tell any more
  PILOTLIGHT_DESCRIBE(id, value, status, uncounted)
  bool operator==(const Note&) const = default;
};

// Where a top-up stands. Every value but the last four is an outcome still open.
enum class TopUpStatus {
  Authorising,  // asked, not answered
  Abandoning,   // gave up waiting; authorise or abandon, whichever came first
  Authorised,   // paid, not yet sent to the card
  Writing,      // sent to the card, not yet read back
  Disproved,    // read back: not written
  Written,
  Voided,
  Refused,
  Abandoned
};
PILOTLIGHT_ENUM(TopUpStatus, Authorising, Abandoning, Authorised, Writing, Disproved, Written, Voided, Refused,
                Abandoned)

struct TopUp {
  Id id;
  bool own = true;  // false: paid earlier or elsewhere, resolved in this session
  TopUpStatus status = TopUpStatus::Authorising;
  wire::AuthoriseRequest request;  // own ones
  wire::TopUpRecord record;        // from Authorised on
  std::uint32_t attempt = 0;       // highest one intended here
  PILOTLIGHT_DESCRIBE(id, own, status, request, record, attempt)
  bool operator==(const TopUp&) const = default;
};

enum class PrintStatus { Intended, Printed, Voided };
PILOTLIGHT_ENUM(PrintStatus, Intended, Printed, Voided)

struct IssuedDocument {
  wire::Document document;
  PrintStatus status = PrintStatus::Intended;
  PILOTLIGHT_DESCRIBE(document, status)
  bool operator==(const IssuedDocument&) const = default;
};

struct Session {
  Id id;
  std::string account;
  std::string masked_name;
  wire::CardState card;
  std::optional<wire::Quote> quote;
  std::vector<Note> notes;
  std::vector<TopUp> top_ups;  // the last one is the one being worked on; earlier ones were refused
  std::vector<IssuedDocument> documents;
  std::optional<wire::SessionEnded> ended;
  PILOTLIGHT_DESCRIBE(id, account, masked_name, card, quote, notes, top_ups, documents, ended)
  bool operator==(const Session&) const = default;

  Money stacked() const;  // money in the box that belongs to this session
  Money in_doubt() const;
  bool note_moving() const;  // a stack command without outcome
  const TopUp* top_up() const { return top_ups.empty() ? nullptr : &top_ups.back(); }
};

struct MoneyState {
  std::uint32_t next_document = 1;
  std::string acceptor_serial;
  std::uint32_t acceptor_stacked = 0;  // what the device must count, by our records; or no_count
  std::uint32_t box_notes = 0;         // in the cash box
  Money box_total;
  Money found;                    // stacked without an intention (suspense)
  std::vector<Session> sessions;  // open ones, and ended ones with something unresolved
  PILOTLIGHT_DESCRIBE(next_document, acceptor_serial, acceptor_stacked, box_notes, box_total, found, sessions)
  bool operator==(const MoneyState&) const = default;

  const Session* session(const Id& id) const;
};

// CHECKs that the record makes sense in this state: a record that does not is a bug in step, never input.
void apply(MoneyState& money, const wire::Record& record);

}  // namespace pilotlight::core
