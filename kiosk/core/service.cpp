// Questions about a state that the core and the screens both ask.
#include <algorithm>

#include "kiosk/core/turn.h"

namespace pilotlight::core {

NoService no_service(const State& state) {
  const Devices& d = state.devices;
  if (d.journal_failed) return NoService::JournalFailed;
  if (!d.may_trade) return NoService::NotTrading;
  if (!d.uplink_up) return NoService::UplinkDown;
  if (!d.reader_ready) return NoService::ReaderDown;
  if (recovering(state)) return NoService::Recovering;
  if (!d.acceptor_faults.empty()) return NoService::AcceptorFaulty;
  if (!d.acceptor_ready) return NoService::AcceptorDown;
  if (state.money.box_notes >= state.settings.box_notes_maximum) return NoService::BoxFull;
  if (!d.printer_ready) return NoService::PrinterDown;
  return NoService::None;
}

const Session* current_session(const State& state) {
  if (!state.talk.session) return nullptr;
  const Session* session = state.money.session(state.talk.session);
  return session != nullptr && !session->ended ? session : nullptr;
}

bool usable(const wire::Quote& quote) {
  const auto sound = [](const Tier& tier) { return tier.price_per_m3.fen > 0 && tier.remaining.litres >= 0; };
  return !quote.tiers.empty() && quote.scale.litres > 0 && std::all_of(quote.tiers.begin(), quote.tiers.end(), sound);
}

namespace {

const wire::Quote* current_quote(const State& state) {
  const Session* session = current_session(state);
  return session != nullptr && session->quote && usable(*session->quote) ? &*session->quote : nullptr;
}

}  // namespace

std::optional<Purchase> purchase_for(const State& state, Money amount) {
  const wire::Quote* quote = current_quote(state);
  if (quote == nullptr) return std::nullopt;
  return buy(amount, quote->tiers, quote->scale);
}

std::optional<Purchase> purchase_now(const State& state) {
  const Session* session = current_session(state);
  return session == nullptr ? std::nullopt : purchase_for(state, session->stacked());
}

Money room_left(const State& state) {
  const Session* session = current_session(state);
  const wire::Quote* quote = current_quote(state);
  if (session == nullptr || quote == nullptr) return Money{};
  const Money maximum = std::min(quote->maximum, state.settings.session_maximum);
  Money taken = session->stacked();
  for (const Note& note : session->notes)
    if (note.status == NoteStatus::Stacking || note.status == NoteStatus::InDoubt) taken += note.value;
  return std::max(Money{}, maximum - taken);
}

void Turn::activity() {
  state.talk.last_activity_ms = now();
  if (state.talk.overlay == Overlay::StillThere) state.talk.overlay = Overlay::None;
}

void Turn::show(Page page) {
  Conversation& talk = state.talk;
  talk.page = page;
  if (talk.overlay == Overlay::CancelQuestion) talk.overlay = Overlay::None;  // it asked about the page that went
  talk.deadline_ms = 0;
  talk.retry_ms = 0;
  activity();
}

void Turn::show_until(Page page, std::int64_t wait_ms) {
  show(page);
  state.talk.deadline_ms = now() + wait_ms;
}

}  // namespace pilotlight::core
