// The tables, and how an older database becomes a present one.
#pragma once

#include "kiosk/base/result.h"
#include "ledger/store/database.h"

namespace pilotlight::ledger {

inline constexpr int schema_version = 1;

// For a new, empty database.
Result<void, Message> make_schema(Database& database, bool production);
// Refuses a version it does not know.
Result<void, Message> check_schema(Database& database);

}  // namespace pilotlight::ledger
