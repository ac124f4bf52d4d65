#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "ledger/rules/calendar.h"
#include "ledger/store/audit.h"
#include "ledger/store/top_ups.h"
#include "ledger/wire/json.h"

namespace pilotlight::ledger {
namespace {

using book::TransferKind;

std::optional<Money> moved(Database& db, TransferKind kind, const Id& ref) {
  Query row(db, "SELECT fen FROM transfers WHERE ref = ?1 AND kind = ?2", ref, kind);
  if (!row.next()) return std::nullopt;
  return row.money(0);
}

// The money must have gone where the state says.
void check_money(Database& db, const TopUp& top_up, Findings& findings) {
  const auto reserved = moved(db, TransferKind::TopUpReserved, top_up.top_up);
  const auto cost = moved(db, TransferKind::CostPosted, top_up.top_up);
  const auto change = moved(db, TransferKind::ChangePosted, top_up.top_up);
  const auto to_tender = moved(db, TransferKind::VoidedToTender, top_up.top_up);
  const auto to_wallet = moved(db, TransferKind::VoidedToWallet, top_up.top_up);
  const auto late = moved(db, TransferKind::WrittenAfterVoid, top_up.top_up);
  const bool voided =
      to_tender.has_value() != to_wallet.has_value() && std::max(to_tender, to_wallet) == std::optional(top_up.amount);
  const bool unvoided = !to_tender && !to_wallet && !late;
  const bool unposted = !cost && !change;
  const bool posted = cost == top_up.record.cost && change.value_or(Money{0}) == top_up.record.change;
  bool good = false;
  switch (top_up.state) {
    case TopUpState::Pending:
      good = reserved == top_up.amount && unposted && unvoided;
      break;
    case TopUpState::Written:
      good = reserved == top_up.amount && ((posted && unvoided) || (unposted && voided && late == top_up.record.cost));
      break;
    case TopUpState::Voided:
      good = reserved == top_up.amount && unposted && voided && !late;
      break;
    case TopUpState::Abandoned:
    case TopUpState::Refused:
      good = !reserved && unposted && unvoided;
      break;
  }
  if (!good)
    findings.broken("M3", fmt::format("top-up {} is {}, and its money is elsewhere", to_string(top_up.top_up),
                                      enum_name(top_up.state)));
}

// M5: the row still says what was answered first, and sealed attempts are all there.
void check_answer(Database& db, const TopUp& top_up, Findings& findings) {
  const auto outcome = find_outcome(db, OutcomeKind::Authorise, top_up.top_up);
  const auto answer = outcome ? wire::from_json<wire::Authorisation>(outcome->answer) : fail(Message{});
  const bool paid = top_up.state != TopUpState::Abandoned && top_up.state != TopUpState::Refused;
  const bool granted = answer && answer->refusal == wire::Refusal::None;
  if (paid != granted || (paid && answer->record != top_up.record))
    findings.broken("M5", "top-up " + to_string(top_up.top_up) + " is not what was answered first");
  if (paid && top_up.record.cost + top_up.record.change != top_up.amount)
    findings.broken("M3", "top-up " + to_string(top_up.top_up) + ": cost and change are not the amount");
  Query seals(db, "SELECT count(*), coalesce(max(attempt), 0) FROM seals WHERE top_up = ?1", top_up.top_up);
  if (seals.next() && seals.u32(1) > top_up.highest_attempt)
    findings.broken("M5", "top-up " + to_string(top_up.top_up) + " forgets its highest sealed attempt");
}

struct CardHistory {
  std::set<std::uint32_t> written;
  std::optional<std::uint32_t> pending;
};

void check_cards(Database& db, std::map<std::string, CardHistory>& histories, Findings& findings) {
  Query rows(db, "SELECT card_number, base_number, purchase_number FROM cards");
  while (rows.next()) {
    const std::string card = rows.text(0);
    const std::uint32_t base = rows.u32(1);
    const std::uint32_t number = rows.u32(2);
    const CardHistory& history = histories[card];
    const std::uint32_t last = history.written.empty() ? base : *history.written.rbegin();
    const bool without_gap =
        history.written.empty() || (*history.written.begin() == base + 1 && history.written.size() == last - base);
    if (number != last || !without_gap)
      findings.broken("M3", fmt::format("card {}: number {} kept, {} by its purchases", card, number, last));
    if (history.pending && *history.pending != number + 1)
      findings.broken("M3", fmt::format("card {}: number {} is pending after {}", card, *history.pending, number));
    histories.erase(card);
  }
  for (const auto& [card, history] : histories) findings.broken("M3", "card " + card + " has purchases and is missing");
}

using YearVolumes = std::map<std::pair<std::string, int>, Volume>;

void check_years(Database& db, YearVolumes bought, Findings& findings) {
  {
    Query rows(db, "SELECT account, base_year, base_litres FROM accounts WHERE base_litres > 0");
    while (rows.next()) bought[{rows.text(0), static_cast<int>(rows.integer(1))}] += rows.volume(2);
  }
  Query rows(db, "SELECT account, year, litres FROM year_volumes");
  while (rows.next()) {
    const std::pair key{rows.text(0), static_cast<int>(rows.integer(1))};
    if (bought[key] != rows.volume(2))
      findings.broken("M7", fmt::format("account {}: {} litres in {} kept, {} bought", key.first, rows.integer(2),
                                        key.second, bought[key].litres));
    bought.erase(key);
  }
  for (const auto& [key, volume] : bought)
    if (volume.litres != 0)
      findings.broken("M7", fmt::format("account {}: volume of {} is missing", key.first, key.second));
}

void check_missing(Database& db, Findings& findings) {
  Query unknown(db,
                "SELECT t.seq FROM transfers t WHERE t.kind IN (4, 5, 6, 7, 8, 13) AND NOT EXISTS "
                "(SELECT 1 FROM top_ups u WHERE u.top_up = t.ref)");
  while (unknown.next())
    findings.broken("M3", fmt::format("transfer {} is about a top-up that is missing", unknown.integer(0)));
  Query answered(db,
                 "SELECT o.seq FROM outcomes o WHERE o.kind IN (0, 2) AND NOT EXISTS "
                 "(SELECT 1 FROM top_ups u WHERE u.top_up = o.id)");
  while (answered.next())
    findings.broken("M5", fmt::format("answer {} is about a top-up that is missing", answered.integer(0)));
  Query sealed(db, "SELECT s.seq FROM seals s WHERE NOT EXISTS (SELECT 1 FROM top_ups u WHERE u.top_up = s.top_up)");
  while (sealed.next()) findings.broken("M5", fmt::format("seal {} is of a top-up that is missing", sealed.integer(0)));
}

}  // namespace

void audit_top_ups(Database& db, Findings& findings) {
  std::map<std::string, CardHistory> histories;
  YearVolumes bought;
  std::vector<Id> ids;
  {
    Query rows(db, "SELECT top_up FROM top_ups");
    while (rows.next()) ids.push_back(rows.id(0));
  }
  for (const Id& id : ids) {
    const auto top_up = find_top_up(db, id);
    if (!top_up) continue;
    check_money(db, *top_up, findings);
    check_answer(db, *top_up, findings);
    if (top_up->state != TopUpState::Pending && top_up->state != TopUpState::Written) continue;
    bought[{top_up->account, rules::year_of(top_up->business_date)}] += top_up->record.volume;
    CardHistory& history = histories[top_up->card_number];
    if (top_up->state == TopUpState::Pending) {
      findings.audit.top_ups_pending += 1;
      history.pending = top_up->record.purchase_number;
    } else {
      findings.audit.top_ups_written += 1;
      if (!history.written.insert(top_up->record.purchase_number).second)
        findings.broken("M3", fmt::format("card {}: purchase {} stands twice", top_up->card_number,
                                          top_up->record.purchase_number));
    }
  }
  check_cards(db, histories, findings);
  check_years(db, bought, findings);
  check_missing(db, findings);
}

}  // namespace pilotlight::ledger
