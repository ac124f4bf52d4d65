// The electronic journal as people read it: staff, auditors, courts.
#pragma once

#include <iosfwd>

#include "kiosk/journal/journal.h"

namespace pilotlight {

// One line a record: number, local time (Asia/Shanghai), kind, and what it says. The message names the row that cannot
// be read.
Result<void, Message> print_journal(const Journal& journal, std::ostream& out, bool json);

}  // namespace pilotlight
