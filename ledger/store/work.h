// What one question or fact needs while it is carried out inside a transaction.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "ledger/book/transfer.h"
#include "ledger/keys/card_keys.h"
#include "ledger/store/database.h"
#include "ledger/store/ledger.h"

namespace pilotlight::ledger {

struct Work {
  Database& db;
  std::int64_t now_ms = 0;
  std::string terminal;      // that asks
  bool may_trade = false;    // sales and card writes
  bool catching_up = false;  // after a restore: this terminal has not yet sent what the ledger forgot
  bool incomplete = false;   // or some other terminal has not: what it holds may be about any card
  const keys::CardKeys* keys = nullptr;
  const std::function<std::array<std::uint8_t, 10>()>* random = nullptr;
};

// Adds to the list that staff must look at.
void alert(Work& work, std::string_view code, std::string_view detail);

// Makes the transfer or finds it made. ContentChanged and Overdrawn leave everything as it was.
Result<void, book::BookError> post(Work& work, const book::Transfer& transfer);
bool posted(Database& db, book::TransferKind kind, const Id& ref);
// In the sense of book::debit_side().
Money balance(Database& db, const book::AccountName& name);

// First outcomes (law M5).
enum class OutcomeKind { Authorise, Seal, Abandon };
struct Outcome {
  Bytes content;  // SHA-256 of what "the same content" means
  std::string answer;
};
std::optional<Outcome> find_outcome(Database& db, OutcomeKind kind, const Id& id);
void keep_outcome(Work& work, OutcomeKind kind, const Id& id, ByteView content, std::string_view answer);

}  // namespace pilotlight::ledger
