// How a session ends: M6 (one of the endings, once), M7 (told as it happened).
#include <algorithm>

#include "tests/simulation/auditor/journal_row.h"

namespace pilotlight::audit {

void Auditor::State::session_ended(Terminal& t, Row& row) {
  Session* s = session_of(row, "an end");
  if (s == nullptr) return;
  row.line->kind = Kind::SessionEnd;
  row.line->key = s->id;
  if (s->ended) return broken("M6", t.name, ", row ", row.seq, ": session ", s->id, " ends a second time");
  s->ended = true;
  s->ending = row.text("ending");
  s->tendered = row.number("tendered");
  s->delivered = row.number("delivered");
  s->credited = row.number("credited");
  s->pending = row.number("pending");
  s->in_doubt = row.number("in_doubt");
  std::erase(t.open, s);
  if (row.text("account") != s->account)
    broken("M7", t.name, ": session ", s->id, " of account ", s->account, " ends for account ", row.text("account"));
  check_ending(*s);
  if (s->ending != "NothingTendered") check_slip(*s);
  compare_shown(t, *s);
}

// What is told must follow from what went before.
void Auditor::State::check_ending(const Session& s) {
  std::int64_t tendered = 0, in_doubt = 0, delivered = 0, pending = 0;
  for (const Note* note : s.notes) {
    tendered += note->fate == Fate::Stacked ? note->fen : 0;
    in_doubt += note->fate == Fate::InDoubt ? note->fen : 0;
    if (note->fate == Fate::Stacking)
      broken("M6", "session ", s.id, " ends while the outcome of note ", note->id, " is open");
  }
  const Attempted* a = s.top_ups.empty() ? nullptr : &s.top_ups.back();
  if (a != nullptr && a->own) {
    delivered = a->stand == Stand::Written ? a->top_up->record.cost : 0;
    pending = outcome_open(a->stand) ? a->top_up->amount : 0;
  }
  if (tendered != s.tendered || in_doubt != s.in_doubt || delivered != s.delivered || pending != s.pending ||
      s.credited != tendered - delivered - pending)
    broken("M7", "session ", s.id, " ends with tendered ", s.tendered, ", delivered ", s.delivered, ", credited ",
           s.credited, ", pending ", s.pending, ", in doubt ", s.in_doubt, "; by its records: tendered ", tendered,
           ", delivered ", delivered, ", pending ", pending, ", in doubt ", in_doubt);
  const bool written = a != nullptr && a->stand == Stand::Written;
  const bool open = a != nullptr && outcome_open(a->stand);
  const bool asked_only = a != nullptr && (a->stand == Stand::Asked || a->stand == Stand::Abandoning);
  bool fits = false;
  if (s.ending == "NothingTendered") fits = tendered == 0 && in_doubt == 0 && !written && !open;
  if (s.ending == "Delivered") fits = written && in_doubt == 0;
  if (s.ending == "Credited") fits = tendered > 0 && in_doubt == 0 && !written && !open;
  if (s.ending == "PendingOnCard") fits = open && !asked_only && in_doubt == 0;
  if (s.ending == "HandedToStaff") fits = in_doubt > 0 || open;
  if (!fits) broken("M6", "session ", s.id, " ends as ", s.ending, ", which is not what happened in it");
}

// Every ending with money or gas in it has a slip that says the same.
void Auditor::State::check_slip(const Session& s) {
  if (s.documents.empty()) return broken("M6", "session ", s.id, " ends as ", s.ending, " without a slip");
  Terminal& t = terminals[s.terminal];
  const Document& d = t.documents.at(s.documents.back());
  const std::string_view kind = s.ending == "Delivered"       ? "TopUpReceipt"
                                : s.ending == "PendingOnCard" ? "PendingSlip"
                                : s.ending == "HandedToStaff" ? "ClaimSlip"
                                                              : "CreditSlip";
  if (d.kind != kind || d.tendered != s.tendered || d.credited != s.credited || d.account != s.account)
    broken("M7", t.name, ": session ", s.id, " ends as ", s.ending, " (tendered ", s.tendered, ", credited ",
           s.credited, "), its document ", d.number, " is a ", d.kind, " (tendered ", d.tendered, ", credited ",
           d.credited, ")");
  const Attempted* a = s.top_ups.empty() ? nullptr : &s.top_ups.back();
  const bool none = a == nullptr || a->stand >= Stand::Voided;
  const Record record = none                    ? Record{}
                        : a->top_up->authorised ? a->top_up->record
                                                : Record{0, a->top_up->volume, 0, a->top_up->cost, 0};
  const Key about = none ? Key{} : a->top_up->id;
  // A number that only another terminal has heard of by now cannot be on this one's claim.
  const bool number = d.purchase_number == record.number || (d.purchase_number == 0 && s.ending == "HandedToStaff");
  if (d.top_up != about || d.cost != record.cost || d.volume != record.volume || !number)
    broken("M7", t.name, ": document ", d.number, " speaks of top-up ", d.top_up, ", ", d.volume, " litres for ",
           d.cost, " fen; session ", s.id, " has top-up ", about, ", ", record.volume, " litres for ", record.cost,
           " fen");
}

}  // namespace pilotlight::audit
