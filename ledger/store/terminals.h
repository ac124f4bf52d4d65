// Terminals: who may ask, how far their journals are known, enrolment codes and certificates.
#pragma once

#include <optional>
#include <string>

#include "ledger/store/work.h"

namespace pilotlight::ledger {

struct TerminalGate {
  TerminalState state = TerminalState::Active;
  bool catching_up = false;
  bool incomplete = false;  // this one is, or one that is in service
};
std::optional<TerminalGate> find_gate(Database& db, const std::string& terminal);

std::uint64_t epoch_of(Database& db);

struct JournalHead {
  std::uint64_t last_contiguous = 0;
  Bytes last_hash;  // of that fact; 32 zeros before the first
};
JournalHead journal_head(Database& db, const std::string& terminal);
void keep_journal_head(Database& db, const std::string& terminal, const JournalHead& head);
// SHA-256 as wire::Fact says.
Bytes fact_hash(ByteView previous, const wire::Fact& fact);

// The asking terminal has forgotten facts: out of service until staff enable it.
void fall_behind(Work& work, const std::string& why);

std::vector<TerminalView> list_terminals(Database& db, const std::string& only);  // empty: all

}  // namespace pilotlight::ledger
