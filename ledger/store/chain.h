// A hash over everything that is never changed, link by link per transaction: an altered, deleted or slipped-in row of
// money, first answers, seals or facts is found by reading the tables again.
#pragma once

#include <vector>

#include "ledger/store/database.h"
#include "ledger/store/ledger.h"

namespace pilotlight::ledger {

// Adds the link for the rows that this transaction has added; nothing if it added none.
void extend_chain(Database& db);

std::vector<Violation> check_chain(Database& db);

}  // namespace pilotlight::ledger
