// What happened to notes while nobody listened: after a start, a power cut of the acceptor, or a lost line. Evidence in
// the order of its weight: what the device says about the note at power-up, then its own count of stacked notes, then
// nothing, which puts the note on the in-doubt list.
#include <algorithm>

#include "kiosk/core/turn.h"

namespace pilotlight::core {
namespace {

// A device tells of cleared notes in its first answers; by then it has said what it knows.
constexpr std::int64_t cleared_wait_ms = 3000;

std::optional<OwnedNote> first_moving(const MoneyState& money) {
  for (const Session& session : money.sessions)
    for (const Note& note : session.notes)
      if (note.status == NoteStatus::Stacking) return OwnedNote{session.id, note};
  return std::nullopt;
}

void stacked(Turn& t, const OwnedNote& moving, Money value, wire::NoteEvidence evidence) {
  t.record(wire::NoteStacked{moving.session, moving.note.id, value, evidence});
  t.devices().unexplained_notes -= 1;
}

// Notes in doubt that a count can still tell of.
std::vector<OwnedNote> doubts(const MoneyState& money) {
  std::vector<OwnedNote> found;
  for (const Session& session : money.sessions)
    for (const Note& note : session.notes)
      if (note.status == NoteStatus::InDoubt && !note.uncounted) found.push_back({session.id, note});
  return found;
}

}  // namespace

std::optional<OwnedNote> doubted_note(const MoneyState& money, Money value) {
  for (const OwnedNote& doubt : doubts(money))
    if (value.fen == 0 || value == doubt.note.value) return doubt;
  return std::nullopt;
}

bool counted_doubts(const MoneyState& money) { return !doubts(money).empty(); }

void weigh_count(Turn& t, std::int64_t unexplained) {
  const auto open = doubts(t.state.money);
  const auto in_doubt = static_cast<std::int64_t>(open.size());
  if (unexplained > 0 && unexplained < in_doubt) {  // some of them are in the box, nobody knows which: staff count
    t.record(wire::AcceptorConnected{t.state.money.acceptor_serial,
                                     t.state.money.acceptor_stacked + static_cast<std::uint32_t>(unexplained)});
    return;
  }
  for (const OwnedNote& doubt : open) {
    if (unexplained < 0) break;
    if (in_doubt > 0 && unexplained >= in_doubt)
      t.record(wire::NoteStacked{doubt.session, doubt.note.id, doubt.note.value, wire::NoteEvidence::Counter});
    else
      t.record(wire::NoteReturned{doubt.session, doubt.note.id, doubt.note.value, wire::NoteEvidence::Counter});
  }
  if (unexplained >= in_doubt) unexplained -= in_doubt;
  for (int found = 0; unexplained > 0 && found < 10; ++found, --unexplained)
    t.record(wire::NoteFound{t.fresh(), Money{}, "", "the acceptor counts one note more"});
  if (unexplained == 0) return;
  t.record(wire::Incident{"acceptor.count_differs", std::to_string(unexplained)});
  t.record(wire::AcceptorConnected{t.state.money.acceptor_serial,
                                   t.state.money.acceptor_stacked + static_cast<std::uint32_t>(unexplained)});
}

void on_acceptor_ready(Turn& t, const AcceptorReady& ready) {
  Devices& d = t.devices();
  MoneyState& money = t.state.money;
  // A device that started anew without a word was on: it obeys our last wish again, so the tender is closed properly.
  if (t.talk().page == Page::Cash) close_tender(t, Page::Confirm);
  d.acceptor_met = true;
  d.acceptor_ready = false;
  d.acceptor_enabled = false;
  d.acceptor_counts = ready.stacked != no_count;
  d.unexplained_notes = 0;
  std::erase(d.acceptor_faults, AcceptorFault::LineLost);
  std::erase(d.acceptor_faults, AcceptorFault::WrongDevice);
  const bool first = money.acceptor_serial.empty();
  const bool exchanged = !first && money.acceptor_serial != ready.serial;
  const bool counted_before = !first && money.acceptor_stacked != no_count;
  if (first || exchanged || (d.acceptor_counts && !counted_before)) {
    if (exchanged) t.record(wire::Incident{"acceptor.exchanged", money.acceptor_serial + " -> " + ready.serial});
    // Another device's count proves nothing, and neither does a count that starts now.
    d.acceptor_counts = d.acceptor_counts && !exchanged && !first_moving(money);
    t.record(wire::AcceptorConnected{ready.serial, ready.stacked});
  } else if (d.acceptor_counts) {
    d.unexplained_notes = static_cast<std::int64_t>(ready.stacked) - money.acceptor_stacked;
  }
  t.talk().settle_notes_ms = t.now() + cleared_wait_ms;
}

void on_cleared(Turn& t, const NoteCleared& cleared) {
  const auto moving = first_moving(t.state.money);
  if (moving && cleared.to_cashbox) {
    stacked(t, *moving, cleared.value.fen > 0 ? cleared.value : moving->note.value, wire::NoteEvidence::PowerUpEvent);
  } else if (moving) {
    t.record(
        wire::NoteReturned{moving->session, moving->note.id, moving->note.value, wire::NoteEvidence::PowerUpEvent});
  } else if (cleared.to_cashbox && (t.devices().unexplained_notes > 0 || !t.devices().acceptor_counts)) {
    if (const auto doubt = doubted_note(t.state.money, cleared.value))
      return stacked(t, *doubt, doubt->note.value, wire::NoteEvidence::PowerUpEvent);
    // With a count that our records explain, the note was credited before the cut: no second booking.
    t.record(wire::NoteFound{t.fresh(), cleared.value, "", "cleared into the cash box at power-up"});
    t.devices().unexplained_notes -= 1;
  }
}

void settle_notes(Turn& t) {
  Devices& d = t.devices();
  t.talk().settle_notes_ms = 0;
  const bool among_doubts = counted_doubts(t.state.money);
  while (const auto moving = first_moving(t.state.money)) {
    if (!d.acceptor_counts || among_doubts)
      t.record(wire::NoteInDoubt{moving->session, moving->note.id, moving->note.value});
    else if (d.unexplained_notes > 0)
      stacked(t, *moving, moving->note.value, wire::NoteEvidence::Counter);
    else
      t.record(wire::NoteReturned{moving->session, moving->note.id, moving->note.value, wire::NoteEvidence::Counter});
  }
  if (d.acceptor_counts) weigh_count(t, d.unexplained_notes);
  d.unexplained_notes = 0;
  d.acceptor_ready = true;
  d.acceptor_at_rest = true;
  d.note_in_motion = false;
  after_rest(t);
}

}  // namespace pilotlight::core
