// Accounts, cards and tariffs from CSV: everything is checked before the first row is written.
#pragma once

#include <string_view>

#include "ledger/store/ledger.h"
#include "ledger/store/work.h"

namespace pilotlight::ledger {

Result<ImportCounts, Message> import_accounts_csv(Work& work, std::string_view csv);
Result<ImportCounts, Message> import_cards_csv(Work& work, std::string_view csv);
Result<ImportCounts, Message> import_tariffs_csv(Work& work, std::string_view csv);

}  // namespace pilotlight::ledger
