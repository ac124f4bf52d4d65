// From a card in the slot to an account on the screen (DESIGN.md section 3, step 1).
#include "kiosk/core/turn.h"

namespace pilotlight::core {
namespace {

// The card stays unsold; the page says why and what to do.
void not_sold(Turn& t, wire::Refusal refusal) {
  if (t.session() != nullptr) t.record(outcome_of(*t.session(), wire::Ending::NothingTendered));
  t.talk().refusal = refusal;
  t.perform(ReleaseCard{});
  t.show(Page::NotSold);
}

}  // namespace

void start_reading(Turn& t) {
  t.talk().identification.reset();
  t.talk().card_trouble = CardTrouble::None;
  t.talk().refusal = wire::Refusal::None;
  t.talk().goal = {};
  t.talk().typed.clear();
  t.talk().session = {};
  t.show_until(Page::Reading, t.settings().ledger_answer_ms);
  t.perform(ReadCard{});
}

void ask_identify(Turn& t) {
  t.perform(AskIdentify{wire::IdentifyRequest{t.talk().session, t.talk().card}});
  t.talk().retry_ms = 0;
}

void on_card_read(Turn& t, const CardRead& read) {
  if (t.talk().page == Page::Reading) {
    if (t.session() != nullptr) return;  // answered already: a second session would be left open for ever
    if (read.trouble != CardTrouble::None) {
      t.talk().card_trouble = read.trouble;
      t.perform(ReleaseCard{});
      t.show(read.trouble == CardTrouble::Gone ? Page::Home : Page::CardProblem);
      return;
    }
    t.talk().card = read.card;
    t.talk().session = t.fresh();
    t.record(wire::SessionOpened{t.talk().session});
    ask_identify(t);
    return;
  }
  if (t.talk().page != Page::CardOut) return;
  if (read.trouble != CardTrouble::None) {  // a card put back faster than the reader looks is never reported as new
    if (t.devices().card_present) t.talk().retry_ms = t.now() + 1000;
    return;
  }
  const Session* session = t.session();
  CHECK(session != nullptr);
  if (read.card.card_number != session->card.card_number) {  // another card: give it back, keep waiting
    t.talk().card_trouble = CardTrouble::Foreign;
    t.perform(ReleaseCard{});
    return;
  }
  t.talk().card_trouble = CardTrouble::None;
  t.talk().card = read.card;
  const TopUp* top_up = session->top_up();
  if (top_up != nullptr && (top_up->status == TopUpStatus::Authorised || top_up->status == TopUpStatus::Writing ||
                            top_up->status == TopUpStatus::Disproved)) {
    check_card_after_write(t, read.card);
  } else {
    t.show(Page::Confirm);
  }
}

void on_identified(Turn& t, const IdentifyAnswered& answer) {
  if (t.talk().page != Page::Reading || answer.session != t.talk().session || t.session() == nullptr) return;
  if (!answer.answered) {
    t.talk().retry_ms = t.now() + 1000;
    return;
  }
  const wire::Identification& found = answer.identification;
  t.talk().identification = found;
  if (found.pending) return resolve_pending(t, *found.pending);
  if (found.refusal != wire::Refusal::None) return not_sold(t, found.refusal);
  const bool sellable = found.quote && found.quote->maximum.fen > 0 && usable(*found.quote);
  if (!sellable) return not_sold(t, wire::Refusal::OverLimit);
  t.record(wire::CustomerIdentified{t.talk().session, found.account, found.masked_name, t.talk().card, *found.quote});
  t.show(Page::Account);
}

}  // namespace pilotlight::core
