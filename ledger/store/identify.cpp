#include "ledger/rules/calendar.h"
#include "ledger/rules/mask.h"
#include "ledger/store/questions.h"
#include "ledger/store/top_ups.h"

namespace pilotlight::ledger {
namespace {

using wire::Refusal;

Money last_top_up(Database& db, const std::string& account) {
  Query row(db, "SELECT amount FROM top_ups WHERE account = ?1 AND state IN (0, 1) ORDER BY wall_ms DESC LIMIT 1",
            account);
  return row.next() ? row.money(0) : Money{0};
}

}  // namespace

Answer<wire::Identification> identify(Work& work, const wire::IdentifyRequest& request) {
  wire::Identification answer;
  if (foreign_session(work, request.session)) {
    answer.refusal = Refusal::OutOfService;
    return answer;
  }
  const auto card = find_card(work.db, request.card.card_number);
  const auto account = card ? find_account(work.db, card->account) : std::nullopt;
  if (!account) {
    answer.refusal = Refusal::UnknownCard;
    return answer;
  }
  if (card->blocked) {  // perhaps found or stolen: it names nobody
    answer.refusal = Refusal::BlockedCard;
    return answer;
  }
  answer.account = account->account;
  answer.masked_name = rules::mask_name(account->name);
  answer.masked_address = rules::mask_address(account->address);
  answer.arrears = account->standing.arrears;
  answer.wallet = balance(work.db, {book::AccountKind::Wallet, account->account});
  answer.last_top_up = last_top_up(work.db, account->account);
  open_session(work, request.session, account->account);

  const auto pending = pending_of_card(work.db, card->card_number);
  const auto pending_number = pending ? std::optional(pending->record.purchase_number) : std::nullopt;
  const Refusal number = rules::card_1(request.card, card->purchase_number, pending_number);
  answer.refusal = rules::standing_refusal(account->standing, rules::business_date(work.now_ms));
  if (answer.refusal == Refusal::None) answer.refusal = number;
  if (answer.refusal == Refusal::None && !work.may_trade) answer.refusal = Refusal::OutOfService;
  // What is paid is delivered, whatever stops new sales.
  if (number == Refusal::PendingTopUp) answer.pending = as_pending(*pending);
  if (answer.refusal == Refusal::None) answer.quote = quote_for(work, request.session, *account);
  return answer;
}

}  // namespace pilotlight::ledger
