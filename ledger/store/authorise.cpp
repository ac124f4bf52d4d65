#include <fmt/format.h>

#include <algorithm>

#include "kiosk/base/check.h"
#include "ledger/rules/calendar.h"
#include "ledger/store/digest.h"
#include "ledger/store/limits.h"
#include "ledger/store/questions.h"
#include "ledger/store/top_ups.h"
#include "ledger/wire/json.h"

namespace pilotlight::ledger {
namespace {

using wire::Authorisation;
using wire::AuthoriseRequest;
using wire::Refusal;

Authorisation refused(Refusal refusal) {
  Authorisation answer;
  answer.refusal = refusal;
  return answer;
}

// The first outcome again; for a new challenge with a new seal of the same record.
Authorisation repeat(Work& work, const AuthoriseRequest& request, const Outcome& first, ByteView content) {
  if (!std::equal(content.begin(), content.end(), first.content.begin(), first.content.end()))
    return refused(Refusal::ContentChanged);
  auto answer = wire::from_json<Authorisation>(first.answer);
  CHECK(answer);
  if (answer->refusal != Refusal::None) return *answer;
  const auto top_up = find_top_up(work.db, request.top_up);
  const auto card = find_card(work.db, request.card.card_number);
  if (!top_up || !card) return *answer;
  {
    Query made(work.db,
               "SELECT attempt, command FROM seals WHERE top_up = ?1 AND challenge = ?2 AND card_sequence = ?3",
               request.top_up, request.challenge, request.card.sequence);
    if (made.next()) {
      answer->seal = {made.u32(0), made.blob(1)};
      return *answer;
    }
  }
  // Paid is paid: without a seal the terminal asks for one, and hears there why it cannot have it.
  answer->seal = {};
  if (seal_refusal(work, *top_up, *card, request.card) != Refusal::None) return *answer;
  if (auto seal = seal_for(work, *top_up, *card, request.card, request.challenge)) answer->seal = std::move(*seal);
  return *answer;
}

// Every note by its id, whatever becomes of the question: the money is in the box. False: a note is not what it is said
// to be.
bool take_notes(Work& work, const AuthoriseRequest& request) {
  bool good = true;
  for (const wire::TenderedNote& note : request.notes)
    good = in_range(note.value) && take_note(work, request.session, note.note, note.value, "authorise") && good;
  return good;
}

struct Sale {
  Account account;
  Card card;
  wire::Quote quote;
  Purchase purchase;
};

// Whether the quote still holds, the amounts agree and the limit is kept; fills the sale.
Refusal check_amounts(Work& work, const AuthoriseRequest& request, bool notes_good, Sale& sale, Authorisation& answer) {
  const auto quote = find_quote(work.db, request.quote, request.session, request.account);
  const auto session = find_session(work.db, request.session);
  const bool own = session && session->account == request.account && session->terminal == work.terminal;
  if (!quote || !own) return Refusal::QuoteUnknown;
  const wire::Quote now = quote_for(work, request.session, sale.account);
  if (!same_promise(*quote, now)) {
    answer.new_quote = now;
    return Refusal::QuoteChanged;
  }
  if (request.amount > quote->maximum) return Refusal::OverLimit;
  Money tendered;
  for (const auto& note : request.notes)
    if (in_range(note.value)) tendered += note.value;
  if (!notes_good || request.amount.fen <= 0 || tendered != request.amount) return Refusal::AmountMismatch;
  if (balance(work.db, tender_of(request.session)) < request.amount) return Refusal::AmountMismatch;
  sale.quote = *quote;
  sale.purchase = buy(request.amount, quote->tiers, quote->scale);
  if (sale.purchase != Purchase{request.volume, request.cost, request.change} || sale.purchase.volume.litres == 0)
    return Refusal::AmountMismatch;
  const std::int64_t total = request.card.total.litres;
  if (total < 0 || total > card_total_maximum.litres - sale.purchase.volume.litres) return Refusal::OverLimit;
  return Refusal::None;
}

// In the order of wire::Refusal.
Refusal check_sale(Work& work, const AuthoriseRequest& request, bool notes_good, Sale& sale, Authorisation& answer) {
  const auto card = find_card(work.db, request.card.card_number);
  const auto account = card ? find_account(work.db, card->account) : std::nullopt;
  if (!account || account->account != request.account) return Refusal::UnknownCard;
  if (card->blocked) return Refusal::BlockedCard;
  sale.card = *card;
  sale.account = *account;
  const Refusal standing = rules::standing_refusal(account->standing, rules::business_date(work.now_ms));
  if (standing != Refusal::None) return standing;
  const auto pending = pending_of_card(work.db, card->card_number);
  const auto pending_number = pending ? std::optional(pending->record.purchase_number) : std::nullopt;
  const Refusal number = rules::card_1(request.card, card->purchase_number, pending_number);
  if (number != Refusal::None) return number;
  return check_amounts(work, request, notes_good, sale, answer);
}

Authorisation first_time(Work& work, const AuthoriseRequest& request) {
  open_session(work, request.session, request.account);
  const bool notes_good = take_notes(work, request);
  Authorisation answer;
  Sale sale;
  answer.refusal = check_sale(work, request, notes_good, sale, answer);
  if (answer.refusal != Refusal::None) return answer;
  TopUp top_up;
  top_up.top_up = request.top_up;
  top_up.terminal = work.terminal;
  top_up.session = request.session;
  top_up.account = sale.account.account;
  top_up.card_number = sale.card.card_number;
  top_up.amount = request.amount;
  top_up.record = {sale.card.purchase_number + 1, sale.purchase.volume, request.card.total + sale.purchase.volume,
                   sale.purchase.cost, sale.purchase.change};
  top_up.business_date = sale.quote.business_date;
  CHECK(reserve(work, top_up) || work.db.failed());
  answer.record = top_up.record;
  // Without a seal the money stands pending all the same; the terminal asks for another with `seal`.
  if (auto seal = seal_for(work, top_up, sale.card, request.card, request.challenge)) answer.seal = std::move(*seal);
  return answer;
}

}  // namespace

Answer<Authorisation> authorise(Work& work, const AuthoriseRequest& request) {
  if (request.notes.size() > notes_maximum || !challenge_good(request.challenge)) return fail(Trouble::TooMany);
  const Bytes content = authorise_content(request);
  if (const auto first = find_outcome(work.db, OutcomeKind::Authorise, request.top_up))
    return repeat(work, request, *first, content);
  // Not an outcome: it was not looked at.
  if (!work.may_trade || work.keys == nullptr || foreign_session(work, request.session))
    return refused(Refusal::OutOfService);
  Authorisation answer;
  if (find_top_up(work.db, request.top_up)) {  // without a first outcome: abandon came first
    answer.refusal = Refusal::Abandoned;
    open_session(work, request.session, request.account);
    take_notes(work, request);
  } else {
    answer = first_time(work, request);
    if (answer.refusal != Refusal::None) keep_unpaid(work, request.top_up, request.session, TopUpState::Refused);
  }
  keep_outcome(work, OutcomeKind::Authorise, request.top_up, content, wire::to_json(answer));
  return answer;
}

}  // namespace pilotlight::ledger
