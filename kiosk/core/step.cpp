#include "kiosk/core/step.h"

#include <algorithm>

#include "kiosk/core/turn.h"

namespace pilotlight::core {
namespace {

// The card left the slot, or the reader went with it.
void on_card_gone(Turn& t) {
  t.devices().card_present = false;
  const Session* session = t.session();
  const bool money = session != nullptr && (session->stacked().fen > 0 || session->note_moving());
  switch (t.talk().page) {
    case Page::Reading:
    case Page::Account:
    case Page::Amount:
    case Page::Keypad:
      if (session != nullptr) return finish(t, wire::Ending::NothingTendered);
      return to_start(t);
    case Page::CardProblem:
    case Page::NotSold:
    case Page::TakeCard:
      return to_start(t);
    case Page::Cash:
      return close_tender(t, money ? Page::Confirm : Page::Result);
    case Page::Confirm:
      t.talk().resume = Page::Confirm;
      return t.show_until(Page::CardOut, t.settings().card_return_ms);
    default:
      return;  // Working, CardOut, Result, Settling: what is under way says what became of it
  }
}

void on_card_inserted(Turn& t) {
  t.devices().card_present = true;
  if (recovering(t.state)) return;  // recover() reads it
  const NoService why = no_service(t.state);
  const bool readable = why == NoService::None || why == NoService::AcceptorDown || why == NoService::AcceptorFaulty ||
                        why == NoService::BoxFull || why == NoService::PrinterDown;
  switch (t.talk().page) {
    case Page::Attract:
    case Page::Home:
    case Page::InsertCard:
      return start_reading(t);
    case Page::OutOfService:
      if (readable) start_reading(t);  // a purchase paid earlier can still be put on the card
      return;
    case Page::CardOut:
      t.perform(ReadCard{});
      return;
    default:
      return;
  }
}

void on_uplink(Turn& t, const UplinkChanged& changed) {
  t.devices().uplink_up = changed.up;
  t.devices().may_trade = changed.may_trade;
  const bool usable = changed.up && changed.may_trade;
  if (!usable && t.talk().page == Page::Cash) return close_tender(t, Page::UplinkWait);
  if (usable && t.talk().page == Page::UplinkWait) {
    if (t.devices().card_present) return t.show(Page::Confirm);
    t.talk().resume = Page::Confirm;
    t.show_until(Page::CardOut, t.settings().card_return_ms);
  }
}

void on_printer(Turn& t, const PrinterChanged& changed) {
  Devices& d = t.devices();
  d.printer_ready = changed.ready;
  d.paper_out = changed.paper_out;
  d.paper_near_end = changed.near_end;
  d.cover_open = changed.cover_open;
  if (!changed.ready && t.talk().page == Page::Cash) return close_tender(t, Page::Confirm);  // no paper, no cash (M9)
  try_slip(t);
}

struct React {
  Turn& t;

  void operator()(const Started& e) {
    t.record(wire::TerminalStarted{e.version});
    t.show(Page::OutOfService);
    start_recovery(t);
  }
  void operator()(const Touched& e) { on_touch(t, e.intent); }
  void operator()(const TimePassed&) { on_time_out(t); }
  void operator()(const JournalFailed&) {
    t.devices().journal_failed = true;
    t.talk().settle_notes_ms = 0;
    t.talk().session = {};
    t.state.recovery = {};
    t.show(Page::OutOfService);
    t.perform(DisableAcceptor{});
    t.perform(ReturnNote{});
    t.perform(ReleaseCard{});
  }
  void operator()(const AcceptorReady& e) { on_acceptor_ready(t, e); }
  void operator()(const NoteReading&) {
    t.activity();
    t.devices().note_in_motion = true;
    t.talk().note_refusal = NoteRefusal::None;
  }
  void operator()(const NoteEscrowed& e) { on_escrow(t, e); }
  void operator()(const NoteCredited& e) { on_credit(t, e); }
  void operator()(const NoteRejected&) { on_reject(t); }
  void operator()(const NoteCleared& e) { on_cleared(t, e); }
  void operator()(const AcceptorAtRest& e) { on_at_rest(t, e); }
  void operator()(const AcceptorFaultRaised& e) { on_fault(t, e.fault); }
  void operator()(const AcceptorFaultCleared& e) { std::erase(t.devices().acceptor_faults, e.fault); }
  void operator()(const ReaderReady&) { t.devices().reader_ready = true; }
  void operator()(const ReaderLost&) {
    t.devices().reader_ready = false;
    if (t.devices().card_present) on_card_gone(t);
  }
  void operator()(const CardInserted&) { on_card_inserted(t); }
  void operator()(const CardRemoved&) { on_card_gone(t); }
  void operator()(const CardRead& e) { recovering(t.state) ? on_recovery_card(t, e) : on_card_read(t, e); }
  void operator()(const ChallengeGiven& e) { on_challenge(t, e); }
  void operator()(const CardWritten& e) { on_written(t, e); }
  void operator()(const PrinterChanged& e) { on_printer(t, e); }
  void operator()(const PrintEnded& e) { on_print_ended(t, e); }
  void operator()(const UplinkChanged& e) { on_uplink(t, e); }
  void operator()(const IdentifyAnswered& e) { on_identified(t, e); }
  void operator()(const AuthoriseAnswered& e) { on_authorised(t, e); }
  void operator()(const SealAnswered& e) { on_sealed(t, e); }
  void operator()(const AbandonAnswered& e) { recovering(t.state) ? on_recovery_abandoned(t, e) : on_abandoned(t, e); }
  void operator()(const VoidAnswered& e) { on_voided(t, e); }
};

// No record can be made any more: nothing happens that would need one. Notes and card go back, safety advice and
// language stay; the next start resolves what the journal holds.
void react_without_journal(Turn& t) {
  if (std::holds_alternative<NoteEscrowed>(t.event.fact)) return t.perform(ReturnNote{});
  if (std::holds_alternative<CardInserted>(t.event.fact)) return t.perform(ReleaseCard{});
  if (std::holds_alternative<TimePassed>(t.event.fact)) return on_time_out(t);
  const auto* touched = std::get_if<Touched>(&t.event.fact);
  if (touched == nullptr) return;
  const Wish wish = touched->intent.wish;
  if (wish == Wish::SwitchLanguage || wish == Wish::SmellGas || wish == Wish::Help || wish == Wish::CloseOverlay)
    on_touch(t, touched->intent);
}

// Idle pages follow what can be offered now.
void settle_idle(Turn& t) {
  const Page page = t.talk().page;
  const bool offered = no_service(t.state) == NoService::None;
  if (page == Page::OutOfService && offered) t.devices().card_present ? start_reading(t) : t.show(Page::Home);
  if ((page == Page::Attract || page == Page::Home || page == Page::InsertCard) && !offered) t.show(Page::OutOfService);
}

}  // namespace

State initial_state(Settings settings, MoneyState money) {
  State state;
  state.settings = std::move(settings);
  state.money = std::move(money);
  state.talk.language = state.settings.first_language;
  return state;
}

Step step(State state, const Event& event) {
  state.now = event.at;
  Turn t{state, event, {}, {}};
  if (state.devices.journal_failed) {
    react_without_journal(t);
  } else {
    std::visit(React{t}, event.fact);
    recover(t);
    settle_idle(t);
  }
  return Step{std::move(state), std::move(t.records), std::move(t.effects)};
}

}  // namespace pilotlight::core
