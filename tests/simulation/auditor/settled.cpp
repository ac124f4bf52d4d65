// After the faults have stopped and everything had its time: what must have come to an end, and to the fen.
#include <algorithm>

#include "tests/simulation/auditor/model.h"

namespace pilotlight::audit {

std::optional<Violation> Auditor::settled(std::int64_t now_ms, const SettledWith& with) {
  State& s = *state_;
  check(now_ms);
  if (s.unread) s.broken("M10", "a database could not be read to its end");
  s.unread = false;
  for (Terminal& t : s.terminals) s.settle_terminal(t, with.deliver_all);
  for (const auto& [id, session] : s.sessions) s.settle_session(session);
  if (!with.deliver_all || s.ledger.database == nullptr) return s.violation;
  Ledger& l = s.ledger;
  s.read_ledger_again(l.database);
  for (std::size_t id = 0; id < l.accounts.size(); ++id)
    if (l.accounts[id].kind != AccountKind::Unknown) s.check_account_row(static_cast<std::int64_t>(id));
  for (auto& [id, note] : s.notes)
    if (note.told != Fate::Stacking) s.check_note_row(note);
  for (auto& [id, session] : s.sessions) s.check_session_row(session);
  for (auto& [id, top_up] : s.top_ups) s.settle_top_up(top_up, with);
  for (auto& [number, card] : s.cards) s.settle_card(card);
  s.settle_sums();
  return s.violation;
}

void Auditor::State::settle_terminal(Terminal& t, bool deliver_all) {
  if (t.journal != nullptr) read_journal_again(t, t.journal);
  if (t.moving != nullptr) broken("M6", t.name, ": the outcome of note ", t.moving->id, " is still open");
  for (const Banknote* b : t.unclaimed)
    broken("M1", t.name, ": a note of ", b->fen, " fen (paper ", b->paper_id, ") is in the box and in no record");
  // A note whose device can no longer tell stays in doubt until staff count the box; for no other reason.
  if (static_cast<std::int64_t>(t.doubted.size()) > t.unknowable)
    broken("M1", t.name, ": ", t.doubted.size(), " notes are in doubt, the device could not tell of ", t.unknowable,
           "; the first is ", t.doubted.front()->id, " of ", t.doubted.front()->fen, " fen");
  for (const Session* s : t.open) broken("M6", t.name, ": session ", s->id, " is still open");
  for (const auto& [session, shown] : t.shown)
    broken("M7", t.name, ": session ", session->id, " was shown as ", shown.ending, " with document ", shown.document,
           ", which was never recorded");
  for (const auto& [number, d] : t.documents)
    if (d.state == Paper::Intended) broken("M8", t.name, ": document ", number, " is neither printed nor void");
  for (const auto& [number, d] : t.documents)
    if (d.replaces != 0 && t.documents.at(d.replaces).state != Paper::Voided)
      broken("M8", t.name, ": document ", number, " replaces ", d.replaces, ", which is not void");
  if (!deliver_all) return;
  if (t.facts != t.lines.size())
    broken("M10", t.name, ": the journal has ", t.lines.size(), " rows, ", t.facts, " have reached the ledger");
  if (t.parked != 0) broken("M2", t.name, ": the ledger has parked ", t.parked, " rows; ", t.parked_why);
  if (ledger.database == nullptr) return;
  Rows row(ledger.database, "SELECT last_contiguous FROM terminals WHERE terminal = ?1");
  if (row.of(std::string_view(t.name)).next() ? static_cast<std::uint64_t>(row.number(0)) != t.facts : t.facts != 0)
    broken("M10", "ledger: it confirms other rows of ", t.name, " than the ", t.facts, " it has");
  for (const auto& [number, d] : t.documents) check_document_row(t, number);
}

void Auditor::State::settle_session(const Session& s) {
  if (!s.ended) return;  // said by its terminal
  const Attempted* a = s.top_ups.empty() ? nullptr : &s.top_ups.back();
  if (a != nullptr && !a->top_up->authorised && a->top_up->on_card)
    broken("M3", "top-up ", a->top_up->id, " is on a card, and no journal holds its record");
}

void Auditor::State::settle_top_up(TopUp& t, const SettledWith& with) {
  check_top_up_row(t);
  const bool pending = t.reserved && !t.posted && !t.given_back;
  // Pending stays only what nobody could resolve: the card has not been read since.
  if (pending && with.cards_read.contains(t.card))
    broken("M6", "top-up ", t.id, " of ", t.amount, " fen is still pending, and card ", t.card, " was read");
  if (t.verified && !t.posted) broken("M3", "top-up ", t.id, " was verified on card ", t.card, " and is not posted");
  if (t.on_card && !t.posted && !pending)
    broken("M3", "gas without money: top-up ", t.id, " is on card ", t.card, ", and nothing is held for it");
}

void Auditor::State::settle_card(Card& c) {
  if (!c.known) return;
  const std::int64_t unloaded = c.purchase_number > c.loaded ? c.volume : 0;
  if (c.meter_litres + unloaded != c.start_litres + c.moved_litres)
    broken("M3", "card ", c.number, ": ", c.meter_litres, " litres are in its meter and ", unloaded, " on it; ",
           c.start_litres, " stood on it and ", c.moved_litres, " were written");
  std::int64_t posted = 0;
  bool waiting = false;
  for (const auto& [number, t] : c.written) {
    posted += t->record.volume;
    waiting = waiting || (t->reserved && !t->posted);
  }
  if (posted != c.moved_litres)
    broken("M3", "card ", c.number, ": ", c.moved_litres, " litres were written, its top-ups are ", posted);
  if (!c.at_ledger) return;
  check_card_row(c);
  const std::int64_t ahead = (c.purchase_number - c.base) - (c.ledger_number - c.ledger_base);
  if (ahead != (waiting ? 1 : 0))
    broken("M3", "card ", c.number, " shows purchase ", c.purchase_number, ", the ledger stands at ", c.ledger_number,
           waiting ? " with one pending" : " with none pending");
}

// Everything in the boxes belongs to somebody; what belongs to whom is counted from the boxes and cards.
void Auditor::State::settle_sums() {
  const auto sum = [&](AccountKind kind) { return ledger.by_kind[static_cast<std::size_t>(kind)]; };
  using enum AccountKind;
  std::int64_t certain = 0, physical = 0, unexplained = 0;
  for (const Terminal& t : terminals) {
    certain += t.certain_fen;
    physical += t.physical_fen + t.lost_fen;
    unexplained += t.uncertain_fen;
  }
  if (sum(Cash) != certain || sum(Cash) + unexplained != physical)
    broken("M1", physical, " fen are in the boxes, ", unexplained,
           " of them in doubt or of unknown value; the journals have ", certain, " fen and the ledger ", sum(Cash));
  if (sum(Cash) + sum(Receivable) != sum(Tender) + sum(Pending) + sum(Revenue) + sum(Wallet) + sum(Suspense) ||
      sum(Tender) != 0 || sum(DoubtedCash) != sum(Doubt))
    broken("M1", "ledger: cash ", sum(Cash), " is not tender ", sum(Tender), " + pending ", sum(Pending), " + revenue ",
           sum(Revenue), " + wallets ", sum(Wallet), " + suspense ", sum(Suspense));
  std::unordered_map<std::string, std::int64_t> wallets;
  std::int64_t revenue = 0, suspense = 0, pending = 0;
  for (const auto& [id, note] : notes) {
    if (note.fate == Fate::Stacked && note.session != nullptr && note.session->identified)
      wallets[note.session->account] += note.fen;
    else if (in_box_for_certain(note.fate))
      suspense += note.fen;
  }
  for (const auto& [id, t] : top_ups) {
    if (t.on_card) {
      wallets[t.account] -= t.posted ? t.record.cost : t.amount;
      (t.posted ? revenue : pending) += t.posted ? t.record.cost : t.amount;
    } else if (t.reserved && !t.given_back) {
      wallets[t.account] -= t.amount;
      pending += t.amount;
    }
  }
  for (const Account& account : ledger.accounts)
    if (account.kind == Wallet) wallets[account.owner] -= account.balance();
  for (const auto& [account, missing] : wallets)
    if (missing != 0) broken("M1", "account ", account, ": ", missing, " fen are missing in its wallet");
  if (revenue != sum(Revenue) || suspense != sum(Suspense) || pending != sum(Pending))
    broken("M1", "by boxes and cards: earned ", revenue, ", pending ", pending, ", suspense ", suspense,
           "; by the ledger ", sum(Revenue), ", ", sum(Pending), ", ", sum(Suspense));
}

}  // namespace pilotlight::audit
