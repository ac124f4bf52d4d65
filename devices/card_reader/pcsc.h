// What the threads of a reader share about PC/SC-lite: its names, its errors.
//
// libpcsclite keeps the daemon's list of readers in one global without a lock: SCardListReaders, SCardGetStatusChange
// and SCardStatus may run on one thread of a process only, whatever their contexts. Here that is the StatusWatch, and
// so a process has one reader.
#pragma once

#include <PCSC/winscard.h>

#include <optional>
#include <string>

#include "devices/gas_card/gas_card.h"

namespace pilotlight::devices {

// What a failed call says about the card. The outcome of a command that was under way is unknown in every case.
ChannelError channel_error(LONG code);

// Whether the daemon is gone and the context with it: only a new context helps.
bool service_is_gone(LONG code);

// The reader with this name, or the first whose name begins with it. Nothing if there is none (or no daemon: `code`).
std::optional<std::string> find_reader(SCARDCONTEXT context, const std::string& wanted, LONG& code);

}  // namespace pilotlight::devices
