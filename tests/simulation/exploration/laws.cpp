// The money laws on what is physically true. Nothing here asks the core what it thinks.
#include <algorithm>

#include "kiosk/base/check.h"
#include "tests/simulation/exploration/moves.h"

namespace pilotlight::exploration {
namespace {

std::string box_law(const World& w) {
  unsigned boxed = 0;
  unsigned stacked = 0;
  unsigned open = 0;
  for (const PaperNote& note : w.notes) {
    const bool in_box = note.place == Place::Box;
    boxed += in_box ? 1 : 0;
    stacked += note.booked == Booked::Stacked ? 1 : 0;
    open += in_box && (note.booked == Booked::Intended || note.booked == Booked::Doubt) ? 1 : 0;
    if (note.booked == Booked::Stacked && !in_box) return "M2: no credit without a note in the box";
  }
  if (stacked + w.books.found > boxed) return "M1: no more is booked than is in the box";
  if (stacked + w.books.found + open < boxed) return "M1: every note in the box is booked, intended or in doubt";
  return "";
}

std::string card_law(const World& w) {
  const LedgerTopUp* pending = nullptr;
  for (const LedgerTopUp& t : w.ledger.top_ups)
    if (t.standing == Standing::Pending) {
      if (pending != nullptr) return "M3: a card has one pending top-up at most";
      pending = &t;
    }
  const std::uint32_t card = w.reader.card_number;
  if (card < w.ledger.number) return "M3: no money without gas: posted, and not on the card";
  const std::uint32_t most = pending == nullptr ? w.ledger.number : pending->record.purchase_number;
  if (card > most) return "M3: no gas without money: on the card, and neither posted nor pending";
  return "";
}

std::string promise_law(const World& w) {
  for (const Promise& promise : w.books.promises) {
    const auto known = std::find_if(w.ledger.top_ups.begin(), w.ledger.top_ups.end(),
                                    [&](const LedgerTopUp& t) { return t.id == promise.top_up; });
    const bool taken = known != w.ledger.top_ups.end() &&
                       (known->standing == Standing::Pending || known->standing == Standing::Posted);
    if (promise.fate == Fate::Freed && taken) return "M3: money freed here is not reserved at the ledger";
    if (promise.fate == Fate::Written && !taken) return "M3: gas on the card was paid at the ledger";
    if (promise.fate == Fate::Written && w.reader.card_number < known->record.purchase_number)
      return "M3: delivered means that it is on the card";
  }
  return "";
}

// A pending top-up is paid with notes that are in the box, all of it.
std::string paid_law(const World& w) {
  Money boxed;
  Money taken;
  for (const PaperNote& note : w.notes)
    if (note.place == Place::Box) boxed += note.value;
  for (const LedgerTopUp& t : w.ledger.top_ups)
    if (t.standing == Standing::Pending || t.standing == Standing::Posted) taken += t.amount;
  return taken > boxed ? "M1: the ledger took more than is in the box" : "";
}

}  // namespace

std::string broken_law(const World& w) {
  for (const auto law : {box_law, card_law, promise_law, paid_law}) {
    std::string broken = law(w);
    if (!broken.empty()) return broken;
  }
  const auto open = [](const core::Session& s) { return !s.ended; };
  const auto& sessions = w.state.money.sessions;
  if (w.state.recovery.sessions.empty() && !w.state.devices.journal_failed &&
      std::count_if(sessions.begin(), sessions.end(), open) > 1)
    return "M6: one session is open, or none";
  return "";
}

// A terminal without a journal ends nothing: its next start does.
bool all_ended(const World& w) {
  if (w.state.devices.journal_failed) return true;
  if (!w.state.recovery.sessions.empty()) return false;
  const auto& sessions = w.state.money.sessions;
  return std::all_of(sessions.begin(), sessions.end(),
                     [](const core::Session& s) { return s.ended && !s.note_moving(); });
}

namespace {

bool never_told(const World& w, std::uint32_t number) {
  const auto& all = w.printer.unanswered;
  return std::find(all.begin(), all.end(), number) != all.end();
}

}  // namespace

bool at_rest(const World& w) {
  if (!all_ended(w)) return false;
  if (w.state.devices.journal_failed) return true;
  for (const core::Session& session : w.state.money.sessions)
    for (const core::IssuedDocument& document : session.documents)
      if (document.status == core::PrintStatus::Intended && !never_told(w, document.document.number)) return false;
  return true;
}

bool is_over(const World& w, const Bounds& bounds) {
  using core::Page;
  if (w.books.ended.empty()) return false;
  const Page page = w.state.talk.page;
  // A session that buys anew.
  if (page == Page::Account || page == Page::Amount || page == Page::Keypad || page == Page::Cash) return true;
  const bool owing = std::any_of(w.books.promises.begin(), w.books.promises.end(),
                                 [](const Promise& p) { return p.fate == Fate::Open; });
  if (owing && bounds.later_sessions) return false;
  if (page == Page::InsertCard || page == Page::Reading) return true;
  const bool done = page == Page::Home || page == Page::Attract || page == Page::OutOfService ||
                    page == Page::TakeCard || page == Page::NotSold;
  if (!done || !at_rest(w) || w.state.devices.journal_failed) return false;
  if (w.disk.behind || w.echo || !w.printer.commands.empty() || !w.reader.commands.empty()) return false;
  // What an orphaned question may still do at the ledger, it may do before this as well.
  const auto asked = [](const Question& q) { return !q.orphan; };
  if (std::any_of(w.questions.begin(), w.questions.end(), asked)) return false;
  const AcceptorModel& a = w.acceptor;
  return !a.enabled && a.held == 0 && a.commands.empty() && w.state.talk.settle_notes_ms == 0 && !w.boot.acceptor;
}

void into_box(World& w, const Id& intention) {
  PaperNote& note = w.notes[w.acceptor.held - 1U];
  note.place = Place::Box;
  note.id = intention;
  note.booked = Booked::Returned;  // unless the journal knows better
  for (const core::Session& s : w.state.money.sessions)
    for (const core::Note& n : s.notes) {
      if (n.id != intention) continue;
      note.session = s.id;
      if (n.status == core::NoteStatus::InDoubt) note.booked = Booked::Doubt;
      if (n.status == core::NoteStatus::Stacking) note.booked = Booked::Intended;
    }
  w.acceptor.held = 0;
  w.acceptor.stacked += 1;
}

void obey_enabling(AcceptorModel& acceptor) {
  while (!acceptor.commands.empty() && std::holds_alternative<core::EnableAcceptor>(acceptor.commands.front())) {
    acceptor.commands.erase(acceptor.commands.begin());
    acceptor.enabled = true;
    acceptor.rest_owed = false;
  }
}

wire::CardState card_state(const ReaderModel& reader) {
  wire::CardState card;
  card.card_number = card_of_customer;
  card.purchase_number = reader.card_number;
  card.total = Volume{120'000};
  card.sequence = 6;
  return card;
}

Id next_id(World& world) {
  world.serial += 1;
  Id id;
  id.bytes[0] = 1;
  for (unsigned i = 0; i < 4; ++i) id.bytes[5 + i] = static_cast<std::uint8_t>(world.serial >> (24 - 8 * i));
  return id;
}

Bytes next_token(World& world) {
  const Id id = next_id(world);
  return {id.bytes[5], id.bytes[6], id.bytes[7], id.bytes[8]};
}

}  // namespace pilotlight::exploration
