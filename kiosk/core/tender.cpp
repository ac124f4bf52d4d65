// Notes, from the slot to the box (DESIGN.md section 3, step 2). One note at a time; none is stacked without a durable
// intention; every one is called out (MAN-2).
#include <algorithm>

#include "kiosk/core/turn.h"

namespace pilotlight::core {
namespace {

constexpr std::int64_t rest_wait_ms = 60'000;

// The session whose stack command is open: the present one first, else one that has ended meanwhile.
const Session* session_with_moving_note(const State& state) {
  const Session* current = current_session(state);
  if (current != nullptr && current->note_moving()) return current;
  for (const Session& session : state.money.sessions)
    if (session.note_moving()) return &session;
  return nullptr;
}

const Note& moving_note(const Session& session) {
  return *std::find_if(session.notes.begin(), session.notes.end(),
                       [](const Note& note) { return note.status == NoteStatus::Stacking; });
}

void announce(Turn& t, Call call, Money note, Money total) {
  Announcement& announcement = t.talk().announcement;
  announcement.count += 1;
  announcement.call = call;
  announcement.note = note;
  announcement.total = total;
}

void give_back(Turn& t, NoteRefusal why) {
  t.talk().note_refusal = why;
  t.perform(ReturnNote{});
}

}  // namespace

void open_tender(Turn& t) {
  if (no_service(t.state) != NoService::None) {  // M9: never take money for what cannot be delivered and documented
    if (t.session()->stacked() == Money{} && t.session()->in_doubt() == Money{}) {
      t.talk().refusal = wire::Refusal::OutOfService;
      t.record(outcome_of(*t.session(), wire::Ending::NothingTendered));
      t.perform(ReleaseCard{});
      t.show(Page::NotSold);
    }
    return;
  }
  if (room_left(t.state) < t.settings().denominations.front()) return;
  t.devices().acceptor_enabled = true;
  t.devices().acceptor_at_rest = false;
  t.talk().note_refusal = NoteRefusal::None;
  t.perform(EnableAcceptor{});
  t.show(Page::Cash);
}

void close_tender(Turn& t, Page then) {
  t.talk().resume = then;
  if (t.devices().acceptor_enabled) {
    t.devices().acceptor_enabled = false;
    t.perform(DisableAcceptor{});
  }
  t.show_until(Page::Settling, rest_wait_ms);
  after_rest(t);
}

void after_rest(Turn& t) {
  const Session* session = t.session();
  if (t.talk().page != Page::Settling || session == nullptr) return;
  if (!t.devices().acceptor_at_rest || session->note_moving()) return;
  const bool money = session->stacked().fen > 0;
  if (t.talk().resume == Page::Amount && !money && session->in_doubt().fen == 0) return t.show(Page::Amount);
  if (t.talk().resume == Page::Result || !money || session->in_doubt().fen > 0) return finish_by_money(t);
  const bool uplink =
      t.devices().uplink_up && t.devices().may_trade;  // it may have come back while the note came to rest
  if (t.talk().resume == Page::UplinkWait && !uplink)
    return t.show_until(Page::UplinkWait, t.settings().uplink_wait_ms);
  if (!t.devices().card_present) {
    t.talk().resume = Page::Confirm;
    return t.show_until(Page::CardOut, t.settings().card_return_ms);
  }
  t.show(Page::Confirm);
}

void on_escrow(Turn& t, const NoteEscrowed& note) {
  t.activity();
  t.devices().note_in_motion = true;
  const Session* session = t.session();
  if (session == nullptr || t.talk().page != Page::Cash || session->note_moving())
    return give_back(t, NoteRefusal::Closing);
  if (no_service(t.state) != NoService::None || !t.devices().card_present) return give_back(t, NoteRefusal::Closing);
  const auto& accepted = t.settings().denominations;
  if (std::find(accepted.begin(), accepted.end(), note.value) == accepted.end())
    return give_back(t, NoteRefusal::NotAccepted);
  if (note.value > room_left(t.state)) return give_back(t, NoteRefusal::OverLimit);
  const Id id = t.fresh();
  t.record(wire::NoteStacking{session->id, id, note.value, t.state.money.acceptor_stacked});
  t.perform(StackNote{id});
}

void on_credit(Turn& t, const NoteCredited& note) {
  t.activity();
  t.devices().note_in_motion = false;
  t.talk().note_refusal = NoteRefusal::None;
  // Just after AcceptorReady its count has this note in it already: settle_notes() must not find it a second time.
  if (t.talk().settle_notes_ms != 0) t.devices().unexplained_notes -= 1;
  const Session* session = session_with_moving_note(t.state);
  if (session == nullptr) {
    // Said late: it belongs to the session whose stack command it answers, even after that has ended in doubt.
    if (const auto doubt = doubted_note(t.state.money, note.value)) {
      t.record(wire::NoteStacked{doubt->session, doubt->note.id, note.value, wire::NoteEvidence::CreditEvent});
      return;
    }
    const Session* current = t.session();
    t.record(wire::NoteFound{t.fresh(), note.value, current == nullptr ? "" : current->account,
                             "credit without a stack command"});
    return;
  }
  const Id owner = session->id;
  const Note moving = moving_note(*session);
  if (moving.value != note.value)
    t.record(wire::Incident{"acceptor.value_changed", to_decimal(moving.value) + " -> " + to_decimal(note.value)});
  t.record(wire::NoteStacked{owner, moving.id, note.value, wire::NoteEvidence::CreditEvent});
  if (owner == t.talk().session) announce(t, Call::NoteAccepted, note.value, t.session()->stacked());
  after_rest(t);
}

void on_reject(Turn& t) {
  t.activity();
  t.devices().note_in_motion = false;
  if (t.talk().note_refusal == NoteRefusal::None) t.talk().note_refusal = NoteRefusal::NotRecognised;
  const Session* session = session_with_moving_note(t.state);
  if (session != nullptr) {
    const Note moving = moving_note(*session);
    t.record(wire::NoteReturned{session->id, moving.id, moving.value, wire::NoteEvidence::CreditEvent});
  }
  if (t.talk().page == Page::Cash || t.talk().page == Page::Settling)
    announce(t, Call::NoteBack, Money{}, t.session() == nullptr ? Money{} : t.session()->stacked());
  after_rest(t);
}

void on_at_rest(Turn& t, const AcceptorAtRest& rest) {
  if (t.devices().acceptor_enabled) return;   // enabled again meanwhile
  if (t.talk().settle_notes_ms != 0) return;  // settle_notes() weighs this count together with what is still to come
  t.devices().acceptor_at_rest = true;
  t.devices().note_in_motion = false;
  const bool counts = rest.stacked != no_count && t.state.money.acceptor_stacked != no_count;
  const Session* session = session_with_moving_note(t.state);
  if (session != nullptr) {  // rests, and never said what became of the note: its counter does
    const Note moving = moving_note(*session);
    if (!counts || counted_doubts(t.state.money))
      t.record(wire::NoteInDoubt{session->id, moving.id, moving.value});
    else if (rest.stacked > t.state.money.acceptor_stacked)
      t.record(wire::NoteStacked{session->id, moving.id, moving.value, wire::NoteEvidence::Counter});
    else
      t.record(wire::NoteReturned{session->id, moving.id, moving.value, wire::NoteEvidence::Counter});
  }
  if (counts) weigh_count(t, static_cast<std::int64_t>(rest.stacked) - t.state.money.acceptor_stacked);
  after_rest(t);
}

void on_fault(Turn& t, AcceptorFault fault) {
  auto& faults = t.devices().acceptor_faults;
  if (std::find(faults.begin(), faults.end(), fault) != faults.end()) return;
  faults.push_back(fault);
  t.record(wire::Incident{"acceptor." + std::string(enum_name(fault)), ""});
  if (fault == AcceptorFault::LineLost || fault == AcceptorFault::WrongDevice) {
    t.devices().acceptor_ready = false;
    t.devices().acceptor_met = false;
    t.devices().note_in_motion = false;
  }
  if (t.talk().page == Page::Cash) close_tender(t, Page::Confirm);
}

}  // namespace pilotlight::core
