// The command sequence of profile `cpu-3des-v1`. LAYOUT.md says which commands and how many.
#pragma once

#include <memory>

#include "devices/gas_card/gas_card.h"

namespace pilotlight::devices {

// One object serves one slot; it remembers the last card's write-back, so that the read-back after a write needs no
// third file. Not for use by two threads at once. Never throws.
std::unique_ptr<GasCard> make_cpu_card();

}  // namespace pilotlight::devices
