#include "ledger/store/work.h"

#include "kiosk/base/check.h"

namespace pilotlight::ledger {
namespace {

struct BookAccount {
  std::int64_t row = 0;
  Money held;
};

BookAccount book_account(Database& db, const book::AccountName& name) {
  const std::string text = book::to_string(name);
  {
    Query found(db, "SELECT id, debit, credit FROM book_accounts WHERE name = ?1", text);
    if (found.next()) {
      const Money debit = found.money(1);
      const Money credit = found.money(2);
      return {found.integer(0), book::debit_side(name.kind) ? debit - credit : credit - debit};
    }
  }
  db.run("INSERT INTO book_accounts (name) VALUES (?1)", text);
  return {db.last_row(), Money{0}};
}

}  // namespace

void alert(Work& work, std::string_view code, std::string_view detail) {
  work.db.run("INSERT INTO alerts (wall_ms, terminal, code, detail) VALUES (?1, ?2, ?3, ?4)", work.now_ms,
              work.terminal, code, detail);
}

Result<void, book::BookError> post(Work& work, const book::Transfer& transfer) {
  if (const auto error = book::malformed(transfer)) return fail(*error);
  const BookAccount debit = book_account(work.db, transfer.debit);
  const BookAccount credit = book_account(work.db, transfer.credit);
  {
    Query made(work.db, "SELECT debit, credit, fen FROM transfers WHERE ref = ?1 AND kind = ?2", transfer.ref,
               transfer.kind);
    if (made.next()) {
      const bool same =
          made.integer(0) == debit.row && made.integer(1) == credit.row && made.money(2) == transfer.amount;
      if (!same) return fail(book::BookError::ContentChanged);
      return {};
    }
  }
  if (!work.db.failed() && book::overdraws(transfer, debit.held)) return fail(book::BookError::Overdrawn);
  work.db.run(
      "INSERT INTO transfers (kind, ref, debit, credit, fen, terminal, wall_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      transfer.kind, transfer.ref, debit.row, credit.row, transfer.amount, work.terminal, work.now_ms);
  work.db.run("UPDATE book_accounts SET debit = debit + ?2 WHERE id = ?1", debit.row, transfer.amount);
  work.db.run("UPDATE book_accounts SET credit = credit + ?2 WHERE id = ?1", credit.row, transfer.amount);
  return {};
}

bool posted(Database& db, book::TransferKind kind, const Id& ref) {
  Query made(db, "SELECT 1 FROM transfers WHERE ref = ?1 AND kind = ?2", ref, kind);
  return made.next();
}

Money balance(Database& db, const book::AccountName& name) {
  Query found(db, "SELECT debit - credit FROM book_accounts WHERE name = ?1", book::to_string(name));
  if (!found.next()) return Money{0};
  return book::debit_side(name.kind) ? found.money(0) : Money{0} - found.money(0);
}

std::optional<Outcome> find_outcome(Database& db, OutcomeKind kind, const Id& id) {
  Query found(db, "SELECT content, answer FROM outcomes WHERE id = ?1 AND kind = ?2", id, kind);
  if (!found.next()) return std::nullopt;
  return Outcome{found.blob(0), found.text(1)};
}

void keep_outcome(Work& work, OutcomeKind kind, const Id& id, ByteView content, std::string_view answer) {
  work.db.run("INSERT INTO outcomes (kind, id, content, answer, terminal, wall_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
              kind, id, content, answer, work.terminal, work.now_ms);
}

}  // namespace pilotlight::ledger
