#include "ledger/store/views.h"

#include "ledger/rules/calendar.h"
#include "ledger/rules/mask.h"
#include "ledger/store/customers.h"
#include "ledger/store/top_ups.h"

namespace pilotlight::ledger {
namespace {

TopUpView as_view(const TopUp& top_up) {
  TopUpView view;
  view.top_up = top_up.top_up;
  view.terminal = top_up.terminal;
  view.session = top_up.session;
  view.account = top_up.account;
  view.card_number = top_up.card_number;
  view.state = enum_name(top_up.state);
  view.amount = top_up.amount;
  view.record = top_up.record;
  view.highest_attempt = top_up.highest_attempt;
  view.wall_ms = top_up.wall_ms;
  return view;
}

CertificateView read_certificate(const Query& row) {
  return {row.text(1), row.text(0), row.text(2), row.integer(3),
          static_cast<TerminalState>(row.integer(4)) == TerminalState::Revoked};
}

}  // namespace

std::optional<AccountView> view_account(Database& db, const std::string& number, std::int64_t now_ms) {
  const auto account = find_account(db, number);
  if (!account) return std::nullopt;
  AccountView view;
  view.account = number;
  view.masked_name = rules::mask_name(account->name);
  view.masked_address = rules::mask_address(account->address);
  view.tariff = account->tariff;
  view.open = account->standing.open;
  view.safety_hold = account->standing.safety_hold;
  view.wallet = balance(db, {book::AccountKind::Wallet, number});
  view.arrears = account->standing.arrears;
  view.year_volume = year_volume(db, number, rules::year_of(rules::business_date(now_ms)));
  {
    Query rows(db, "SELECT card_number, purchase_number, blocked FROM cards WHERE account = ?1 ORDER BY card_number",
               number);
    while (rows.next()) view.cards.push_back({rows.text(0), rows.u32(1), rows.integer(2) != 0});
  }
  std::vector<Id> ids;
  {
    Query rows(db, "SELECT top_up FROM top_ups WHERE account = ?1 ORDER BY wall_ms DESC, top_up DESC LIMIT 50", number);
    while (rows.next()) ids.push_back(rows.id(0));
  }
  for (const Id& id : ids)
    if (const auto top_up = find_top_up(db, id)) view.top_ups.push_back(as_view(*top_up));
  return view;
}

std::optional<TopUpView> view_top_up(Database& db, const Id& id) {
  const auto top_up = find_top_up(db, id);
  if (!top_up) return std::nullopt;
  return as_view(*top_up);
}

std::vector<SuspenseItem> list_suspense(Database& db) {
  std::vector<SuspenseItem> items;
  {
    Query rows(db, "SELECT note, terminal, value, state, account, evidence, wall_ms FROM notes WHERE state IN (2, 3)");
    while (rows.next()) {
      const bool in_doubt = static_cast<NoteState>(rows.integer(3)) == NoteState::InDoubt;
      items.push_back({rows.id(0), rows.text(1), rows.money(2), in_doubt ? "InDoubt" : "Suspense", rows.text(4),
                       rows.text(5), rows.integer(6)});
    }
  }
  // Money of sessions and late notes that named no account.
  Query rows(db, "SELECT ref, terminal, fen, wall_ms, kind FROM transfers WHERE kind IN (10, 12)");
  while (rows.next()) {
    const bool session = rows.integer(4) == static_cast<std::int64_t>(book::TransferKind::SessionSuspended);
    items.push_back({rows.id(0), rows.text(1), rows.money(2), "Suspense", "",
                     session ? "a session ended without an account" : "a note of an ended session without an account",
                     rows.integer(3)});
  }
  return items;
}

std::vector<AlertView> list_alerts(Database& db, std::int64_t after_number) {
  std::vector<AlertView> alerts;
  Query rows(db,
             "SELECT number, wall_ms, terminal, code, detail FROM alerts WHERE number > ?1 ORDER BY number LIMIT 500",
             after_number);
  while (rows.next()) alerts.push_back({rows.integer(0), rows.integer(1), rows.text(2), rows.text(3), rows.text(4)});
  return alerts;
}

std::vector<BalanceView> list_balances(Database& db) {
  std::vector<BalanceView> balances;
  Query rows(db, "SELECT name, debit, credit FROM book_accounts WHERE debit > 0 OR credit > 0 ORDER BY name");
  while (rows.next()) balances.push_back({rows.text(0), rows.money(1), rows.money(2)});
  return balances;
}

std::vector<CertificateView> list_certificates(Database& db, const std::string& terminal) {
  std::vector<CertificateView> certificates;
  Query rows(db,
             "SELECT c.serial, c.terminal, c.certificate_pem, c.not_after_ms, t.state FROM certificates c "
             "JOIN terminals t USING (terminal) WHERE c.terminal = ?1 ORDER BY c.added_ms DESC, c.not_after_ms DESC",
             terminal);
  while (rows.next()) certificates.push_back(read_certificate(rows));
  return certificates;
}

std::optional<CertificateView> view_certificate(Database& db, const std::string& serial) {
  Query row(db,
            "SELECT c.serial, c.terminal, c.certificate_pem, c.not_after_ms, t.state FROM certificates c "
            "JOIN terminals t USING (terminal) WHERE c.serial = ?1",
            serial);
  if (!row.next()) return std::nullopt;
  return read_certificate(row);
}

}  // namespace pilotlight::ledger
