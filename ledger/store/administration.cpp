// What staff change: terminals, codes, certificates, imports, blocks.
#include <fmt/format.h>

#include <algorithm>

#include "ledger/store/customers.h"
#include "ledger/store/import.h"
#include "ledger/store/ledger.h"
#include "ledger/store/store.h"
#include "ledger/store/terminals.h"

namespace pilotlight::ledger {
namespace {

bool name_good(const std::string& terminal) {
  return !terminal.empty() && terminal.size() <= 16 && std::all_of(terminal.begin(), terminal.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
  });
}

Result<void, Message> unknown_terminal(const std::string& terminal) {
  return fail(Message{"terminal '" + terminal + "' is not known; add it first"});
}

Result<void, Message> set_terminal_state(Work& work, const std::string& terminal, TerminalState to,
                                         const std::string& reason) {
  const auto gate = find_gate(work.db, terminal);
  if (!gate) return unknown_terminal(terminal);
  if (gate->state == TerminalState::Revoked && to != TerminalState::Revoked)
    return fail(Message{"terminal '" + terminal + "' is revoked; enrol it again under a new name"});
  work.db.run("UPDATE terminals SET state = ?2, reason = ?3 WHERE terminal = ?1", terminal, to, reason);
  if (to == TerminalState::Active) work.db.run("UPDATE terminals SET catching_up = 0 WHERE terminal = ?1", terminal);
  work.terminal = terminal;
  alert(work, "TerminalState", fmt::format("{} {}", enum_name(to), reason));
  return {};
}

}  // namespace

Result<void, Message> Ledger::add_terminal(const std::string& terminal, const std::string& place) {
  if (!name_good(terminal))
    return fail(Message{"a terminal's name has up to 16 letters, digits and dashes, such as T0042"});
  return store_->change([&](Work& work) -> Result<void, Message> {
    if (find_gate(work.db, terminal)) return fail(Message{"terminal '" + terminal + "' is known already"});
    work.db.run("INSERT INTO terminals (terminal, place) VALUES (?1, ?2)", terminal, place);
    return {};
  });
}

Result<void, Message> Ledger::revoke_terminal(const std::string& terminal, const std::string& reason) {
  return store_->change([&](Work& work) { return set_terminal_state(work, terminal, TerminalState::Revoked, reason); });
}
Result<void, Message> Ledger::disable_terminal(const std::string& terminal, const std::string& reason) {
  return store_->change(
      [&](Work& work) { return set_terminal_state(work, terminal, TerminalState::Disabled, reason); });
}
Result<void, Message> Ledger::enable_terminal(const std::string& terminal) {
  return store_->change([&](Work& work) { return set_terminal_state(work, terminal, TerminalState::Active, ""); });
}

Result<void, Message> Ledger::add_code(const std::string& terminal, ByteView code_hash, std::int64_t valid_until_ms) {
  return store_->change([&](Work& work) -> Result<void, Message> {
    if (!find_gate(work.db, terminal)) return unknown_terminal(terminal);
    work.db.run("INSERT INTO codes (code_hash, terminal, valid_until_ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                code_hash, terminal, valid_until_ms);
    return {};
  });
}

Result<std::string, CodeRefusal> Ledger::redeem_code(ByteView code_hash, ByteView key_hash) {
  Result<std::string, CodeRefusal> result = fail(CodeRefusal::Storage);
  const auto changed = store_->change([&](Work& work) -> Result<void, Message> {
    Bytes bound_to;
    {
      Query row(work.db, "SELECT terminal, valid_until_ms, key_hash FROM codes WHERE code_hash = ?1", code_hash);
      if (!row.next()) {
        result = fail(CodeRefusal::Unknown);
        return {};
      }
      if (row.integer(1) < work.now_ms) {
        result = fail(CodeRefusal::Expired);
        return {};
      }
      bound_to = row.blob(2);
      result = row.text(0);
    }
    if (bound_to.empty())
      work.db.run("UPDATE codes SET key_hash = ?2 WHERE code_hash = ?1", code_hash, key_hash);
    else if (!std::equal(bound_to.begin(), bound_to.end(), key_hash.begin(), key_hash.end()))
      result = fail(CodeRefusal::Used);
    return {};
  });
  if (!changed) return fail(CodeRefusal::Storage);
  return result;
}

Result<void, Message> Ledger::add_certificate(const CertificateView& certificate) {
  return store_->change([&](Work& work) -> Result<void, Message> {
    if (!find_gate(work.db, certificate.terminal)) return unknown_terminal(certificate.terminal);
    work.db.run(
        "INSERT INTO certificates (serial, terminal, certificate_pem, not_after_ms, added_ms) VALUES (?1, ?2, ?3, ?4, "
        "?5) "
        "ON CONFLICT DO NOTHING",
        certificate.serial, certificate.terminal, certificate.certificate_pem, certificate.not_after_ms, work.now_ms);
    return {};
  });
}

namespace {

using Import = Result<ImportCounts, Message> (*)(Work&, std::string_view);

template <class Store>
Result<ImportCounts, Message> import_with(Store& store, Import import, std::string_view csv) {
  ImportCounts counts;
  const auto changed = store.change([&](Work& work) -> Result<void, Message> {
    auto imported = import(work, csv);
    if (!imported) return fail(imported.error());
    counts = *imported;
    return {};
  });
  if (!changed) return fail(changed.error());
  return counts;
}

}  // namespace

Result<ImportCounts, Message> Ledger::import_accounts(std::string_view csv) {
  return import_with(*store_, import_accounts_csv, csv);
}
Result<ImportCounts, Message> Ledger::import_cards(std::string_view csv) {
  return import_with(*store_, import_cards_csv, csv);
}
Result<ImportCounts, Message> Ledger::import_tariffs(std::string_view csv) {
  return import_with(*store_, import_tariffs_csv, csv);
}

Result<void, Message> Ledger::block_card(const std::string& card_number, const std::string& reason) {
  return store_->change([&](Work& work) -> Result<void, Message> {
    if (!find_card(work.db, card_number)) return fail(Message{"card '" + card_number + "' is not known"});
    work.db.run("UPDATE cards SET blocked = 1, reason = ?2 WHERE card_number = ?1", card_number, reason);
    alert(work, "CardBlocked", card_number + " " + reason);
    return {};
  });
}

Result<void, Message> Ledger::set_safety_hold(const std::string& account, bool hold, const std::string& reason) {
  return store_->change([&](Work& work) -> Result<void, Message> {
    if (!account_exists(work.db, account)) return fail(Message{"account '" + account + "' is not known"});
    work.db.run("UPDATE accounts SET safety_hold = ?2 WHERE account = ?1", account, hold);
    alert(work, hold ? "SafetyHold" : "SafetyHoldEnded", account + " " + reason);
    return {};
  });
}

Result<std::uint64_t, Message> Ledger::declare_restored() {
  std::uint64_t raised = 0;
  const auto changed = store_->change([&](Work& work) -> Result<void, Message> {
    work.db.run("UPDATE meta SET epoch = epoch + 1");
    work.db.run("UPDATE terminals SET catching_up = 1 WHERE state <> ?1", TerminalState::Revoked);
    raised = epoch_of(work.db);
    alert(work, "Restored", fmt::format("epoch {}", raised));
    return {};
  });
  if (!changed) return fail(changed.error());
  return raised;
}

}  // namespace pilotlight::ledger
