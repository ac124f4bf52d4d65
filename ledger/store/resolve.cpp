#include "kiosk/base/check.h"
#include "ledger/store/digest.h"
#include "ledger/store/limits.h"
#include "ledger/store/questions.h"
#include "ledger/store/top_ups.h"
#include "ledger/wire/json.h"

namespace pilotlight::ledger {
namespace {

using wire::Refusal;

// Refusals that say "not now" or "not known here" are no outcome: the same attempt may be asked again.
bool is_outcome(Refusal refusal) { return refusal != Refusal::OutOfService && refusal != Refusal::UnknownTopUp; }

wire::SealAnswer first_seal(Work& work, const wire::SealRequest& request) {
  wire::SealAnswer answer;
  const auto top_up = find_top_up(work.db, request.top_up);
  const bool paid = top_up && top_up->state != TopUpState::Abandoned && top_up->state != TopUpState::Refused;
  const auto card = paid ? find_card(work.db, top_up->card_number) : std::nullopt;
  if (!card) {
    answer.refusal = top_up && top_up->state == TopUpState::Abandoned ? Refusal::Abandoned : Refusal::UnknownTopUp;
    return answer;
  }
  answer.record = top_up->record;
  answer.refusal = seal_refusal(work, *top_up, *card, request.card);
  if (answer.refusal != Refusal::None) return answer;
  auto seal = seal_for(work, *top_up, *card, request.card, request.challenge);
  if (seal) {
    answer.seal = std::move(*seal);
  } else {
    answer.refusal = Refusal::OutOfService;
  }
  return answer;
}

}  // namespace

Answer<wire::SealAnswer> seal(Work& work, const wire::SealRequest& request) {
  if (!challenge_good(request.challenge)) return fail(Trouble::TooMany);
  const Bytes content = Digest().add(wire::to_json(request)).finish();
  if (const auto first = find_outcome(work.db, OutcomeKind::Seal, request.seal)) {
    if (first->content != content) {
      wire::SealAnswer changed;
      changed.refusal = Refusal::ContentChanged;
      return changed;
    }
    auto answer = wire::from_json<wire::SealAnswer>(first->answer);
    CHECK(answer);
    return *answer;
  }
  wire::SealAnswer answer = first_seal(work, request);
  if (is_outcome(answer.refusal)) keep_outcome(work, OutcomeKind::Seal, request.seal, content, wire::to_json(answer));
  return answer;
}

Answer<wire::Abandonment> abandon(Work& work, const wire::AbandonRequest& request) {
  if (const auto first = find_outcome(work.db, OutcomeKind::Abandon, request.top_up)) {
    auto answer = wire::from_json<wire::Abandonment>(first->answer);
    CHECK(answer);
    return *answer;
  }
  // A tombstone now could bury a top-up that a restored ledger has only forgotten.
  if (work.catching_up) return fail(Trouble::CatchingUp);
  wire::Abandonment answer;
  const auto top_up = find_top_up(work.db, request.top_up);
  if (top_up && (top_up->state == TopUpState::Pending || top_up->state == TopUpState::Written)) {
    answer.pending = as_pending(*top_up);
  } else {
    answer.abandoned = true;  // nothing of it will ever reach the card: abandoned now, refused or voided before
    open_session(work, request.session, "");
    if (!top_up) keep_unpaid(work, request.top_up, request.session, TopUpState::Abandoned);
  }
  const Bytes content = Digest().add(wire::to_json(request)).finish();
  keep_outcome(work, OutcomeKind::Abandon, request.top_up, content, wire::to_json(answer));
  return answer;
}

Answer<wire::VoidAnswer> void_top_up(Work& work, const wire::VoidRequest& request) {
  if (work.incomplete) return fail(Trouble::CatchingUp);  // it may have forgotten a higher attempt
  const auto top_up = find_top_up(work.db, request.top_up);
  if (!top_up || top_up->state == TopUpState::Abandoned || top_up->state == TopUpState::Refused)
    return wire::VoidAnswer{Refusal::UnknownTopUp};
  // The card in the reader is the evidence: it must be this card, and must not show the purchase.
  if (request.card.card_number != top_up->card_number) return wire::VoidAnswer{Refusal::UnknownCard};
  if (request.card.purchase_number >= top_up->record.purchase_number) return wire::VoidAnswer{Refusal::AlreadyWritten};
  return wire::VoidAnswer{void_pending(work, *top_up, request.attempt, request.session)};
}

}  // namespace pilotlight::ledger
