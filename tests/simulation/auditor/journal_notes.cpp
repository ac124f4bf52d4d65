// Sessions and notes as the journal tells them: M1, M2, M4, M6, M9.
#include <algorithm>

#include "tests/simulation/auditor/journal_row.h"

namespace pilotlight::audit {

Session* Auditor::State::session_of(const Row& row, const char* what) {
  const Key id = row.key("session");
  const auto found = sessions.find(id);
  if (found == sessions.end()) {
    broken("M6", row.terminal, ", row ", row.seq, ": ", what, " of session ", id, ", which was never opened");
    return nullptr;
  }
  return &found->second;
}

void Auditor::State::session_opened(Terminal& t, Row& row) {
  const Key id = row.key("session");
  const auto [at, added] = sessions.try_emplace(id);
  if (!added || !id) return broken("M5", t.name, ", row ", row.seq, ": session ", id, " is opened twice");
  Session& s = at->second;
  s.id = id;
  s.terminal = t.index;
  s.since_ms = now_ms;
  t.open.push_back(&s);
  counts.sessions += 1;
  row.line->kind = Kind::Session;
  row.line->key = id;
}

void Auditor::State::identified(Row& row) {
  Session* s = session_of(row, "an identification");
  if (s == nullptr) return;
  const std::string_view account = row.text("account");
  if (s->identified && s->account != account)
    broken("M5", row.terminal, ", row ", row.seq, ": session ", s->id, " of account ", s->account, " becomes one of ",
           account);
  s->account = account;
  s->card = Row::text(row.inner("card"), "card_number");
  s->identified = !account.empty();
  const auto& quote = row.inner("quote");
  s->quote = key_of_text(Row::text(quote, "id"));
  s->scale = Row::number(quote, "scale");
  s->tiers.clear();
  const auto* tiers = quote.if_contains("tiers");
  if (tiers != nullptr && tiers->is_array())
    for (const auto& tier : tiers->get_array())
      if (tier.is_object())
        s->tiers.push_back(
            {Row::number(tier.get_object(), "price_per_m3"), Row::number(tier.get_object(), "remaining")});
  row.line->kind = Kind::Session;
  row.line->key = s->id;
}

void Auditor::State::note_stacking(Terminal& t, Row& row) {
  Session* s = session_of(row, "a note");
  if (s == nullptr) return;
  const Key id = row.key("note");
  const auto [at, added] = notes.try_emplace(id);
  if (!added || !id) return broken("M2", t.name, ", row ", row.seq, ": note ", id, " is stacked a second time");
  Note& note = at->second;
  note.id = id;
  note.session = s;
  note.fen = row.number("value");
  note.terminal = t.index;
  s->notes.push_back(&note);
  if (t.moving != nullptr)
    broken("M4", t.name, ": note ", id, " is to be stacked while the outcome of note ", t.moving->id, " is open");
  if (s->ended || !s->identified || s->terminal != t.index)
    broken("M9", t.name, ": note ", id, " of ", note.fen, " fen is to be stacked in session ", s->id, ", which ",
           s->ended         ? "has ended"
           : !s->identified ? "has no account"
                            : "is another terminal's");
  if (note.fen <= 0) broken("M2", t.name, ": note ", id, " is worth ", note.fen, " fen");
  t.moving = &note;
  row.line->kind = Kind::Session;  // an intention: the ledger opens the session and has no row for the note
  row.line->key = s->id;
}

Note* Auditor::State::open_note(Terminal& t, Row& row, const char* what) {
  const Key id = row.key("note");
  const auto found = notes.find(id);
  row.line->kind = Kind::Note;
  row.line->key = id;
  const bool open =
      found != notes.end() && (found->second.fate == Fate::Stacking || found->second.fate == Fate::InDoubt);
  if (!open || found->second.session == nullptr || found->second.session->id != row.key("session") ||
      found->second.terminal != t.index) {
    broken("M2", t.name, ", row ", row.seq, ": note ", id, " is ", what,
           found == notes.end() ? ", and nothing announced it" : ", and its outcome was not open in this session");
    return nullptr;
  }
  if (t.moving == &found->second) t.moving = nullptr;
  return &found->second;
}

// The note's paper must be in the box, and of the note's value: what is credited was put in.
void Auditor::State::note_certain(Terminal& t, Note& note) {
  t.certain_fen += note.fen;
  unequal.push_back(&t);
  if (note.banknote == nullptr) {
    const auto other = std::find_if(t.unclaimed.begin(), t.unclaimed.end(),
                                    [&](const Banknote* b) { return b->fen == note.fen || note.fen == 0; });
    if (other != t.unclaimed.end()) {
      note.banknote = *other;
      note.banknote->note = &note;
    }
  }
  for (Note* doubted : t.doubted)  // one paper, two ids: the box cannot tell whose it is, the equation holds
    if (note.banknote == nullptr && doubted != &note && doubted->fate == Fate::InDoubt &&
        doubted->banknote != nullptr && (doubted->banknote->fen == note.fen || note.fen == 0)) {
      note.banknote = doubted->banknote;
      note.banknote->note = &note;
      doubted->banknote = nullptr;
    }
  if (note.banknote == nullptr)
    return broken("M1", t.name, ": note ", note.id, " of ", note.fen,
                  " fen is recorded as stacked, and no paper for it went into the box");
  std::erase(t.unclaimed, note.banknote);
  if (note.fen == 0) return;  // the device did not know its value: the paper stays unexplained money until counted
  if (note.banknote->fen != note.fen)
    broken("M2", t.name, ": note ", note.id, " is recorded as ", note.fen, " fen, its paper (", note.banknote->paper_id,
           ") is one of ", note.banknote->fen, " fen");
  if (note.banknote->fished)
    t.lost_fen += note.fen;
  else
    t.uncertain_fen -= note.banknote->fen;
}

void Auditor::State::note_stacked(Terminal& t, Row& row) {
  row.line->fate = Fate::Stacked;
  Note* note = open_note(t, row, "stacked");
  if (note == nullptr) return;
  note->fen = row.number("value");
  note->fate = Fate::Stacked;
  note->late = note->session->ended;
  std::erase(t.doubted, note);
  note_certain(t, *note);
}

void Auditor::State::note_returned(Terminal& t, Row& row) {
  row.line->fate = Fate::Returned;
  Note* note = open_note(t, row, "returned");
  if (note == nullptr) return;
  note->fate = Fate::Returned;
  std::erase(t.doubted, note);
  if (note->banknote != nullptr && !note->banknote->fished)
    broken("M2", t.name, ", row ", row.seq, ": note ", note->id, " of ", note->fen,
           " fen is recorded as returned, and its paper (", note->banknote->paper_id, ") is in the box");
}

void Auditor::State::note_doubted(Terminal& t, Row& row) {
  row.line->fate = Fate::InDoubt;
  Note* note = open_note(t, row, "in doubt");
  if (note == nullptr) return;
  note->fate = Fate::InDoubt;
  note->ever_doubted = true;
  t.doubted.push_back(note);
}

void Auditor::State::note_found(Terminal& t, Row& row) {
  const Key id = row.key("note");
  row.line->kind = Kind::Note;
  row.line->key = id;
  row.line->fate = Fate::Found;
  const auto [at, added] = notes.try_emplace(id);
  if (!added || !id) return broken("M2", t.name, ", row ", row.seq, ": note ", id, " is found and was known before");
  Note& note = at->second;
  note.id = id;
  note.fen = row.number("value");
  note.terminal = t.index;
  note.fate = Fate::Found;
  note_certain(t, note);
}

}  // namespace pilotlight::audit
