// Authorise and seal, write, verify (DESIGN.md section 3, steps 3 to 6). Every answer that does not come is an unknown
// outcome: asked for again under the same id, then left standing under it.
#include "kiosk/core/turn.h"

namespace pilotlight::core {
namespace {

constexpr std::int64_t write_wait_ms = 30'000;  // the reader answers long before
constexpr std::uint32_t attempts_maximum = 3;   // seals tried in one session before the money is freed

const TopUp* current_top_up(Turn& t) {
  const Session* session = t.session();
  return session == nullptr ? nullptr : session->top_up();
}

// Is an answer about the top-up that is being worked on, and does it stand where the answer makes sense?
bool concerns(Turn& t, const Id& top_up, TopUpStatus status) {
  const TopUp* current = current_top_up(t);
  return current != nullptr && current->id == top_up && current->status == status;
}

void wait_for_card(Turn& t) {
  t.talk().resume = Page::Working;
  t.show_until(Page::CardOut, t.settings().card_return_ms);
  if (t.devices().card_present) t.perform(ReadCard{});
}

void write(Turn& t, const wire::Seal& seal) {
  const Session* session = t.session();
  const TopUp top_up = *session->top_up();
  if (seal.attempt <= top_up.attempt || seal.command.empty()) {  // an old seal: ask for one of our own, as long as the
    t.talk().retry_ms = t.now() + 1000;                          // page's deadline has not come
    return;
  }
  t.record(wire::WriteIntended{session->id, top_up.id, seal.attempt, top_up.record.purchase_number});
  t.talk().work = top_up.own ? Work::Writing : Work::ResolvingPending;
  t.show_until(Page::Working, write_wait_ms);
  t.perform(WriteCard{top_up.id, seal.command, session->card.card_number, top_up.record.purchase_number});
}

void ask_void(Turn& t) {
  const Session* session = t.session();
  const TopUp* top_up = session->top_up();
  t.talk().work = Work::Voiding;
  if (t.talk().page != Page::Working || t.talk().deadline_ms == 0)
    t.show_until(Page::Working, t.settings().ledger_answer_ms);
  t.talk().retry_ms = 0;
  t.perform(AskVoid{wire::VoidRequest{top_up->id, session->id, top_up->attempt, t.talk().card}});
}

void ask_abandon(Turn& t) {
  t.talk().retry_ms = 0;
  t.perform(AskAbandon{wire::AbandonRequest{current_top_up(t)->id, t.session()->id}});
}

// The same id and content again, with the card's challenge of now (it may have been used up).
void ask_authorise_again(Turn& t) {
  t.talk().retry_ms = 0;
  if (t.devices().card_present) return t.perform(AskChallenge{});
  t.perform(AskAuthorise{current_top_up(t)->request});
}

// The price moved between the quote and the confirmation: shown and confirmed again.
void show_new_quote(Turn& t, const Id& top_up, const wire::Quote& quote) {
  const Session* session = t.session();
  t.record(wire::TopUpRefused{session->id, top_up, wire::Refusal::QuoteChanged});
  t.record(wire::CustomerIdentified{session->id, session->account, session->masked_name, session->card, quote});
  t.talk().quote_changed = true;
  t.show(Page::Confirm);
}

}  // namespace

// The ledger fixes the record, but one that does not add up to what was paid, for the purchase that comes next, is no
// answer: it would reach the slip and the card as it is (M3, M7).
bool adds_up(const wire::AuthoriseRequest& asked, const wire::TopUpRecord& record) {
  return record.volume.litres > 0 && record.cost.fen >= 0 && record.cost <= asked.amount &&
         record.change == asked.amount - record.cost && record.purchase_number == asked.card.purchase_number + 1;
}

void start_top_up(Turn& t) {
  const Session* session = t.session();
  const auto purchase = purchase_now(t.state);
  CHECK(session != nullptr && purchase);
  if (purchase->volume.litres == 0) return finish_by_money(t);
  t.talk().work = Work::Authorising;
  t.show_until(Page::Working, t.settings().ledger_answer_ms);
  t.perform(AskChallenge{});
}

void on_challenge(Turn& t, const ChallengeGiven& given) {
  const Session* session = t.session();
  if (t.talk().page != Page::Working || session == nullptr) return;
  const TopUp* top_up = session->top_up();
  const bool fresh = top_up == nullptr || top_up->status == TopUpStatus::Refused;
  if (given.trouble != CardTrouble::None) {
    t.talk().card_trouble = given.trouble;
    if (fresh) {
      t.talk().resume = Page::Confirm;
      t.show_until(Page::CardOut, t.settings().card_return_ms);
      if (t.devices().card_present) t.perform(ReadCard{});  // put back before the answer came
      return;
    }
    if (top_up->status == TopUpStatus::Authorising) return t.perform(AskAuthorise{top_up->request});
    const bool asked = top_up->status == TopUpStatus::Authorised || top_up->status == TopUpStatus::Disproved;
    return asked ? wait_for_card(t) : void();  // while a write is on its way only its own answer counts
  }
  if (fresh) {
    const auto purchase = purchase_now(t.state);
    wire::AuthoriseRequest request{.top_up = t.fresh(),
                                   .session = session->id,
                                   .quote = session->quote->id,
                                   .account = session->account,
                                   .card = t.talk().card,
                                   .notes = {},
                                   .amount = session->stacked(),
                                   .volume = purchase->volume,
                                   .cost = purchase->cost,
                                   .change = purchase->change,
                                   .challenge = given.challenge};
    for (const Note& note : session->notes)
      if (note.status == NoteStatus::Stacked) request.notes.push_back({note.id, note.value});
    t.record(wire::AuthoriseIntended{request});
    return t.perform(AskAuthorise{std::move(request)});
  }
  if (top_up->status == TopUpStatus::Authorising) {
    wire::AuthoriseRequest again = top_up->request;
    again.challenge = given.challenge;
    return t.perform(AskAuthorise{std::move(again)});
  }
  if (top_up->status == TopUpStatus::Authorised || top_up->status == TopUpStatus::Disproved)
    t.perform(AskSeal{wire::SealRequest{t.fresh(), top_up->id, t.talk().card, given.challenge}});
}

void on_authorised(Turn& t, const AuthoriseAnswered& answer) {
  if (!concerns(t, answer.top_up, TopUpStatus::Authorising)) return;
  const Session* session = t.session();
  if (!answer.answered) {
    t.talk().retry_ms = t.now() + 1000;
    return;
  }
  const wire::Authorisation& given = answer.authorisation;
  if (given.refusal == wire::Refusal::QuoteChanged && given.new_quote && usable(*given.new_quote))
    return show_new_quote(t, answer.top_up, *given.new_quote);
  if (given.refusal != wire::Refusal::None) {
    t.record(wire::TopUpRefused{session->id, answer.top_up, given.refusal});
    t.talk().refusal = given.refusal;
    return finish_by_money(t);
  }
  const wire::AuthoriseRequest asked = session->top_up()->request;
  if (!adds_up(asked, given.record)) {
    t.record(wire::Incident{"ledger.numbers_wrong", to_string(answer.top_up)});
    return give_up_authorising(t);
  }
  if (given.record.volume != asked.volume || given.record.cost != asked.cost)
    t.record(wire::Incident{"ledger.numbers_differ", to_string(answer.top_up)});
  t.record(wire::TopUpAuthorised{session->id, answer.top_up, given.record});
  if (!t.devices().card_present) return wait_for_card(t);
  write(t, given.seal);
}

void give_up_authorising(Turn& t) {
  const TopUp* top_up = current_top_up(t);
  if (top_up == nullptr || top_up->status == TopUpStatus::Refused) return finish_by_money(t);  // never asked
  if (top_up->status == TopUpStatus::Authorising) {
    t.record(wire::AbandonIntended{t.session()->id, top_up->id});
    t.talk().work = Work::Abandoning;
    t.show_until(Page::Working, t.settings().ledger_answer_ms);
    return ask_abandon(t);
  }
  switch (top_up->status) {
    case TopUpStatus::Abandoning:
    case TopUpStatus::Disproved:
      return finish(t, wire::Ending::HandedToStaff);
    case TopUpStatus::Authorised:
    case TopUpStatus::Writing:
      return finish(t, wire::Ending::PendingOnCard);
    default:
      return finish_by_money(t);
  }
}

void retry_question(Turn& t) {
  const Session* session = t.session();
  t.talk().retry_ms = 0;
  if (session == nullptr) return;
  if (t.talk().page == Page::Reading) return ask_identify(t);
  if (t.talk().page == Page::CardOut && t.devices().card_present) return t.perform(ReadCard{});
  const TopUp* top_up = session->top_up();
  if (top_up == nullptr || t.talk().page != Page::Working) return;
  switch (top_up->status) {
    case TopUpStatus::Authorising:
      return ask_authorise_again(t);
    case TopUpStatus::Abandoning:
      return ask_abandon(t);
    case TopUpStatus::Authorised:
      return t.perform(AskChallenge{});
    case TopUpStatus::Disproved:
      return t.talk().work == Work::Voiding ? ask_void(t) : t.perform(AskChallenge{});
    default:
      return;
  }
}

void start_seal(Turn& t, Work work) {
  t.talk().work = work;
  if (!t.devices().card_present) return wait_for_card(t);
  t.show_until(Page::Working, t.settings().ledger_answer_ms);
  t.perform(AskChallenge{});
}

void on_sealed(Turn& t, const SealAnswered& answer) {
  const bool open =
      concerns(t, answer.top_up, TopUpStatus::Authorised) || concerns(t, answer.top_up, TopUpStatus::Disproved);
  if (!open || t.talk().page != Page::Working) return;
  if (!answer.answered) {
    t.talk().retry_ms = t.now() + 1000;
    return;
  }
  if (answer.seal.refusal == wire::Refusal::None) return write(t, answer.seal.seal);
  t.talk().refusal = answer.seal.refusal;
  finish(t, current_top_up(t)->status == TopUpStatus::Authorised ? wire::Ending::PendingOnCard
                                                                 : wire::Ending::HandedToStaff);
}

bool written_on(const TopUp& top_up, const wire::CardState& card) {
  return card.purchase_number >= top_up.record.purchase_number;
}

// The card answered. Its number decides, never its volume.
void check_card_after_write(Turn& t, const wire::CardState& card) {
  const Session* session = t.session();
  const TopUp top_up = *session->top_up();
  t.talk().card = card;
  if (written_on(top_up, card)) {
    t.record(wire::WriteVerified{session->id, top_up.id, card});
    return finish(t, wire::Ending::Delivered);
  }
  if (top_up.status == TopUpStatus::Writing)
    t.record(wire::WriteDisproved{session->id, top_up.id, top_up.attempt, card});
  if (top_up.attempt < attempts_maximum || !top_up.own) {
    if (top_up.attempt >= attempts_maximum + 3) return finish(t, wire::Ending::PendingOnCard);
    return start_seal(t, top_up.own ? Work::Writing : Work::ResolvingPending);
  }
  ask_void(t);
}

void on_written(Turn& t, const CardWritten& written) {
  const TopUp* top_up = current_top_up(t);
  if (top_up == nullptr || top_up->status != TopUpStatus::Writing) return;
  const bool same = written.card.card_number == t.session()->card.card_number;
  if (written.outcome == WriteOutcome::Unknown || !same) return wait_for_card(t);
  check_card_after_write(t, written.card);
}

void on_abandoned(Turn& t, const AbandonAnswered& answer) {
  if (!concerns(t, answer.top_up, TopUpStatus::Abandoning) || t.talk().page != Page::Working) return;
  if (!answer.answered) {
    t.talk().retry_ms = t.now() + 1000;
    return;
  }
  const Id session = t.session()->id;
  if (answer.abandonment.abandoned) {
    t.record(wire::TopUpAbandoned{session, answer.top_up});
    return finish_by_money(t);
  }
  const auto& pending = answer.abandonment.pending;
  if (!pending || !adds_up(t.session()->top_up()->request, pending->record))
    return finish(t, wire::Ending::HandedToStaff);
  t.record(wire::TopUpAuthorised{session, answer.top_up, pending->record});
  start_seal(t, Work::Writing);
}

void on_voided(Turn& t, const VoidAnswered& answer) {
  if (!concerns(t, answer.top_up, TopUpStatus::Disproved) || t.talk().work != Work::Voiding) return;
  if (!answer.answered) {
    t.talk().retry_ms = t.now() + 1000;
    return;
  }
  if (answer.answer.refusal != wire::Refusal::None) return finish(t, wire::Ending::HandedToStaff);
  t.record(wire::TopUpVoided{t.session()->id, answer.top_up});
  finish_by_money(t);
}

// A top-up paid earlier, here or elsewhere, whose way onto this card is open: it comes first.
void resolve_pending(Turn& t, const wire::PendingTopUp& pending) {
  const Session* session = t.session();
  const wire::Identification& found = *t.talk().identification;
  const wire::CardState card = t.talk().card;
  t.record(wire::CustomerIdentified{session->id, found.account, found.masked_name, card,
                                    found.quote.value_or(wire::Quote{})});
  t.record(wire::TopUpAuthorised{session->id, pending.top_up, pending.record});
  if (written_on(*t.session()->top_up(), card)) {
    t.record(wire::WriteVerified{t.session()->id, pending.top_up, card});
    return finish(t, wire::Ending::Delivered);
  }
  start_seal(t, Work::ResolvingPending);
}

}  // namespace pilotlight::core
