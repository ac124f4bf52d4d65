#include "kiosk/core/recovery.h"

#include <algorithm>

#include "kiosk/core/turn.h"

namespace pilotlight::core {
namespace {

constexpr std::int64_t device_wait_ms = 15'000;
constexpr std::int64_t money_wait_ms = 90'000;

}  // namespace

RecoveryAction recovery_action(const Observed& o) {
  using enum RecoveryAction;
  if (o.ended) {
    if (!o.document_open) return EndByMoney;
    return o.printer_ready || o.waited_for_devices ? SettleDocument : Wait;
  }
  if (o.note_moving) return o.waited_for_money ? DoubtNote : Wait;
  if (o.document_open) return SettleDocument;  // printed before the end was recorded: cannot be, but has its way out
  if (o.top_up) {
    switch (*o.top_up) {
      case TopUpStatus::Authorising:
        return Abandon;
      case TopUpStatus::Abandoning:
        if (!o.abandon_asked) return AskAbandon;
        return o.waited_for_money ? EndHandedToStaff : Wait;
      case TopUpStatus::Authorised:
      case TopUpStatus::Writing:
        if (o.card == CardSays::After) return NoteWritten;
        if (o.card == CardSays::NotYet && !o.waited_for_devices) return Wait;
        break;
      default:
        break;
    }
  }
  if (o.needs_slip && !o.printer_ready && !o.waited_for_devices) return Wait;
  if (!o.top_up) return EndByMoney;
  switch (*o.top_up) {
    case TopUpStatus::Authorised:
    case TopUpStatus::Writing:
      return EndPending;
    case TopUpStatus::Disproved:
      return EndHandedToStaff;
    case TopUpStatus::Written:
      return EndDelivered;
    default:
      return EndByMoney;
  }
}

namespace {

const IssuedDocument* open_document(const Session& session) {
  const auto found = std::find_if(session.documents.begin(), session.documents.end(),
                                  [](const IssuedDocument& d) { return d.status == PrintStatus::Intended; });
  return found == session.documents.end() ? nullptr : &*found;
}

CardSays card_says(const State& state, const Session& session) {
  if (!state.recovery.card_known) return CardSays::NotYet;
  if (session.top_up() == nullptr || state.recovery.card.card_number != session.card.card_number)
    return CardSays::Nothing;
  return written_on(*session.top_up(), state.recovery.card) ? CardSays::After : CardSays::Before;
}

Observed observe(const State& state, const Session& session, std::int64_t now) {
  Observed o;
  o.ended = session.ended.has_value();
  o.note_moving = session.note_moving();
  if (session.top_up() != nullptr) o.top_up = session.top_up()->status;
  o.document_open = open_document(session) != nullptr;
  o.card = card_says(state, session);
  o.abandon_asked = state.recovery.abandon_asked;
  o.needs_slip = session.stacked().fen > 0 || session.in_doubt().fen > 0 || session.top_up() != nullptr;
  o.printer_ready = state.devices.printer_ready;
  o.waited_for_devices = now >= state.recovery.since_ms + device_wait_ms;
  o.waited_for_money = now >= state.recovery.since_ms + money_wait_ms;
  return o;
}

void ask_abandon(Turn& t, const Session& session) {
  t.state.recovery.abandon_asked = true;
  t.perform(AskAbandon{wire::AbandonRequest{session.top_up()->id, session.id}});
}

void settle_document(Turn& t, const Session& session) {
  const wire::Document spoiled = open_document(session)->document;
  if (t.devices().printer_ready) {
    wire::Document document = spoiled;
    document.replaces = spoiled.number;
    document.number = t.state.money.next_document;
    t.record(wire::DocumentIntended{document});
    t.perform(PrintDocument{document});
  }
  t.record(wire::DocumentVoided{spoiled.number, "power lost while printing"});
}

void close(Turn& t, const Session& session, wire::Ending ending) {
  close_session(t, session.id, ending);
  void_unprinted(t, "printer not ready");  // nobody stands there to wait for it
}

void end_by_money(Turn& t, const Session& session) {
  if (session.in_doubt().fen > 0)
    close(t, session, wire::Ending::HandedToStaff);
  else
    close(t, session, session.stacked().fen > 0 ? wire::Ending::Credited : wire::Ending::NothingTendered);
}

void next_session(Turn& t) {
  Recovery& r = t.state.recovery;
  r.sessions.erase(r.sessions.begin());
  r.since_ms = t.now();
  r.abandon_asked = false;
}

// Carries out one action. True when the session is done.
bool carry_out(Turn& t, const Session& session, RecoveryAction action) {
  switch (action) {
    case RecoveryAction::Wait:
      return false;
    case RecoveryAction::DoubtNote:
      for (const Note& note : session.notes)
        if (note.status == NoteStatus::Stacking) {
          t.record(wire::NoteInDoubt{session.id, note.id, note.value});
          break;
        }
      return false;
    case RecoveryAction::Abandon:
      t.record(wire::AbandonIntended{session.id, session.top_up()->id});
      ask_abandon(t, session);
      return false;
    case RecoveryAction::AskAbandon:
      ask_abandon(t, session);
      return false;
    case RecoveryAction::NoteWritten:
      t.record(wire::WriteVerified{session.id, session.top_up()->id, t.state.recovery.card});
      return false;
    case RecoveryAction::EndDelivered:
      close(t, session, wire::Ending::Delivered);
      return true;
    case RecoveryAction::EndPending:
      close(t, session, wire::Ending::PendingOnCard);
      return true;
    case RecoveryAction::EndHandedToStaff:
      close(t, session, wire::Ending::HandedToStaff);
      return true;
    case RecoveryAction::EndByMoney:
      if (!session.ended) end_by_money(t, session);
      return true;
    case RecoveryAction::SettleDocument:
      settle_document(t, session);
      return session.ended.has_value();
  }
  return true;
}

}  // namespace

bool recovering(const State& state) { return !state.recovery.sessions.empty(); }

void start_recovery(Turn& t) {
  Recovery& r = t.state.recovery;
  r = {};
  r.since_ms = t.now();
  for (const Session& session : t.state.money.sessions)
    if (!session.ended || session.note_moving() || open_document(session) != nullptr) r.sessions.push_back(session.id);
}

// Bounded: every action but Wait either ends a session or moves it to another row, and no row is met twice.
void recover(Turn& t) {
  Recovery& r = t.state.recovery;
  for (int actions = 0; !r.sessions.empty() && actions < 16; ++actions) {
    if (t.devices().card_present && !r.card_asked) {
      r.card_asked = true;
      t.perform(ReadCard{});
    }
    const Session* session = t.state.money.session(r.sessions.front());
    if (session == nullptr) {
      next_session(t);
      continue;
    }
    const Session before = *session;
    const RecoveryAction action = recovery_action(observe(t.state, before, t.now()));
    if (action == RecoveryAction::Wait) return;
    if (carry_out(t, before, action))
      next_session(t);
    else if (action == RecoveryAction::AskAbandon || action == RecoveryAction::Abandon)
      return;
  }
}

void on_recovery_card(Turn& t, const CardRead& read) {
  t.state.recovery.card_known = true;
  t.state.recovery.card = read.trouble == CardTrouble::None ? read.card : wire::CardState{};
}

void on_recovery_abandoned(Turn& t, const AbandonAnswered& answer) {
  const Session* session = t.state.money.session(t.state.recovery.sessions.front());
  if (session == nullptr || session->top_up() == nullptr || session->top_up()->id != answer.top_up ||
      session->top_up()->status != TopUpStatus::Abandoning)
    return;
  if (!answer.answered) {
    t.talk().retry_ms = t.now() + 2000;
    return;
  }
  if (answer.abandonment.abandoned)
    t.record(wire::TopUpAbandoned{session->id, answer.top_up});
  else if (answer.abandonment.pending && adds_up(session->top_up()->request, answer.abandonment.pending->record))
    t.record(wire::TopUpAuthorised{session->id, answer.top_up, answer.abandonment.pending->record});
}

std::optional<std::int64_t> recovery_deadline(const State& state) {
  if (!recovering(state)) return std::nullopt;
  const std::int64_t since = state.recovery.since_ms;
  return state.now.steady_ms < since + device_wait_ms ? since + device_wait_ms : since + money_wait_ms;
}

}  // namespace pilotlight::core
