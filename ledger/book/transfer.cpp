#include "ledger/book/transfer.h"

#include <array>
#include <utility>

namespace pilotlight::book {
namespace {

constexpr std::array<std::string_view, 9> prefixes = {"cash",     "tender",     "pending",      "revenue", "wallet",
                                                      "suspense", "receivable", "doubted-cash", "doubt"};
static_assert(prefixes.size() == enum_count<AccountKind>());

struct Sides {
  AccountKind debit;
  AccountKind credit;
};

// In the order of TransferKind.
constexpr std::array<Sides, 14> sides = {{{AccountKind::Cash, AccountKind::Tender},
                                          {AccountKind::Cash, AccountKind::Suspense},
                                          {AccountKind::DoubtedCash, AccountKind::Doubt},
                                          {AccountKind::Doubt, AccountKind::DoubtedCash},
                                          {AccountKind::Tender, AccountKind::Pending},
                                          {AccountKind::Pending, AccountKind::Revenue},
                                          {AccountKind::Pending, AccountKind::Wallet},
                                          {AccountKind::Pending, AccountKind::Tender},
                                          {AccountKind::Pending, AccountKind::Wallet},
                                          {AccountKind::Tender, AccountKind::Wallet},
                                          {AccountKind::Tender, AccountKind::Suspense},
                                          {AccountKind::Tender, AccountKind::Wallet},
                                          {AccountKind::Tender, AccountKind::Suspense},
                                          {AccountKind::Receivable, AccountKind::Revenue}}};
static_assert(sides.size() == enum_count<TransferKind>());

}  // namespace

std::string to_string(const AccountName& name) {
  return std::string(prefixes[static_cast<std::size_t>(name.kind)]) + ":" +
         (name.kind == AccountKind::Revenue ? "gas" : name.owner);
}

std::optional<AccountName> parse_account(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
  const std::string_view owner = text.substr(colon + 1);
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    if (prefixes[i] != text.substr(0, colon)) continue;
    const auto kind = static_cast<AccountKind>(i);
    if (kind == AccountKind::Revenue) return owner == "gas" ? std::optional(AccountName{kind, ""}) : std::nullopt;
    return AccountName{kind, std::string(owner)};
  }
  return std::nullopt;
}

bool debit_side(AccountKind kind) {
  return kind == AccountKind::Cash || kind == AccountKind::Receivable || kind == AccountKind::DoubtedCash;
}

std::optional<BookError> malformed(const Transfer& transfer) {
  if (transfer.amount.fen <= 0) return BookError::NotPositive;
  const auto index = static_cast<std::size_t>(transfer.kind);
  if (index >= sides.size() || sides[index].debit != transfer.debit.kind || sides[index].credit != transfer.credit.kind)
    return BookError::WrongAccounts;
  for (const AccountName* account : {&transfer.debit, &transfer.credit})
    if (account->owner.empty() != (account->kind == AccountKind::Revenue)) return BookError::WrongAccounts;
  return std::nullopt;
}

bool overdraws(const Transfer& transfer, Money debit_held) {
  return !debit_side(transfer.debit.kind) && transfer.amount > debit_held;
}

}  // namespace pilotlight::book
