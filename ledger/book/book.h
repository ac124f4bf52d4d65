// A whole book in memory: the model the store is compared with, by the audit and by tests. Not thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <utility>

#include "kiosk/base/result.h"
#include "ledger/book/transfer.h"

namespace pilotlight::book {

struct Totals {
  Money debit;
  Money credit;
  bool operator==(const Totals&) const = default;
};

enum class Posted { New, Repeated };

class Book {
 public:
  // Makes the transfer, or says that exactly this one was made before, or which rule forbids it.
  Result<Posted, BookError> post(const Transfer& transfer);

  const Transfer* find(TransferKind kind, const Id& ref) const;
  const std::map<AccountName, Totals>& totals() const { return totals_; }
  // In the sense of debit_side(); 0 for an account without transfers.
  Money balance(const AccountName& name) const;
  // Sum of the balances of all accounts of a kind.
  Money sum(AccountKind kind) const;
  std::size_t size() const { return transfers_.size(); }

 private:
  std::map<std::pair<TransferKind, Id>, Transfer> transfers_;
  std::map<AccountName, Totals> totals_;
};

// M1, second half: everything in the boxes is credited to somebody, held by an open session, reserved, earned or in
// suspense. Cash + Receivable = Tender + Pending + Revenue + Wallet + Suspense, and what is doubted balances by itself.
bool conserved(const Book& book);

}  // namespace pilotlight::book
