// What the peers physically hold, against what the journals had announced by then.
#include <algorithm>

#include "tests/simulation/auditor/model.h"

namespace pilotlight::audit {

void Auditor::State::enter_box(Terminal& t, std::uint64_t paper_id, std::int64_t fen, bool by_itself) {
  const auto [at, added] = t.banknotes.emplace(paper_id, Banknote{paper_id, fen, by_itself, false, nullptr});
  if (!added) return broken("M1", t.name, ": the world tells of paper ", paper_id, " twice");
  counts.notes += 1;
  Banknote& banknote = at->second;
  t.physical_fen += fen;
  t.uncertain_fen += fen;
  unequal.push_back(&t);
  if (t.moving != nullptr && t.moving->banknote == nullptr) {
    banknote.note = t.moving;
    t.moving->banknote = &banknote;
    return;
  }
  // A note whose outcome was given up as unknown may still arrive.
  for (Note* note : t.doubted)
    if (note->fate == Fate::InDoubt && note->banknote == nullptr && note->fen == fen) {
      banknote.note = note;
      note->banknote = &banknote;
      return;
    }
  if (!by_itself)
    return broken("M4", t.name, ": a note of ", fen, " fen (paper ", paper_id,
                  ") was stacked by command, and no durable NoteStacking announces it");
  t.unclaimed.push_back(&banknote);
}

void Auditor::State::leave_box(Terminal& t, std::uint64_t paper_id, bool fished) {
  const auto at = t.banknotes.find(paper_id);
  if (at == t.banknotes.end()) return broken("M1", t.name, ": paper ", paper_id, " leaves the box and never was in it");
  Banknote& banknote = at->second;
  if (!fished || banknote.fished) return;  // collected notes are still counted, where staff have them
  banknote.fished = true;
  t.physical_fen -= banknote.fen;
  const bool certain = banknote.note != nullptr && in_box_for_certain(banknote.note->fate);
  (certain ? t.lost_fen : t.uncertain_fen) += certain ? banknote.fen : -banknote.fen;
  std::erase(t.unclaimed, &banknote);
  unequal.push_back(&t);
}

void Auditor::State::check_conservation() {
  for (const Terminal* t : unequal)
    if (t->physical_fen + t->lost_fen != t->certain_fen + t->uncertain_fen)
      broken("M1", t->name, ": ", t->physical_fen, " fen are in the box, the journal has ", t->certain_fen,
             " fen stacked or found, and open commands explain ", t->uncertain_fen, " fen");
  unequal.clear();
}

void Auditor::State::check_bounds() {
  if (fault) return;
  for (const Terminal& t : terminals) {
    if (!t.powered) continue;
    for (const Session* s : t.open)
      if (now_ms - s->since_ms > options.session_bound_ms)
        broken("M6", t.name, ": session ", s->id, " is still open after ", now_ms - s->since_ms,
               " ms without power cut or fault");
  }
}

void Auditor::State::card_says(Card& c, std::int64_t number, std::int64_t volume, std::int64_t total) {
  if (!c.known) {
    c.known = true;
    c.base = c.purchase_number = number;
    c.volume = c.start_litres = volume;
    c.total = total;
    return;
  }
  if (number == c.purchase_number) {
    const bool same = volume == c.volume && total == c.total;
    const bool cleared = volume == 0 && total == c.total && c.loaded >= number;
    if (!same && !cleared)
      broken("M3", "card ", c.number, ", purchase ", number, ": ", c.volume, " litres (total ", c.total, ") became ",
             volume, " (total ", total, ") without a purchase and without the meter");
    c.volume = volume;
    c.total = total;
    return;
  }
  card_moved_on(c, number, volume, total);
}

void Auditor::State::card_moved_on(Card& c, std::int64_t number, std::int64_t volume, std::int64_t total) {
  TopUp* t = c.intended;
  const std::int64_t left = c.purchase_number > c.loaded ? c.volume : 0;
  if (number != c.purchase_number + 1)
    broken("M3", "card ", c.number, " went from purchase ", c.purchase_number, " to ", number);
  else if (t == nullptr || t->record.number != number)
    broken("M4", "purchase ", number, " reached card ", c.number, ", and no durable WriteIntended announces it");
  else if (volume != t->record.volume || total != t->record.total || total != c.total + volume)
    broken("M3", "card ", c.number, " took ", volume, " litres (total ", c.total, " to ", total, ") for top-up ", t->id,
           ", whose record says ", t->record.volume, " (total ", t->record.total, ")");
  else if (!t->reserved_ever)
    broken("M3", "gas without money: ", volume, " litres of top-up ", t->id, " reached card ", c.number,
           ", and its money was never pending at the ledger");
  else if (t->voided || t->given_back)
    broken("M3", "gas without money: top-up ", t->id, " reached card ", c.number,
           " after its money had been given back");
  else if (left != 0)
    broken("M3", "card ", c.number, ": purchase ", number, " was written over ", left,
           " litres that the meter has not taken");
  else
    t->on_card = true;
  if (t != nullptr) c.written[number] = t;
  counts.card_writes += 1;
  c.purchase_number = number;
  c.volume = volume;
  c.total = total;
  c.moved_litres += volume;
}

}  // namespace pilotlight::audit
