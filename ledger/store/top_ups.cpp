#include "ledger/store/top_ups.h"

#include <fmt/format.h>

#include "kiosk/base/check.h"
#include "ledger/rules/calendar.h"
#include "ledger/rules/write_command.h"
#include "ledger/store/digest.h"
#include "ledger/wire/json.h"

namespace pilotlight::ledger {
namespace {

using book::AccountKind;
using book::AccountName;
using book::TransferKind;
using wire::Refusal;

#define TOP_UP_COLUMNS                                                                                    \
  "top_up, terminal, session, account, card_number, state, amount, number, volume, total, cost, change, " \
  "business_date, highest_attempt, wall_ms"

TopUp read_row(const Query& row) {
  TopUp found;
  found.top_up = row.id(0);
  found.terminal = row.text(1);
  found.session = row.id(2);
  found.account = row.text(3);
  found.card_number = row.text(4);
  found.state = static_cast<TopUpState>(row.integer(5));
  found.amount = row.money(6);
  found.record = {row.u32(7), row.volume(8), row.volume(9), row.money(10), row.money(11)};
  found.business_date = row.text(12);
  found.highest_attempt = row.u32(13);
  found.wall_ms = row.integer(14);
  return found;
}

AccountName pending_account(const TopUp& top_up) { return {AccountKind::Pending, to_string(top_up.top_up)}; }

void must_post(Work& work, const book::Transfer& transfer) {
  if (transfer.amount.fen == 0) return;
  const auto made = post(work, transfer);
  CHECK(made || work.db.failed());
}

void set_state(Work& work, const TopUp& top_up, TopUpState state, const Id& by_session) {
  work.db.run("UPDATE top_ups SET state = ?2, resolved_by = ?3 WHERE top_up = ?1", top_up.top_up, state, by_session);
}

void insert_row(Work& work, const TopUp& top_up) {
  work.db.run("INSERT INTO top_ups (" TOP_UP_COLUMNS
              ", resolved_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, zeroblob(16)) "
              "ON CONFLICT (top_up) DO UPDATE SET terminal = excluded.terminal, session = excluded.session, "
              "account = excluded.account, card_number = excluded.card_number, state = excluded.state, "
              "amount = excluded.amount, number = excluded.number, volume = excluded.volume, total = excluded.total, "
              "cost = excluded.cost, change = excluded.change, business_date = excluded.business_date",
              top_up.top_up, top_up.terminal, top_up.session, top_up.account, top_up.card_number, top_up.state,
              top_up.amount, top_up.record.purchase_number, top_up.record.volume, top_up.record.total,
              top_up.record.cost, top_up.record.change, top_up.business_date, top_up.highest_attempt, work.now_ms);
}

}  // namespace

std::optional<TopUp> find_top_up(Database& db, const Id& top_up) {
  Query row(db, "SELECT " TOP_UP_COLUMNS " FROM top_ups WHERE top_up = ?1", top_up);
  if (!row.next()) return std::nullopt;
  return read_row(row);
}

std::optional<TopUp> pending_of_card(Database& db, const std::string& card_number) {
  Query row(db, "SELECT " TOP_UP_COLUMNS " FROM top_ups WHERE card_number = ?1 AND state = 0", card_number);
  if (!row.next()) return std::nullopt;
  return read_row(row);
}

wire::PendingTopUp as_pending(const TopUp& top_up) { return {top_up.top_up, top_up.record, top_up.highest_attempt}; }

Bytes authorise_content(wire::AuthoriseRequest request) {
  request.challenge.clear();
  request.card.sequence = 0;
  return Digest().add(wire::to_json(request)).finish();
}

bool reserve(Work& work, const TopUp& top_up) {
  const AccountName tender = tender_of(top_up.session);
  if (balance(work.db, tender) < top_up.amount) return false;
  must_post(work, {TransferKind::TopUpReserved, top_up.top_up, tender, pending_account(top_up), top_up.amount});
  insert_row(work, top_up);
  add_year_volume(work.db, top_up.account, rules::year_of(top_up.business_date), top_up.record.volume);
  return true;
}

void keep_unpaid(Work& work, const Id& top_up, const Id& session, TopUpState state) {
  TopUp row;
  row.top_up = top_up;
  row.terminal = work.terminal;
  row.session = session;
  row.state = state;
  insert_row(work, row);
}

void post_written(Work& work, const TopUp& top_up, const Id& by_session) {
  if (top_up.state == TopUpState::Written) return;
  const AccountName revenue{AccountKind::Revenue, ""};
  if (top_up.state == TopUpState::Pending) {
    const AccountName pending = pending_account(top_up);
    must_post(work, {TransferKind::CostPosted, top_up.top_up, pending, revenue, top_up.record.cost});
    must_post(work, {TransferKind::ChangePosted,
                     top_up.top_up,
                     pending,
                     {AccountKind::Wallet, top_up.account},
                     top_up.record.change});
  } else {
    CHECK(top_up.state == TopUpState::Voided);
    must_post(work, {TransferKind::WrittenAfterVoid,
                     top_up.top_up,
                     {AccountKind::Receivable, top_up.account},
                     revenue,
                     top_up.record.cost});
    add_year_volume(work.db, top_up.account, rules::year_of(top_up.business_date), top_up.record.volume);
    alert(work, "WrittenAfterVoid",
          fmt::format("top-up {}: {} fen of gas without money", to_string(top_up.top_up), top_up.record.cost.fen));
  }
  set_state(work, top_up, TopUpState::Written, by_session);
  raise_card_number(work.db, top_up.card_number, top_up.record.purchase_number);
}

Refusal void_pending(Work& work, const TopUp& top_up, std::uint32_t attempt, const Id& by_session) {
  if (top_up.state == TopUpState::Written) return Refusal::AlreadyWritten;
  if (attempt != top_up.highest_attempt) return Refusal::NotHighestAttempt;
  if (top_up.state == TopUpState::Voided) return Refusal::None;
  const auto session = find_session(work.db, top_up.session);
  const AccountName pending = pending_account(top_up);
  if (session && !session->ended) {
    must_post(work, {TransferKind::VoidedToTender, top_up.top_up, pending, tender_of(top_up.session), top_up.amount});
  } else {
    must_post(
        work,
        {TransferKind::VoidedToWallet, top_up.top_up, pending, {AccountKind::Wallet, top_up.account}, top_up.amount});
  }
  set_state(work, top_up, TopUpState::Voided, by_session);
  add_year_volume(work.db, top_up.account, rules::year_of(top_up.business_date), Volume{-top_up.record.volume.litres});
  return Refusal::None;
}

Refusal seal_refusal(const Work& work, const TopUp& top_up, const Card& card, const wire::CardState& state) {
  if (state.card_number != top_up.card_number) return Refusal::UnknownCard;
  if (card.blocked) return Refusal::BlockedCard;
  if (top_up.state == TopUpState::Written) return Refusal::AlreadyWritten;
  if (top_up.state != TopUpState::Pending) return Refusal::Abandoned;
  if (state.purchase_number == top_up.record.purchase_number) return Refusal::AlreadyWritten;
  if (state.purchase_number > top_up.record.purchase_number) return Refusal::NumberAhead;
  if (state.purchase_number + 1 < top_up.record.purchase_number) return Refusal::NumberBehind;
  return work.may_trade ? Refusal::None : Refusal::OutOfService;
}

std::optional<wire::Seal> seal_for(Work& work, const TopUp& top_up, const Card& card, const wire::CardState& state,
                                   const Bytes& challenge) {
  {
    Query made(work.db,
               "SELECT attempt, command FROM seals WHERE top_up = ?1 AND challenge = ?2 AND card_sequence = ?3",
               top_up.top_up, challenge, state.sequence);
    if (made.next()) return wire::Seal{made.u32(0), made.blob(1)};
  }
  auto command = rules::write_command(top_up.record, state.sequence, top_up.business_date, card.replacement_count);
  if (!command || work.keys == nullptr) {
    alert(work, "SealFailed", "top-up " + to_string(top_up.top_up) + ": the record does not fit, or no keys");
    return std::nullopt;
  }
  const auto mac = work.keys->seal(*command, challenge, top_up.card_number);
  if (!mac) {
    alert(work, "SealFailed", "top-up " + to_string(top_up.top_up) + ": " + mac.error().text);
    return std::nullopt;
  }
  command->insert(command->end(), mac->begin(), mac->end());
  const std::uint32_t attempt = top_up.highest_attempt + 1;
  work.db.run(
      "INSERT INTO seals (top_up, attempt, challenge, card_sequence, command, terminal, wall_ms) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      top_up.top_up, attempt, challenge, state.sequence, *command, work.terminal, work.now_ms);
  work.db.run("UPDATE top_ups SET highest_attempt = ?2 WHERE top_up = ?1", top_up.top_up, attempt);
  return wire::Seal{attempt, std::move(*command)};
}

}  // namespace pilotlight::ledger
