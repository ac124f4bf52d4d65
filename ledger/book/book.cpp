#include "ledger/book/book.h"

namespace pilotlight::book {

Result<Posted, BookError> Book::post(const Transfer& transfer) {
  if (const auto error = malformed(transfer)) return fail(*error);
  if (const Transfer* made = find(transfer.kind, transfer.ref)) {
    if (*made == transfer) return Posted::Repeated;
    return fail(BookError::ContentChanged);
  }
  if (overdraws(transfer, balance(transfer.debit))) return fail(BookError::Overdrawn);
  totals_[transfer.debit].debit += transfer.amount;
  totals_[transfer.credit].credit += transfer.amount;
  transfers_.emplace(std::pair(transfer.kind, transfer.ref), transfer);
  return Posted::New;
}

const Transfer* Book::find(TransferKind kind, const Id& ref) const {
  const auto found = transfers_.find(std::pair(kind, ref));
  return found == transfers_.end() ? nullptr : &found->second;
}

Money Book::balance(const AccountName& name) const {
  const auto found = totals_.find(name);
  if (found == totals_.end()) return Money{0};
  const Totals& totals = found->second;
  return debit_side(name.kind) ? totals.debit - totals.credit : totals.credit - totals.debit;
}

Money Book::sum(AccountKind kind) const {
  Money total;
  for (const auto& [name, totals] : totals_)
    if (name.kind == kind) total += balance(name);
  return total;
}

bool conserved(const Book& book) {
  const Money held = book.sum(AccountKind::Tender) + book.sum(AccountKind::Pending) + book.sum(AccountKind::Revenue) +
                     book.sum(AccountKind::Wallet) + book.sum(AccountKind::Suspense);
  return book.sum(AccountKind::Cash) + book.sum(AccountKind::Receivable) == held &&
         book.sum(AccountKind::DoubtedCash) == book.sum(AccountKind::Doubt);
}

}  // namespace pilotlight::book
