#include "ledger/store/sessions.h"

#include <fmt/format.h>

#include "kiosk/base/check.h"
#include "ledger/store/customers.h"

namespace pilotlight::ledger {
namespace {

using book::AccountKind;
using book::Transfer;
using book::TransferKind;

struct NoteRow {
  std::string terminal;
  Id session;
  Money value;
  NoteState state = NoteState::Stacked;
};

std::optional<NoteRow> find_note(Database& db, const Id& note) {
  Query row(db, "SELECT terminal, session, value, state FROM notes WHERE note = ?1", note);
  if (!row.next()) return std::nullopt;
  return NoteRow{row.text(0), row.id(1), row.money(2), static_cast<NoteState>(row.integer(3))};
}

struct NewNote {
  Id note;
  Id session;
  Money value;
  NoteState state = NoteState::Stacked;
  std::string_view account;
  std::string_view evidence;
};

void keep_note(Work& work, const NewNote& note) {
  work.db.run(
      "INSERT INTO notes (note, terminal, session, value, state, account, evidence, wall_ms) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
      "ON CONFLICT DO UPDATE SET state = excluded.state, evidence = excluded.evidence",
      note.note, work.terminal, note.session, note.value, note.state, note.account, note.evidence, work.now_ms);
}

void contradiction(Work& work, const Id& note, std::string_view what) {
  alert(work, "NoteContradicted", fmt::format("note {}: {}", to_string(note), what));
}

// A transfer that the rows above have already found possible.
void must_post(Work& work, const Transfer& transfer) {
  const auto made = post(work, transfer);
  CHECK(made || work.db.failed());
}

// The rest of an ended session's money (by `ref`) goes to its owner.
void pass_on(Work& work, const SessionRow& session, const Id& ref, Money amount, bool late) {
  if (amount.fen == 0) return;
  const book::AccountName tender = tender_of(session.session);
  if (!session.account.empty()) {
    const auto kind = late ? TransferKind::NoteCredited : TransferKind::SessionCredited;
    must_post(work, {kind, ref, tender, {AccountKind::Wallet, session.account}, amount});
  } else {
    const auto kind = late ? TransferKind::NoteSuspended : TransferKind::SessionSuspended;
    must_post(work, {kind, ref, tender, {AccountKind::Suspense, session.terminal}, amount});
  }
}

void end_doubt(Work& work, const Id& note, const NoteRow& row) {
  must_post(work, {TransferKind::DoubtEnded,
                   note,
                   {AccountKind::Doubt, row.terminal},
                   {AccountKind::DoubtedCash, row.terminal},
                   row.value});
}

}  // namespace

book::AccountName tender_of(const Id& session) { return {AccountKind::Tender, to_string(session)}; }

std::optional<SessionRow> find_session(Database& db, const Id& session) {
  Query row(db, "SELECT terminal, account, ended FROM sessions WHERE session = ?1", session);
  if (!row.next()) return std::nullopt;
  return SessionRow{session, row.text(0), row.text(1), row.integer(2) != 0};
}

bool foreign_session(Work& work, const Id& session) {
  const auto row = find_session(work.db, session);
  if (!row || row->terminal == work.terminal) return false;
  alert(work, "ForeignSession", fmt::format("session {} belongs to {}", to_string(session), row->terminal));
  return true;
}

SessionRow open_session(Work& work, const Id& session, const std::string& account) {
  const std::string named = account_exists(work.db, account) ? account : std::string();
  auto row = find_session(work.db, session);
  if (!row) {
    work.db.run("INSERT INTO sessions (session, terminal, account, ended, wall_ms) VALUES (?1, ?2, ?3, 0, ?4)", session,
                work.terminal, named, work.now_ms);
    return SessionRow{session, work.terminal, named, false};
  }
  if (row->account.empty() && !named.empty()) {
    work.db.run("UPDATE sessions SET account = ?2 WHERE session = ?1", session, named);
    row->account = named;
  }
  return *row;
}

bool take_note(Work& work, const Id& session, const Id& note, Money value, std::string_view evidence) {
  const auto known = find_note(work.db, note);
  if (known && known->state != NoteState::InDoubt) {
    if (known->state == NoteState::Stacked && known->session == session && known->value == value) return true;
    contradiction(work, note,
                  fmt::format("said to be stacked, {} fen; known as {}, {} fen", value.fen, enum_name(known->state),
                              known->value.fen));
    return false;
  }
  const Money booked = known ? known->value : value;
  if (known) {
    if (known->value != value || known->session != session || known->terminal != work.terminal) {
      contradiction(work, note, "its doubt was about another value or session");
      return false;
    }
    end_doubt(work, note, *known);
  }
  const SessionRow row = open_session(work, session, "");
  if (row.terminal != work.terminal) contradiction(work, note, "stacked in a session of terminal " + row.terminal);
  keep_note(work, {note, session, booked, NoteState::Stacked, "", evidence});
  must_post(work, {TransferKind::NoteStacked, note, {AccountKind::Cash, work.terminal}, tender_of(session), booked});
  if (row.ended) pass_on(work, row, note, booked, true);
  return true;
}

void note_returned(Work& work, const wire::NoteReturned& fact) {
  const auto known = find_note(work.db, fact.note);
  if (known && known->state == NoteState::Returned) return;
  if (known && known->state != NoteState::InDoubt) {
    contradiction(work, fact.note, fmt::format("said to be returned; known as {}", enum_name(known->state)));
    return;
  }
  if (known) end_doubt(work, fact.note, *known);
  keep_note(work, {fact.note, fact.session, fact.value, NoteState::Returned, "", enum_name(fact.evidence)});
}

void note_in_doubt(Work& work, const wire::NoteInDoubt& fact) {
  const auto known = find_note(work.db, fact.note);
  if (known) {
    if (known->state != NoteState::InDoubt)
      contradiction(work, fact.note, fmt::format("said to be in doubt; known as {}", enum_name(known->state)));
    return;
  }
  const SessionRow row = open_session(work, fact.session, "");
  keep_note(work, {fact.note, fact.session, fact.value, NoteState::InDoubt, row.account, "no device can tell"});
  must_post(work, {TransferKind::NoteDoubted,
                   fact.note,
                   {AccountKind::DoubtedCash, work.terminal},
                   {AccountKind::Doubt, work.terminal},
                   fact.value});
}

void note_found(Work& work, const wire::NoteFound& fact) {
  const auto known = find_note(work.db, fact.note);
  if (known) {
    if (known->state != NoteState::Found || known->value != fact.value)
      contradiction(work, fact.note, fmt::format("said to be found; known as {}", enum_name(known->state)));
    return;
  }
  keep_note(work, {fact.note, Id{}, fact.value, NoteState::Found, fact.account, fact.evidence});
  if (fact.value.fen == 0) return;  // the device does not know: it stands in the list alone until the box is counted
  must_post(work, {TransferKind::NoteFound,
                   fact.note,
                   {AccountKind::Cash, work.terminal},
                   {AccountKind::Suspense, work.terminal},
                   fact.value});
}

Money stacked_in(Database& db, const Id& session) {
  Query sum(db, "SELECT coalesce(sum(value), 0) FROM notes WHERE session = ?1 AND state = ?2", session,
            NoteState::Stacked);
  return sum.next() ? sum.money(0) : Money{0};
}

namespace {

// M7. Top-ups that another session has resolved meanwhile say something newer than this one could know.
void compare_amounts(Work& work, const wire::SessionEnded& fact, Money left) {
  const auto differ = [&](std::string_view what, Money told, Money ours) {
    if (told == ours) return;
    alert(work, "AmountsDiffer",
          fmt::format("session {}: {} told {} fen, by the book {} fen", to_string(fact.session), what, told.fen,
                      ours.fen));
  };
  differ("tendered", fact.tendered, stacked_in(work.db, fact.session));
  if (fact.ending == wire::Ending::HandedToStaff) return;
  Money cost;
  Money credited = left;
  Query rows(work.db, "SELECT state, cost, change, resolved_by FROM top_ups WHERE session = ?1", fact.session);
  while (rows.next()) {
    const auto state = rows.integer(0);
    if (state > 1) continue;  // neither pending nor written
    if (rows.id(3) && rows.id(3) != fact.session) return;
    cost += rows.money(1);
    (state == 1 ? credited : cost) += rows.money(2);  // what is pending is told whole, its change too
  }
  differ("delivered or pending", fact.delivered + fact.pending, cost);
  if (fact.ending == wire::Ending::Delivered || fact.ending == wire::Ending::Credited)
    differ("credited", fact.credited, credited);
}

}  // namespace

void end_session(Work& work, const wire::SessionEnded& fact) {
  const SessionRow row = open_session(work, fact.session, fact.account);
  if (row.ended) return;
  const Money left = balance(work.db, tender_of(fact.session));
  pass_on(work, row, fact.session, left, false);
  work.db.run("UPDATE sessions SET ended = 1 WHERE session = ?1", fact.session);
  if (!fact.account.empty() && fact.account != row.account)
    alert(work, "AccountUnknown", fmt::format("session {} names account {}", to_string(fact.session), fact.account));
  compare_amounts(work, fact, left);
}

}  // namespace pilotlight::ledger
