// Double entry: what a transfer is and which may be made. Pure. Amounts in fen; a transfer takes from its credit
// account and gives to its debit account, both for ever: nothing is changed or deleted, a mistake is corrected by
// another one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kiosk/base/describe.h"
#include "kiosk/base/id.h"
#include "kiosk/base/money.h"

namespace pilotlight::book {

// The accounts of the book. Those with an owner are named "cash:T0042".
enum class AccountKind {
  Cash,         // per terminal: notes in its box (debit side)
  Tender,       // per session: put in and not yet spent (credit side)
  Pending,      // per top-up: paid, way onto the card open (credit side)
  Revenue,      // gas sold (credit side); one for all
  Wallet,       // per customer account: what we owe her (credit side)
  Suspense,     // per terminal: owner not known (credit side)
  Receivable,   // per customer account: gas that reached a card after its money had gone back (debit side)
  DoubtedCash,  // per terminal: notes nobody can place yet; memorandum, outside the equation (debit side)
  Doubt         // per terminal: the other side of DoubtedCash (credit side)
};
PILOTLIGHT_ENUM(AccountKind, Cash, Tender, Pending, Revenue, Wallet, Suspense, Receivable, DoubtedCash, Doubt)

struct AccountName {
  AccountKind kind = AccountKind::Cash;
  std::string owner;  // terminal, session id, top-up id or account number; empty for Revenue
  auto operator<=>(const AccountName&) const = default;
};

// "cash:T0042", "revenue:gas"
std::string to_string(const AccountName& name);
std::optional<AccountName> parse_account(std::string_view text);

// Debit-side accounts hold debits minus credits, the others credits minus debits.
bool debit_side(AccountKind kind);

// What a transfer is for. With its reference (a note, top-up or session) it is the transfer's identity: each happens at
// most once (law M2). The numbers are stored; never renumber.
enum class TransferKind {
  NoteStacked,       // ref note: Cash <- Tender
  NoteFound,         // ref note: Cash <- Suspense
  NoteDoubted,       // ref note: DoubtedCash <- Doubt
  DoubtEnded,        // ref note: Doubt <- DoubtedCash
  TopUpReserved,     // ref top-up: Tender <- Pending (amount)
  CostPosted,        // ref top-up: Pending <- Revenue
  ChangePosted,      // ref top-up: Pending <- Wallet
  VoidedToTender,    // ref top-up: Pending <- Tender; its session is open
  VoidedToWallet,    // ref top-up: Pending <- Wallet
  SessionCredited,   // ref session: Tender <- Wallet; what was left at its end
  SessionSuspended,  // ref session: Tender <- Suspense; it had no account
  NoteCredited,      // ref note: Tender <- Wallet; came to light after the session had ended
  NoteSuspended,     // ref note: Tender <- Suspense
  WrittenAfterVoid   // ref top-up: Receivable <- Revenue; another reader saw it written after all
};
PILOTLIGHT_ENUM(TransferKind, NoteStacked, NoteFound, NoteDoubted, DoubtEnded, TopUpReserved, CostPosted, ChangePosted,
                VoidedToTender, VoidedToWallet, SessionCredited, SessionSuspended, NoteCredited, NoteSuspended,
                WrittenAfterVoid)

struct Transfer {
  TransferKind kind = TransferKind::NoteStacked;
  Id ref;
  AccountName debit;
  AccountName credit;
  Money amount;
  bool operator==(const Transfer&) const = default;
};

// Why a transfer is not made. The order is the order of the checks.
enum class BookError {
  NotPositive,     // an amount is more than 0
  WrongAccounts,   // this kind does not join these accounts
  ContentChanged,  // this kind was already made for this reference, with other content (law M5)
  Overdrawn        // a tender or pending account would fall below zero: money spent twice
};
PILOTLIGHT_ENUM(BookError, NotPositive, WrongAccounts, ContentChanged, Overdrawn)

// NotPositive or WrongAccounts.
std::optional<BookError> malformed(const Transfer& transfer);

// Whether `transfer` would take more from its debit account than `debit_held` (its balance in the sense of
// debit_side()), where the account may not fall below zero. The DoubtedCash that DoubtEnded takes from is checked the
// same way.
bool overdraws(const Transfer& transfer, Money debit_held);

}  // namespace pilotlight::book
