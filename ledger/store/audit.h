// The laws, checked from the rows themselves: nothing a running ledger remembers is believed. Reads one moment of the
// database. Each part adds what it finds.
#pragma once

#include <string>
#include <utility>

#include "ledger/store/ledger.h"
#include "ledger/store/work.h"

namespace pilotlight::ledger {

struct Findings {
  Audit audit;
  void broken(std::string law, std::string detail) { audit.violations.push_back({std::move(law), std::move(detail)}); }
};

void audit_book(Database& db, Findings& findings);      // double entry, M1, M2
void audit_top_ups(Database& db, Findings& findings);   // M3, M5, M6
void audit_journals(Database& db, Findings& findings);  // M7, M8, M10

Audit audit_everything(Database& db);

}  // namespace pilotlight::ledger
