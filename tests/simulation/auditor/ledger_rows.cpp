// The ledger's rows that are updated in place, looked up when a transfer, an outcome or a fact has named them.
#include <algorithm>

#include "tests/simulation/auditor/model.h"

namespace pilotlight::audit {
namespace {

enum { PendingState, WrittenState, VoidedState, AbandonedState, RefusedState };  // top_ups.state

// notes.state: 0 stacked, 1 returned, 2 in doubt, 3 found
std::int64_t state_of(Fate fate) {
  switch (fate) {
    case Fate::Stacked:
      return 0;
    case Fate::Returned:
      return 1;
    case Fate::InDoubt:
      return 2;
    case Fate::Found:
      return 3;
    case Fate::Stacking:
      break;
  }
  return -1;
}

}  // namespace

void Auditor::State::look_up_touched() {
  Ledger& l = ledger;
  if (!violation) {
    for (const std::int64_t id : l.touched_accounts) check_account_row(id);
    for (TopUp* t : l.touched_top_ups) check_top_up_row(*t);
    for (Note* n : l.touched_notes) check_note_row(*n);
    for (Session* s : l.touched_sessions) check_session_row(*s);
    for (const auto& [t, number] : l.touched_documents) check_document_row(*t, number);
  }
  l.touched_accounts.clear();
  l.touched_top_ups.clear();
  l.touched_notes.clear();
  l.touched_sessions.clear();
  l.touched_documents.clear();
}

void Auditor::State::check_account_row(std::int64_t id) {
  const Account& account = ledger.accounts[static_cast<std::size_t>(id)];
  Rows& row = ledger.account.from(id);
  if (!row.next() || row.number(1) != account.debit || row.number(2) != account.credit)
    broken("M1", "ledger: account ", id, " of ", account.owner, " is kept as debit ", row.good() ? row.number(1) : 0,
           ", credit ", row.good() ? row.number(2) : 0, "; its transfers add up to ", account.debit, " and ",
           account.credit);
  row.done();
}

void Auditor::State::check_top_up_row(TopUp& t) {
  Rows& row = ledger.top_up.of(t.id);
  if (!row.next()) {
    row.done();
    if (t.reserved) broken("M3", "ledger: top-up ", t.id, " holds money and has no row");
    return;
  }
  const std::int64_t state = row.number(0);
  const Record record{row.number(1), row.number(2), row.number(3), row.number(4), row.number(5)};
  const bool same_owner = row.text(7) == t.account && row.text(8) == t.card;
  const Key session = row.key(9);
  const std::int64_t amount = row.number(6);
  row.done();
  const bool paid = state == PendingState || state == WrittenState || state == VoidedState;
  const bool fits = (state == PendingState && t.reserved && !t.posted && !t.given_back) ||
                    (state == WrittenState && t.posted && t.change_posted == (record.change > 0)) ||
                    (state == VoidedState && t.given_back && !t.posted) || (!paid && !t.reserved);
  if (!fits)
    broken("M3", "ledger: top-up ", t.id, " is in state ", state,
           " (pending, written, voided, abandoned, refused); money ", t.reserved ? "reserved " : "",
           t.posted ? "posted " : "", t.given_back ? "given back" : "");
  if (!paid) return;
  if (!same_owner || session != t.session->id || amount != t.amount || record.cost + record.change != amount)
    broken("M7", "ledger: top-up ", t.id, " of ", amount, " fen (cost ", record.cost, ", change ", record.change,
           ") is not what its journal asked for: ", t.amount, " fen of account ", t.account, ", card ", t.card);
  if (record.volume != t.volume || record.cost != t.cost || (t.authorised && record != t.record))
    broken("M7", "ledger: top-up ", t.id, " is booked as ", record.volume, " litres for ", record.cost,
           " fen, the customer confirmed ", t.volume, " for ", t.cost);
  Card& c = card(t.card);
  if (state != VoidedState) {
    TopUp*& holder = c.issued[record.number];
    if (holder != nullptr && holder != &t)
      broken("M3", "purchase number ", record.number, " of card ", t.card, " is issued to top-ups ", holder->id,
             " and ", t.id);
    holder = &t;
  } else if (const auto at = c.issued.find(record.number); at != c.issued.end() && at->second == &t) {
    c.issued.erase(at);
  }
  if (state == PendingState)
    c.pending = &t;
  else if (c.pending == &t)
    c.pending = nullptr;
  check_card_row(c);
}

// The ledger's number is the card's, or one behind it or before it with a pending top-up to explain it.
void Auditor::State::check_card_row(Card& c) {
  Rows& row = ledger.card.of(c.number);
  if (!row.next()) {
    row.done();
    return broken("M3", "ledger: card ", c.number, " was sold to and has no row");
  }
  if (!c.at_ledger) c.ledger_base = row.number(0);
  c.at_ledger = true;
  c.ledger_number = row.number(1);
  row.done();
  if (c.known && c.ledger_number - c.ledger_base > c.purchase_number - c.base)
    broken("M3", "card ", c.number, " shows purchase ", c.purchase_number, ", the ledger has posted ", c.ledger_number);
}

void Auditor::State::check_note_row(Note& n) {
  Rows& row = ledger.note.of(n.id);
  const bool there = row.next();
  const Key session = n.session == nullptr ? Key{} : n.session->id;
  const bool same = there && row.number(0) == state_of(n.told) && row.key(2) == session &&
                    (row.number(1) == n.fen || n.told == Fate::InDoubt) && row.text(3) == terminals[n.terminal].name;
  if (!same)
    broken("M7", "ledger: note ", n.id, " of ", n.fen, " fen is ",
           there ? "in another state than" : "missing, and known to", " the journal of ", terminals[n.terminal].name);
  row.done();
  const bool booked_stacked = ledger.transfers.contains({0, n.id}), booked_found = ledger.transfers.contains({1, n.id});
  if (booked_stacked != (n.told == Fate::Stacked) && !(booked_stacked && n.fate == Fate::Stacked))
    broken("M2", "ledger: note ", n.id, " of ", n.fen, " fen is ", booked_stacked ? "" : "not ", "credited");
  if (booked_found != (n.told == Fate::Found && n.fen > 0))
    broken("M2", "ledger: found note ", n.id, " of ", n.fen, " fen is ", booked_found ? "" : "not ", "in suspense");
}

void Auditor::State::check_session_row(Session& s) {
  Rows& row = ledger.session.of(s.id);
  const bool there = row.next();
  if (!there || (row.number(0) != 0) != s.ledger_knows_end)
    broken("M7", "ledger: session ", s.id, there ? " is not as ended as in" : " is missing, and known to",
           " the journal of ", terminals[s.terminal].name);
  // A customer who left before the answer came is nobody to the terminal, and somebody to the ledger.
  else if (s.ledger_knows_end && !s.account.empty() && row.text(1) != s.account)
    broken("M7", "ledger: session ", s.id, " belongs to account ", row.text(1), ", in the journal to ", s.account);
  row.done();
  if (s.ledger_knows_end && !s.over_at_ledger_checked) check_end_at_ledger(s);
}

// M7: what the customer was told at the end is what the ledger booked.
void Auditor::State::check_end_at_ledger(Session& s) {
  s.over_at_ledger_checked = true;
  std::int64_t booked = 0;
  for (const Note* note : s.notes)
    if (!note->late && note->fate == Fate::Stacked)
      if (const auto at = ledger.transfers.find({0, note->id}); at != ledger.transfers.end()) booked += at->second.fen;
  if (booked != s.tendered)
    broken("M7", "session ", s.id, ": ", s.tendered, " fen were tendered by the journal, ", booked, " by the ledger");
  std::int64_t credited = s.credited_at_ledger;
  for (const Attempted& a : s.top_ups)
    if (a.own && a.stand == Stand::Written) credited += a.top_up->record.change;
  const bool exact = s.ending == "Delivered" || s.ending == "Credited";
  if (exact ? credited != s.credited : credited < s.credited)
    broken("M7", "session ", s.id, " of account ", s.account, " (", s.ending, "): ", s.credited,
           " fen were promised to the account, ", credited, " were credited");
}

void Auditor::State::check_document_row(Terminal& t, std::uint32_t number) {
  const Document& d = t.documents.at(number);
  Rows& row = ledger.document.of(std::string_view(t.name)).and_number(number);
  const bool there = row.next();
  if (!there || row.number(0) != static_cast<std::int64_t>(d.told) || row.number(1) != d.replaces ||
      mixed(no_sum, row.text(2)) != d.body_sum)
    broken("M7", "ledger: document ", t.name, "-", number,
           there ? " is not in the register as in the journal" : " is missing in the register");
  row.done();
}

}  // namespace pilotlight::audit
