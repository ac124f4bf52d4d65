#include <fmt/format.h>

#include <map>

#include "ledger/book/book.h"
#include "ledger/store/audit.h"
#include "ledger/store/chain.h"
#include "ledger/store/sessions.h"

namespace pilotlight::ledger {
namespace {

using book::AccountKind;
using book::Book;
using book::Totals;
using book::TransferKind;

std::optional<book::Transfer> read_transfer(const Query& row, Findings& findings) {
  const auto debit = book::parse_account(row.text(3));
  const auto credit = book::parse_account(row.text(4));
  const std::int64_t kind = row.integer(1);
  if (!debit || !credit || kind < 0 || kind >= static_cast<std::int64_t>(enum_count<TransferKind>())) {
    findings.broken("book", fmt::format("transfer {} names no kind or account of this book", row.integer(0)));
    return std::nullopt;
  }
  return book::Transfer{static_cast<TransferKind>(kind), row.id(2), *debit, *credit, row.money(5)};
}

Book add_up(Database& db, Findings& findings) {
  Book added;
  Query rows(db,
             "SELECT t.seq, t.kind, t.ref, d.name, c.name, t.fen FROM transfers t "
             "LEFT JOIN book_accounts d ON d.id = t.debit LEFT JOIN book_accounts c ON c.id = t.credit ORDER BY t.seq");
  while (rows.next()) {
    findings.audit.transfers += 1;
    const auto transfer = read_transfer(rows, findings);
    if (!transfer) continue;
    if (const auto posted = added.post(*transfer); !posted)
      findings.broken("book", fmt::format("transfer {} ({} {}): {}", rows.integer(0), enum_name(transfer->kind),
                                          to_string(transfer->ref), enum_name(posted.error())));
  }
  return added;
}

void compare_balances(Database& db, const Book& added, Findings& findings) {
  std::map<std::string, Totals> expected;
  for (const auto& [name, totals] : added.totals()) expected[book::to_string(name)] = totals;
  Query rows(db, "SELECT name, debit, credit FROM book_accounts");
  while (rows.next()) {
    const Totals kept{rows.money(1), rows.money(2)};
    const auto found = expected.find(rows.text(0));
    if ((found == expected.end() ? Totals{} : found->second) != kept)
      findings.broken("book", fmt::format("account {} does not add up: {} / {} fen kept", rows.text(0), kept.debit.fen,
                                          kept.credit.fen));
    if (found != expected.end()) expected.erase(found);
  }
  for (const auto& [name, totals] : expected) findings.broken("book", "account " + name + " is missing");
}

// What a note's state demands of the book.
void check_note(const Query& row, const Book& added, Findings& findings) {
  const Id note = row.id(0);
  const std::string terminal = row.text(1);
  const Id session = row.id(2);
  const Money value = row.money(3);
  const auto state = static_cast<NoteState>(row.integer(4));
  const auto expect = [&](TransferKind kind, bool wanted, const book::AccountName& debit,
                          const book::AccountName& credit) {
    const book::Transfer* made = added.find(kind, note);
    const bool good =
        wanted ? made != nullptr && *made == book::Transfer{kind, note, debit, credit, value} : made == nullptr;
    if (!good)
      findings.broken(
          "M2", fmt::format("note {} is {}, but its {} is not so", to_string(note), enum_name(state), enum_name(kind)));
  };
  const book::AccountName cash{AccountKind::Cash, terminal};
  const book::AccountName doubted{AccountKind::DoubtedCash, terminal};
  const book::AccountName doubt{AccountKind::Doubt, terminal};
  const bool was_doubted = added.find(TransferKind::NoteDoubted, note) != nullptr;
  expect(TransferKind::NoteStacked, state == NoteState::Stacked, cash, tender_of(session));
  expect(TransferKind::NoteFound, state == NoteState::Found && value.fen > 0, cash, {AccountKind::Suspense, terminal});
  expect(TransferKind::NoteDoubted, was_doubted || state == NoteState::InDoubt, doubted, doubt);
  expect(TransferKind::DoubtEnded, was_doubted && state != NoteState::InDoubt, doubt, doubted);
}

void check_notes(Database& db, const Book& added, Findings& findings) {
  std::map<std::string, Money> in_box;
  Query rows(db, "SELECT note, terminal, session, value, state FROM notes");
  while (rows.next()) {
    check_note(rows, added, findings);
    const auto state = static_cast<NoteState>(rows.integer(4));
    if (state == NoteState::Stacked || state == NoteState::Found) {
      in_box[rows.text(1)] += rows.money(3);
      findings.audit.stacked += rows.money(3);
    }
  }
  for (const auto& [name, totals] : added.totals()) {
    if (name.kind != AccountKind::Cash) continue;
    if (added.balance(name) != in_box[name.owner])
      findings.broken("M1", fmt::format("terminal {}: {} fen of cash by the book, {} fen of notes", name.owner,
                                        added.balance(name).fen, in_box[name.owner].fen));
    in_box.erase(name.owner);
  }
  for (const auto& [terminal, notes] : in_box)
    if (notes.fen != 0) findings.broken("M1", "terminal " + terminal + " has notes and no cash in the book");
  // Each transfer about a note needs its note.
  Query missing(db,
                "SELECT t.seq FROM transfers t WHERE t.kind IN (0, 1, 2) AND NOT EXISTS "
                "(SELECT 1 FROM notes n WHERE n.note = t.ref)");
  while (missing.next())
    findings.broken("M2", fmt::format("transfer {} is about a note that is missing", missing.integer(0)));
}

void check_sessions(Database& db, const Book& added, Findings& findings) {
  std::map<std::string, bool> ended;
  {
    Query rows(db, "SELECT session, ended FROM sessions");
    while (rows.next()) ended[to_string(rows.id(0))] = rows.integer(1) != 0;
  }
  for (const auto& [name, totals] : added.totals()) {
    if (name.kind != AccountKind::Tender) continue;
    const auto found = ended.find(name.owner);
    if (found == ended.end())
      findings.broken("M6", "session " + name.owner + " is missing");
    else if (found->second && added.balance(name).fen != 0)
      findings.broken("M6",
                      fmt::format("session {} has ended and still holds {} fen", name.owner, added.balance(name).fen));
  }
}

}  // namespace

void audit_book(Database& db, Findings& findings) {
  const Book added = add_up(db, findings);
  compare_balances(db, added, findings);
  if (!conserved(added))
    findings.broken("M1", "what is in the boxes is not what is credited, held, earned or in suspense");
  check_notes(db, added, findings);
  check_sessions(db, added, findings);
  if (added.sum(AccountKind::Receivable).fen != 0)
    findings.broken("M3", fmt::format("{} fen of gas reached cards after their money had gone back",
                                      added.sum(AccountKind::Receivable).fen));
  Audit& audit = findings.audit;
  audit.revenue = added.sum(AccountKind::Revenue);
  audit.wallets = added.sum(AccountKind::Wallet);
  audit.tendered = added.sum(AccountKind::Tender);
  audit.pending = added.sum(AccountKind::Pending);
  audit.suspense = added.sum(AccountKind::Suspense);
  audit.in_doubt = added.sum(AccountKind::Doubt);
}

Audit audit_everything(Database& db) {
  Findings findings;
  findings.audit.violations = check_chain(db);
  audit_book(db, findings);
  audit_top_ups(db, findings);
  audit_journals(db, findings);
  return findings.audit;
}

}  // namespace pilotlight::ledger
