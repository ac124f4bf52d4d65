// What devices report, in the words of the core. The program and the simulation share it.
#pragma once

#include "devices/card_reader/card_reader.h"
#include "devices/note_acceptor/note_acceptor.h"
#include "devices/receipt_printer/receipt_printer.h"
#include "kiosk/core/event.h"

namespace pilotlight {

core::Fact fact_of(const devices::AcceptorEvent& event);
core::Fact fact_of(const devices::ReaderEvent& event);
core::Fact fact_of(const devices::PrinterEvent& event);

}  // namespace pilotlight
