// Sessions and the notes that were put in during them.
#pragma once

#include <optional>
#include <string>

#include "ledger/store/work.h"
#include "ledger/wire/records.h"

namespace pilotlight::ledger {

struct SessionRow {
  Id session;
  std::string terminal;
  std::string account;  // empty: nobody named yet
  bool ended = false;
};
std::optional<SessionRow> find_session(Database& db, const Id& session);
// A session belongs to the terminal that opened it; another one that names it is wrong or lying.
bool foreign_session(Work& work, const Id& session);
// Makes the session known, and names its account if that is known and was not before.
SessionRow open_session(Work& work, const Id& session, const std::string& account);

// The numbers are stored; notes_open in the schema names InDoubt and Found.
enum class NoteState { Stacked, Returned, InDoubt, Found };
PILOTLIGHT_ENUM(NoteState, Stacked, Returned, InDoubt, Found)

// The note is in the box and belongs to the session: booked once, whichever of authorise and fact comes first. A
// session that has ended passes it on to its account, or to suspense. False: it contradicts what is known of this note
// (another session or value, or the customer has it back); nothing was booked, an alert says so.
bool take_note(Work& work, const Id& session, const Id& note, Money value, std::string_view evidence);
void note_returned(Work& work, const wire::NoteReturned& fact);
void note_in_doubt(Work& work, const wire::NoteInDoubt& fact);
void note_found(Work& work, const wire::NoteFound& fact);

Money stacked_in(Database& db, const Id& session);

// What is left of the session's money goes to its account's wallet, or to suspense. Its amounts are compared with the
// book (law M7); a difference is an alert.
void end_session(Work& work, const wire::SessionEnded& fact);

book::AccountName tender_of(const Id& session);

}  // namespace pilotlight::ledger
